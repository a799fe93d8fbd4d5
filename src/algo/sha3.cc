#include "algo/sha3.h"

#include <bit>

namespace nacre {

void Sha3::permute() {
  static constexpr uint64_t kRound[24] = {0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b,
                                          0x0000000080000001, 0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088,
                                          0x0000000080008009, 0x000000008000000a, 0x000000008000808b, 0x800000000000008b, 0x8000000000008089,
                                          0x8000000000008003, 0x8000000000008002, 0x8000000000000080, 0x000000000000800a, 0x800000008000000a,
                                          0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008};
  auto& a = state_;
  for (uint64_t constant : kRound) {
    // theta
    uint64_t c[5];
    for (size_t x = 0; x < 5; x++) c[x] = a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20];
    for (size_t x = 0; x < 5; x++) {
      const uint64_t d = c[(x + 4) % 5] ^ std::rotl(c[(x + 1) % 5], 1);
      for (size_t y = 0; y < 25; y += 5) a[x + y] ^= d;
    }
    // rho and pi: along the one cycle that pi has
    uint64_t moved = a[1];
    size_t x = 1, y = 0;
    for (int t = 0; t < 24; t++) {
      const size_t next = (2 * x + 3 * y) % 5;
      x = y;
      y = next;
      const uint64_t here = a[x + 5 * y];
      a[x + 5 * y] = std::rotl(moved, (t + 1) * (t + 2) / 2 % 64);
      moved = here;
    }
    // chi
    for (size_t row = 0; row < 25; row += 5) {
      uint64_t b[5];
      for (size_t i = 0; i < 5; i++) b[i] = a[row + i];
      for (size_t i = 0; i < 5; i++) a[row + i] = b[i] ^ (~b[(i + 1) % 5] & b[(i + 2) % 5]);
    }
    a[0] ^= constant;   // iota
  }
}

void Sha3::absorb(uint8_t byte) { state_[at_ / 8] ^= static_cast<uint64_t>(byte) << 8 * (at_ % 8); }

void Sha3::update(std::string_view bytes) {
  for (char c : bytes) {
    absorb(static_cast<uint8_t>(c));
    if (++at_ < rate_) continue;
    permute();
    at_ = 0;
  }
}

std::string Sha3::finish() {
  absorb(0x06);
  at_ = rate_ - 1;
  absorb(0x80);
  permute();
  std::string out;
  for (size_t i = 0; i < size_; i++) out += static_cast<char>(state_[i / 8] >> 8 * (i % 8));
  return out;
}

}  // namespace nacre
