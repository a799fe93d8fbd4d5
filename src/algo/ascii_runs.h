/// ascii_runs: stretches of ASCII in text of a larger character set, and what they are in UTF-16.
#pragma once
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nacre {

constexpr size_t kAsciiStep = 16;

/// 16 bytes of ASCII?
inline bool all_ascii(const char* p) {
  uint64_t words[2];
  std::memcpy(words, p, sizeof words);
  return ((words[0] | words[1]) & 0x8080808080808080ull) == 0;
}

/// How many bytes at the front are ASCII, in steps of 16.
inline size_t ascii_front(std::string_view s) {
  size_t n = 0;
  while (s.size() - n >= kAsciiStep && all_ascii(s.data() + n)) n += kAsciiStep;
  return n;
}

/// How many bytes, in steps of 16, come before the first 16 of ASCII; all if there are none.
inline size_t before_ascii(std::string_view s) {
  size_t n = 0;
  while (s.size() - n >= kAsciiStep && !all_ascii(s.data() + n)) n += kAsciiStep;
  return s.size() - n >= kAsciiStep ? n : s.size();
}

/// n bytes, a multiple of 16, as 2 n: each with a zero behind it (`big`: before it).
inline void widen(const char* from, size_t n, char* to, bool big) {
  for (size_t i = 0; i < n; i += kAsciiStep, to += 2 * kAsciiStep) {
#ifdef __SSE2__
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i)), zero = _mm_setzero_si128();
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to), big ? _mm_unpacklo_epi8(zero, v) : _mm_unpacklo_epi8(v, zero));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(to) + 1, big ? _mm_unpackhi_epi8(zero, v) : _mm_unpackhi_epi8(v, zero));
#else
    for (size_t k = 0; k < kAsciiStep; k++) {
      to[2 * k + big] = from[i + k];
      to[2 * k + !big] = 0;
    }
#endif
  }
}

}  // namespace nacre
