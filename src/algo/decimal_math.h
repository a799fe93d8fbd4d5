/// Functions of bc's math library over Decimal. A result has `scale` digits behind
/// the point; they come from the series GNU bc sums, with its guard digits and its
/// cuts on the way, so that even the last of them is bc's. `tick` is called with
/// the work done.
/// Source: POSIX XCU bc, "-l"; GNU bc manual 5; Abramowitz and Stegun 4.1, 4.2, 4.3, 4.4, 9.1.
#pragma once
#include "algo/decimal.h"

namespace nacre {

Decimal decimal_exp(Decimal x, size_t scale, const Tick& tick);
/// About the memory decimal_exp() needs.
uint64_t decimal_exp_bytes(const Decimal& x, size_t scale);
Decimal decimal_log(Decimal x, size_t scale, const Tick& tick);
Decimal decimal_sin(Decimal x, size_t scale, const Tick& tick);
Decimal decimal_cos(const Decimal& x, size_t scale, const Tick& tick);
Decimal decimal_atan(Decimal x, size_t scale, const Tick& tick);
/// Bessel function of the first kind, of whole order.
Decimal decimal_bessel(const Decimal& order, const Decimal& x, size_t scale, const Tick& tick);

}  // namespace nacre
