/// Character classes of the shell language, one table look-up per byte. The
/// byte 0 never occurs in a source (it is dropped on reading): it marks the end
/// of what has been read so far, so the scanning loops need no bounds check.
/// Source: bash manual, "Definitions" (blank, metacharacter, name).
#pragma once
#include <array>
#include <cstdint>
#include <string_view>

namespace nacre {

enum LexClass : uint8_t {
  kBlank = 1,      ///< space, tab
  kMeta = 2,       ///< ends an unquoted word
  kWordStop = 4,   ///< the loop over unquoted text must look at it
  kQuoteStop = 8,  ///< the loop over double-quoted text must look at it
  kNameStart = 16,
  kNameChar = 32,
  kDigit = 64,
  kSpecialParam = 128,  ///< $@ $* $# $? $- $$ $!
};

constexpr std::array<uint8_t, 256> make_char_classes() {
  std::array<uint8_t, 256> t{};
  auto add = [&](std::string_view chars, uint8_t bits) {
    for (char c : chars) t[static_cast<uint8_t>(c)] |= bits;
  };
  add(" \t", kBlank);
  add(" \t\n|&;()<>", kMeta | kWordStop);
  add("\\'\"`$", kWordStop);
  add("\\\"`$", kQuoteStop);
  t[0] |= kWordStop | kQuoteStop;
  for (char c = 'a'; c <= 'z'; c++) t[static_cast<uint8_t>(c)] |= kNameStart | kNameChar;
  for (char c = 'A'; c <= 'Z'; c++) t[static_cast<uint8_t>(c)] |= kNameStart | kNameChar;
  t['_'] |= kNameStart | kNameChar;
  for (char c = '0'; c <= '9'; c++) t[static_cast<uint8_t>(c)] |= kNameChar | kDigit;
  add("@*#?-$!", kSpecialParam);
  return t;
}
inline constexpr std::array<uint8_t, 256> kCharClasses = make_char_classes();

inline bool is_class(char c, uint8_t bits) { return (kCharClasses[static_cast<uint8_t>(c)] & bits) != 0; }

inline bool is_name(std::string_view s) {
  if (s.empty() || !is_class(s[0], kNameStart)) return false;
  for (char c : s)
    if (!is_class(c, kNameChar)) return false;
  return true;
}
inline bool is_number(std::string_view s) {
  if (s.empty()) return false;
  for (char c : s)
    if (!is_class(c, kDigit)) return false;
  return true;
}

}  // namespace nacre
