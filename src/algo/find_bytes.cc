#include "algo/find_bytes.h"

#include <algorithm>
#include <cstring>
#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace nacre {
namespace {

constexpr size_t npos = std::string_view::npos;

size_t by_memmem(std::string_view text, std::string_view needle, size_t from) {
  const void* hit = ::memmem(text.data() + from, text.size() - from, needle.data(), needle.size());
  return hit ? static_cast<size_t>(static_cast<const char*>(hit) - text.data()) : npos;
}

#ifdef __SSE2__
// At least 16 places to look at, `from` to text.size() - needle.size().
size_t by_pair(std::string_view text, std::string_view needle, size_t from, size_t a, size_t b) {
  const __m128i wanted_a = _mm_set1_epi8(needle[a]), wanted_b = _mm_set1_epi8(needle[b]);
  const size_t last = text.size() - needle.size();
  size_t wrong = 0;
  auto load = [&](size_t at) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + at)); };
  for (size_t at = from;; at += 16) {
    const size_t twice = at + 15 > last ? at + 15 - last : 0;   // the last 16 places overlap those before
    at -= twice;
    const __m128i both = _mm_and_si128(_mm_cmpeq_epi8(load(at + a), wanted_a), _mm_cmpeq_epi8(load(at + b), wanted_b));
    for (unsigned places = static_cast<unsigned>(_mm_movemask_epi8(both)) >> twice << twice; places; places &= places - 1) {
      const size_t place = at + static_cast<size_t>(__builtin_ctz(places));
      if (std::memcmp(text.data() + place, needle.data(), needle.size()) == 0) return place;
      wrong += needle.size();
      if (wrong > 1024 + 2 * (place - from)) return by_memmem(text, needle, place + 1);
    }
    if (at + 16 > last) return npos;
  }
}
#endif

size_t find(std::string_view text, std::string_view needle, size_t from, size_t a, size_t b) {
  if (from > text.size()) return npos;
  if (needle.empty()) return from;
  if (text.size() - from < needle.size()) return npos;
  if (needle.size() == 1) {
    const void* hit = std::memchr(text.data() + from, needle[0], text.size() - from);
    return hit ? static_cast<size_t>(static_cast<const char*>(hit) - text.data()) : npos;
  }
#ifdef __SSE2__
  if (text.size() - from - needle.size() >= 15) return by_pair(text, needle, from, a, b);
#else
  (void)a, (void)b;
#endif
  return by_memmem(text, needle, from);
}

}  // namespace

// How common a byte is in texts: the more, the smaller.
size_t byte_rarity(char c) {
  constexpr std::string_view kByUse = " etaoinsrlhdcumpfgybwvk10235\n.,/-468_79:\"'=;()xjqzSTAECIRMPNDLBOFGHWUVKYJXQZ<>[]{}\t";
  if (static_cast<unsigned char>(c) >= 0x80) return kByUse.size() / 2;
  return std::min(kByUse.find(c), kByUse.size());
}

BytesFinder::BytesFinder(std::string needle) : needle_(std::move(needle)) {
  if (needle_.size() < 2) return;
  b_ = 1;
  if (byte_rarity(needle_[a_]) < byte_rarity(needle_[b_])) std::swap(a_, b_);
  for (size_t i = 2; i < std::min<size_t>(needle_.size(), 64); i++) {
    const size_t r = byte_rarity(needle_[i]);
    if (r > byte_rarity(needle_[a_])) b_ = std::exchange(a_, i);
    else if (r > byte_rarity(needle_[b_]) && needle_[i] != needle_[a_]) b_ = i;
  }
}

size_t BytesFinder::find(std::string_view text, size_t from) const { return nacre::find(text, needle_, from, a_, b_); }

size_t PairFinder::find(std::string_view text, size_t from) const {
  const size_t farther = std::max(a, b);
  if (text.size() < farther + 1 || from > text.size() - farther - 1) return npos;
  const size_t last = text.size() - farther - 1;
#ifdef __SSE2__
  const __m128i a0 = _mm_set1_epi8(first[0]), a1 = _mm_set1_epi8(first[1]), b0 = _mm_set1_epi8(second[0]), b1 = _mm_set1_epi8(second[1]);
  for (; from + 15 <= last; from += 16) {
    const __m128i x = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from + a));
    const __m128i y = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from + b));
    const __m128i both = _mm_and_si128(_mm_or_si128(_mm_cmpeq_epi8(x, a0), _mm_cmpeq_epi8(x, a1)), _mm_or_si128(_mm_cmpeq_epi8(y, b0), _mm_cmpeq_epi8(y, b1)));
    if (const int places = _mm_movemask_epi8(both)) return from + static_cast<size_t>(__builtin_ctz(static_cast<unsigned>(places)));
  }
#endif
  for (; from <= last; from++) {
    const char x = text[from + a], y = text[from + b];
    if ((x == first[0] || x == first[1]) && (y == second[0] || y == second[1])) return from;
  }
  return npos;
}

size_t find_bytes(std::string_view text, std::string_view needle, size_t from) { return find(text, needle, from, 0, needle.empty() ? 0 : needle.size() - 1); }

}  // namespace nacre
