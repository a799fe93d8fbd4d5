#include "algo/decimal_math.h"

#include <algorithm>

#include "algo/decimal_rep.h"

namespace nacre {
namespace {

// pi/4 and atan(1/5), to 60 digits.
constexpr std::string_view kQuarterPi = "785398163397448309615660845819875721049292349843776455243736";
constexpr std::string_view kArcFifth = "197395559849880758370049765194790293447585103787852101517688";
constexpr size_t kKnownDigits = 60;

Decimal known(std::string_view digits, size_t scale) {
  std::string values;
  for (char c : digits.substr(0, scale)) values += static_cast<char>(c - '0');
  return Decimal::from_digits(values, 10, scale);
}

Decimal fraction(int64_t hundredths) { return *divide(Decimal(hundredths), Decimal(100), 2); }

/// Operations that keep `scale` digits.
struct Calculator {
  size_t scale;
  const Tick& tick;

  Decimal mul(const Decimal& a, const Decimal& b) const {
    work(a);
    return multiply(a, b, scale);
  }
  Decimal div(const Decimal& a, const Decimal& b) const {
    work(a);
    return divide(a, b, scale).value_or(Decimal());
  }
  Decimal cut(const Decimal& a) const { return div(a, Decimal(1)); }
  void work(const Decimal& a) const { tick(static_cast<uint32_t>(1 + a.bytes() / 64)); }

  // first + the terms that next() makes from a counter, until one is 0.
  template <class Next>
  Decimal sum(Decimal first, int64_t counter, int64_t step, Next&& next) const {
    for (;; counter += step) {
      Decimal term = next(counter);
      if (term.zero()) return first;
      first = add(first, term);
    }
  }
};

size_t scaled(size_t scale, size_t tenths) { return scale * tenths / 10; }

}  // namespace

uint64_t decimal_exp_bytes(const Decimal& x, size_t scale) {
  auto n = x.integer();
  if (!n || *n > INT64_MAX / 4 || *n < -(INT64_MAX / 4)) return UINT64_MAX / 8;
  return static_cast<uint64_t>(*n < 0 ? -*n : *n) + scale * 2;
}

Decimal decimal_exp(Decimal x, size_t scale, const Tick& tick) {
  bool inverse = x.negative();
  if (inverse) x = x.negated();
  size_t wide = 6 + scale + static_cast<size_t>(multiply(fraction(44), x, x.scale() + 2).integer().value_or(0));
  // Halved until at most 1; the result is squared as often.
  size_t halvings = 0, kept = x.scale() + 1;
  for (; compare(x, Decimal(1)) > 0; halvings++) x = Calculator{kept++, tick}.div(x, Decimal(2));
  Calculator c{wide, tick};
  Decimal power = x, factorial = 1;
  Decimal v = c.sum(add(Decimal(1), x), 2, 1, [&](int64_t i) {
    power = c.mul(power, x);
    factorial = c.mul(factorial, Decimal(i));
    return c.div(power, factorial);
  });
  for (; halvings > 0; halvings--) v = c.mul(v, v);
  Calculator last{scale, tick};
  return inverse ? last.div(Decimal(1), v) : last.cut(v);
}

Decimal decimal_log(Decimal x, size_t scale, const Tick& tick) {
  Calculator last{scale, tick}, c{scale + 6, tick};
  if (x.negative() || x.zero()) return last.cut(subtract(Decimal(1), *power(Decimal(10), static_cast<int64_t>(scale), 0)));
  // Roots until near 1.
  Decimal factor = 2, two = 2, half = fraction(50).with_scale(1);
  for (bool large = true;;) {
    large = large && compare(x, two) >= 0;
    if (!large && compare(x, half) > 0) break;
    factor = c.mul(factor, two);
    c.work(x);
    x = *square_root(x, c.scale);
  }
  Decimal n = c.div(subtract(x, Decimal(1)), add(x, Decimal(1))), square = c.mul(n, n);
  Decimal v = c.sum(n, 3, 2, [&](int64_t i) {
    n = c.mul(n, square);
    return c.div(n, Decimal(i));
  });
  return last.cut(c.mul(factor, v));
}

Decimal decimal_sin(Decimal x, size_t scale, const Tick& tick) {
  bool negative = x.negative();
  if (negative) x = x.negated();
  Decimal quarter = decimal_atan(Decimal(1), scaled(scale, 11) + 2, tick);
  // The nearest multiple of pi is taken off.
  Decimal turns = *divide(add(*divide(x, quarter, 0), Decimal(2)), Decimal(4), 0);
  x = subtract(x, multiply(multiply(Decimal(4), turns, 0), quarter, 0));
  if (!remainder(turns, Decimal(2), 0)->zero()) x = x.negated();
  Calculator c{scale + 2, tick};
  Decimal term = x, square = c.mul(x.negated(), x);
  Decimal v = c.sum(x, 3, 2, [&](int64_t i) {
    term = c.mul(term, c.div(square, Decimal(i * (i - 1))));
    return term;
  });
  return Calculator{scale, tick}.cut(negative ? v.negated() : v);
}

Decimal decimal_cos(const Decimal& x, size_t scale, const Tick& tick) {
  size_t wide = scaled(scale, 12);
  Decimal quarter = decimal_atan(Decimal(1), wide, tick);
  return Calculator{scale, tick}.cut(decimal_sin(add(x, multiply(quarter, Decimal(2), wide)), wide, tick));
}

Decimal decimal_atan(Decimal x, size_t scale, const Tick& tick) {
  bool negative = x.negative();
  if (negative) x = x.negated();
  Calculator last{scale, tick}, c{scale + 3, tick};
  Decimal fifth = fraction(20).with_scale(1), sign = negative ? -1 : 1;
  if (scale <= kKnownDigits && compare(x, Decimal(1)) == 0) return last.div(known(kQuarterPi, kKnownDigits), sign);
  if (scale <= kKnownDigits && compare(x, fifth) == 0) return last.div(known(kArcFifth, kKnownDigits), sign);
  // atan(x) = atan(1/5) + atan((x - 1/5) / (1 + x/5)), until at most 1/5.
  Decimal step, steps;
  if (compare(x, fifth) > 0) step = decimal_atan(fifth, scale + 5, tick);
  while (compare(x, fifth) > 0) {
    steps = add(steps, Decimal(1));
    x = c.div(subtract(x, fifth), add(Decimal(1), c.mul(x, fifth)));
  }
  Decimal n = x, square = c.mul(x.negated(), x);
  Decimal v = c.sum(x, 3, 2, [&](int64_t i) {
    n = c.mul(n, square);
    return c.div(n, Decimal(i));
  });
  return last.div(add(last.mul(steps, step), v), sign);
}

Decimal decimal_bessel(const Decimal& order, const Decimal& x, size_t scale, const Tick& tick) {
  Decimal n = order.with_scale(0);
  bool odd = n.negative() && !remainder(n, Decimal(2), 0)->zero();
  if (n.negative()) n = n.negated();
  int64_t times = n.integer().value_or(INT64_MAX);
  // x^n / (2^n n!)
  Decimal factorial = 1;
  Calculator whole{0, tick}, first{scaled(scale, 15), tick};
  for (int64_t i = 2; i <= times; i++) factorial = whole.mul(factorial, Decimal(i));
  Decimal factor = first.div(first.div(*power(x, times, first.scale), *power(Decimal(2), times, first.scale)), factorial);
  size_t length = factor.zero() || factor.integer_digits() > 1 ? factor.integer_digits() + factor.scale() : factor.scale() + factor.integer_digits();
  if (compare(factor, Decimal(1)) < 0 && compare(factor, Decimal(-1)) > 0 && factor.scale() > 0) length = factor.scale();
  Calculator c{first.scale + length - factor.scale(), tick};
  Decimal term = 1, square = first.div(first.mul(x.negated(), x), Decimal(4));
  Decimal v = c.sum(Decimal(1), 1, 1, [&](int64_t i) {
    term = c.div(c.div(c.mul(term, square), Decimal(i)), Decimal(times + i));
    return term;
  });
  v = Calculator{scale, tick}.mul(factor, v);
  return Calculator{scale, tick}.cut(odd ? v.negated() : v);
}

}  // namespace nacre
