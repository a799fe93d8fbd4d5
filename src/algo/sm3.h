/// Sm3: the digest of the Chinese standard, 256 bits.
/// Source: GB/T 32905-2016; draft-sca-cfrg-sm3.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace nacre {

class Sm3 {
 public:
  static constexpr size_t kSize = 32;
  void update(std::string_view bytes);
  /// Writes kSize bytes. Ends the computation.
  void finish(unsigned char* out);

 private:
  static constexpr size_t kBlock = 64;
  void compress(const char* block);

  uint32_t h_[8] = {0x7380166f, 0x4914b2b9, 0x172442d7, 0xda8a0600, 0xa96f30bc, 0x163138aa, 0xe38dee4d, 0xb0fb0e4e};
  uint64_t bytes_ = 0;
  char block_[kBlock];   // of it, bytes_ % kBlock are held
};

}  // namespace nacre
