/// Sha3: the sponge of FIPS 202, with digests of 224, 256, 384 and 512 bits.
/// Source: FIPS 202, "SHA-3 Standard".
#pragma once
#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

class Sha3 {
 public:
  /// `bits`: 224, 256, 384 or 512.
  explicit Sha3(size_t bits) : size_(bits / 8), rate_(200 - bits / 4) {}
  void update(std::string_view bytes);
  /// The digest's bytes. Ends the computation.
  std::string finish();

 private:
  void permute();
  void absorb(uint8_t byte);

  size_t size_, rate_, at_ = 0;
  std::array<uint64_t, 25> state_{};
};

}  // namespace nacre
