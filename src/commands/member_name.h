/// member_name: what tar and cpio cut from a name before they extract to it.
/// Source: GNU tar manual, "Absolute File Names".
#pragma once
#include <algorithm>
#include <cstddef>
#include <string_view>

namespace nacre {

/// Length of the front that may not stay: up to the last "..", and the slashes after it or at the start.
inline size_t unsafe_prefix(std::string_view name) {
  size_t cut = 0;
  for (size_t at = 0; at < name.size();) {
    size_t end = std::min(name.find('/', at), name.size());
    if (name.substr(at, end - at) == "..") cut = end;
    at = end;
    while (at < name.size() && name[at] == '/') at++;
  }
  while (cut < name.size() && name[cut] == '/') cut++;
  return cut;
}

}  // namespace nacre
