#include "commands/tree/ignore.h"

#include <algorithm>

#include "algo/glob.h"
#include "algo/glob_path.h"

namespace nacre {

void TreeIgnores::enter(std::string_view text, std::string base) {
  File file;
  file.base = std::move(base);
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    // Blanks at the end count only behind a backslash.
    while (line.ends_with(' ') && !line.ends_with("\\ ")) line.remove_suffix(1);
    if (line.empty() || line[0] == '#') continue;
    const bool stays = line[0] == '!';
    if (stays) line.remove_prefix(1);
    const bool relative = line.find('/') != line.npos;
    const bool only_dirs = line.size() > 1 && line.ends_with('/');
    if (only_dirs) line.remove_suffix(1);
    if (line.starts_with('/')) line.remove_prefix(1);
    // Alternatives are parted by '|'.
    for (std::string_view rest = line; !rest.empty();) {
      const size_t bar = std::min(rest.find('|'), rest.size());
      if (bar) (stays ? file.in : file.out).push_back({std::string(rest.substr(0, bar)), relative, only_dirs});
      rest.remove_prefix(std::min(bar + 1, rest.size()));
    }
  }
  files_.push_back(std::move(file));
}

bool TreeIgnores::matches(const File& file, const std::vector<Pattern>& patterns, const std::string& path, std::string_view name, bool is_dir) {
  std::string_view below = path;
  if (!file.base.empty()) below = path.starts_with(file.base + "/") ? std::string_view(path).substr(file.base.size() + 1) : std::string_view();
  else if (below.starts_with('/')) below.remove_prefix(1);
  return std::any_of(patterns.begin(), patterns.end(), [&](const Pattern& p) {
    if (p.only_dirs && !is_dir) return false;
    if (!p.relative) return Glob::compile(p.text, 0).match(name);
    if (glob_match_path(p.text, below, 0)) return true;
    // Between slashes, ** may also be nothing at all.
    const size_t stars = p.text.find("/**/");
    return stars != p.text.npos && glob_match_path(std::string(p.text).erase(stars, 3), below, 0);
  });
}

bool TreeIgnores::ignores(const std::string& path, std::string_view name, bool is_dir) const {
  bool out = false;
  for (const auto& file : files_) {
    if (matches(file, file.in, path, name, is_dir)) return false;
    out = out || matches(file, file.out, path, name, is_dir);
  }
  return out;
}

}  // namespace nacre
