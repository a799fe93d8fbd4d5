/// Decimal: numbers of any size with a count of digits after the point (their
/// scale), as POSIX bc and GNU dc compute with them: results are cut, never
/// rounded, and each operation says how many digits its result keeps.
///
/// A value never changes. A small one lies in the Decimal itself, a larger one is shared; copies
/// are cheap. Operations on huge
/// numbers take long and cannot be interrupted: callers charge for the sizes
/// (bytes(), and power_bytes() beforehand). `Tick` is called where a loop does.
/// Source: POSIX XCU bc, "Operations"; GNU bc manual 2.2 "Numbers".
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nacre {

struct DecimalRep;
using Tick = std::function<void(uint32_t)>;

class Decimal {
 public:
  Decimal() = default;      ///< 0
  Decimal(int64_t n) : small_(n) {}   // NOLINT implicit by design
  Decimal(int64_t digits, size_t scale);   ///< digits / 10^scale
  explicit Decimal(std::shared_ptr<const DecimalRep> rep) : rep_(std::move(rep)) {}

  /// Digits by value (bytes 0..35), of which the last `fraction` are behind the point, in a base.
  /// As many digits are kept behind the point.
  static Decimal from_digits(std::string_view values, uint64_t base, size_t fraction);

  bool zero() const { return sign() == 0; }
  bool negative() const { return sign() < 0; }
  /// -1, 0, 1.
  int sign() const { return rep_ ? large_sign() : (small_ > 0) - (small_ < 0); }
  size_t scale() const { return rep_ ? large_scale() : small_scale_; }
  /// Digits before the point, at least 1.
  size_t integer_digits() const;
  /// Digits from the first that is not 0, at least 1.
  size_t significant_digits() const;
  size_t bytes() const { return rep_ ? large_bytes() : kSmallBytes; }
  /// The integer part; nullopt when it does not fit.
  std::optional<int64_t> integer() const;
  Decimal negated() const;
  /// With exactly so many digits behind the point.
  Decimal with_scale(size_t scale) const;
  /// As bc prints it: no 0 before the point; in bases over 16 each digit is a decimal number after a space.
  std::string text(uint64_t base, const Tick& tick) const;

  /// The digits without their point, when they are few.
  std::optional<int64_t> small() const { return rep_ ? std::nullopt : std::optional(small_); }
  /// Where its digits are; null: small().
  const DecimalRep* rep() const { return rep_.get(); }

 private:
  static constexpr size_t kSmallBytes = 72;
  int large_sign() const;
  size_t large_scale() const;
  size_t large_bytes() const;

  int64_t small_ = 0;
  uint32_t small_scale_ = 0;
  std::shared_ptr<const DecimalRep> rep_;   // null: small_ / 10^small_scale_
};

Decimal add(const Decimal& a, const Decimal& b, size_t least_scale = 0);
Decimal subtract(const Decimal& a, const Decimal& b, size_t least_scale = 0);
Decimal multiply(const Decimal& a, const Decimal& b, size_t scale);
/// nullopt: b is 0.
std::optional<Decimal> divide(const Decimal& a, const Decimal& b, size_t scale);
std::optional<Decimal> remainder(const Decimal& a, const Decimal& b, size_t scale);
/// A whole exponent. nullopt: 0 to a negative power.
std::optional<Decimal> power(const Decimal& base, int64_t exponent, size_t scale);
/// About the memory that power() needs.
uint64_t power_bytes(const Decimal& base, int64_t exponent);
/// base^exponent with remainder(., modulus, scale) taken on the way; exponent >= 0 and whole, modulus not 0.
Decimal power_modulo(const Decimal& base, const Decimal& exponent, const Decimal& modulus, size_t scale, const Tick& tick);
/// nullopt: negative.
std::optional<Decimal> square_root(const Decimal& a, size_t scale);
/// -1, 0, 1.
int compare(const Decimal& a, const Decimal& b);

}  // namespace nacre
