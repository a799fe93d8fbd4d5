/// find_control: where text is interrupted by a byte below a space.
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nacre {

constexpr bool is_control(char c) { return static_cast<unsigned char>(c) < ' '; }

/// The first byte below ' ' in [p, end); end if there is none.
inline const char* find_control(const char* p, const char* end) {
#ifdef __SSE2__
  const __m128i last = _mm_set1_epi8(' ' - 1);
  for (; end - p >= 16; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    if (const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, last), v))) return p + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (p < end && !is_control(*p)) p++;
  return p;
}

/// The same for the first 16 bytes of p, which are copied to `to`: how many come before it, 16 if all.
/// All 16 of both must be there.
inline unsigned copy_to_control(const char* p, char* to) {
#ifdef __SSE2__
  const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
  _mm_storeu_si128(reinterpret_cast<__m128i*>(to), v);
  const int mask = _mm_movemask_epi8(_mm_cmpeq_epi8(_mm_min_epu8(v, _mm_set1_epi8(' ' - 1)), v));
  return static_cast<unsigned>(__builtin_ctz(static_cast<unsigned>(mask) | 1u << 16));
#else
  unsigned n = 0;
  for (; n < 16 && !is_control(p[n]); n++) to[n] = p[n];
  return n;
#endif
}

}  // namespace nacre
