/// MountTable: which file system covers which directory. The first mount is the
/// root. Few mounts are the rule, so the table is searched from end to end.
///
/// Threads: one.
#pragma once
#include <memory>
#include <vector>

#include "vfs/vfs.h"

namespace nacre {

struct MountPoint {
  std::shared_ptr<FileSystem> fs;
  Node at;  ///< the directory it covers; no node for the root mount
};

class MountTable {
 public:
  /// The root of what is mounted on this node, or the node itself.
  Node enter(Node node) const {
    if (mounts.size() == 1) return node;
    for (size_t i = 1; i < mounts.size(); ++i) {
      if (!(mounts[i].at == node)) continue;
      node = {mounts[i].fs.get(), mounts[i].fs->root()};
      i = 0;  // a mount may be mounted on
    }
    return node;
  }
  /// The directory that the root of a mount covers; other nodes as they are.
  Node leave(Node node) const {
    while (node.id == node.fs->root()) {
      const MountPoint* m = find(node.fs);
      if (!m || !m->at.fs) break;
      node = m->at;
    }
    return node;
  }
  bool covered(Node node) const {
    for (size_t i = 1; i < mounts.size(); ++i)
      if (mounts[i].at == node) return true;
    return false;
  }
  const MountPoint* find(const FileSystem* fs) const {
    for (const MountPoint& m : mounts)
      if (m.fs.get() == fs) return &m;
    return nullptr;
  }
  Node root() const { return {mounts[0].fs.get(), mounts[0].fs->root()}; }

  std::vector<MountPoint> mounts;
};

}  // namespace nacre
