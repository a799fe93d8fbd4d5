#include "commands/sqlite3/locks.h"

#include <cstring>
#include <map>
#include <tuple>

#include "vfs/lock.h"

namespace nacre::sqlite {
namespace {
using Key = std::tuple<Kernel*, FileSystem*, NodeId>;
struct Table {
  Mutex mutex;
  std::map<Key, std::weak_ptr<SharedFile>> files;
};
Table& table() {
  static Table t;
  return t;
}
}  // namespace

std::shared_ptr<SharedFile> SharedFile::of(Kernel& kernel, Node node) {
  Key key{&kernel, node.fs, node.id};
  Lock lock(table().mutex);
  auto& files = table().files;
  if (auto it = files.find(key); it != files.end()) {
    if (auto found = it->second.lock()) return found;
  }
  std::erase_if(files, [](const auto& f) { return f.second.expired(); });
  auto made = std::make_shared<SharedFile>();
  files[key] = made;
  return made;
}

int SharedFile::lock(int from, int& level, int to) {
  if (to <= from) return SQLITE_OK;
  if (to == SQLITE_LOCK_SHARED) {
    if (writer_ >= SQLITE_LOCK_PENDING) return SQLITE_BUSY;
    readers_++;
    level = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
  }
  // Above SHARED there is one holder: whoever has the level already, or the first to ask.
  if (from == SQLITE_LOCK_SHARED && writer_ != SQLITE_LOCK_NONE) return SQLITE_BUSY;
  if (to == SQLITE_LOCK_EXCLUSIVE && readers_ > 1) {
    // New readers are kept out, so that the present ones can go.
    if (from < SQLITE_LOCK_PENDING) writer_ = level = SQLITE_LOCK_PENDING;
    return SQLITE_BUSY;
  }
  writer_ = level = to;
  return SQLITE_OK;
}

void SharedFile::unlock(int& level, int to) {
  if (level <= to) return;
  if (level > SQLITE_LOCK_SHARED) writer_ = SQLITE_LOCK_NONE;
  if (to == SQLITE_LOCK_NONE) readers_--;
  level = to;
}

volatile void* SharedFile::region(size_t index, size_t bytes, bool extend) {
  if (index >= regions_.size()) {
    if (!extend) return nullptr;
    while (regions_.size() <= index) regions_.push_back(std::make_unique<char[]>(bytes));   // zeroed
  }
  return regions_[index].get();
}

int SharedFile::lock_slots(int first, int n, int flags, uint16_t& shared, uint16_t& exclusive) {
  const auto mask = static_cast<uint16_t>((1u << (first + n)) - (1u << first));
  if (flags & SQLITE_SHM_UNLOCK) {
    for (int i = first; i < first + n; i++) {
      auto bit = static_cast<uint16_t>(1u << i);
      if (shared & bit) slot_readers_[i]--;
      if (exclusive & bit) slot_writer_[i] = false;
    }
    shared &= static_cast<uint16_t>(~mask);
    exclusive &= static_cast<uint16_t>(~mask);
    return SQLITE_OK;
  }
  const bool read = flags & SQLITE_SHM_SHARED;
  if (read && (shared & mask) == mask) return SQLITE_OK;
  if (!read && (exclusive & mask) == mask) return SQLITE_OK;
  for (int i = first; i < first + n; i++) {
    bool others_read = slot_readers_[i] > ((shared >> i) & 1);
    bool others_write = slot_writer_[i] && !((exclusive >> i) & 1);
    if (others_write || (!read && others_read)) return SQLITE_BUSY;
  }
  for (int i = first; i < first + n; i++) {
    if (read) slot_readers_[i]++;
    else slot_writer_[i] = true;
  }
  (read ? shared : exclusive) |= mask;
  return SQLITE_OK;
}

}  // namespace nacre::sqlite
