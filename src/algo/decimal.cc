#include "algo/decimal.h"

#include <algorithm>
#include <array>
#include <vector>

#include "algo/decimal_rep.h"

namespace nacre {
namespace {

// ---- numbers of few digits, as long as what comes of them is one too
constexpr size_t kPowers = 19;
constexpr auto kTenTo = [] {
  std::array<int64_t, kPowers> out{1};
  for (size_t i = 1; i < kPowers; i++) out[i] = out[i - 1] * 10;
  return out;
}();

// v / 10^from as digits with `to` behind the point, cut.
std::optional<int64_t> rescaled(int64_t v, size_t from, size_t to) {
  if (to == from) return v;
  if (to < from) return from - to < kPowers ? v / kTenTo[from - to] : 0;
  int64_t r;
  if (v == 0) return 0;
  if (to - from >= kPowers || __builtin_mul_overflow(v, kTenTo[to - from], &r)) return std::nullopt;
  return r;
}

std::optional<Decimal> small_sum(const Decimal& a, const Decimal& b, size_t least_scale, bool minus) {
  if (a.rep() || b.rep()) return std::nullopt;
  const size_t scale = std::max({a.scale(), b.scale(), least_scale});
  auto x = rescaled(*a.small(), a.scale(), scale), y = rescaled(*b.small(), b.scale(), scale);
  int64_t r;
  if (!x || !y || scale > UINT32_MAX || (minus ? __builtin_sub_overflow(*x, *y, &r) : __builtin_add_overflow(*x, *y, &r))) return std::nullopt;
  return Decimal(r, scale);
}

std::optional<Decimal> small_product(const Decimal& a, const Decimal& b, size_t full, size_t kept) {
  int64_t r;
  if (a.rep() || b.rep() || kept > UINT32_MAX || __builtin_mul_overflow(*a.small(), *b.small(), &r)) return std::nullopt;
  return Decimal(*rescaled(r, full, kept), kept);
}

// a * 10^shift / b.
std::optional<Decimal> small_quotient(const Decimal& a, const Decimal& b, int64_t shift, size_t scale) {
  if (a.rep() || b.rep() || scale > UINT32_MAX) return std::nullopt;
  auto x = rescaled(*a.small(), 0, static_cast<size_t>(std::max<int64_t>(shift, 0))),
       y = rescaled(*b.small(), 0, static_cast<size_t>(std::max<int64_t>(-shift, 0)));
  if (!x || !y || *x == INT64_MIN) return std::nullopt;   // the least number by -1 is too large
  return Decimal(*x / *y, scale);
}

// The digits of any number.
class Digits {
 public:
  explicit Digits(const Decimal& d) : made_(d.small().value_or(0)), at_(d.rep() ? d.rep()->value.get() : made_.get()) {}
  Digits(const Digits&) = delete;
  mpz_srcptr get() const { return at_; }

 private:
  BigInteger made_;
  mpz_srcptr at_;
};

BigInteger digits_of(const Decimal& d) { return d.rep() ? d.rep()->value : BigInteger(*d.small()); }

// v * 10^n, n negative: cut.
BigInteger shifted(const BigInteger& v, int64_t n) {
  BigInteger r;
  if (n == 0) return v;
  BigInteger ten = power_of_ten(static_cast<size_t>(n < 0 ? -n : n));
  if (n > 0) mpz_mul(r.get(), v.get(), ten.get());
  else mpz_tdiv_q(r.get(), v.get(), ten.get());
  return r;
}

BigInteger value_at(const Decimal& d, size_t scale) { return shifted(digits_of(d), static_cast<int64_t>(scale) - static_cast<int64_t>(d.scale())); }

Decimal sum(const Decimal& a, const Decimal& b, size_t least_scale, bool minus) {
  if (auto few = small_sum(a, b, least_scale, minus)) return *few;
  size_t scale = std::max(a.scale(), b.scale());
  BigInteger r;
  if (a.scale() == b.scale()) {
    (minus ? mpz_sub : mpz_add)(r.get(), Digits(a).get(), Digits(b).get());
  } else {
    BigInteger x = value_at(a, scale), y = value_at(b, scale);
    (minus ? mpz_sub : mpz_add)(r.get(), x.get(), y.get());
  }
  if (least_scale > scale) return make_decimal(shifted(r, static_cast<int64_t>(least_scale - scale)), least_scale);
  return make_decimal(std::move(r), scale);
}

// The digits of a whole number in a base over 16, each as a decimal number of `width` digits.
void append_numbers(std::string& out, const BigInteger& v, uint64_t base, size_t width, const Tick& tick) {
  std::vector<uint64_t> digits;
  BigInteger rest = v;
  while (!rest.zero()) {
    digits.push_back(mpz_tdiv_q_ui(rest.get(), rest.get(), base));
    tick(static_cast<uint32_t>(1 + rest.bytes() / 64));
  }
  for (size_t i = digits.size(); i-- > 0;) {
    std::string n = std::to_string(digits[i]);
    out += ' ';
    out.append(width - n.size(), '0');
    out += n;
  }
}

// Behind the point, until the digits written say as much as the decimal ones.
void append_fraction(std::string& out, BigInteger rest, size_t scale, uint64_t base, size_t width, const Tick& tick) {
  BigInteger one = power_of_ten(scale), reached(1), digit;
  for (bool first = true; decimal_digits(reached) <= scale; first = false) {
    mpz_mul_ui(rest.get(), rest.get(), base);
    mpz_tdiv_qr(digit.get(), rest.get(), rest.get(), one.get());
    uint64_t d = mpz_get_ui(digit.get());
    if (base <= 16) {
      out += "0123456789ABCDEF"[d];
    } else {
      std::string n = std::to_string(d);
      if (!first) out += ' ';
      out.append(width - n.size(), '0');
      out += n;
    }
    mpz_mul_ui(reached.get(), reached.get(), base);
    tick(static_cast<uint32_t>(1 + rest.bytes() / 16));
  }
}

}  // namespace

size_t decimal_digits(const BigInteger& v) {
  size_t n = mpz_sizeinbase(v.get(), 10);
  // GMP's count may be one too large.
  if (n > 1 && mpz_cmpabs(v.get(), power_of_ten(n - 1).get()) < 0) n--;
  return n;
}

Decimal::Decimal(int64_t digits, size_t scale) : small_(digits), small_scale_(static_cast<uint32_t>(scale)) {}

Decimal Decimal::from_digits(std::string_view values, uint64_t base, size_t fraction) {
  BigInteger v;
  bool fits = base <= 36;
  for (char c : values) fits = fits && static_cast<unsigned char>(c) < base;
  if (fits && values.size() > 8) {
    std::string text;
    for (char c : values) text += "0123456789abcdefghijklmnopqrstuvwxyz"[static_cast<unsigned char>(c)];
    mpz_set_str(v.get(), text.c_str(), static_cast<int>(base));
  } else {
    for (char c : values) {
      mpz_mul_ui(v.get(), v.get(), base);
      mpz_add_ui(v.get(), v.get(), static_cast<unsigned char>(c));
    }
  }
  if (fraction == 0) return make_decimal(std::move(v), 0);
  if (base == 10) return make_decimal(std::move(v), fraction);
  BigInteger divisor = BigInteger::power(base, fraction), scaled = shifted(v, static_cast<int64_t>(fraction)), q;
  mpz_tdiv_q(q.get(), scaled.get(), divisor.get());
  return make_decimal(std::move(q), fraction);
}

int Decimal::large_sign() const { return rep_->value.sign(); }
size_t Decimal::large_scale() const { return rep_->scale; }
size_t Decimal::large_bytes() const { return rep_->value.bytes() + 64; }

size_t Decimal::integer_digits() const {
  size_t n = significant_digits();
  return n > scale() ? n - scale() : 1;
}

size_t Decimal::significant_digits() const { return decimal_digits(digits_of(*this)); }

std::optional<int64_t> Decimal::integer() const {
  if (rep_ && rep_->scale == 0 && !mpz_fits_slong_p(rep_->value.get())) return std::nullopt;
  if (!rep_) return rescaled(small_, small_scale_, 0);
  return rep_->scale == 0 ? mpz_get_si(rep_->value.get()) : with_scale(0).integer();
}

Decimal Decimal::negated() const {
  if (!rep_ && small_ != INT64_MIN) return Decimal(-small_, small_scale_);
  BigInteger r = digits_of(*this);
  mpz_neg(r.get(), r.get());
  return make_decimal(std::move(r), scale());
}

Decimal Decimal::with_scale(size_t wanted) const {
  if (wanted == scale()) return *this;
  if (!rep_ && wanted <= UINT32_MAX)
    if (auto few = rescaled(small_, small_scale_, wanted)) return Decimal(*few, wanted);
  return make_decimal(value_at(*this, wanted), wanted);
}

std::string Decimal::text(uint64_t base, const Tick& tick) const {
  if (zero()) return "0";
  std::string out = negative() ? "-" : "";
  BigInteger magnitude = digits_of(*this), whole, rest;
  const size_t behind = scale();
  mpz_abs(magnitude.get(), magnitude.get());
  tick(static_cast<uint32_t>(magnitude.bytes()));
  if (base == 10) {
    std::string digits(mpz_sizeinbase(magnitude.get(), 10) + 2, '\0');
    mpz_get_str(digits.data(), 10, magnitude.get());
    digits.resize(digits.find('\0'));
    if (digits.size() < behind) digits.insert(0, behind - digits.size(), '0');
    out += digits.substr(0, digits.size() - behind);
    if (behind) out += "." + digits.substr(digits.size() - behind);
    return out;
  }
  mpz_tdiv_qr(whole.get(), rest.get(), magnitude.get(), power_of_ten(behind).get());
  size_t width = std::to_string(base - 1).size();
  if (!whole.zero() && base <= 16) {
    std::string digits(mpz_sizeinbase(whole.get(), static_cast<int>(base)) + 2, '\0');
    mpz_get_str(digits.data(), -static_cast<int>(base), whole.get());
    out += digits.c_str();
  } else {
    append_numbers(out, whole, base, width, tick);
  }
  if (behind == 0) return out;
  out += '.';
  append_fraction(out, std::move(rest), behind, base, width, tick);
  return out;
}

Decimal add(const Decimal& a, const Decimal& b, size_t least_scale) { return sum(a, b, least_scale, false); }
Decimal subtract(const Decimal& a, const Decimal& b, size_t least_scale) { return sum(a, b, least_scale, true); }

Decimal multiply(const Decimal& a, const Decimal& b, size_t scale) {
  size_t full = a.scale() + b.scale(), kept = std::min(full, std::max({scale, a.scale(), b.scale()}));
  if (auto few = small_product(a, b, full, kept)) return *few;
  BigInteger r;
  mpz_mul(r.get(), Digits(a).get(), Digits(b).get());
  return make_decimal(kept == full ? std::move(r) : shifted(r, static_cast<int64_t>(kept) - static_cast<int64_t>(full)), kept);
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b, size_t scale) {
  if (b.zero()) return std::nullopt;
  int64_t shift = static_cast<int64_t>(scale + b.scale()) - static_cast<int64_t>(a.scale());
  if (auto few = small_quotient(a, b, shift, scale)) return few;
  BigInteger q;
  if (shift >= 0) mpz_tdiv_q(q.get(), shifted(digits_of(a), shift).get(), Digits(b).get());
  else mpz_tdiv_q(q.get(), Digits(a).get(), shifted(digits_of(b), -shift).get());
  return make_decimal(std::move(q), scale);
}

std::optional<Decimal> remainder(const Decimal& a, const Decimal& b, size_t scale) {
  auto quotient = divide(a, b, scale);
  if (!quotient) return std::nullopt;
  size_t kept = std::max(a.scale(), b.scale() + scale);
  return subtract(a, multiply(*quotient, b, kept), kept);
}

uint64_t power_bytes(const Decimal& base, int64_t exponent) {
  uint64_t times = exponent < 0 ? 0 - static_cast<uint64_t>(exponent) : static_cast<uint64_t>(exponent), bytes = 0;
  size_t bits = mpz_sizeinbase(Digits(base).get(), 2);
  if (bits <= 1 && base.scale() == 0) return 64;   // 0, 1, -1
  return __builtin_mul_overflow(times, bits + base.scale() * 4, &bytes) ? UINT64_MAX / 4 : bytes / 4;
}

std::optional<Decimal> power(const Decimal& base, int64_t exponent, size_t scale) {
  if (exponent == 0) return Decimal(1);
  uint64_t times = exponent < 0 ? 0 - static_cast<uint64_t>(exponent) : static_cast<uint64_t>(exponent);
  if (base.zero() && exponent > 0) return Decimal(0).with_scale(std::min(base.scale() * times, std::max(scale, base.scale())));
  BigInteger r;
  mpz_pow_ui(r.get(), Digits(base).get(), times);
  Decimal exact = make_decimal(std::move(r), base.scale() * times);
  if (exponent < 0) return divide(Decimal(1), exact, scale);
  return exact.with_scale(std::min(exact.scale(), std::max(scale, base.scale())));
}

Decimal power_modulo(const Decimal& base, const Decimal& exponent, const Decimal& modulus, size_t scale, const Tick& tick) {
  BigInteger e = value_at(exponent, 0);
  if (scale == 0 && base.scale() == 0 && modulus.scale() == 0) {
    BigInteger r, m = digits_of(modulus);
    mpz_abs(m.get(), m.get());
    mpz_powm(r.get(), Digits(base).get(), e.get(), m.get());
    // The sign is that of a cut division.
    if (!r.zero() && base.negative() && mpz_odd_p(e.get())) mpz_sub(r.get(), r.get(), m.get());
    return make_decimal(std::move(r), 0);
  }
  Decimal power = base, result = 1;
  for (size_t bit = 0, bits = e.zero() ? 0 : mpz_sizeinbase(e.get(), 2); bit < bits; bit++) {
    if (mpz_tstbit(e.get(), bit)) result = *remainder(multiply(result, power, scale), modulus, scale);
    power = *remainder(multiply(power, power, scale), modulus, scale);
    tick(static_cast<uint32_t>(1 + power.bytes() / 64));
  }
  return result;
}

std::optional<Decimal> square_root(const Decimal& a, size_t scale) {
  if (a.negative()) return std::nullopt;
  if (a.zero()) return Decimal(0);
  if (compare(a, Decimal(1)) == 0) return Decimal(1);
  size_t kept = std::max(scale, a.scale());
  BigInteger r = shifted(digits_of(a), static_cast<int64_t>(2 * kept) - static_cast<int64_t>(a.scale()));
  mpz_sqrt(r.get(), r.get());
  return make_decimal(std::move(r), kept);
}

int compare(const Decimal& a, const Decimal& b) {
  if (!a.rep() && !b.rep() && a.scale() == b.scale()) return (*a.small() > *b.small()) - (*a.small() < *b.small());
  const int c = a.scale() == b.scale() ? mpz_cmp(Digits(a).get(), Digits(b).get()) : subtract(a, b).sign();
  return (c > 0) - (c < 0);
}

}  // namespace nacre
