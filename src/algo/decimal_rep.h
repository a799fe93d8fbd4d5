/// What a Decimal is made of, for the files of algo: value / 10^scale.
#pragma once
#include "algo/big_integer.h"
#include "algo/decimal.h"

namespace nacre {

struct DecimalRep {
  BigInteger value;
  size_t scale = 0;
};

inline Decimal make_decimal(BigInteger value, size_t scale) {
  if (scale <= UINT32_MAX && mpz_fits_slong_p(value.get())) return Decimal(mpz_get_si(value.get()), scale);
  return Decimal(std::make_shared<const DecimalRep>(DecimalRep{std::move(value), scale}));
}
inline BigInteger power_of_ten(size_t n) { return BigInteger::power(10, n); }
/// Number of decimal digits of |v|; 1 for 0.
size_t decimal_digits(const BigInteger& v);

}  // namespace nacre
