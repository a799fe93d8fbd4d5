#include "algo/prime_factors.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>

namespace nacre {
namespace {

constexpr unsigned kTried = 5003;   // the least prime that division has not tried

struct SmallPrime {
  uint64_t inverse;   // of the prime, modulo 2^64
  uint64_t limit;     // n is a multiple when n * inverse is not above this: the largest quotient
  unsigned prime;
};

constexpr uint64_t inverse64(uint64_t odd) {
  uint64_t x = odd;   // right in three bits; each step doubles them
  for (int i = 0; i < 5; i++) x *= 2 - odd * x;
  return x;
}

// The odd ones below kTried.
constexpr auto kPrimes = [] {
  std::array<SmallPrime, 668> out{};
  size_t n = 0;
  bool composite[kTried] = {};
  for (unsigned i = 3; i < kTried; i += 2) {
    if (composite[i]) continue;
    out[n++] = {inverse64(i), ~uint64_t{0} / i, i};
    for (unsigned k = i * i; k < kTried; k += i) composite[k] = true;
  }
  return out;
}();
static_assert(kPrimes.back().prime == 4999);

uint64_t high(uint64_t a, uint64_t b) { return static_cast<uint64_t>(static_cast<Uint128>(a) * b >> 64); }

Uint128 high(Uint128 a, Uint128 b) {
  const uint64_t a0 = static_cast<uint64_t>(a), a1 = static_cast<uint64_t>(a >> 64), b0 = static_cast<uint64_t>(b), b1 = static_cast<uint64_t>(b >> 64);
  const Uint128 low = static_cast<Uint128>(a0) * b0, left = static_cast<Uint128>(a1) * b0, right = static_cast<Uint128>(a0) * b1;
  const Uint128 middle = (low >> 64) + static_cast<uint64_t>(left) + static_cast<uint64_t>(right);
  return static_cast<Uint128>(a1) * b1 + (left >> 64) + (right >> 64) + (middle >> 64);
}

/// Arithmetic modulo an odd n, of numbers times R = 2 to the width of Word.
template <class Word>
class Montgomery {
 public:
  explicit Montgomery(Word n) : n_(n), inverse_(inverse64(static_cast<uint64_t>(n))) {
    if constexpr (sizeof(Word) > 8) inverse_ *= 2 - n * inverse_;
    one_ = (0 - n) % n;
    square_ = one_;
    for (size_t i = 0; i < 8 * sizeof(Word); i++) square_ = add(square_, square_);   // R * R
  }
  Word n() const { return n_; }
  Word one() const { return one_; }
  Word minus_one() const { return n_ - one_; }
  Word of(Word a) const { return multiply(a % n_, square_); }
  Word add(Word a, Word b) const { return a >= n_ - b ? a - (n_ - b) : a + b; }
  Word multiply(Word a, Word b) const {
    const Word up = high(a, b), down = high(Word(a * b * inverse_), n_);
    return up >= down ? up - down : up - down + n_;
  }
  Word power(Word a, Word e) const {
    Word out = one_;
    for (; e; e >>= 1) {
      if (e & 1) out = multiply(out, a);
      a = multiply(a, a);
    }
    return out;
  }

 private:
  Word n_, inverse_, one_, square_;
};

int trailing_zeros(uint64_t n) { return std::countr_zero(n); }
int trailing_zeros(Uint128 n) {
  return static_cast<uint64_t>(n) ? std::countr_zero(static_cast<uint64_t>(n)) : 64 + std::countr_zero(static_cast<uint64_t>(n >> 64));
}

template <class Word>
Word common_divisor(Word a, Word b) {
  if (!a || !b) return a | b;
  const int twos = trailing_zeros(Word(a | b));
  a >>= trailing_zeros(a);
  while (b) {
    b >>= trailing_zeros(b);
    if (a > b) std::swap(a, b);
    b -= a;
  }
  return a << twos;
}

// Bases that leave no composite below `below`.
struct Bases {
  uint64_t below;
  std::array<uint32_t, 7> bases;   // up to the first 0
};
constexpr Bases kBases[] = {{3215031751, {2, 3, 5, 7}},
                            {1122004669633, {2, 13, 23, 1662803}},
                            {3474749660383, {2, 3, 5, 7, 11, 13}},
                            {~uint64_t{0}, {2, 325, 9375, 28178, 450775, 9780504, 1795265022}}};
constexpr uint32_t kWideBases[] = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71};

/// The factors of what has none below kTried.
template <class Word>
class Splitter {
 public:
  Splitter(const std::function<void(uint32_t)>& tick, std::vector<Uint128>& out) : tick_(tick), out_(out) {}
  void split(Word n) {
    if (n < Word(kTried) * kTried || prime(Montgomery<Word>(n))) {
      out_.push_back(n);
      return;
    }
    Word d = n;
    for (uint32_t c = 1; d == n; c++) d = rho(Montgomery<Word>(n), c);
    split(d);
    split(n / d);
  }

 private:
  static bool prime(const Montgomery<Word>& m) {
    const Word even = m.n() - 1;
    const int twos = trailing_zeros(even);
    auto passes = [&](uint32_t base) {
      Word x = m.power(m.of(base), even >> twos);
      if (x == m.one() || x == m.minus_one()) return true;
      for (int i = 1; i < twos; i++) {
        x = m.multiply(x, x);
        if (x == m.minus_one()) return true;
      }
      return false;
    };
    if constexpr (sizeof(Word) == 8) {
      const Bases* b = kBases;
      while (m.n() > b->below) b++;
      return std::all_of(b->bases.begin(), b->bases.end(), [&](uint32_t base) { return base == 0 || passes(base); });
    } else {
      return std::all_of(std::begin(kWideBases), std::end(kWideBases), passes);
    }
  }

  // A divisor of n, or n itself when this c leads nowhere. Products of differences are kept, so
  // that a common divisor is needed only now and then.
  Word rho(const Montgomery<Word>& m, uint32_t c) {
    const Word add = m.of(c);
    auto step = [&](Word x) { return m.add(m.multiply(x, x), add); };
    auto apart = [](Word a, Word b) { return a > b ? a - b : b - a; };
    Word y = m.of(2), x = y, saved = y, q = m.one(), g = 1;
    for (uint64_t r = 1; g == 1; r *= 2) {
      x = y;
      for (uint64_t i = 0; i < r; i++) {
        y = step(y);
        if (i % 1024 == 1023) tick_(512);
      }
      for (uint64_t k = 0; k < r && g == 1; k += 128) {
        saved = y;
        for (uint64_t i = 0; i < std::min<uint64_t>(128, r - k); i++) {
          y = step(y);
          q = m.multiply(q, apart(x, y));
        }
        g = common_divisor(q, m.n());
        tick_(128);
      }
    }
    if (g != m.n()) return g;
    do {
      saved = step(saved);
      g = common_divisor(apart(x, saved), m.n());
    } while (g == 1);
    return g;
  }

  const std::function<void(uint32_t)>& tick_;
  std::vector<Uint128>& out_;
};

// Takes the factors below kTried out of n. Four primes are tried for each branch.
uint64_t divide_out(uint64_t n, std::vector<Uint128>& out) {
  constexpr size_t kAtOnce = 4;
  static_assert(kPrimes.size() % kAtOnce == 0);
  for (size_t i = 0; i < kPrimes.size(); i += kAtOnce) {
    const SmallPrime* p = &kPrimes[i];
    if (static_cast<uint64_t>(p->prime) * p->prime > n) break;
    bool any = false;
    for (size_t k = 0; k < kAtOnce; k++) any |= n * p[k].inverse <= p[k].limit;
    if (!any) continue;
    for (size_t k = 0; k < kAtOnce; k++) {
      for (uint64_t q = n * p[k].inverse; q <= p[k].limit; q *= p[k].inverse) {
        out.push_back(p[k].prime);
        n = q;
      }
    }
  }
  return n;
}

}  // namespace

std::vector<Uint128> prime_factors(Uint128 n, const std::function<void(uint32_t)>& tick) {
  std::vector<Uint128> out;
  for (; !(n & 1); n >>= 1) out.push_back(2);
  for (size_t i = 0; i < kPrimes.size() && n >> 64; i++) {
    for (; n % kPrimes[i].prime == 0; n /= kPrimes[i].prime) out.push_back(kPrimes[i].prime);
  }
  if (n >> 64) {
    Splitter<Uint128>(tick, out).split(n);
  } else {
    const uint64_t rest = divide_out(static_cast<uint64_t>(n), out);
    if (rest > 1) Splitter<uint64_t>(tick, out).split(rest);
  }
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace nacre
