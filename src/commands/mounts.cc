#include "commands/mounts.h"

#include <algorithm>

namespace nacre {

const MountInfo& mount_of(Process& p, std::string_view path) {
  const std::vector<MountInfo>& all = p.vfs().mounts();
  const MountInfo* best = &all.front();   // the root
  for (const MountInfo& m : all) {
    const bool holds = path.starts_with(m.path) && (m.path == "/" || path.size() == m.path.size() || path[m.path.size()] == '/');
    if (holds && m.path.size() >= best->path.size()) best = &m;
  }
  return *best;
}

bool in_type_list(std::string_view list, std::string_view type) {
  const bool other = list.starts_with("no");
  if (other) list.remove_prefix(2);
  while (true) {
    const size_t end = std::min(list.find(','), list.size());
    if (list.substr(0, end) == type) return !other;
    if (end == list.size()) return other;
    list.remove_prefix(end + 1);
  }
}

const char* mount_options(const MountInfo& m) { return m.read_only ? "ro" : "rw"; }

}  // namespace nacre
