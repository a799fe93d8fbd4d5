/// count_byte: how often a byte occurs, at the speed of memory; past_bytes: where it did so often.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>

namespace nacre {

/// Sums of single bytes, 64 side by side: what compilers turn into vector code. A sum of 255 rounds
/// still fits its byte.
inline uint64_t count_byte(std::string_view s, char wanted) {
  constexpr size_t kWide = 64, kRounds = 255;
  uint64_t n = 0;
  while (s.size() >= kWide) {
    const size_t rounds = std::min(s.size() / kWide, kRounds);
    uint8_t sums[kWide] = {};
    for (size_t r = 0; r < rounds; r++)
      for (size_t i = 0; i < kWide; i++) sums[i] = static_cast<uint8_t>(sums[i] + (s[r * kWide + i] == wanted));
    for (uint8_t sum : sums) n += sum;
    s.remove_prefix(rounds * kWide);
  }
  for (char c : s) n += c == wanted;
  return n;
}

/// Behind the n-th of that byte, and n is 0; or, where there are fewer, the end, and n is less by those.
inline size_t past_bytes(std::string_view s, char wanted, uint64_t& n) {
  constexpr size_t kPiece = 1024;
  size_t at = 0;
  while (n > 0 && at < s.size()) {
    const std::string_view piece = s.substr(at, kPiece);
    const uint64_t there = count_byte(piece, wanted);
    if (there < n) {
      n -= there;
      at += piece.size();
      continue;
    }
    for (; n > 0; n--) at = s.find(wanted, at) + 1;
  }
  return at;
}

}  // namespace nacre
