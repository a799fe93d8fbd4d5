/// What Vfs is made of; shared by vfs.cc (mounts, looking), vfs_calls.cc
/// (changing) and vfs_state.cc (snapshots).
#pragma once
#include <string>

#include "vfs/mount_table.h"
#include "vfs/path_walk.h"

namespace nacre {

struct Vfs::Impl {
  MountTable table;
  std::vector<MountInfo> infos;  // beside table.mounts
  uint32_t last_id = 1;
  // The directory that was last asked for its path, where only calls of Vfs can change that.
  Node named;
  std::string its_path;
  void forget_path() { named = {}; }

  bool read_only(const FileSystem* fs) const {
    for (const MountInfo& info : infos)
      if (info.fs == fs) return info.read_only || fs->read_only();
    return fs->read_only();
  }
  /// May `who` add or remove entries of this directory?
  Result<void> may_change(const PathContext& ctx, Node dir) const;
  /// The same with the sticky bit's rule for the entry `victim`.
  Result<void> may_remove(const PathContext& ctx, Node dir, const Stat& victim) const;
  /// A walk to where something new is to be made: EEXIST, ENOENT behind a slash, EROFS, EACCES.
  Result<void> to_new(PathWalk& walk, const PathContext& ctx, std::string_view path, bool directory) const;
  Result<NodeId> make(const PathContext& ctx, Node dir, std::string_view name, FileSystem::NewNode what) const;
  /// A walk to an existing entry that is to be removed or renamed; its stat.
  Result<Stat> to_entry(PathWalk& walk, const PathContext& ctx, std::string_view path, Node& node) const;
  /// The node where a mount at `path` goes; makes directories on the way.
  Result<Node> mount_point(std::string_view path) const;
};

}  // namespace nacre
