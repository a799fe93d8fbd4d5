#include "algo/posix_crc.h"

#if defined(__x86_64__)
#include <cpuid.h>
#include <immintrin.h>
#endif

namespace nacre {
namespace {

constexpr uint32_t kPolynomial = 0x04c11db7;

/// at[k][b]: what a byte b does to the sum when k more bytes follow it, so that 16 are taken at once.
struct CrcTable {
  uint32_t at[16][256];
  constexpr CrcTable() : at() {
    for (uint32_t i = 0; i < 256; i++) {
      uint32_t c = i << 24;
      for (int k = 0; k < 8; k++) c = c & 0x80000000u ? c << 1 ^ kPolynomial : c << 1;
      at[0][i] = c;
    }
    for (int k = 1; k < 16; k++)
      for (int i = 0; i < 256; i++) at[k][i] = at[k - 1][i] << 8 ^ at[0][at[k - 1][i] >> 24];
  }
};
constexpr CrcTable kCrc;

uint32_t next(uint32_t c, uint64_t byte) { return c << 8 ^ kCrc.at[0][(c >> 24 ^ byte) & 0xff]; }

uint32_t by_table(uint32_t c, const unsigned char* b, const unsigned char* end) {
  for (; end - b >= 16; b += 16) {
    uint32_t sum = kCrc.at[15][b[0] ^ c >> 24] ^ kCrc.at[14][b[1] ^ (c >> 16 & 0xff)] ^ kCrc.at[13][b[2] ^ (c >> 8 & 0xff)] ^ kCrc.at[12][b[3] ^ (c & 0xff)];
    for (int i = 4; i < 16; i++) sum ^= kCrc.at[15 - i][b[i]];
    c = sum;
  }
  while (b < end) c = next(c, *b++);
  return c;
}

#if defined(__x86_64__)

// x to the power n, modulo the polynomial.
consteval int64_t power_of_x(int n) {
  uint32_t c = 1;
  while (n--) c = c & 0x80000000u ? c << 1 ^ kPolynomial : c << 1;
  return c;
}

// Four lanes of 128 bits each take every fourth 16 bytes. What is in a lane is moved up by 512 bits,
// modulo the polynomial, before the next bytes join it: its halves times x^(512+64) and x^512.
[[gnu::target("pclmul,ssse3")]] uint32_t by_products(uint32_t c, const unsigned char* b, const unsigned char* end) {
  const __m128i swap = _mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const __m128i by_512 = _mm_set_epi64x(power_of_x(512 + 64), power_of_x(512));
  const __m128i by_128 = _mm_set_epi64x(power_of_x(128 + 64), power_of_x(128));
  auto load = [&](int i) __attribute__((target("pclmul,ssse3"))) { return _mm_shuffle_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(b) + i), swap); };
  auto times = [](__m128i x, __m128i by)
                   __attribute__((target("pclmul,ssse3"))) { return _mm_xor_si128(_mm_clmulepi64_si128(x, by, 0x11), _mm_clmulepi64_si128(x, by, 0x00)); };
  __m128i lane0 = _mm_xor_si128(load(0), _mm_set_epi32(static_cast<int>(c), 0, 0, 0));
  __m128i lane1 = load(1), lane2 = load(2), lane3 = load(3);
  for (b += 64; end - b >= 64; b += 64) {
    lane0 = _mm_xor_si128(times(lane0, by_512), load(0));
    lane1 = _mm_xor_si128(times(lane1, by_512), load(1));
    lane2 = _mm_xor_si128(times(lane2, by_512), load(2));
    lane3 = _mm_xor_si128(times(lane3, by_512), load(3));
  }
  lane1 = _mm_xor_si128(times(lane0, by_128), lane1);
  lane2 = _mm_xor_si128(times(lane1, by_128), lane2);
  lane3 = _mm_xor_si128(times(lane2, by_128), lane3);
  alignas(16) unsigned char sum[16];
  _mm_store_si128(reinterpret_cast<__m128i*>(sum), _mm_shuffle_epi8(lane3, swap));
  return by_table(by_table(0, sum, sum + 16), b, end);
}

// The same with lanes four times as wide.
[[gnu::target("vpclmulqdq,avx512f,avx512bw,pclmul,ssse3")]] uint32_t by_wide_products(uint32_t c, const unsigned char* b, const unsigned char* end) {
  const __m512i swap = _mm512_broadcast_i32x4(_mm_set_epi8(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15));
  const __m512i by_2048 = _mm512_broadcast_i32x4(_mm_set_epi64x(power_of_x(2048 + 64), power_of_x(2048)));
  __m512i lane[4];
  for (int i = 0; i < 4; i++) lane[i] = _mm512_shuffle_epi8(_mm512_loadu_si512(b + 64 * i), swap);
  lane[0] = _mm512_xor_si512(lane[0], _mm512_zextsi128_si512(_mm_set_epi32(static_cast<int>(c), 0, 0, 0)));
  for (b += 256; end - b >= 256; b += 256) {
    for (int i = 0; i < 4; i++) {
      const __m512i high = _mm512_clmulepi64_epi128(lane[i], by_2048, 0x11), low = _mm512_clmulepi64_epi128(lane[i], by_2048, 0x00);
      const __m512i next = _mm512_shuffle_epi8(_mm512_loadu_si512(b + 64 * i), swap);
      lane[i] = _mm512_ternarylogic_epi64(high, low, next, 0x96);   // all three xored
    }
  }
  // What the lanes hold stands for all bytes so far.
  alignas(64) unsigned char sum[256];
  for (int i = 0; i < 4; i++) _mm512_store_si512(sum + 64 * i, _mm512_shuffle_epi8(lane[i], swap));
  return by_table(by_products(0, sum, sum + sizeof sum), b, end);
}

// Not __builtin_cpu_supports: libgcc would ask the processor before main(), and in a virtual machine each such
// instruction traps. Source: Intel's manual, CPUID leaves 1 and 7, XCR0.
struct Processor {
  bool products = false, wide_products = false;

  Processor() {
    unsigned a, b, c, d;
    if (!__get_cpuid(1, &a, &b, &c, &d)) return;
    products = (c & bit_PCLMUL) && (c & bit_SSSE3);
    const bool saved = (c & bit_OSXSAVE) && (extended_state() & 0xe6) == 0xe6;   // the system keeps zmm registers
    if (!products || !saved || !__get_cpuid_count(7, 0, &a, &b, &c, &d)) return;
    wide_products = (c & bit_VPCLMULQDQ) && (b & bit_AVX512F) && (b & bit_AVX512BW);
  }

  static uint64_t extended_state() {
    uint32_t low, high;
    asm("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return uint64_t{high} << 32 | low;
  }
};

#endif

}  // namespace

uint32_t posix_crc_update(uint32_t crc, std::string_view bytes) {
  const unsigned char* b = reinterpret_cast<const unsigned char*>(bytes.data());
#if defined(__x86_64__)
  static const Processor has;
  if (has.wide_products && bytes.size() >= 1024) return by_wide_products(crc, b, b + bytes.size());
  if (has.products && bytes.size() >= 128) return by_products(crc, b, b + bytes.size());
#endif
  return by_table(crc, b, b + bytes.size());
}

uint32_t posix_crc_finish(uint32_t crc, uint64_t length) {
  for (; length; length >>= 8) crc = next(crc, length);
  return ~crc;
}

}  // namespace nacre
