#include "commands/tar/ignore_lists.h"

#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

std::string_view without_leading_blanks(std::string_view s) {
  while (!s.empty() && (s[0] == ' ' || s[0] == '\t')) s.remove_prefix(1);
  return s;
}

}  // namespace

void TarIgnoreLists::add(List& list, std::string_view line, TarIgnoreSyntax syntax, bool& globs, bool utf8) {
  bool include = false, regex = false;
  std::string_view s = line;
  if (syntax != TarIgnoreSyntax::Plain) {
    s = without_leading_blanks(s);
    if (s.empty() || s[0] == '#') return;
  }
  if (syntax == TarIgnoreSyntax::Git && s.starts_with("\\#")) s.remove_prefix(1);
  if (syntax == TarIgnoreSyntax::Bzr) {
    if (s.starts_with("!!")) s.remove_prefix(2);
    else if (s.starts_with('!')) s.remove_prefix(1), include = true;
    if (s.starts_with("RE:")) s.remove_prefix(3), regex = true;
  }
  if (syntax == TarIgnoreSyntax::Hg) {
    if (s.starts_with("syntax:")) {
      globs = without_leading_blanks(s.substr(7)).starts_with("glob");
      return;
    }
    regex = !globs;
  }
  const bool plain = s.find_first_of(regex ? "?*[.{()" : "?*[\\") == std::string_view::npos;
  std::shared_ptr<Regex> compiled;
  std::string error;
  if (regex && !plain && !(compiled = Regex::compile(s, utf8 ? kRegexUtf8 : 0, &error))) return;
  list.push_back({compiled, ExcludePattern(s, PatternFlags{true, false, !plain, false, false}, utf8), include});
}

void TarIgnoreLists::enter(Process& p, const std::string& dir, const std::vector<TarIgnoreFile>& files) {
  levels_.emplace_back();
  for (const auto& file : files) {
    const std::string path = join_path(dir, file.name);
    if (!p.stat(path)) continue;
    auto text = read_file(p, path);
    if (!text) continue;
    List list;
    bool globs = false;
    const std::string_view separators = file.syntax == TarIgnoreSyntax::Cvs ? " \t\n" : "\n";
    for (size_t at = 0; at < text->size();) {
      const size_t end = std::min(text->find_first_of(separators, at), text->size());
      if (end > at) add(list, std::string_view(*text).substr(at, end - at), file.syntax, globs, p.utf8());
      at = end + 1;
    }
    levels_.back().push_back(std::move(list));
  }
}

bool TarIgnoreLists::excludes(const List& list, std::string_view name) {
  for (auto rule = list.rbegin(); rule != list.rend(); ++rule)
    if (rule->regex ? rule->regex->matches(name) : rule->pattern.match(name)) return !rule->include;
  return !list.empty() && list.front().include;
}

bool TarIgnoreLists::match(std::string_view path) const {
  std::string_view plain = path;
  while (plain.starts_with("./")) plain.remove_prefix(2);
  for (const auto& level : levels_)
    for (const List& list : level)
      if (excludes(list, path) || excludes(list, plain) || excludes(list, base_name(path))) return true;
  return false;
}

}  // namespace nacre
