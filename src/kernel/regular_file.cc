#include "kernel/regular_file.h"

#include "kernel/kernel.h"

namespace nacre {

RegularFile::RegularFile(Node node, uint32_t flags, std::string path) : File(flags), node_(node), path_(std::move(path)) { node_.fs->hold(node_.id); }

RegularFile::~RegularFile() { node_.fs->release(node_.id); }

Result<size_t> RegularFile::read(Process&, std::span<char> out) {
  NACRE_TRY(size_t n, node_.fs->read(node_.id, offset_, out));
  offset_ += n;
  return n;
}

Result<size_t> RegularFile::write(Process& p, std::string_view data) {
  if (flags() & kOpenAppend) {
    NACRE_TRY(Stat st, node_.fs->stat(node_.id));
    offset_ = st.size;
  }
  if (uint64_t most = p.file_size_limit(); most != kNoLimit && offset_ + data.size() > most && !data.empty()) {
    if (offset_ >= most) {
      p.kernel().post_signal(p, kSigXFSZ);
      p.kernel().deliver(p);
      return Errno::FBIG;
    }
    data = data.substr(0, most - offset_);
  }
  NACRE_TRY(size_t n, node_.fs->write(node_.id, offset_, data));
  offset_ += n;
  return n;
}

// From one regular file to another, so that nothing waits in between; where what is left fills the room.
Result<size_t> RegularFile::receive(Process& p, File& from) {
  constexpr uint64_t kPiece = 64 << 10;
  if (flags() & kOpenAppend || p.file_size_limit() != kNoLimit || offset_ % kPiece != 0 || !from.node().fs) return Errno::NOSYS;
  NACRE_TRY(const Stat st, from.stat());
  auto at = from.seek(0, Whence::Current);
  if (!st.is_regular() || !at || *at > st.size || st.size - *at < kPiece) return Errno::NOSYS;
  NACRE_TRY(const size_t n, node_.fs->write_from(node_.id, offset_, [&](std::span<char> room) { return from.read(p, room); }));
  offset_ += n;
  return n;
}

Result<size_t> RegularFile::pread(Process&, std::span<char> out, uint64_t offset) { return node_.fs->read(node_.id, offset, out); }
Result<size_t> RegularFile::pwrite(Process&, std::string_view data, uint64_t offset) { return node_.fs->write(node_.id, offset, data); }

Result<uint64_t> RegularFile::seek(int64_t offset, Whence whence) {
  int64_t base = 0;
  if (whence == Whence::Current) base = static_cast<int64_t>(offset_);
  if (whence == Whence::End) {
    NACRE_TRY(Stat st, node_.fs->stat(node_.id));
    base = static_cast<int64_t>(st.size);
  }
  int64_t to;
  if (__builtin_add_overflow(base, offset, &to) || to < 0) return Errno::INVAL;
  offset_ = static_cast<uint64_t>(to);
  return offset_;
}

Result<Stat> RegularFile::stat() { return node_.fs->stat(node_.id); }
Result<void> RegularFile::truncate(uint64_t size) { return node_.fs->truncate(node_.id, size); }

Result<std::string_view> RegularFile::borrow(Process&) {
  std::string_view v = node_.fs->view(node_.id, offset_);
  // Empty: at the end, or this file system cannot lend. Either way read() knows.
  if (v.empty()) return Errno::NOSYS;
  return v;
}

}  // namespace nacre
