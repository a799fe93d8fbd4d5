#include "kernel/file_lock.h"

#include "kernel/kernel.h"

namespace nacre {

bool FileLock::take(LockKind kind) {
  if (exclusive_ || (kind == LockKind::Exclusive && shared_ > 0)) return false;
  if (kind == LockKind::Exclusive) exclusive_ = true;
  else shared_++;
  return true;
}

void FileLock::release(LockKind kind) {
  if (kind == LockKind::Exclusive) exclusive_ = false;
  else shared_--;
  released.notify_all();
}

Result<Ref<FileLock>> FileLocks::of(File& file) {
  FileLock::Key key;
  if (Node node = file.node(); node.fs) {
    key = {node.fs, node.id};
  } else {
    NACRE_TRY(Stat st, file.stat());
    key = {nullptr, st.ino};
  }
  if (auto it = table_->find(key); it != table_->end()) return Ref<FileLock>(it->second);
  auto lock = make_ref<FileLock>(table_, key);
  table_->emplace(key, lock.get());
  return lock;
}

File::File(uint32_t flags) : flags_(flags) {}
File::~File() = default;

void File::set_held_lock(std::unique_ptr<HeldLock> lock) { held_lock_ = std::move(lock); }

Result<void> Process::flock(int fd, LockKind kind, bool no_wait) {
  Ref<File> f = file(fd);
  if (!f) return Errno::BADF;
  if (HeldLock* held = f->held_lock(); kind == (held ? held->kind : LockKind::None)) return {};
  NACRE_TRY(Ref<FileLock> lock, kernel_.file_locks().of(*f));
  // A change of kind is no single step: the old lock goes first, even if the new one cannot be had.
  f->set_held_lock(nullptr);
  if (kind == LockKind::None) return {};
  while (!lock->take(kind)) {
    if (no_wait) return Errno::AGAIN;
    if (has_caught()) return Errno::INTR;
    kernel_.scheduler().wait(lock->released);
    kernel_.deliver(*this);
    // What another process did to the same description meanwhile is replaced.
    f->set_held_lock(nullptr);
  }
  f->set_held_lock(std::make_unique<HeldLock>(lock, kind));
  return {};
}

}  // namespace nacre
