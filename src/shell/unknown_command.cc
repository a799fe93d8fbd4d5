#include "shell/unknown_command.h"

#include <algorithm>

#include "algo/nearest.h"
#include "kernel/kernel.h"
#include "shell/builtin.h"
#include "shell/shell.h"

namespace nacre {
namespace {

constexpr size_t kSuggestions = 3;

std::vector<std::string> known_names(Shell& sh) {
  std::vector<std::string> names;
  for (const Builtin& b : all_builtins()) names.emplace_back(b.name);
  for (const auto& [symbol, f] : *sh.state().functions) names.emplace_back(sh.symbols().name(symbol));
  for (const auto& [alias, text] : *sh.state().aliases) names.push_back(alias);
  const std::string* value = sh.expander().value_of(sym::kPATH);
  std::string_view path = value ? std::string_view(*value) : std::string_view();
  while (!path.empty()) {
    size_t end = std::min(path.find(':'), path.size());
    if (auto entries = sh.process().list(path.substr(0, end))) {
      for (const auto& entry : *entries) names.push_back(entry.name);
    }
    path.remove_prefix(std::min(end + 1, path.size()));
    sh.process().tick(64);
  }
  return names;
}

}  // namespace

std::string note_unknown_command(Shell& sh, const std::string& name) {
  auto& noted = sh.kernel().missing_programs;
  auto known = std::find_if(noted.begin(), noted.end(), [&](const auto& m) { return m.name == name; });
  if (known == noted.end()) {
    if (noted.size() >= Kernel::kMissingPrograms) return "";
    noted.push_back({name, nearest_words(name, known_names(sh), kSuggestions)});
    known = noted.end() - 1;
  }
  if (known->nearest.empty() || !sh.process().isatty(2)) return "";
  std::string line = "did you mean ";
  for (size_t i = 0; i < known->nearest.size(); i++) line += (i == 0 ? "" : i + 1 == known->nearest.size() ? " or " : ", ") + known->nearest[i];
  return line + "?\n";
}

}  // namespace nacre
