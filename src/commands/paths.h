/// paths: the last component of a file name and what is before it, and joining.
/// Source: POSIX XCU basename, dirname.
#pragma once
#include <string>
#include <string_view>

namespace nacre {

/// "b" of "/a/b/"; "/" of "//"; "" of "".
inline std::string_view base_name(std::string_view s) {
  while (s.size() > 1 && s.back() == '/') s.remove_suffix(1);
  size_t slash = s.rfind('/');
  return slash == std::string_view::npos || s == "/" ? s : s.substr(slash + 1);
}

/// "/a" of "/a/b/"; "." of "b"; "/" of "/b".
inline std::string_view dir_name(std::string_view s) {
  while (s.size() > 1 && s.back() == '/') s.remove_suffix(1);
  size_t slash = s.rfind('/');
  if (slash == std::string_view::npos) return ".";
  s = s.substr(0, slash + 1);
  while (s.size() > 1 && s.back() == '/') s.remove_suffix(1);
  return s;
}

inline std::string_view without_trailing_slashes(std::string_view s) {
  while (s.size() > 1 && s.back() == '/') s.remove_suffix(1);
  return s;
}

inline std::string join_path(std::string_view dir, std::string_view name) {
  std::string out;
  out.reserve(dir.size() + 1 + name.size());
  out = dir;
  if (!out.empty() && out.back() != '/') out += '/';
  return out.append(name);
}

inline bool is_dot_or_dotdot(std::string_view name) { return name == "." || name == ".."; }

}  // namespace nacre
