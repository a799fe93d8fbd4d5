/// MemFs: the default file system, in memory. Inodes live in a persistent
/// table, so that a snapshot is one reference and costs nothing until something
/// changes; mutation is in place while nothing shares a node. File data sits in
/// copy-on-write extents. With a backing directory it is the `cow` mount:
/// nodes and data are read from the host when first touched, writes stay here
/// (lower_dir.h says what happens when the host changes meanwhile).
///
/// atime is kept as on a `noatime` mount. Quotas: file_bytes counts data held
/// (holes are free) and link targets; inodes counts directory entries, so that
/// hard links are bounded too; what comes from a cow mount's host is not
/// counted. Beyond them calls give ENOSPC and note the limit in the budget; a write
/// stores what fits.
///
/// Threads: one; snapshots may be released on another.
#pragma once
#include <functional>
#include <memory>
#include <string>

#include "base/budget.h"
#include "nacre/host.h"
#include "vfs/change_set.h"
#include "vfs/file_system.h"
#include "vfs/stored_nodes.h"
#include "vfs/tree_diff.h"

namespace nacre {

class MemFs : public FileSystem {
 public:
  struct Options {
    TimeSource* clock = nullptr;          ///< required
    Budget* budget = nullptr;             ///< file_bytes and inodes are enforced when set
    uint32_t root_uid = 0, root_gid = 0;
    Mode root_mode = 0755;
    std::shared_ptr<HostDir> backing;     ///< cow mount
    /// Owner shown for nodes that come from the backing directory.
    uint32_t backing_uid = 1000, backing_gid = 1000;
    std::shared_ptr<StoredNodes> stored;  ///< the state to begin with
    bool backing_fixed = false;           ///< the backing directory never changes: refresh() has nothing to do
  };
  using FileSystem::create;  // a node
  static std::unique_ptr<MemFs> create(const Options& options);

  /// O(1). The handle keeps this state alive.
  class State;
  virtual std::shared_ptr<const State> snapshot() = 0;
  virtual void restore(const std::shared_ptr<const State>& state) = 0;
  /// A second file system over the same state. O(1).
  virtual std::unique_ptr<MemFs> fork(TimeSource* clock, Budget* budget) = 0;
  /// Adds the differences to out, paths prefixed with `prefix` (the mount point, "" for "/").
  virtual void diff(const State& before, const State& after, const std::string& prefix, ChangeSet& out) = 0;

  /// Seeds (no permission checks, parents made as needed, mode and owner as given).
  struct Seed {
    FileType type = FileType::Regular;
    Mode mode = 0644;
    uint32_t uid = 0, gid = 0;
    std::string content; ///< bytes, or link target
    std::function<std::string()> lazy;   ///< content at first read
    uint32_t rdev_major = 0, rdev_minor = 0;
  };
  virtual Result<NodeId> seed(std::string_view path, const Seed& what) = 0;

  // ---- for a store
  virtual StateHeader header(const State& state) const = 0;
  /// Calls f for each inode that differs. `before` null: for all in memory, those of a store left out.
  /// An inode is null where there is none. Directories have their links.
  virtual void each_change(const State* before, const State& after, const std::function<void(NodeId, const Inode* before, const Inode* after)>& f) = 0;
  /// Of an odd id, where there is a backing directory.
  virtual HostPlace host_place(NodeId id) = 0;
  /// What the backing directory has under an odd id, a directory with its links; null: nothing.
  virtual const Inode* host_node(NodeId id) = 0;
  /// Bytes of the backing directory; null where there is none.
  virtual Ref<Source> host_bytes(const HostBytes& bytes) = 0;
  /// Valid as long as the state and this.
  virtual TreeState tree(const State& state) = 0;

  /// As given to create() or fork().
  virtual TimeSource* clock() const = 0;
  virtual Budget* budget() const = 0;

  /// cow: forgets what was read of host files and directories that nothing here changed, so that
  /// they show the host's present state. O(1). Without it a mount shows each as first seen.
  virtual void refresh() = 0;
};

}  // namespace nacre
