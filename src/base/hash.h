/// A hash of byte strings for tables.
#pragma once
#include <cstdint>
#include <cstring>
#include <string_view>

namespace nacre {

/// 64 well-mixed bits of a byte string; the same in every process, since
/// directory order follows from it.
inline uint64_t hash_bytes(std::string_view s) {
  auto mix = [](uint64_t a, uint64_t b) {
    auto wide = static_cast<unsigned __int128>(a) * b;
    return static_cast<uint64_t>(wide) ^ static_cast<uint64_t>(wide >> 64);
  };
  constexpr uint64_t k0 = 0xa0761d6478bd642full, k1 = 0xe7037ed1a0b428dbull, k2 = 0x8ebc6af09c88c6e3ull;
  uint64_t h = k0 ^ s.size();
  const char* p = s.data();
  size_t left = s.size();
  while (left > 8) {
    uint64_t word;
    std::memcpy(&word, p, 8);
    h = mix(h ^ word, k1);
    p += 8;
    left -= 8;
  }
  uint64_t word = 0;
  if (left) std::memcpy(&word, p, left);
  return mix(mix(h ^ word, k1) ^ k2, k2);
}

}  // namespace nacre
