#include "algo/lzw.h"

#include <algorithm>
#include <vector>

namespace nacre {
namespace {

class Uncompress final : public Codec {
 public:
  CodecStatus run(std::string_view& in, std::span<char>& out, bool last) override {
    while (true) {
      if (!drain(out)) return CodecStatus::More;
      if (header_ < 3) {
        if (in.empty()) return CodecStatus::More;
        if (CodecStatus s = header_byte(static_cast<unsigned char>(in.front())); s != CodecStatus::More) return s;
        in.remove_prefix(1);
        continue;
      }
      if (free_ > max_code_) {
        skip_group();
        bits_++;
        max_code_ = bits_ == max_bits_ ? 1u << bits_ : (1u << bits_) - 1;
      }
      fill(in);
      if (skip_ > 0) {
        if (in.empty() && last) return CodecStatus::End;
        if (in.empty()) return CodecStatus::More;
        continue;
      }
      if (have_ < bits_) return last ? CodecStatus::End : CodecStatus::More;
      if (CodecStatus s = code(take()); s != CodecStatus::More) return s;
    }
  }
  uint64_t memory() const override { return 256 * 1024; }

 private:
  static constexpr uint32_t kClear = 256;

  CodecStatus header_byte(unsigned char c) {
    static constexpr unsigned char magic[] = {0x1f, 0x9d};
    if (header_ < 2 && c != magic[header_]) return CodecStatus::Format;
    if (header_++ < 2) return CodecStatus::More;
    max_bits_ = c & 31;
    block_mode_ = c & 0x80;
    if (max_bits_ > 16 || max_bits_ < 9) return CodecStatus::Unsupported;
    prefix_.resize(size_t{1} << max_bits_);
    suffix_.resize(size_t{1} << max_bits_);
    free_ = block_mode_ ? 257 : 256;
    return CodecStatus::More;
  }

  // Bytes into the bit buffer, those that are to be passed over left out.
  void fill(std::string_view& in) {
    if (skip_ > 0) {
      // The rest of a group: what is in the buffer first.
      uint64_t n = std::min<uint64_t>(skip_, have_);
      buffer_ = n >= 64 ? 0 : buffer_ >> n;
      have_ -= static_cast<unsigned>(n);
      skip_ -= n;
      while (skip_ >= 8 && !in.empty()) {
        in.remove_prefix(1);
        skip_ -= 8;
      }
      if (skip_ > 0) return;
    }
    while (have_ <= 48 && !in.empty()) {
      buffer_ |= static_cast<uint64_t>(static_cast<unsigned char>(in.front())) << have_;
      have_ += 8;
      in.remove_prefix(1);
    }
  }
  uint32_t take() {
    uint32_t v = static_cast<uint32_t>(buffer_ & ((1u << bits_) - 1));
    buffer_ >>= bits_;
    have_ -= bits_;
    position_ += bits_;
    return v;
  }
  // Codes come in groups of eight; a change of width throws the rest of the group away.
  void skip_group() {
    uint64_t group = bits_ * 8u;
    skip_ = (group - position_ % group) % group;
    position_ = 0;
  }

  CodecStatus code(uint32_t c) {
    if (old_ < 0) {
      if (c >= 256) return CodecStatus::Data;
      old_ = static_cast<int32_t>(c);
      first_ = static_cast<char>(c);
      stack_.push_back(first_);
      return CodecStatus::More;
    }
    if (c == kClear && block_mode_) {
      skip_group();
      free_ = kClear;   // the next code makes an entry that is never used
      bits_ = 9;
      max_code_ = (1u << bits_) - 1;
      return CodecStatus::More;
    }
    uint32_t incoming = c;
    if (c >= free_) {
      if (c > free_) return CodecStatus::Data;
      stack_.push_back(first_);
      c = static_cast<uint32_t>(old_);
    }
    for (; c >= 256; c = prefix_[c]) stack_.push_back(suffix_[c]);
    first_ = static_cast<char>(c);
    stack_.push_back(first_);
    if (free_ < 1u << max_bits_) {
      prefix_[free_] = static_cast<uint16_t>(old_);
      suffix_[free_++] = first_;
    }
    old_ = static_cast<int32_t>(incoming);
    return CodecStatus::More;
  }

  // The stack holds the string backwards.
  bool drain(std::span<char>& out) {
    size_t n = std::min(stack_.size(), out.size());
    for (size_t i = 0; i < n; i++) out[i] = stack_[stack_.size() - 1 - i];
    stack_.resize(stack_.size() - n);
    out = out.subspan(n);
    return stack_.empty();
  }

  unsigned header_ = 0, max_bits_ = 16, bits_ = 9, have_ = 0;
  bool block_mode_ = false;
  uint64_t buffer_ = 0, position_ = 0, skip_ = 0;
  uint32_t free_ = 257, max_code_ = 511;
  int32_t old_ = -1;
  char first_ = 0;
  std::vector<uint16_t> prefix_;
  std::vector<char> suffix_, stack_;
};

}  // namespace

std::unique_ptr<Codec> make_uncompress() { return std::make_unique<Uncompress>(); }

}  // namespace nacre
