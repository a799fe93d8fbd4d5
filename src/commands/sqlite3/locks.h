/// locks: who holds which lock on a database file, and the shared memory of its
/// write-ahead log. One SharedFile a node and sandbox while somebody has it open.
/// Threads: the table has a lock of its own; a SharedFile belongs to its sandbox's thread.
/// Source: sqlite.org/lockingv3.html; sqlite.org/wal.html.
#pragma once
#include <cstdint>
#include <memory>
#include <vector>

#include "kernel/kernel.h"
#include "sqlite3_private.h"

namespace nacre::sqlite {

class SharedFile {
 public:
  static std::shared_ptr<SharedFile> of(Kernel& kernel, Node node);

  // ---- the file's lock: SQLITE_LOCK_NONE .. SQLITE_LOCK_EXCLUSIVE
  /// From level `from` to `to`, up. SQLITE_BUSY if somebody is in the way.
  int lock(int from, int& level, int to);
  void unlock(int& level, int to);
  bool reserved() const { return writer_ >= SQLITE_LOCK_RESERVED; }

  // ---- shared memory
  /// Region `index` of `bytes`; null where there is none and `extend` is false.
  volatile void* region(size_t index, size_t bytes, bool extend);
  /// The slots [first, first + n): flags as xShmLock takes them; the masks are the caller's own holdings.
  int lock_slots(int first, int n, int flags, uint16_t& shared, uint16_t& exclusive);
  int users = 0;      ///< with shared memory mapped
  void drop_regions() { regions_.clear(); }

 private:
  int readers_ = 0;
  int writer_ = SQLITE_LOCK_NONE;    ///< the highest level anybody holds above SHARED
  std::vector<std::unique_ptr<char[]>> regions_;
  int slot_readers_[SQLITE_SHM_NLOCK] = {};
  bool slot_writer_[SQLITE_SHM_NLOCK] = {};
};

}  // namespace nacre::sqlite
