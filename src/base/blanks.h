/// find_blank: where a word ends.
#pragma once
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nacre {

constexpr bool is_blank_or_newline(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/// The first space, tab or newline in [p, end); end if there is none.
inline const char* find_blank(const char* p, const char* end) {
#ifdef __SSE2__
  const __m128i space = _mm_set1_epi8(' '), tab = _mm_set1_epi8('\t'), newline = _mm_set1_epi8('\n');
  for (; end - p >= 16; p += 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
    const __m128i hits = _mm_or_si128(_mm_or_si128(_mm_cmpeq_epi8(v, space), _mm_cmpeq_epi8(v, tab)), _mm_cmpeq_epi8(v, newline));
    if (const int mask = _mm_movemask_epi8(hits)) return p + __builtin_ctz(static_cast<unsigned>(mask));
  }
#endif
  while (p < end && !is_blank_or_newline(*p)) p++;
  return p;
}

}  // namespace nacre
