#include "session/store/archive_stream.h"

#include <algorithm>

namespace nacre {
namespace {

constexpr size_t kPiece = 1 << 17;
constexpr uint64_t kLongestText = 1 << 20;   // of an extended header
constexpr std::string_view kDigestName = "digest";
constexpr std::string_view kZstdMagic = "\x28\xb5\x2f\xfd";

/// The member with the digest, and what follows it.
std::string end_of_archive(Digest& digest) {
  const std::string hex = digest.finish() + "\n";
  TarEntry e;
  e.name = kDigestName;
  e.size = e.stored = hex.size();
  std::string error;
  return write_tar_header(e, TarFormat::Pax, {}, &error) + hex + std::string(tar_padding(hex.size()) + 2 * kTarBlock, '\0');
}

}  // namespace

// ---------------------------------------------------------------- writing

ArchiveWriter::ArchiveWriter(std::function<bool(std::string_view)> write)
    : write_(std::move(write)), codec_(make_zstd({})), digest_(Digest::make("sha256")), out_(kPiece, '\0') {}

void ArchiveWriter::put(std::string_view bytes, bool last) {
  if (digest_) digest_->update(bytes);
  while (good_) {
    std::span<char> room(out_);
    const CodecStatus status = codec_->run(bytes, room, last);
    const size_t made = out_.size() - room.size();
    if (status != CodecStatus::More && status != CodecStatus::End) good_ = false;
    else if (made && !write_(std::string_view(out_).substr(0, made))) good_ = false;
    if (status == CodecStatus::End || (bytes.empty() && !last && !room.empty())) return;
  }
}

void ArchiveWriter::entry(const TarEntry& e) {
  std::string error;
  const std::string header = write_tar_header(e, TarFormat::Pax, {}, &error);
  good_ = good_ && !header.empty() && left_ == 0;
  put(header);
  const std::string map = tar_sparse_map(e, TarFormat::Pax);
  put(map);
  left_ = e.stored;
  pad_ = tar_padding(e.stored);
}

void ArchiveWriter::data(std::string_view bytes) {
  good_ = good_ && bytes.size() <= left_;
  put(bytes);
  left_ -= std::min<uint64_t>(left_, bytes.size());
  if (left_ == 0) put(std::string(std::exchange(pad_, 0), '\0'));
}

bool ArchiveWriter::finish() {
  good_ = good_ && left_ == 0;
  const std::string end = end_of_archive(*std::exchange(digest_, nullptr));
  put(end, true);
  return good_;
}

// ---------------------------------------------------------------- reading

ArchiveReader::ArchiveReader(std::function<int64_t(std::span<char>)> read)
    : read_(std::move(read)), digest_(Digest::make("sha256")), in_(kPiece, '\0'), out_(kPiece, '\0') {}

bool ArchiveReader::fail(const std::string& what) {
  if (error_.empty()) error_ = what;
  have_ = {};
  ended_ = true;
  return false;
}

std::string_view ArchiveReader::some() {
  while (have_.empty() && !ended_) {
    if (raw_.empty() && !end_of_input_) {
      size_t got = 0;
      do {   // the first bytes tell what it is
        const int64_t n = read_(std::span(in_).subspan(got));
        if (n < 0) return fail("the archive cannot be read"), std::string_view();
        end_of_input_ = n == 0;
        got += static_cast<size_t>(n);
      } while (!begun_ && !end_of_input_ && got < kZstdMagic.size());
      raw_ = std::string_view(in_).substr(0, got);
      if (!std::exchange(begun_, true)) plain_ = !raw_.starts_with(kZstdMagic);
    }
    if (plain_) {
      have_ = std::exchange(raw_, {});
      ended_ = have_.empty();
      continue;
    }
    if (!codec_ && raw_.empty()) {   // the end of a frame is that of the file
      ended_ = true;
      continue;
    }
    if (!codec_) codec_ = make_unzstd();
    std::span<char> room(out_);
    const CodecStatus status = run_codec(*codec_, raw_, room, end_of_input_);
    if (status == CodecStatus::End) codec_.reset();
    else if (status == CodecStatus::Truncated) return fail("the archive ends too early"), std::string_view();
    else if (status != CodecStatus::More) return fail("the compressed archive is damaged"), std::string_view();
    have_ = std::string_view(out_).substr(0, out_.size() - room.size());
  }
  return have_;
}

void ArchiveReader::take(size_t n) {
  if (digest_) digest_->update(have_.substr(0, n));
  have_.remove_prefix(n);
}

bool ArchiveReader::block(std::string* out) {
  out->clear();
  while (out->size() < kTarBlock) {
    const std::string_view s = some().substr(0, kTarBlock - out->size());
    if (s.empty()) return fail("the archive ends too early");
    *out += s;
    take(s.size());
  }
  return true;
}

bool ArchiveReader::text(uint64_t size, std::string* out) {
  if (size > kLongestText) return fail("a header is too long");
  std::string b;
  for (out->clear(); out->size() < size;) {
    if (!block(&b)) return false;
    *out += b;
  }
  out->resize(size);
  return true;
}

// GNU.sparse 1.0: lines of numbers before the data, padded to a block.
bool ArchiveReader::sparse_map(TarEntry& e) {
  std::string map, b;
  size_t at = 0;
  auto number = [&](uint64_t* v) {
    size_t end;
    while ((end = map.find('\n', at)) == map.npos) {
      if (e.stored < kTarBlock || map.size() > kLongestText || !block(&b)) return false;
      map += b;
      e.stored -= kTarBlock;
    }
    const std::string_view digits = std::string_view(map).substr(at, end - at);
    at = end + 1;
    *v = 0;
    for (char c : digits) {
      if (c < '0' || c > '9' || *v > UINT64_MAX / 20) return false;
      *v = *v * 10 + static_cast<uint64_t>(c - '0');
    }
    return !digits.empty();
  };
  uint64_t count = 0, sum = 0, end = 0;
  bool good = number(&count);
  e.pieces.clear();
  for (uint64_t i = 0; good && i < count; i++) {
    TarPiece p{};
    good = number(&p.offset) && number(&p.size) && p.offset >= end && p.size <= e.size && p.offset <= e.size - p.size;
    end = p.offset + p.size;
    sum += p.size;
    e.pieces.push_back(p);
  }
  return (good && sum == e.stored) || fail(e.name + ": its map of holes is damaged");
}

bool ArchiveReader::next(TarEntry& e) {
  while (!data().empty()) {
  }
  std::map<std::string, std::string> records;
  std::string b, extended;
  while (error_.empty()) {
    auto before = std::move(digest_);   // without this block
    const bool whole = block(&b);
    digest_ = std::move(before);
    if (!whole) return false;
    if (read_tar_header(b, e) != TarHeaderKind::Good) return fail("it is no tar archive, or a header in it is damaged");
    if (e.name == kDigestName) return end(b);
    digest_->update(b);
    if (e.type == 'x') {
      if (!text(e.stored, &extended) || !read_pax_records(extended, records)) return fail("an extended header is damaged");
      continue;
    }
    bool map_in_data = false;
    apply_pax_records(records, e, &map_in_data);
    if (e.type < '0' || e.type > '6' || (e.sparse && !map_in_data)) return fail(e.name + ": a member of a kind that nacre export does not write");
    if (map_in_data && !sparse_map(e)) return false;
    if (!e.sparse && e.stored) e.pieces = {{0, e.stored}};
    left_ = e.stored;
    pad_ = tar_padding(e.stored);
    return true;
  }
  return false;
}

/// Always false.
bool ArchiveReader::end(std::string_view header) {
  const std::string wanted = end_of_archive(*std::exchange(digest_, nullptr));
  std::string there(header), b;
  while (there.size() < wanted.size()) {
    if (!block(&b)) return false;
    there += b;
  }
  if (there != wanted || !some().empty()) fail("it is damaged: it does not have the digest that it should have");
  return false;
}

std::string_view ArchiveReader::data(uint64_t most) {
  while (left_ + pad_ > 0) {
    uint64_t& counted = left_ ? left_ : pad_;
    const std::string_view s = some().substr(0, std::min(counted, left_ ? most : pad_));
    if (s.empty()) {
      left_ = pad_ = 0;
      if (error_.empty()) fail("the archive ends too early");
      return {};
    }
    const bool content = left_ > 0;
    counted -= s.size();
    take(s.size());
    if (content) return s;
  }
  return {};
}

}  // namespace nacre
