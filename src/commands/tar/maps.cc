/// --owner-map, --group-map: whose files are to be whose.
/// Source: GNU tar 1.34 manual 4.3.1 "Overriding File Metadata".
#include "algo/unicode.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/numbers.h"
#include "commands/tar/options.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

// Words between blanks; quotes hold blanks together.
std::vector<std::string> words_of(std::string_view line) {
  std::vector<std::string> out;
  std::string word;
  bool any = false;
  char quote = 0;
  for (size_t i = 0; i < line.size(); i++) {
    const char c = line[i];
    if (quote) {
      if (c == quote) quote = 0;
      else if (c == '\\' && quote == '"' && i + 1 < line.size()) word += line[++i];
      else word += c;
    } else if (c == '"' || c == '\'') {
      quote = c;
      any = true;
    } else if (c == ' ' || c == '\t') {
      if (any) out.push_back(std::exchange(word, ""));
      any = false;
    } else {
      word += c;
      any = true;
    }
  }
  if (any) out.push_back(word);
  return out;
}

class MapReader {
 public:
  MapReader(Process& p, const std::string& file, bool group, TarMap& map) : p_(p), file_(file), group_(group), map_(map), accounts_(p) {}

  bool run() {
    auto in = open_input(p_, file_);
    if (!in) return false;
    std::string_view text;
    while (in->next_line(text)) {
      line_++;
      const auto words = words_of(text.substr(0, text.find('#')));
      if (words.empty()) continue;
      if (words.size() != 2) wrong("malformed line");
      else pair(words[0], words[1]);
    }
    return good_;
  }

 private:
  void wrong(const std::string& what) {
    write_error(p_, std::string(p_.called()) + ": " + file_ + ":" + std::to_string(line_) + ": " + what + "\n");
    good_ = false;
  }
  const char* kind() const { return group_ ? "GID" : "UID"; }

  std::optional<uint64_t> number(const std::string& text) {
    uint64_t n = 0;   // of no digits at all
    for (char c : text) {
      if (!ascii_digit(c)) return wrong(std::string("invalid ") + kind() + ": " + text), std::nullopt;
      n = n * 10 + static_cast<uint64_t>(c - '0');
      if (n > UINT32_MAX) return wrong(std::string(kind()) + " out of range: " + text), std::nullopt;
    }
    return n;
  }
  std::optional<uint64_t> id_of(const std::string& name) {
    if (group_) {
      if (const auto* g = accounts_.group(std::string_view(name))) return g->gid;
    } else if (const auto* u = accounts_.user(std::string_view(name))) {
      return u->uid;
    }
    wrong(std::string("can't obtain ") + kind() + " of " + name);
    return std::nullopt;
  }

  void pair(const std::string& from, const std::string& to) {
    const auto old = from.starts_with('+') ? number(from.substr(1)) : id_of(from);
    if (!old) return;
    TarMapped mapped;
    if (to.starts_with('+')) {
      const auto id = number(to.substr(1));
      if (!id) return;
      mapped.id = *id;
      if (group_) mapped.name = accounts_.group_name(static_cast<uint32_t>(*id));
      else mapped.name = accounts_.user_name(static_cast<uint32_t>(*id));
      if (mapped.name == std::to_string(*id)) mapped.name.clear();
    } else {
      const size_t colon = to.find(':');
      mapped.name = to.substr(0, colon);
      const auto id = colon == to.npos ? id_of(to) : number(to.substr(colon + 1));
      if (!id) return;
      mapped.id = *id;
    }
    map_.emplace(*old, mapped);   // the first counts
  }

  Process& p_;
  const std::string& file_;
  bool group_, good_ = true;
  TarMap& map_;
  Accounts accounts_;
  size_t line_ = 0;
};

}  // namespace

bool read_tar_map(Process& p, const std::string& file, bool group, TarMap& map) { return MapReader(p, file, group, map).run(); }

}  // namespace nacre
