/// BigInteger: a GMP integer that frees itself. For the files of algo only; what
/// others use is Decimal. Source: GNU MP manual 5 "Integer Functions".
#pragma once
#include <gmp.h>

#include <cstdint>
#include <utility>

namespace nacre {

class BigInteger {
 public:
  BigInteger() { mpz_init(v_); }
  explicit BigInteger(int64_t n) { mpz_init_set_si(v_, n); }
  BigInteger(const BigInteger& o) { mpz_init_set(v_, o.v_); }
  BigInteger(BigInteger&& o) noexcept {
    mpz_init(v_);
    mpz_swap(v_, o.v_);
  }
  BigInteger& operator=(BigInteger o) noexcept {
    mpz_swap(v_, o.v_);
    return *this;
  }
  ~BigInteger() { mpz_clear(v_); }

  mpz_ptr get() { return v_; }
  mpz_srcptr get() const { return v_; }
  bool zero() const { return mpz_sgn(v_) == 0; }
  int sign() const { return mpz_sgn(v_); }
  size_t bytes() const { return mpz_size(v_) * sizeof(mp_limb_t); }

  static BigInteger power(uint64_t base, uint64_t exponent) {
    BigInteger r;
    mpz_ui_pow_ui(r.get(), base, exponent);
    return r;
  }

 private:
  mpz_t v_;
};

}  // namespace nacre
