/// count_byte: how often a byte occurs, at the speed of memory; past_bytes: where it did so often.
#pragma once
#include <algorithm>
#include <cstdint>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nacre {

/// Sums of single bytes, 64 side by side. A sum of 255 rounds still fits its byte.
inline uint64_t count_byte(std::string_view s, char wanted) {
  constexpr size_t kWide = 64, kRounds = 255;
  uint64_t n = 0;
  while (s.size() >= kWide) {
    const size_t rounds = std::min(s.size() / kWide, kRounds);
#ifdef __SSE2__
    const __m128i all = _mm_set1_epi8(wanted), zero = _mm_setzero_si128();
    __m128i sums[4] = {zero, zero, zero, zero}, total = zero;
    const auto* at = reinterpret_cast<const __m128i*>(s.data());
    for (size_t r = 0; r < rounds; r++, at += 4)
      for (int i = 0; i < 4; i++) sums[i] = _mm_sub_epi8(sums[i], _mm_cmpeq_epi8(_mm_loadu_si128(at + i), all));   // equal is -1
    for (const __m128i& sum : sums) total = _mm_add_epi64(total, _mm_sad_epu8(sum, zero));
    n += static_cast<uint64_t>(_mm_cvtsi128_si64(total)) + static_cast<uint64_t>(_mm_cvtsi128_si64(_mm_unpackhi_epi64(total, total)));
#else
    uint8_t sums[kWide] = {};
    for (size_t r = 0; r < rounds; r++)
      for (size_t i = 0; i < kWide; i++) sums[i] = static_cast<uint8_t>(sums[i] + (s[r * kWide + i] == wanted));
    for (uint8_t sum : sums) n += sum;
#endif
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
