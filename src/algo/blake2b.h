/// Blake2b: the digest, without a key.
/// Source: RFC 7693.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nacre {

class Blake2b {
 public:
  static constexpr size_t kMost = 64;
  /// `size`: bytes of the digest, 1 to kMost.
  explicit Blake2b(size_t size);
  void update(std::string_view bytes);
  /// Writes `size` bytes. Ends the computation.
  void finish(unsigned char* out);

 private:
  static constexpr size_t kBlock = 128;
  void compress(const char* blocks, size_t n, bool last);

  uint64_t h_[8];
  uint64_t counted_ = 0;   // bytes compressed
  size_t size_;
  size_t held_ = 0;
  char block_[kBlock];     // the last block is compressed as such: a full one waits for more
};

}  // namespace nacre
