/// FileData: the bytes of one regular file, as copy-on-write extents.
///
/// A file is a run of chunks of 64 KiB. Chunk 0 hangs off the file directly and
/// grows by doubling, so that a small file is one buffer; the others are in a
/// PersistMap by index. A chunk may be missing or shorter than 64 KiB: what is
/// missing is a hole (zeros), or, below `source_end`, still to be read from the
/// Source the file came from. Copying a FileData shares every chunk; a write
/// copies the chunks that it touches and somebody else holds.
///
/// Threads: one per FileData; chunks and sources may be shared between threads.
#pragma once
#include <cstdint>
#include <memory>
#include <new>
#include <span>
#include <string>
#include <string_view>

#include "base/ref.h"
#include "base/result.h"
#include "nacre/host.h"
#include "vfs/persist_map.h"

namespace nacre {

/// A file of the host as a source of bytes.
struct HostBytes {
  std::string path;        ///< relative to the mount
  uint64_t size = 0;
  Timespec mtime;
  bool pinned = false;     ///< to be refused when the host file is another by now
};

/// Where a file's bytes come from until they are overwritten: a host file (cow
/// mount) or a callback (lazy file). Shared between snapshots and threads:
/// implementations lock.
class Source : public RefCounted {
 public:
  virtual ~Source() = default;
  /// Bytes; a callback runs now.
  virtual uint64_t size() = 0;
  /// As FileSystem::read.
  virtual Result<size_t> read(uint64_t offset, std::span<char> out) = 0;
  /// The content as it is now, for one who will mix it with changes of his own: reads of the
  /// result give EIO rather than other content. Errors: what opening gives.
  virtual Result<Ref<Source>> pin() = 0;
  /// As FileSystem::view.
  virtual std::string_view view(uint64_t offset) {
    (void)offset;
    return {};
  }
  /// True, and where they are, when the bytes are a host file's.
  virtual bool origin(HostBytes* out) const {
    (void)out;
    return false;
  }
  /// What of it counts for the quota, as FileData::held() does, in all and by chunk: more than nothing
  /// where the bytes are the sandbox's, written in another process.
  virtual uint64_t counted() const { return 0; }
  virtual uint64_t counted(uint64_t index) const {
    (void)index;
    return 0;
  }
};

class Chunk : public RefCounted {
 public:
  static constexpr size_t kSize = 65536;
  static Ref<Chunk> make(size_t capacity) { return Ref<Chunk>(new (capacity) Chunk(capacity)); }

  char* data() { return reinterpret_cast<char*>(this + 1); }
  const char* data() const { return reinterpret_cast<const char*>(this + 1); }
  uint32_t capacity() const { return capacity_; }
  uint32_t length = 0;  ///< bytes that hold data; what follows is a hole

  static void* operator new(size_t size, size_t capacity);
  static void operator delete(void* p);
  static void operator delete(void* p, size_t capacity) {
    (void)capacity;
    operator delete(p);
  }

 private:
  explicit Chunk(size_t capacity) : capacity_(static_cast<uint32_t>(capacity)) {}
  uint32_t capacity_;
};

struct Extent {
  uint64_t index;  ///< in units of Chunk::kSize
  Ref<Chunk> chunk;
};
struct ExtentTraits {
  using Entry = Extent;
  using Key = uint64_t;
  static constexpr bool kHashed = false;
  static uint64_t path(Key k) { return k; }
  static Key key(const Extent& e) { return e.index; }
  static bool equal(const Extent& a, const Extent& b) { return a.chunk == b.chunk; }
};

class FileData {
 public:
  FileData() = default;
  explicit FileData(Ref<Source> source) : held_(source->counted()), source_(std::move(source)), whole_(true) {}

  uint64_t size() const { return whole_ ? source_->size() : size_; }
  /// Bytes held in chunks, 4 KiB at least in each behind the first, and what the source counts of
  /// the others: what the quota counts.
  uint64_t held() const { return held_; }
  /// Bytes that are not holes.
  uint64_t allocated() const;

  Result<size_t> read(uint64_t offset, std::span<char> out) const;
  std::string_view view(uint64_t offset) const;
  /// Writes as long as held() grows by at most `room`: fewer bytes than asked, or ENOSPC.
  Result<size_t> write(uint64_t offset, std::string_view data, uint64_t room);
  /// Whether a whole chunk at this offset would be all new and fit.
  bool lacks_chunk(uint64_t offset, uint64_t room) const;
  /// Takes c, with its length, as the content there. Only where it is lacking.
  void adopt(uint64_t offset, Ref<Chunk> c);
  /// Growing makes a hole. May need one chunk of room where it cuts a source's chunk.
  Result<void> resize(uint64_t size, uint64_t room);

  // ---- its parts, for one who keeps them elsewhere
  /// Null: a hole, or the source's.
  const Chunk* chunk(uint64_t index) const;
  Source* source() const { return source_.get(); }
  /// Missing chunks below this are the source's.
  uint64_t source_end() const { return whole_ ? source_->size() : source_end_; }
  /// Nothing was written yet: the source's size is the file's.
  bool whole() const { return whole_; }

  /// Same bytes? Reads only what is not shared.
  static bool same_content(const FileData& a, const FileData& b);

 private:
  Ref<Chunk>& slot(uint64_t index);
  Result<void> detach(uint64_t room);
  Result<void> fill(uint64_t index, uint64_t room);
  char* room_in(uint64_t index, size_t from, size_t to, uint64_t file_end);
  void drop_from(uint64_t size);
  /// What is paid for a chunk, ours or the source's.
  uint64_t paid(uint64_t index) const;

  uint64_t size_ = 0;
  uint64_t held_ = 0;
  Ref<Chunk> first_;
  PersistMap<ExtentTraits> rest_;  // index >= 1
  // Missing chunks below source_end_ are the source's. whole_: nothing was written yet, and
  // the size is the source's too.
  Ref<Source> source_;
  uint64_t source_end_ = 0;
  bool whole_ = false;
};

}  // namespace nacre
