#include "algo/sm3.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace nacre {
namespace {

uint32_t load(const char* p) {
  uint32_t x = 0;
  for (int i = 0; i < 4; i++) x = x << 8 | static_cast<uint8_t>(p[i]);
  return x;
}

void store(unsigned char* p, uint32_t x) {
  for (int i = 0; i < 4; i++) p[i] = static_cast<unsigned char>(x >> (24 - 8 * i));
}

}  // namespace

void Sm3::compress(const char* block) {
  using std::rotl;
  uint32_t w[68];
  for (int j = 0; j < 16; j++) w[j] = load(block + 4 * j);
  for (int j = 16; j < 68; j++) {
    const uint32_t x = w[j - 16] ^ w[j - 9] ^ rotl(w[j - 3], 15);
    w[j] = x ^ rotl(x, 15) ^ rotl(x, 23) ^ rotl(w[j - 13], 7) ^ w[j - 6];
  }
  auto [a, b, c, d, e, f, g, h] = h_;
  for (int j = 0; j < 64; j++) {
    const uint32_t t = j < 16 ? 0x79cc4519 : 0x7a879d8a;
    const uint32_t s1 = rotl(rotl(a, 12) + e + rotl(t, j % 32), 7), s2 = s1 ^ rotl(a, 12);
    const uint32_t ff = j < 16 ? a ^ b ^ c : (a & b) | (a & c) | (b & c), gg = j < 16 ? e ^ f ^ g : (e & f) | (~e & g);
    const uint32_t t1 = ff + d + s2 + (w[j] ^ w[j + 4]), t2 = gg + h + s1 + w[j];
    d = c;
    c = rotl(b, 9);
    b = a;
    a = t1;
    h = g;
    g = rotl(f, 19);
    f = e;
    e = t2 ^ rotl(t2, 9) ^ rotl(t2, 17);
  }
  const uint32_t mixed[8] = {a, b, c, d, e, f, g, h};
  for (int i = 0; i < 8; i++) h_[i] ^= mixed[i];
}

void Sm3::update(std::string_view bytes) {
  const size_t held = bytes_ % kBlock;
  bytes_ += bytes.size();
  if (held) {
    const size_t n = std::min(bytes.size(), kBlock - held);
    std::memcpy(block_ + held, bytes.data(), n);
    bytes.remove_prefix(n);
    if (held + n < kBlock) return;
    compress(block_);
  }
  for (; bytes.size() >= kBlock; bytes.remove_prefix(kBlock)) compress(bytes.data());
  if (!bytes.empty()) std::memcpy(block_, bytes.data(), bytes.size());
}

void Sm3::finish(unsigned char* out) {
  const uint64_t bits = bytes_ * 8;
  const char padding[kBlock] = {static_cast<char>(0x80)};
  update({padding, (kBlock + 55 - bytes_ % kBlock) % kBlock + 1});
  unsigned char length[8];
  store(length, static_cast<uint32_t>(bits >> 32));
  store(length + 4, static_cast<uint32_t>(bits));
  update({reinterpret_cast<const char*>(length), sizeof length});
  for (int i = 0; i < 8; i++) store(out + 4 * i, h_[i]);
}

}  // namespace nacre
