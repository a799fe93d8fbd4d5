/// LowerDir: the host directory under a cow mount, as inodes. Directories are
/// listed and files stat'ed when first touched (from the third on in a directory, a few
/// of their neighbours too; where this was so in one directory, all in the next), and each
/// fact is then kept; so a script sees one unchanging tree, whatever happens on the host meanwhile.
/// File bytes are read when asked for and not kept.
///
/// A host file that changed after it was stat'ed: while nothing here changed
/// it, reads give the host's present bytes, up to the size first seen. The first
/// change here takes it as it is on the host at that moment: in full up to
/// 1 MiB; of a larger one, what was not read yet is refused with EIO if the
/// host file changes again, so that old and new content never mix. A host entry
/// that vanished, or became another type, is ENOENT.
///
/// Node ids are odd, belong to a path of the host, and stay the same in refreshed().
/// Hard links of the host are separate files here.
///
/// Threads: shared by forks of one MemFs on any threads; locks inside.
#pragma once
#include <memory>
#include <string>

#include "vfs/inode.h"
#include "vfs/stored_nodes.h"

namespace nacre {

class LowerDir {
 public:
  static constexpr NodeId kRoot = 1;
  static bool owns(NodeId id) { return id & 1; }

  /// `stored` (may be null): gives the places of the ids below its host_end().
  LowerDir(std::shared_ptr<HostDir> host, uint32_t uid, uint32_t gid, std::shared_ptr<StoredNodes> stored);
  ~LowerDir();

  /// Null: not there. A directory's links may be unread. Lives as long as this object.
  const Inode* inode(NodeId id);
  /// The file will be looked at and read: one visit to the host for both, if it has not been looked at yet.
  void open_ahead(NodeId id);
  /// With its links read. ENOENT, ENOTDIR, or the host's error.
  Result<const Inode*> directory(NodeId id);
  /// Path of a node on the host, relative to the mount.
  std::string host_path(NodeId id);
  /// Where a node is on the host. `id` is one that this gave out.
  HostPlace place(NodeId id);
  /// The bytes of a host file seen in another process.
  Ref<Source> host_bytes(const HostBytes& bytes);

  /// The same directory with nothing read yet; ids stay.
  std::shared_ptr<LowerDir> refreshed() const;

  struct Shared;

 private:
  Result<const Inode*> read_inode(NodeId id);
  Result<void> remember(NodeId id, const std::string& path, const HostStat& st, int64_t handle = -1);
  size_t how_many(const HostPlace& node);
  void read_several(NodeId id);
  const Inode* list(NodeId id, const std::vector<HostDir::Entry>& entries);
  void remember_children(NodeId id, std::string path, const std::vector<HostDir::Child>& children);
  explicit LowerDir(std::shared_ptr<Shared> shared);
  std::shared_ptr<Shared> shared_;
  struct Facts;
  std::unique_ptr<Facts> facts_;
};

}  // namespace nacre
