/// PathWalk: turns a path into nodes, one component at a time, through symbolic
/// links and mounts, for one who needs search permission all the way.
/// Allocates only where a symbolic link is followed.
///
/// Owned by the call that resolves; `name` points into the path or into the walk.
/// Source: POSIX 4.13 "Pathname Resolution"; Linux path_resolution(7).
#pragma once
#include <string>
#include <string_view>

#include "vfs/mount_table.h"

namespace nacre {

class PathWalk {
 public:
  enum class Last : uint8_t {
    NoFollow,  ///< a link at the end is the result itself
    Follow,
    Parent,    ///< stop before the last component
  };

  PathWalk(const MountTable& mounts, const PathContext& ctx) : mounts_(mounts), ctx_(ctx) {}

  /// OK: the fields below are set. With `missing_ok` a missing last component is no error, and
  /// node.fs is null then. ENOENT, ENOTDIR, EACCES, ELOOP, ENAMETOOLONG.
  Errno run(std::string_view path, Last last, bool missing_ok = false);

  Node dir;                ///< where the last component is looked up
  std::string_view name;   ///< the last component; ".", ".." as written; "/" for the root
  Node node;               ///< not set with Last::Parent
  FileType type = FileType::Directory;
  bool trailing_slash = false;

 private:
  Errno search(Node dir) const;
  Errno expand(std::string_view& rest, Node link);
  Errno up();

  const MountTable& mounts_;
  const PathContext& ctx_;
  Node at_;
  int links_ = 0;
  std::string text_;  // the path behind the last link followed
};

}  // namespace nacre
