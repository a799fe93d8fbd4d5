/// ByteWriter, ByteReader: the encoding of what the store keeps: whole numbers as LEB128, strings with their
/// length before them. A reader that meets the end, or a number that is none, says so by good() and gives
/// zeros from then on.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "nacre/host.h"

namespace nacre {

class ByteWriter {
 public:
  void number(uint64_t n) {
    for (; n >= 0x80; n >>= 7) bytes_ += static_cast<char>(n | 0x80);
    bytes_ += static_cast<char>(n);
  }
  void integer(int64_t n) { number(static_cast<uint64_t>(n) << 1 ^ static_cast<uint64_t>(n >> 63)); }
  void text(std::string_view s) {
    number(s.size());
    bytes_ += s;
  }
  void time(const Timespec& t) {
    integer(t.sec);
    number(static_cast<uint64_t>(t.nsec));
  }
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string bytes_;
};

class ByteReader {
 public:
  explicit ByteReader(std::string_view bytes) : left_(bytes) {}
  bool good() const { return good_; }
  bool at_end() const { return left_.empty(); }
  uint64_t number() {
    uint64_t n = 0;
    for (int shift = 0; shift < 64 && !left_.empty(); shift += 7) {
      auto c = static_cast<unsigned char>(left_[0]);
      left_.remove_prefix(1);
      n |= static_cast<uint64_t>(c & 0x7f) << shift;
      if (c < 0x80) return n;
    }
    fail();
    return 0;
  }
  uint32_t number32() { return static_cast<uint32_t>(number()); }
  int64_t integer() {
    uint64_t n = number();
    return static_cast<int64_t>(n >> 1) ^ -static_cast<int64_t>(n & 1);
  }
  std::string_view text() {
    uint64_t n = number();
    if (n > left_.size()) {
      fail();
      return {};
    }
    std::string_view s = left_.substr(0, n);
    left_.remove_prefix(n);
    return s;
  }
  Timespec time() {
    int64_t sec = integer();
    return {sec, static_cast<int32_t>(number())};
  }

 private:
  void fail() {
    good_ = false;
    left_ = {};
  }
  std::string_view left_;
  bool good_ = true;
};

}  // namespace nacre
