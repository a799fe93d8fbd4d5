#include "commands/quoting.h"

#include "commands/args.h"

namespace nacre {
namespace {

constexpr Choice kStyles[] = {{"literal", 0}, {"shell", 1},   {"shell-always", 2}, {"shell-escape", 3}, {"shell-escape-always", 4},
                              {"c", 5},       {"c-maybe", 6}, {"escape", 7},       {"locale", 8},       {"clocale", 9}};

}  // namespace

std::span<const Choice> quote_styles() { return kStyles; }

std::optional<QuoteStyle> quote_style_from_environment(Process& p) {
  const char* word = p.getenv("QUOTING_STYLE");
  if (!word) return std::nullopt;
  const Choice* found = nullptr;
  bool ambiguous = false;
  for (const auto& c : kStyles) {
    if (c.word == word) return static_cast<QuoteStyle>(c.value);
    if (!c.word.starts_with(word)) continue;
    ambiguous = found != nullptr;
    found = &c;
  }
  if (found && !ambiguous) return static_cast<QuoteStyle>(found->value);
  p.warn("ignoring invalid value of environment variable QUOTING_STYLE: %s", quote(p, word).c_str());
  return std::nullopt;
}

}  // namespace nacre
