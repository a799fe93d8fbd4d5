/// FileSystem: one tree of nodes. Knows nothing of paths, mounts, permissions
/// or processes: Vfs checks those before it calls. Names are single components,
/// never "", "." or "..", never with '/'.
///
/// Node lifetime: a NodeId stays valid while the node is linked, or held with
/// hold() (an open file, a working directory).
/// Threads: one.
/// Source: POSIX XSH of the calls of the same names.
#pragma once
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "vfs/types.h"

namespace nacre {

class FileSystem {
 public:
  virtual ~FileSystem() = default;

  virtual NodeId root() const = 0;
  virtual Result<NodeId> lookup(NodeId dir, std::string_view name) = 0;
  struct Step {
    NodeId node;
    FileType type;
  };
  /// One step of a path walk, the hot path: lookup() by one who needs search permission in
  /// `dir`. EACCES, ENOENT, ENOTDIR. The default asks stat() and lookup().
  virtual Result<Step> step(NodeId dir, std::string_view name, const Credentials& who);
  /// The directory above; the root's is itself.
  virtual Result<NodeId> parent(NodeId dir) = 0;
  /// Name of a directory within its parent. ENOENT: removed.
  virtual Result<std::string> name_of(NodeId dir) = 0;
  virtual Result<Stat> stat(NodeId node) = 0;
  virtual Result<void> set_attr(NodeId node, const SetAttr& change) = 0;
  virtual Result<std::string> read_link(NodeId node) = 0;
  /// Entries in a fixed order without "." and "..". May hold the types only.
  virtual Result<std::vector<DirEntry>> list(NodeId dir) = 0;

  struct NewNode {
    FileType type;
    Mode mode;
    uint32_t uid, gid;
    uint32_t rdev_major = 0, rdev_minor = 0;
  };
  /// Regular file, directory, FIFO or device. EEXIST, ENOSPC, EDQUOT, EROFS.
  virtual Result<NodeId> create(NodeId dir, std::string_view name, const NewNode& what) = 0;
  virtual Result<NodeId> symlink(NodeId dir, std::string_view name, std::string_view target, uint32_t uid, uint32_t gid) = 0;
  virtual Result<void> link(NodeId node, NodeId dir, std::string_view name) = 0;
  virtual Result<void> unlink(NodeId dir, std::string_view name) = 0;  ///< not a directory: EISDIR
  virtual Result<void> rmdir(NodeId dir, std::string_view name) = 0;   ///< ENOTDIR, ENOTEMPTY
  /// Replaces an existing target as rename(2) does. EXDEV is the Vfs's business.
  virtual Result<void> rename(NodeId from_dir, std::string_view from, NodeId to_dir, std::string_view to) = 0;

  /// File data. read: bytes read, 0 at or past the end.
  virtual Result<size_t> read(NodeId node, uint64_t offset, std::span<char> out) = 0;
  virtual Result<size_t> write(NodeId node, uint64_t offset, std::string_view data) = 0;
  /// As write() of what `fill` puts into the room that it is given, without a copy. `fill` says how much
  /// that is; 0 or an error of it ends it. ENOSYS, before anything is filled: not here, or not now.
  virtual Result<size_t> write_from(NodeId node, uint64_t offset, const std::function<Result<size_t>(std::span<char>)>& fill) {
    (void)node;
    (void)offset;
    (void)fill;
    return Errno::NOSYS;
  }
  virtual Result<void> truncate(NodeId node, uint64_t size) = 0;
  /// Borrowed view of the bytes at offset, at least one unless at the end; valid until the node
  /// is next written. Empty where the file system cannot lend (caller then reads) or at the end.
  virtual std::string_view view(NodeId node, uint64_t offset) {
    (void)node;
    (void)offset;
    return {};
  }
  /// A regular file whose attributes and content will be asked for next. What goes wrong shows then.
  virtual void about_to_read(NodeId node) { (void)node; }
  virtual Result<void> sync(NodeId node) {
    (void)node;
    return {};
  }

  virtual void hold(NodeId node) = 0;
  virtual void release(NodeId node) = 0;

  virtual FsUsage usage() = 0;
  virtual bool read_only() const { return false; }
  /// Content that is made anew at each open (proc): size is 0 in stat, and
  /// readers ask until read() returns 0.
  virtual bool synthetic() const { return false; }
};

}  // namespace nacre
