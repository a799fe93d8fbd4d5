#include "algo/blake2b.h"

#include <algorithm>
#include <bit>
#include <cstring>

namespace nacre {
namespace {

constexpr uint64_t kIv[8] = {0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
                             0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179};

constexpr unsigned char kSigma[12][16] = {{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3},
                                          {11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4}, {7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8},
                                          {9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13}, {2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9},
                                          {12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11}, {13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10},
                                          {6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5}, {10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0},
                                          {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}, {14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3}};

uint64_t little(const char* at) {
  uint64_t v;
  std::memcpy(&v, at, sizeof v);
  if constexpr (std::endian::native == std::endian::big) v = __builtin_bswap64(v);
  return v;
}

[[gnu::always_inline]] inline void mix(uint64_t& a, uint64_t& b, uint64_t& c, uint64_t& d, uint64_t x, uint64_t y) {
  a += b + x;
  d = std::rotr(d ^ a, 32);
  c += d;
  b = std::rotr(b ^ c, 24);
  a += b + y;
  d = std::rotr(d ^ a, 16);
  c += d;
  b = std::rotr(b ^ c, 63);
}

template <int Round>
[[gnu::always_inline]] inline void round(uint64_t (&v)[16], const uint64_t (&m)[16]) {
  constexpr const auto& s = kSigma[Round];
  mix(v[0], v[4], v[8], v[12], m[s[0]], m[s[1]]);
  mix(v[1], v[5], v[9], v[13], m[s[2]], m[s[3]]);
  mix(v[2], v[6], v[10], v[14], m[s[4]], m[s[5]]);
  mix(v[3], v[7], v[11], v[15], m[s[6]], m[s[7]]);
  mix(v[0], v[5], v[10], v[15], m[s[8]], m[s[9]]);
  mix(v[1], v[6], v[11], v[12], m[s[10]], m[s[11]]);
  mix(v[2], v[7], v[8], v[13], m[s[12]], m[s[13]]);
  mix(v[3], v[4], v[9], v[14], m[s[14]], m[s[15]]);
}

}  // namespace

Blake2b::Blake2b(size_t size) : size_(size) {
  std::copy(std::begin(kIv), std::end(kIv), h_);
  h_[0] ^= 0x01010000 ^ size;
}

// Of the last block only what was held is counted.
void Blake2b::compress(const char* blocks, size_t n, bool last) {
  for (; n; n--, blocks += kBlock) {
    counted_ += last ? held_ : kBlock;
    uint64_t m[16], v[16];
    for (int i = 0; i < 16; i++) m[i] = little(blocks + 8 * i);
    for (int i = 0; i < 8; i++) v[i] = h_[i], v[i + 8] = kIv[i];
    v[12] ^= counted_;   // the upper half stays 0 below 2^64 bytes
    if (last) v[14] = ~v[14];
    round<0>(v, m);
    round<1>(v, m);
    round<2>(v, m);
    round<3>(v, m);
    round<4>(v, m);
    round<5>(v, m);
    round<6>(v, m);
    round<7>(v, m);
    round<8>(v, m);
    round<9>(v, m);
    round<10>(v, m);
    round<11>(v, m);
    for (int i = 0; i < 8; i++) h_[i] ^= v[i] ^ v[i + 8];
  }
}

void Blake2b::update(std::string_view bytes) {
  if (bytes.empty()) return;
  if (held_) {
    const size_t n = std::min(kBlock - held_, bytes.size());
    std::memcpy(block_ + held_, bytes.data(), n);
    held_ += n;
    bytes.remove_prefix(n);
    if (bytes.empty()) return;
    compress(block_, 1, false);
    held_ = 0;
  }
  const size_t whole = (bytes.size() - 1) / kBlock;
  compress(bytes.data(), whole, false);
  bytes.remove_prefix(whole * kBlock);
  std::memcpy(block_, bytes.data(), bytes.size());
  held_ = bytes.size();
}

void Blake2b::finish(unsigned char* out) {
  std::memset(block_ + held_, 0, kBlock - held_);
  compress(block_, 1, true);
  for (size_t i = 0; i < size_; i++) out[i] = static_cast<unsigned char>(h_[i / 8] >> (8 * (i % 8)));
}

}  // namespace nacre
