/// file_lock: advisory locks as flock(2) has them: on a file, owned by an open file description.
/// Descriptors that were dup'ed or inherited share the lock; it goes with the last of them.
///
/// Ownership: the table knows of a file's lock while some description holds it or waits for it.
/// Threads: the sandbox's own. Source: Linux flock(2).
#pragma once
#include <map>
#include <memory>
#include <utility>

#include "base/ref.h"
#include "kernel/file.h"
#include "kernel/scheduler.h"

namespace nacre {

class FileLock : public RefCounted {
 public:
  using Key = std::pair<const void*, uint64_t>;   ///< file system (null: of none) and number of the file
  using Table = std::map<Key, FileLock*>;

  FileLock(std::shared_ptr<Table> table, Key key) : table_(std::move(table)), key_(key) {}
  ~FileLock() { table_->erase(key_); }

  /// False: another description's lock is in the way. Shared or Exclusive.
  bool take(LockKind kind);
  void release(LockKind kind);
  WaitQueue released;

 private:
  std::shared_ptr<Table> table_;
  Key key_;
  uint32_t shared_ = 0;
  bool exclusive_ = false;
};

/// What a description holds; gives it back in the end.
struct HeldLock {
  Ref<FileLock> lock;
  LockKind kind;
  ~HeldLock() { lock->release(kind); }
};

/// The locks of a sandbox.
class FileLocks {
 public:
  /// The lock of the file behind an open description.
  Result<Ref<FileLock>> of(File& file);

 private:
  std::shared_ptr<FileLock::Table> table_ = std::make_shared<FileLock::Table>();
};

}  // namespace nacre
