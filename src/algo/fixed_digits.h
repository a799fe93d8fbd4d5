/// write_fixed, write_six_digits: a number with a fixed count of decimals, as printf's %.Nf and %.6g write it, by integer
/// arithmetic on the number's own bits: exact, and many times the speed of the C library, which
/// must be ready for 1e308.
/// Source: C17 7.21.6.1 (the exact value, correctly rounded; half to even, as glibc).
#pragma once
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdint>

namespace nacre {

/// Room that write_fixed may need.
constexpr int kFixedDigits = 32;

/// Writes d with `decimals` (0 or more) at `out`; the end of the text. Null, with nothing written,
/// where the number is large, not finite, or the decimals are more than nine.
inline char* write_fixed(char* out, double d, int decimals) {
  constexpr uint32_t kTens[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000};
  if (decimals < 0 || decimals > 9) return nullptr;
  const uint32_t ten = kTens[decimals];
  if (!(std::fabs(d) * ten < 0x1p53)) return nullptr;
  const auto bits = std::bit_cast<uint64_t>(d);
  const auto exponent = static_cast<int>(bits >> 52 & 0x7ff);
  uint64_t mantissa = bits & 0xfffffffffffffu;
  if (exponent) mantissa |= uint64_t{1} << 52;
  // d is mantissa / 2^shift.
  const int shift = 1075 - (exponent ? exponent : 1);
  __extension__ using Wide = unsigned __int128;
  const Wide scaled = static_cast<Wide>(mantissa) * ten;   // below 2^83
  uint64_t n = 0;
  if (shift < 100) {
    n = static_cast<uint64_t>(scaled >> shift);
    if (shift > 0) {
      const Wide rest = scaled & ((static_cast<Wide>(1) << shift) - 1), half = static_cast<Wide>(1) << (shift - 1);
      if (rest > half || (rest == half && (n & 1))) n++;
    }
  }
  if (bits >> 63) *out++ = '-';
  out = std::to_chars(out, out + 20, n / ten).ptr;
  if (decimals == 0) return out;
  *out++ = '.';
  auto part = static_cast<uint32_t>(n % ten);
  for (int i = decimals - 1; i >= 0; i--, part /= 10) out[i] = static_cast<char>('0' + part % 10);
  return out + decimals;
}

/// As %.6g. Null, with nothing written, where that has an exponent or d is 0 or not finite.
inline char* write_six_digits(char* out, double d) {
  const double size = std::fabs(d);
  if (!(size >= 1e-4 && size < 999999)) return nullptr;
  int decimals = size >= 100000 ? 0 : size >= 10000 ? 1 : size >= 1000 ? 2 : size >= 100 ? 3 : size >= 10 ? 4 : 5;
  if (size < 1) decimals = size >= 0.1 ? 6 : size >= 0.01 ? 7 : size >= 0.001 ? 8 : 9;
  // Rounding up to the next power of ten leaves zeros, which go.
  char* end = write_fixed(out, d, decimals);
  if (!end || decimals == 0) return end;
  while (end[-1] == '0') end--;
  return end[-1] == '.' ? end - 1 : end;
}

}  // namespace nacre
