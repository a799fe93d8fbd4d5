#include "algo/bzip2.h"

#include <bzlib.h>

#include <algorithm>

namespace nacre {
namespace {

constexpr size_t kPiece = 1u << 30;   // libbz2 counts in unsigned int

void set_input(bz_stream& z, std::string_view in, std::span<char> out) {
  z.next_in = const_cast<char*>(in.data());
  z.avail_in = static_cast<unsigned>(std::min(in.size(), kPiece));
  z.next_out = out.data();
  z.avail_out = static_cast<unsigned>(std::min(out.size(), kPiece));
}

void take(const bz_stream& z, std::string_view& in, std::span<char>& out) {
  in.remove_prefix(static_cast<size_t>(z.next_in - in.data()));
  out = out.subspan(static_cast<size_t>(z.next_out - out.data()));
}

class Bzip2 final : public Codec {
 public:
  explicit Bzip2(int level) : level_(level) { ok_ = BZ2_bzCompressInit(&z_, level, 0, 30) == BZ_OK; }
  ~Bzip2() override {
    if (ok_) BZ2_bzCompressEnd(&z_);
  }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool last) override {
    if (!ok_) return CodecStatus::Memory;
    set_input(z_, in, out);
    last = last && z_.avail_in == in.size();
    int r = !last && in.empty() ? BZ_RUN_OK : BZ2_bzCompress(&z_, last ? BZ_FINISH : BZ_RUN);
    take(z_, in, out);
    if (r == BZ_STREAM_END) return CodecStatus::End;
    return r >= 0 ? CodecStatus::More : CodecStatus::Data;
  }
  uint64_t memory() const override { return 400'000 + 800'000 * static_cast<uint64_t>(level_); }

 private:
  bz_stream z_ = {};
  int level_;
  bool ok_;
};

class Bunzip2 final : public Codec {
 public:
  explicit Bunzip2(bool small) : small_(small) { ok_ = BZ2_bzDecompressInit(&z_, 0, small) == BZ_OK; }
  ~Bunzip2() override {
    if (ok_) BZ2_bzDecompressEnd(&z_);
  }
  CodecStatus run(std::string_view& in, std::span<char>& out, bool) override {
    if (!ok_) return CodecStatus::Memory;
    // The fourth byte is the block size: known before the memory is taken.
    if (seen_ < 4 && !in.empty()) {
      if (seen_ + in.size() >= 4) level_ = std::clamp(in[3 - seen_] - '0', 1, 9);
      seen_ += std::min<size_t>(in.size(), 4);
    }
    set_input(z_, in, out);
    int r = BZ2_bzDecompress(&z_);
    take(z_, in, out);
    switch (r) {
      case BZ_OK: return CodecStatus::More;
      case BZ_STREAM_END: return CodecStatus::End;
      case BZ_DATA_ERROR_MAGIC: return CodecStatus::Format;
      case BZ_MEM_ERROR: return CodecStatus::Memory;
      default: return CodecStatus::Data;
    }
  }
  uint64_t memory() const override { return 100'000 + (small_ ? 250'000 : 400'000) * static_cast<uint64_t>(level_); }

 private:
  bz_stream z_ = {};
  bool small_, ok_;
  size_t seen_ = 0;
  int level_ = 0;
};

}  // namespace

std::unique_ptr<Codec> make_bzip2(int level) { return std::make_unique<Bzip2>(level); }
std::unique_ptr<Codec> make_bunzip2(bool small) { return std::make_unique<Bunzip2>(small); }

}  // namespace nacre
