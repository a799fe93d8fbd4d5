/// relative: one absolute canonical path as seen from another directory.
/// Source: GNU coreutils manual, realpath --relative-to, ln -r.
#pragma once
#include <string>
#include <string_view>

namespace nacre {

/// True if path is base or something below it.
inline bool path_below(std::string_view path, std::string_view base) {
  if (base == "/") return true;
  return path.substr(0, base.size()) == base && (path.size() == base.size() || path[base.size()] == '/');
}

/// "../b/c" for path /a/b/c from /a/x; "." for itself. Both absolute and canonical.
inline std::string relative_path(std::string_view path, std::string_view from) {
  size_t common = 0;
  size_t limit = path.size() < from.size() ? path.size() : from.size();
  for (size_t i = 0; i <= limit; i++) {
    bool end_a = i == path.size() || path[i] == '/', end_b = i == from.size() || from[i] == '/';
    if (end_a && end_b) common = i;
    if (i == limit || path[i] != from[i]) break;
  }
  std::string out;
  std::string_view up = from.substr(common);
  while (!up.empty() && up[0] == '/') up.remove_prefix(1);
  if (!up.empty()) {
    out = "..";
    for (char c : up)
      if (c == '/') out += "/..";
  }
  std::string_view down = path.substr(common);
  while (!down.empty() && down[0] == '/') down.remove_prefix(1);
  if (!down.empty()) {
    if (!out.empty()) out += '/';
    out += down;
  }
  return out.empty() ? "." : out;
}

}  // namespace nacre
