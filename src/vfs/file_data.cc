#include "vfs/file_data.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <vector>

namespace nacre {
namespace {

constexpr uint64_t kChunk = Chunk::kSize;
// A source up to this size is read in full at the first write: its content then
// cannot change halfway. A larger one is read chunk by chunk.
constexpr uint64_t kReadAtOnce = 1 << 20;

constexpr char kZeros[4096] = {};

// A chunk behind the first takes at least this, so that one byte here and there in a sparse
// file is charged what it costs.
constexpr uint64_t kLeast = 4096;

uint64_t charge(uint64_t index, uint64_t length) { return index == 0 || length == 0 ? length : std::max(length, kLeast); }
uint64_t charge(uint64_t index, const Chunk* c) { return c ? charge(index, c->length) : 0; }

// Buffer sizes that malloc likes, at most about twice the charge.
size_t good_capacity(size_t want, size_t held, uint64_t index) {
  if (index > 0) return std::max<size_t>(kLeast, std::bit_ceil(want));
  constexpr size_t header = sizeof(Chunk) + 8;
  size_t grown = std::max(want, held * 2);
  if (grown > kChunk / 2) return kChunk;
  return ((grown + header + 15) & ~size_t{15}) - header;
}

}  // namespace

void* Chunk::operator new(size_t size, size_t capacity) {
  void* p = std::malloc(size + capacity);
  if (!p) throw std::bad_alloc();
  return p;
}

void Chunk::operator delete(void* p) { std::free(p); }

const Chunk* FileData::chunk(uint64_t index) const {
  if (index == 0) return first_.get();
  const Extent* e = rest_.find(index);
  return e ? e->chunk.get() : nullptr;
}

uint64_t FileData::paid(uint64_t index) const {
  if (const Chunk* c = chunk(index)) return charge(index, c);
  return source_ && index * kChunk < source_end_ ? source_->counted(index) : 0;
}

Ref<Chunk>& FileData::slot(uint64_t index) {
  if (index == 0) return first_;
  if (Extent* e = rest_.find_mutable(index)) return e->chunk;
  return rest_.put(Extent{index, nullptr}).chunk;
}

uint64_t FileData::allocated() const {
  if (whole_) return source_->size();
  return std::min(size_, held_ + source_end_);
}

Result<size_t> FileData::read(uint64_t offset, std::span<char> out) const {
  if (whole_) return source_->read(offset, out);
  if (offset >= size_) return size_t{0};
  const size_t total = static_cast<size_t>(std::min<uint64_t>(out.size(), size_ - offset));
  size_t done = 0;
  while (done < total) {
    const uint64_t at = offset + done, index = at / kChunk;
    const size_t from = at % kChunk;
    const size_t n = std::min<size_t>(total - done, kChunk - from);
    char* to = out.data() + done;
    if (const Chunk* c = chunk(index)) {
      size_t have = c->length > from ? std::min<size_t>(n, c->length - from) : 0;
      if (have) std::memcpy(to, c->data() + from, have);
      if (have < n) std::memset(to + have, 0, n - have);
    } else {
      size_t have = at < source_end_ ? static_cast<size_t>(std::min<uint64_t>(n, source_end_ - at)) : 0;
      for (size_t got = 0; got < have;) {
        auto r = source_->read(at + got, {to + got, have - got});
        if (!r) return done + got ? Result<size_t>(done + got) : r;
        if (*r == 0) return Errno::IO;
        got += *r;
      }
      if (have < n) std::memset(to + have, 0, n - have);
    }
    done += n;
  }
  return done;
}

std::string_view FileData::view(uint64_t offset) const {
  if (whole_) return source_->view(offset);
  if (offset >= size_) return {};
  const uint64_t index = offset / kChunk;
  const size_t from = offset % kChunk;
  const uint64_t left = std::min(size_ - offset, kChunk - from);
  const Chunk* c = chunk(index);
  if (!c && offset < source_end_) return {};
  if (c && c->length > from) return {c->data() + from, static_cast<size_t>(std::min<uint64_t>(left, c->length - from))};
  return {kZeros, static_cast<size_t>(std::min<uint64_t>(left, sizeof kZeros))};
}

// Before the first change: from "whatever the source holds" to extents of our own.
Result<void> FileData::detach(uint64_t room) {
  if (!whole_) return {};
  FileData mine;
  NACRE_TRY(mine.source_, source_->pin());
  const uint64_t size = mine.source_->size();
  mine.size_ = size;
  mine.source_end_ = size;
  mine.held_ = held_;
  if (size <= kReadAtOnce) {
    for (uint64_t i = 0; i * kChunk < size; ++i) NACRE_CHECKED(mine.fill(i, mine.held_ > held_ ? room - (mine.held_ - held_) : room));
    mine.source_.reset();
    mine.source_end_ = 0;
  }
  *this = std::move(mine);
  return {};
}

// Reads a missing chunk from the source.
Result<void> FileData::fill(uint64_t index, uint64_t room) {
  if (index * kChunk >= source_end_ || chunk(index)) return {};
  const size_t n = static_cast<size_t>(std::min(kChunk, source_end_ - index * kChunk));
  const uint64_t before = paid(index);
  if (charge(index, n) > before && charge(index, n) - before > room) return Errno::NOSPC;
  Ref<Chunk> c = Chunk::make(n == kChunk ? n : good_capacity(n, 0, index));
  for (size_t got = 0; got < n;) {
    NACRE_TRY(size_t more, source_->read(index * kChunk + got, {c->data() + got, n - got}));
    if (more == 0) return Errno::IO;  // the host file is shorter than it was
    got += more;
  }
  c->length = static_cast<uint32_t>(n);
  held_ += charge(index, n) - before;
  slot(index) = std::move(c);
  return {};
}

// A chunk of our own with bytes up to `to`, zeros between its end and `from`. `file_end`:
// how large the file will be at least, to choose the buffer.
char* FileData::room_in(uint64_t index, size_t from, size_t to, uint64_t file_end) {
  const uint64_t before = paid(index);
  Ref<Chunk>& c = slot(index);
  const size_t held = c ? c->length : 0;
  if (!c || to > c->capacity() || !c->unique()) {
    size_t want = std::max(to, held);
    bool fits = c && want <= c->capacity();
    size_t capacity = fits ? c->capacity() : file_end >= (index + 1) * kChunk ? kChunk : good_capacity(want, held, index);
    Ref<Chunk> bigger = Chunk::make(capacity);
    if (held) std::memcpy(bigger->data(), c->data(), held);
    bigger->length = static_cast<uint32_t>(held);
    c = std::move(bigger);
  }
  if (from > held) std::memset(c->data() + held, 0, from - held);
  if (to > held) {
    held_ += charge(index, to) - before;
    c->length = static_cast<uint32_t>(to);
  }
  return c->data();
}

Result<size_t> FileData::write(uint64_t offset, std::string_view data, uint64_t room) {
  const uint64_t held_before = held_;
  NACRE_CHECKED(detach(room));
  auto left = [&] { return held_ > held_before ? room - (held_ - held_before) : room; };
  size_t done = 0;
  while (done < data.size()) {
    const uint64_t at = offset + done, index = at / kChunk;
    const size_t from = at % kChunk;
    size_t n = std::min<size_t>(data.size() - done, kChunk - from);
    if (source_ && !(from == 0 && (n == kChunk || at + n >= source_end_))) {
      if (auto filled = fill(index, left()); !filled) return done ? Result<size_t>(done) : filled.error();
    }
    const uint64_t before = paid(index);
    if (charge(index, from + n) > before && charge(index, from + n) - before > left()) {
      uint64_t reach = before + left();
      if (index > 0 && reach < kLeast) reach = 0;
      if (reach <= from) return done ? Result<size_t>(done) : Errno::NOSPC;
      n = static_cast<size_t>(reach - from);
    }
    std::memcpy(room_in(index, from, from + n, offset + data.size()) + from, data.data() + done, n);
    done += n;
    size_ = std::max(size_, offset + done);
  }
  return done;
}

bool FileData::lacks_chunk(uint64_t offset, uint64_t room) const {
  const uint64_t index = offset / kChunk;
  return !whole_ && offset % kChunk == 0 && offset >= source_end_ && !chunk(index) && kChunk <= room;
}

void FileData::adopt(uint64_t offset, Ref<Chunk> c) {
  const uint64_t index = offset / kChunk;
  held_ += charge(index, c.get());
  size_ = std::max(size_, offset + c->length);
  slot(index) = std::move(c);
}

void FileData::drop_from(uint64_t size) {
  const uint64_t last = size / kChunk;
  const size_t keep = size % kChunk;
  std::vector<uint64_t> gone;
  rest_.for_each([&](const Extent& e) {
    if (e.index > last || (e.index == last && keep == 0)) gone.push_back(e.index);
  });
  if (source_ && source_->counted()) {
    for (uint64_t index = last + (keep != 0); index * kChunk < source_end_; ++index)
      if (!chunk(index)) held_ -= source_->counted(index);
  }
  for (uint64_t index : gone) {
    held_ -= charge(index, chunk(index));
    rest_.erase(index);
  }
  if (last == 0 && keep == 0 && first_) {
    held_ -= charge(0, first_.get());
    first_.reset();
  }
  const Chunk* c = keep ? chunk(last) : nullptr;
  if (!c || c->length <= keep) return;
  held_ -= charge(last, c) - charge(last, keep);
  Ref<Chunk>& edge = slot(last);
  if (!edge->unique()) {
    Ref<Chunk> copy = Chunk::make(good_capacity(keep, 0, last));
    std::memcpy(copy->data(), edge->data(), keep);
    edge = std::move(copy);
  }
  edge->length = static_cast<uint32_t>(keep);
}

Result<void> FileData::resize(uint64_t size, uint64_t room) {
  if (size == 0) {
    *this = FileData();
    return {};
  }
  NACRE_CHECKED(detach(room));
  if (size < size_) drop_from(size);
  source_end_ = std::min(source_end_, size);
  size_ = size;
  return {};
}

bool FileData::same_content(const FileData& a, const FileData& b) {
  if (a.whole_ && b.whole_ && a.source_ == b.source_) return true;
  const uint64_t size = a.size();
  if (size != b.size()) return false;
  std::vector<char> left, right;
  for (uint64_t at = 0; at < size; at += kChunk) {
    if (!a.whole_ && !b.whole_) {
      const Chunk *ca = a.chunk(at / kChunk), *cb = b.chunk(at / kChunk);
      if (ca == cb && (ca || a.source_ == b.source_ || (at >= a.source_end_ && at >= b.source_end_))) continue;
    }
    left.resize(kChunk);
    right.resize(kChunk);
    auto ra = a.read(at, left), rb = b.read(at, right);
    if (!ra || !rb || *ra != *rb || std::memcmp(left.data(), right.data(), *ra) != 0) return false;
  }
  return true;
}

}  // namespace nacre
