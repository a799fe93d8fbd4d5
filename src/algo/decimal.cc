#include "algo/decimal.h"

#include <algorithm>
#include <vector>

#include "algo/decimal_rep.h"

namespace nacre {
namespace {

// v * 10^n, n negative: cut.
BigInteger shifted(const BigInteger& v, int64_t n) {
  BigInteger r;
  if (n == 0) return v;
  BigInteger ten = power_of_ten(static_cast<size_t>(n < 0 ? -n : n));
  if (n > 0) mpz_mul(r.get(), v.get(), ten.get());
  else mpz_tdiv_q(r.get(), v.get(), ten.get());
  return r;
}

BigInteger value_at(const Decimal& d, size_t scale) { return shifted(d.rep().value, static_cast<int64_t>(scale) - static_cast<int64_t>(d.scale())); }

Decimal sum(const Decimal& a, const Decimal& b, size_t least_scale, bool minus) {
  size_t scale = std::max(a.scale(), b.scale());
  BigInteger r;
  if (a.scale() == b.scale()) {
    (minus ? mpz_sub : mpz_add)(r.get(), a.rep().value.get(), b.rep().value.get());
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

Decimal::Decimal() : Decimal(int64_t{0}) {}
Decimal::Decimal(int64_t n) {
  static const auto kZero = std::make_shared<const DecimalRep>();
  rep_ = n == 0 ? kZero : std::make_shared<const DecimalRep>(DecimalRep{BigInteger(n), 0});
}

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

bool Decimal::zero() const { return rep_->value.zero(); }
bool Decimal::negative() const { return rep_->value.sign() < 0; }
size_t Decimal::scale() const { return rep_->scale; }
size_t Decimal::bytes() const { return rep_->value.bytes() + 64; }

size_t Decimal::integer_digits() const {
  size_t n = decimal_digits(rep_->value);
  return n > rep_->scale ? n - rep_->scale : 1;
}

size_t Decimal::significant_digits() const { return decimal_digits(rep_->value); }

std::optional<int64_t> Decimal::integer() const {
  if (rep_->scale == 0) return mpz_fits_slong_p(rep_->value.get()) ? std::optional<int64_t>(mpz_get_si(rep_->value.get())) : std::nullopt;
  return with_scale(0).integer();
}

Decimal Decimal::negated() const {
  BigInteger r = rep_->value;
  mpz_neg(r.get(), r.get());
  return make_decimal(std::move(r), rep_->scale);
}

Decimal Decimal::with_scale(size_t scale) const {
  if (scale == rep_->scale) return *this;
  return make_decimal(value_at(*this, scale), scale);
}

std::string Decimal::text(uint64_t base, const Tick& tick) const {
  if (zero()) return "0";
  std::string out = negative() ? "-" : "";
  BigInteger magnitude = rep_->value, whole, rest;
  mpz_abs(magnitude.get(), magnitude.get());
  tick(static_cast<uint32_t>(magnitude.bytes()));
  if (base == 10) {
    std::string digits(mpz_sizeinbase(magnitude.get(), 10) + 2, '\0');
    mpz_get_str(digits.data(), 10, magnitude.get());
    digits.resize(digits.find('\0'));
    if (digits.size() < rep_->scale) digits.insert(0, rep_->scale - digits.size(), '0');
    out += digits.substr(0, digits.size() - rep_->scale);
    if (rep_->scale) out += "." + digits.substr(digits.size() - rep_->scale);
    return out;
  }
  mpz_tdiv_qr(whole.get(), rest.get(), magnitude.get(), power_of_ten(rep_->scale).get());
  size_t width = std::to_string(base - 1).size();
  if (!whole.zero() && base <= 16) {
    std::string digits(mpz_sizeinbase(whole.get(), static_cast<int>(base)) + 2, '\0');
    mpz_get_str(digits.data(), -static_cast<int>(base), whole.get());
    out += digits.c_str();
  } else {
    append_numbers(out, whole, base, width, tick);
  }
  if (rep_->scale == 0) return out;
  out += '.';
  append_fraction(out, std::move(rest), rep_->scale, base, width, tick);
  return out;
}

Decimal add(const Decimal& a, const Decimal& b, size_t least_scale) { return sum(a, b, least_scale, false); }
Decimal subtract(const Decimal& a, const Decimal& b, size_t least_scale) { return sum(a, b, least_scale, true); }

Decimal multiply(const Decimal& a, const Decimal& b, size_t scale) {
  size_t full = a.scale() + b.scale(), kept = std::min(full, std::max({scale, a.scale(), b.scale()}));
  BigInteger r;
  mpz_mul(r.get(), a.rep().value.get(), b.rep().value.get());
  return make_decimal(kept == full ? std::move(r) : shifted(r, static_cast<int64_t>(kept) - static_cast<int64_t>(full)), kept);
}

std::optional<Decimal> divide(const Decimal& a, const Decimal& b, size_t scale) {
  if (b.zero()) return std::nullopt;
  int64_t shift = static_cast<int64_t>(scale + b.scale()) - static_cast<int64_t>(a.scale());
  BigInteger q;
  if (shift >= 0) mpz_tdiv_q(q.get(), shifted(a.rep().value, shift).get(), b.rep().value.get());
  else mpz_tdiv_q(q.get(), a.rep().value.get(), shifted(b.rep().value, -shift).get());
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
  size_t bits = mpz_sizeinbase(base.rep().value.get(), 2);
  if (bits <= 1 && base.scale() == 0) return 64;   // 0, 1, -1
  return __builtin_mul_overflow(times, bits + base.scale() * 4, &bytes) ? UINT64_MAX / 4 : bytes / 4;
}

std::optional<Decimal> power(const Decimal& base, int64_t exponent, size_t scale) {
  if (exponent == 0) return Decimal(1);
  uint64_t times = exponent < 0 ? 0 - static_cast<uint64_t>(exponent) : static_cast<uint64_t>(exponent);
  if (base.zero() && exponent > 0) return Decimal(0).with_scale(std::min(base.scale() * times, std::max(scale, base.scale())));
  BigInteger r;
  mpz_pow_ui(r.get(), base.rep().value.get(), times);
  Decimal exact = make_decimal(std::move(r), base.scale() * times);
  if (exponent < 0) return divide(Decimal(1), exact, scale);
  return exact.with_scale(std::min(exact.scale(), std::max(scale, base.scale())));
}

Decimal power_modulo(const Decimal& base, const Decimal& exponent, const Decimal& modulus, size_t scale, const Tick& tick) {
  BigInteger e = value_at(exponent, 0);
  if (scale == 0 && base.scale() == 0 && modulus.scale() == 0) {
    BigInteger r, m = modulus.rep().value;
    mpz_abs(m.get(), m.get());
    mpz_powm(r.get(), base.rep().value.get(), e.get(), m.get());
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
  BigInteger r = shifted(a.rep().value, static_cast<int64_t>(2 * kept) - static_cast<int64_t>(a.scale()));
  mpz_sqrt(r.get(), r.get());
  return make_decimal(std::move(r), kept);
}

int compare(const Decimal& a, const Decimal& b) {
  int c = a.scale() == b.scale() ? mpz_cmp(a.rep().value.get(), b.rep().value.get()) : subtract(a, b).rep().value.sign();
  return (c > 0) - (c < 0);
}

}  // namespace nacre
