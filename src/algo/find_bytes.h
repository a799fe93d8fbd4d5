/// find_bytes: where a text stands in another, and BytesFinder, for one that is looked for often.
///
/// Two bytes of the needle are sought side by side, 16 places at once, and what has both is
/// compared: no table to fill, so that a short text (a line, a field) costs little too. Where
/// such places are many and wrong, memmem, which stays linear, takes over.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace nacre {

class BytesFinder {
 public:
  BytesFinder() = default;
  explicit BytesFinder(std::string needle);
  const std::string& needle() const { return needle_; }
  /// Position of the needle in text at or after `from`; npos if absent.
  size_t find(std::string_view text, size_t from = 0) const;

 private:
  std::string needle_;
  size_t a_ = 0, b_ = 0;   ///< the two of its bytes that texts have least
};

/// Looks for places where one of two bytes has one of two others behind it: what a word of any case has.
struct PairFinder {
  size_t a = 0, b = 0;           ///< how far behind the place they are
  char first[2], second[2];      ///< at a, at b
  size_t find(std::string_view text, size_t from) const;
};

/// How rare a byte is in texts; only to be compared.
size_t byte_rarity(char c);

/// The same for a needle that is sought once.
size_t find_bytes(std::string_view text, std::string_view needle, size_t from = 0);

}  // namespace nacre
