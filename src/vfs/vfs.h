/// Vfs: one namespace of mounted file systems. Resolves paths (symbolic links,
/// "..", mount points, permissions) and offers the path calls of POSIX.
///
/// Ownership: a sandbox owns one Vfs; Vfs owns its mounts.
/// Threads: one.
/// Source: POSIX 4.13 "Pathname Resolution"; Linux path_resolution(7).
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "vfs/change_set.h"
#include "vfs/file_system.h"

namespace nacre {

/// A node and the file system it lives in.
struct Node {
  FileSystem* fs = nullptr;
  NodeId id = 0;
  bool operator==(const Node&) const = default;
};

/// Who asks, and from where.
struct PathContext {
  const Credentials* who;
  Node cwd;
  Mode umask = 022;
};

enum class Follow : uint8_t { No, Yes };

struct MountInfo {
  std::string path;     ///< where, absolute
  std::string source;   ///< what df and /proc/mounts show, never a path of the host; "none"
  std::string type;     ///< "mem", "cow", "host", "proc"
  bool read_only = false;
  FileSystem* fs = nullptr;
  uint32_t id = 0;      ///< also its device number; 1: the root's
  uint32_t parent = 0;  ///< of the mount it lies in; 0 for the root
};

class Budget;

class Vfs {
 public:
  static constexpr size_t kPathMax = 4096, kNameMax = 255;
  static constexpr int kMaxLinks = 40;

  explicit Vfs(std::shared_ptr<FileSystem> root);
  ~Vfs();

  Node root() const;
  /// Mounts fs at an existing directory, or creates the directories (root-owned) on the way.
  Result<void> mount(std::string_view path, std::shared_ptr<FileSystem> fs, MountInfo info);
  Result<void> unmount(std::string_view path);
  const std::vector<MountInfo>& mounts() const;

  /// The node a path names. EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR.
  Result<Node> resolve(const PathContext& ctx, std::string_view path, Follow follow = Follow::Yes);
  /// Directory and last component, for creation and removal. The last component may be missing;
  /// `name` is "." or ".." where the path ends so, and "/" for the root: what that means is the
  /// call's business (EEXIST, EINVAL, ENOTEMPTY, EBUSY). A symbolic link there is not followed.
  struct Parent {
    Node dir;
    std::string name;
    bool trailing_slash = false;
  };
  Result<Parent> resolve_parent(const PathContext& ctx, std::string_view path);

  /// Absolute path of a directory, through mounts. ENOENT: removed.
  Result<std::string> path_of(Node dir);
  /// Absolute canonical path, every component existing (or, with missing_last, all but the last).
  Result<std::string> real_path(const PathContext& ctx, std::string_view path, bool missing_last = false);

  Result<Stat> stat(const PathContext& ctx, std::string_view path, Follow follow = Follow::Yes);
  Result<Stat> stat(Node node);
  Result<void> access(const PathContext& ctx, std::string_view path, uint32_t access);
  /// Finds or creates the node for open(2); checks permission, O_EXCL, O_DIRECTORY,
  /// O_NOFOLLOW, EISDIR, EROFS; applies O_TRUNC. Does not hold() it.
  Result<Node> open(const PathContext& ctx, std::string_view path, uint32_t flags, Mode mode);
  Result<void> mkdir(const PathContext& ctx, std::string_view path, Mode mode);
  Result<void> mknod(const PathContext& ctx, std::string_view path, FileType type, Mode mode, uint32_t major = 0, uint32_t minor = 0);
  Result<void> symlink(const PathContext& ctx, std::string_view target, std::string_view path);
  Result<void> link(const PathContext& ctx, std::string_view from, std::string_view to, Follow follow = Follow::No);
  Result<void> unlink(const PathContext& ctx, std::string_view path);
  Result<void> rmdir(const PathContext& ctx, std::string_view path);
  Result<void> rename(const PathContext& ctx, std::string_view from, std::string_view to);
  Result<std::string> read_link(const PathContext& ctx, std::string_view path);
  Result<std::vector<DirEntry>> list(const PathContext& ctx, std::string_view path);
  Result<void> chmod(const PathContext& ctx, std::string_view path, Mode mode, Follow follow = Follow::Yes);
  /// uid or gid of UINT32_MAX: unchanged.
  Result<void> chown(const PathContext& ctx, std::string_view path, uint32_t uid, uint32_t gid, Follow follow = Follow::Yes);
  /// Null times stay; needs ownership (or write permission when both are "now": pass `now` = true).
  Result<void> utimens(const PathContext& ctx, std::string_view path, const Timespec* atime, const Timespec* mtime, bool now, Follow follow = Follow::Yes);
  Result<void> truncate(const PathContext& ctx, std::string_view path, uint64_t size);

  /// The same for a node at hand (an open file): fchmod, fchown, futimens.
  Result<void> chmod(const Credentials& who, Node node, Mode mode);
  Result<void> chown(const Credentials& who, Node node, uint32_t uid, uint32_t gid);
  Result<void> utimens(const Credentials& who, Node node, const Timespec* atime, const Timespec* mtime, bool now);
  /// True where changes are refused with EROFS.
  bool read_only(Node node) const;

  /// O(1) per mount: the state of every mem and cow file system.
  std::shared_ptr<const FsSnapshot> snapshot();
  /// Back to a snapshot of this Vfs (or of one it was forked from). Held nodes that do not exist
  /// there become stale (ESTALE).
  void restore(const FsSnapshot& snapshot);
  /// Changes from `before` to now, O(changes), including those written through rw mounts since then.
  ChangeSet changes_since(const FsSnapshot& before);
  /// A new namespace that shares all unchanged nodes. O(mounts). rw and ro mounts stay shared with the host.
  std::unique_ptr<Vfs> fork();
  /// The same for a sandbox with its own clock and budget (null: none). fork() shares this one's.
  std::unique_ptr<Vfs> fork(TimeSource* clock, Budget* budget);
  /// cow mounts: what nothing here changed shows the host's present state again. O(mounts).
  void refresh();

 private:
  std::unique_ptr<Vfs> fork_with(const std::function<std::unique_ptr<class MemFs>(class MemFs&)>& fork_mem);
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace nacre
