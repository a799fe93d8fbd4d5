/// What differs between two states of a stored session, and a cow mount's differences from its host.
///
/// Found from the parts that the layers of only one of the states have: O(changes).
/// Threads: one.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "session/store/session_store_impl.h"
#include "vfs/tree_diff.h"

namespace nacre {

/// A state of a session, opened to be read: all its file systems, through a sandbox in which nothing runs.
struct OpenState {
  std::shared_ptr<Layers> layers;
  StoredFsByMount stored;
  std::unique_ptr<Sandbox> sandbox;
  std::vector<Mount> mounts;
  std::vector<std::shared_ptr<const MemFs::State>> states;   ///< keeps what tree() gives

  /// The file system of a mount (0: the root); null: a ro or rw mount.
  MemFs* fs(int mount) const;
  TreeState tree(int mount);
  /// Where a mount is, "" for the root.
  std::string prefix(int mount) const { return mount == 0 ? "" : mounts[static_cast<size_t>(mount) - 1].guest; }
  /// Is an absolute path of the sandbox in another file system than the mount's, which covers it there?
  bool covered(int mount, std::string_view path) const;
};

Expected<std::unique_ptr<OpenState>> open_state(SessionStore::Impl& s, const SessionRow& row);

/// The files of a mount as another, earlier set of layers has them (null: as the host had them when the session first
/// changed each), in the ids of `now`.
class EarlierTree {
 public:
  EarlierTree(OpenState& now, int mount, const std::shared_ptr<Layers>& earlier);
  /// Valid as long as this and `now`.
  TreeState tree();
  /// Inodes that differ between the two; some that do not.
  std::vector<NodeId> changed();

  /// A host node as the session saw it; null: the session never changed it.
  const Inode* seen(NodeId id);

 private:
  const Inode* find(NodeId id);

  OpenState& now_;
  MemFs& fs_;
  int number_;
  std::shared_ptr<Layers> earlier_;
  std::shared_ptr<StoredFs> stored_;
  std::map<NodeId, Ref<Inode>> seen_;
};

/// Where a node is; "": not there, the root, or a file whose noted name went while others stayed.
std::string path_of(const TreeState& state, NodeId id);

/// A node and all below it; empty when it is not there.
std::vector<std::string> paths_below(const TreeState& state, const std::string& top);
/// Adds all paths that differ, those below a renamed directory too.
void add_paths(const ChangeSet& changes, const TreeState& before, const TreeState& after, std::set<std::string>* out);

/// The paths below a mount that differ between the two states that `earlier` is about; "" (the mount itself) left out.
std::set<std::string> changed_paths(EarlierTree& earlier, const TreeState& before, const TreeState& after);

/// Is `path` one of `paths`, or below one? All are where there are none.
bool selected(const std::vector<std::string>& paths, const std::string& path);
/// Absolute, without . and .. and double slashes.
std::vector<std::string> absolute_paths(const std::vector<std::string>& paths, const std::string& cwd);

}  // namespace nacre
