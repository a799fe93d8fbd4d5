/// unicode: character classes, case and width of code points, for everything
/// that looks at text in a UTF-8 locale (glob, regex, tr, wc -L, toupper).
/// Bytes below 0x80 are answered inline as in the C locale; the rest asks
/// utf8proc. Threads: any.
/// Source: POSIX XBD 7.3.1 LC_CTYPE; Unicode character database.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace nacre {

enum class CharClass : uint8_t { Alpha, Digit, Alnum, Upper, Lower, Space, Blank, Punct, Print, Graph, Cntrl, Xdigit, Word, Ascii };

/// "alpha" and so on; "word" and "ascii" too, as bash knows them.
std::optional<CharClass> char_class(std::string_view name);
/// Membership of a byte in the C locale.
bool in_class_ascii(unsigned char c, CharClass cls);
/// Membership of a code point in the C.UTF-8 locale.
bool in_class(uint32_t code, CharClass cls);

uint32_t to_upper(uint32_t code);
uint32_t to_lower(uint32_t code);
/// Columns on a terminal: 0 for combining marks, 2 for wide; -1 for control characters.
int char_width(uint32_t code);

inline char ascii_lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
inline char ascii_upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }
inline bool ascii_digit(char c) { return c >= '0' && c <= '9'; }
inline bool ascii_alpha(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
inline bool ascii_alnum(char c) { return ascii_alpha(c) || ascii_digit(c); }
/// Space, \t \n \v \f \r.
inline bool ascii_space(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }
/// Without white space at its ends.
inline std::string_view trimmed(std::string_view s) {
  while (!s.empty() && ascii_space(s.front())) s.remove_prefix(1);
  while (!s.empty() && ascii_space(s.back())) s.remove_suffix(1);
  return s;
}

/// Case conversion of a whole string; bytes that are not UTF-8 stay. With utf8
/// false only ASCII letters change.
std::string upper(std::string_view s, bool utf8);
std::string lower(std::string_view s, bool utf8);
/// Columns of a string; control characters and invalid bytes count 0 and 1.
size_t text_width(std::string_view s, bool utf8);

}  // namespace nacre
