#include "algo/unicode.h"

#include <utf8proc.h>

#include "base/utf8.h"

namespace nacre {
namespace {

struct ClassName {
  std::string_view name;
  CharClass cls;
};
constexpr ClassName kNames[] = {{"alpha", CharClass::Alpha}, {"digit", CharClass::Digit}, {"alnum", CharClass::Alnum}, {"upper", CharClass::Upper},
                                {"lower", CharClass::Lower}, {"space", CharClass::Space}, {"blank", CharClass::Blank}, {"punct", CharClass::Punct},
                                {"print", CharClass::Print}, {"graph", CharClass::Graph}, {"cntrl", CharClass::Cntrl}, {"xdigit", CharClass::Xdigit},
                                {"word", CharClass::Word},   {"ascii", CharClass::Ascii}};

bool is_letter(utf8proc_category_t cat) { return cat >= UTF8PROC_CATEGORY_LU && cat <= UTF8PROC_CATEGORY_LO; }

bool is_space_code(uint32_t c, utf8proc_category_t cat) {
  // glibc leaves the no-break spaces out of "space".
  if (c == 0x85 || c == 0xa0 || c == 0x2007 || c == 0x202f) return c == 0x85;
  return cat == UTF8PROC_CATEGORY_ZS || cat == UTF8PROC_CATEGORY_ZL || cat == UTF8PROC_CATEGORY_ZP;
}

bool is_print_code(uint32_t c, utf8proc_category_t cat) {
  if (cat == UTF8PROC_CATEGORY_CC || cat == UTF8PROC_CATEGORY_CN || cat == UTF8PROC_CATEGORY_CS) return false;
  return cat != UTF8PROC_CATEGORY_ZL && cat != UTF8PROC_CATEGORY_ZP && c <= 0x10ffff;
}

}  // namespace

std::optional<CharClass> char_class(std::string_view name) {
  for (const auto& n : kNames)
    if (n.name == name) return n.cls;
  return std::nullopt;
}

bool in_class_ascii(unsigned char u, CharClass cls) {
  if (u >= 0x80) return false;
  char c = static_cast<char>(u);
  switch (cls) {
    case CharClass::Alpha: return ascii_alpha(c);
    case CharClass::Digit: return ascii_digit(c);
    case CharClass::Alnum: return ascii_alnum(c);
    case CharClass::Upper: return c >= 'A' && c <= 'Z';
    case CharClass::Lower: return c >= 'a' && c <= 'z';
    case CharClass::Space: return ascii_space(c);
    case CharClass::Blank: return c == ' ' || c == '\t';
    case CharClass::Punct: return c > ' ' && c < 0x7f && !ascii_alnum(c);
    case CharClass::Print: return c >= ' ' && c < 0x7f;
    case CharClass::Graph: return c > ' ' && c < 0x7f;
    case CharClass::Cntrl: return c < ' ' || c == 0x7f;
    case CharClass::Xdigit: return ascii_digit(c) || (ascii_lower(c) >= 'a' && ascii_lower(c) <= 'f');
    case CharClass::Word: return ascii_alnum(c) || c == '_';
    case CharClass::Ascii: return true;
  }
  return false;
}

bool in_class(uint32_t code, CharClass cls) {
  if (code < 0x80) return in_class_ascii(static_cast<unsigned char>(code), cls);
  if (code > 0x10ffff) return false;
  utf8proc_category_t cat = utf8proc_category(static_cast<utf8proc_int32_t>(code));
  // glibc counts the digits of other scripts as letters.
  bool alpha = is_letter(cat) || cat == UTF8PROC_CATEGORY_ND || cat == UTF8PROC_CATEGORY_NL;
  switch (cls) {
    case CharClass::Alpha: return alpha;
    case CharClass::Alnum:
    case CharClass::Word: return alpha;
    case CharClass::Upper: return to_lower(code) != code;
    case CharClass::Lower: return to_upper(code) != code || cat == UTF8PROC_CATEGORY_LL;
    case CharClass::Space: return is_space_code(code, cat);
    case CharClass::Blank: return cat == UTF8PROC_CATEGORY_ZS && is_space_code(code, cat);
    case CharClass::Print: return is_print_code(code, cat);
    case CharClass::Graph: return is_print_code(code, cat) && !is_space_code(code, cat);
    case CharClass::Punct: return is_print_code(code, cat) && !is_space_code(code, cat) && !alpha;
    case CharClass::Cntrl: return cat == UTF8PROC_CATEGORY_CC || cat == UTF8PROC_CATEGORY_ZL || cat == UTF8PROC_CATEGORY_ZP;
    case CharClass::Digit:
    case CharClass::Xdigit:
    case CharClass::Ascii: return false;
  }
  return false;
}

uint32_t to_upper(uint32_t c) {
  if (c < 0x80) return static_cast<uint32_t>(ascii_upper(static_cast<char>(c)));
  if (c == 0xdf) return c;   // glibc leaves the sharp s, whose capital is young
  return c > 0x10ffff ? c : static_cast<uint32_t>(utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
}

uint32_t to_lower(uint32_t c) {
  if (c < 0x80) return static_cast<uint32_t>(ascii_lower(static_cast<char>(c)));
  return c > 0x10ffff ? c : static_cast<uint32_t>(utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

int char_width(uint32_t c) {
  if (c < 0x80) return c >= ' ' && c < 0x7f ? 1 : -1;
  if (c > 0x10ffff || in_class(c, CharClass::Cntrl)) return -1;
  return utf8proc_charwidth(static_cast<utf8proc_int32_t>(c));
}

namespace {
std::string convert(std::string_view s, bool utf8, bool up) {
  std::string out;
  out.reserve(s.size());
  for (size_t i = 0; i < s.size();) {
    if (static_cast<unsigned char>(s[i]) < 0x80 || !utf8) {
      out.push_back(up ? ascii_upper(s[i]) : ascii_lower(s[i]));
      i++;
      continue;
    }
    utf8::Char c = utf8::decode(s.substr(i));
    if (c.valid) utf8::append(out, up ? to_upper(c.code) : to_lower(c.code));
    else out.append(s.substr(i, c.length));
    i += c.length;
  }
  return out;
}
}  // namespace

std::string upper(std::string_view s, bool utf8) { return convert(s, utf8, true); }
std::string lower(std::string_view s, bool utf8) { return convert(s, utf8, false); }

size_t text_width(std::string_view s, bool utf8) {
  size_t width = 0;
  for (size_t i = 0; i < s.size();) {
    if (!utf8 || static_cast<unsigned char>(s[i]) < 0x80) {
      width += s[i] >= ' ' || static_cast<unsigned char>(s[i]) >= 0x80 ? s[i] != 0x7f : 0;
      i++;
      continue;
    }
    utf8::Char c = utf8::decode(s.substr(i));
    int w = c.valid ? char_width(c.code) : 1;
    if (w > 0) width += static_cast<size_t>(w);
    i += c.length;
  }
  return width;
}

}  // namespace nacre
