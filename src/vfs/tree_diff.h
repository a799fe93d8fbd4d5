/// diff_trees: what differs between two states of one file system, told as paths.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "vfs/change_set.h"
#include "vfs/inode.h"

namespace nacre {

/// One state of a file system. An inode has the same id in both.
struct TreeState {
  NodeId root = 0;
  /// Null: not there. Directories have their links. Valid as long as the state.
  std::function<const Inode*(NodeId)> find;
  /// Calls for every directory that was made or changed here, with its links.
  std::function<void(const std::function<void(const Inode&)>&)> each_directory;
};

/// The node of a path below the root, "/a/b" ("": the root); null: there is none.
const Inode* node_at(const TreeState& state, std::string_view path);

/// The same type and the same bytes (or target)? Reads only what the two do not share.
bool same_content(const Inode& a, const Inode& b);

/// Adds the differences to `out`, paths prefixed with `prefix` (the mount point, "" for "/").
/// `changed`: every inode that is not the same in both; others among them do no harm.
void diff_trees(const TreeState& before, const TreeState& after, const std::vector<NodeId>& changed, const std::string& prefix, ChangeSet& out);

}  // namespace nacre
