#include "vfs/file_system.h"

namespace nacre {

bool permits(const Stat& st, const Credentials& who, uint32_t access) {
  if (who.uid == 0) return !(access & kExecute) || st.is_dir() || (st.mode & 0111);
  const int shift = st.uid == who.uid ? 6 : who.in_group(st.gid) ? 3 : 0;
  return ((st.mode >> shift) & access) == access;
}

Result<FileSystem::Step> FileSystem::step(NodeId dir, std::string_view name, const Credentials& who) {
  NACRE_TRY(Stat st, stat(dir));
  if (!st.is_dir()) return Errno::NOTDIR;
  if (!permits(st, who, kExecute)) return Errno::ACCES;
  NACRE_TRY(NodeId node, lookup(dir, name));
  NACRE_TRY(Stat child, stat(node));
  return Step{node, child.type};
}

}  // namespace nacre
