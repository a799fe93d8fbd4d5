#include "commands/zip/writer.h"

#include "algo/bzip2.h"
#include "algo/gzip.h"
#include "commands/pump.h"

namespace nacre {
namespace {

// As Info-ZIP tells text from binary: no control characters of the black list, and some of the white one.
bool looks_like_text(std::string_view s) {
  bool white = false;
  for (char c : s) {
    unsigned char u = static_cast<unsigned char>(c);
    if (u <= 6 || (u >= 14 && u <= 25) || (u >= 28 && u <= 31)) return false;
    white = white || u == 9 || u == 10 || u == 13 || u >= 32;
  }
  return white;
}

}  // namespace

Errno ZipWriter::write(std::string_view s) {
  auto done = p_.write(fd_, s);
  if (!done) return done.error();
  at_ += s.size();
  return Errno::OK;
}

Errno ZipWriter::write_data(std::string_view s) {
  if (!cipher_) return write(s);
  std::string coded(s);
  for (char& c : coded) c = cipher_->encrypt(c);
  return write(coded);
}

// What is checked is the time, as the sum is not known yet.
Errno ZipWriter::begin_cipher(const ZipEntry& e) {
  cipher_.reset();
  if (!e.encrypted()) return Errno::OK;
  cipher_.emplace(password_);
  std::string head;
  for (size_t i = 0; i < kZipCipherHead - 2; i++) head += static_cast<char>(p_.random());
  zip_put16(head, e.dos_time);
  return write_data(head);
}

Errno ZipWriter::write_descriptor(const ZipEntry& e) {
  std::string descriptor = "PK\7\10";
  zip_put32(descriptor, e.crc);
  zip_put32(descriptor, static_cast<uint32_t>(e.packed));
  zip_put32(descriptor, static_cast<uint32_t>(e.size));
  return write(descriptor);
}

Errno ZipWriter::rewrite_header(const ZipEntry& e, const std::string& extra) {
  std::string header = zip_local_header(e, extra);
  auto done = p_.pwrite(fd_, header, e.offset);
  return !done ? done.error() : *done == header.size() ? Errno::OK : Errno::NOSPC;
}

Errno ZipWriter::add(ZipEntry& e, const std::string& extra, Input& in, int level, bool store, const std::function<std::string(std::string_view)>& convert) {
  e.offset = at_;
  e.crc = 0;
  e.size = e.packed = 0;
  e.flags = !password_.empty() ? 9 : seekable_ ? 0 : 8;
  store = store || level == 0 || method_ == 0;
  e.method = store ? 0 : method_;
  e.needed = e.method == 12 ? 46 : store && !e.flags ? 10 : 20;
  if (e.method == 8) e.flags |= level >= 8 ? 2 : level <= 2 ? 4 : 0;
  if (Errno error = write(zip_local_header(e, extra)); error != Errno::OK) return error;
  uint64_t data = at_;
  if (Errno error = begin_cipher(e); error != Errno::OK) return error;
  std::unique_ptr<Codec> codec = store ? nullptr : method_ == 12 ? make_bzip2(level) : make_deflate(level);
  Buffer buffer = make_buffer(kBlockBytes);
  ChargedMemory memory(p_);
  if (codec) memory.at_least(codec->memory());
  bool first = true;
  std::optional<std::string> held;   // all of it, as long as it is little
  Errno error = Errno::OK;
  for (bool last = false; !last && error == Errno::OK;) {
    std::string_view block = in.block();
    last = block.empty();
    bool begins = std::exchange(first, false);
    if (begins) text_ = looks_like_text(block.substr(0, 32768));
    std::string converted;
    if (convert && !last) converted = convert(block);
    std::string_view piece = convert ? std::string_view(converted) : block;
    if (begins && block.size() <= 32768) held = std::string(piece);
    else if (!last) held.reset();
    e.crc = crc32_update(e.crc, piece);
    e.size += piece.size();
    if (!codec) {
      error = write_data(piece);
    } else {
      CodecStatus status = CodecStatus::More;
      do {
        std::span<char> room(buffer.get(), kBlockBytes);
        status = codec->run(piece, room, last);
        error = write_data({buffer.get(), kBlockBytes - room.size()});
        if (!room.empty() && status == CodecStatus::More && piece.empty()) break;
      } while (status == CodecStatus::More && error == Errno::OK);
    }
    in.consume(block.size());
  }
  if (error == Errno::OK) error = in.error();
  if (error != Errno::OK) return error;
  e.packed = at_ - data;
  if (e.size > UINT32_MAX || at_ > UINT32_MAX) return Errno::FBIG;
  const uint64_t head = cipher_ ? kZipCipherHead : 0;
  // What is one block and no smaller is stored; what is longer stays deflated, as with Info-ZIP.
  if (seekable_ && codec && held && e.packed - head >= e.size) return store_again(e, extra, *held, data);
  error = e.flags & 8 ? write_descriptor(e) : rewrite_header(e, extra);
  if (error == Errno::OK) entries_.push_back(e);
  return error;
}

// Deflating did not help: the plain bytes over what was written.
Errno ZipWriter::store_again(ZipEntry& e, const std::string& extra, const std::string& held, uint64_t data) {
  uint64_t end = at_;
  e.method = 0;
  e.flags &= 9;
  e.needed = e.flags ? 20 : 10;
  e.crc = 0;
  e.size = e.packed = 0;
  if (e.flags)
    if (Errno error = rewrite_header(e, extra); error != Errno::OK) return error;
  at_ = data;
  if (auto done = p_.lseek(fd_, static_cast<int64_t>(data), Whence::Set); !done) return done.error();
  if (Errno error = begin_cipher(e); error != Errno::OK) return error;
  e.crc = crc32_update(0, held);
  e.size = held.size();
  if (Errno error = write_data(held); error != Errno::OK) return error;
  e.packed = at_ - data;
  Errno error = e.flags ? write_descriptor(e) : rewrite_header(e, extra);
  if (at_ < end) {
    if (auto done = p_.ftruncate(fd_, at_); !done) return done.error();
  }
  if (error == Errno::OK) entries_.push_back(e);
  return error;
}

Errno ZipWriter::add_text(ZipEntry& e, const std::string& extra, std::string_view text) {
  e.offset = at_;
  e.method = 0;
  e.flags = password_.empty() || e.is_dir() ? 0 : 9;
  e.needed = e.flags ? 20 : 10;
  e.crc = crc32_update(0, text);
  e.size = text.size();
  e.packed = text.size() + (e.flags ? kZipCipherHead : 0);
  text_ = false;
  Errno error = write(zip_local_header(e, extra));
  if (error == Errno::OK) error = begin_cipher(e);
  if (error == Errno::OK) error = write_data(text);
  if (error == Errno::OK && e.flags) error = write_descriptor(e);
  if (error == Errno::OK) entries_.push_back(e);
  return error;
}

Errno ZipWriter::copy(ZipEntry& e, int from_fd, uint64_t from, uint64_t size) {
  e.offset = at_;
  if (Errno error = copy_bytes(from_fd, from, size); error != Errno::OK) return error;
  entries_.push_back(e);
  return Errno::OK;
}

Errno ZipWriter::copy_bytes(int from_fd, uint64_t from, uint64_t size) {
  Buffer buffer = make_buffer(kBlockBytes);
  while (size > 0) {
    auto n = p_.pread(from_fd, {buffer.get(), static_cast<size_t>(std::min<uint64_t>(size, kBlockBytes))}, from);
    if (!n) return n.error();
    if (*n == 0) return Errno::INVAL;
    if (Errno error = write({buffer.get(), *n}); error != Errno::OK) return error;
    from += *n;
    size -= *n;
    p_.tick(16);
  }
  return Errno::OK;
}

Errno ZipWriter::finish(const std::string& comment) {
  uint64_t start = at_;
  std::string records;
  for (const auto& e : entries_) {
    records += zip_central_record(e);
    if (records.size() < kBlockBytes) continue;
    if (Errno error = write(records); error != Errno::OK) return error;
    records.clear();
    p_.tick(64);
  }
  Errno error = write(records);
  if (error == Errno::OK) error = write(zip_end_record(entries_.size(), at_ - start, start, comment));
  return error;
}

}  // namespace nacre
