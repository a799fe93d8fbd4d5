/// StoredNodes: nodes of a MemFs that lie outside memory, in a session's store, until somebody asks
/// for them. A MemFs looks in its table first, then here, then on the host.
///
/// Stored are the inodes that the file system made or changed, and the places of those host nodes
/// (odd ids, lower_dir.h) that stored inodes refer to, so that a host file has the same id in
/// every process.
///
/// Threads: one.
#pragma once
#include <functional>
#include <string>

#include "vfs/inode.h"

namespace nacre {

/// Where a host node is in the tree of the host directory, with the ids of those of its children that
/// are stored too.
struct HostPlace {
  NodeId parent = 0;
  Name name;
  FileType type = FileType::Regular;
  LinkMap children;
};

/// What of a MemFs's state is not in its inodes.
struct StateHeader {
  NodeId root = 0, next = 0;
  uint64_t bytes = 0, links = 0;
};

class StoredNodes {
 public:
  virtual ~StoredNodes() = default;
  virtual StateHeader header() const = 0;
  /// Odd ids from here on are new.
  virtual NodeId host_end() const = 0;
  /// Null: no such node. A directory's links may be unread. Lives as long as this object.
  virtual const Inode* inode(NodeId id) = 0;
  /// With its links read. EIO: the store is damaged.
  virtual Result<const Inode*> directory(NodeId id) = 0;
  /// Calls for every directory. Reads all inodes.
  virtual void each_directory(const std::function<void(NodeId)>& f) = 0;
  /// Null: none is stored.
  virtual const HostPlace* place(NodeId id) = 0;
  /// How bytes of the host are reached; called once, before the first inode is asked for.
  virtual void set_host_bytes(std::function<Ref<Source>(const HostBytes&)> open) = 0;
};

}  // namespace nacre
