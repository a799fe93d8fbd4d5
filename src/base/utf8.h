/// UTF-8 without a locale: strings are bytes; these functions say where the
/// characters are. Invalid bytes count as one character each, as bash does.
/// Source: RFC 3629.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre::utf8 {

struct Char {
  uint32_t code;   ///< code point, or the byte itself when !valid
  uint8_t length;  ///< bytes, 1..4
  bool valid;
};

/// Decodes the character at the front of s; s must not be empty.
Char decode(std::string_view s);
/// Appends the encoding of code (up to 0x7fffffff, as bash's \U does: values
/// above 0x10ffff take 5 or 6 bytes).
void append(std::string& out, uint32_t code);
/// Number of characters.
size_t length(std::string_view s);
/// Byte offset of the n-th character (n may equal length()).
size_t offset(std::string_view s, size_t n);
bool valid(std::string_view s);
/// How many bytes at the front are ASCII.
size_t ascii_prefix(std::string_view s);
inline bool is_ascii(std::string_view s) { return ascii_prefix(s) == s.size(); }

}  // namespace nacre::utf8
