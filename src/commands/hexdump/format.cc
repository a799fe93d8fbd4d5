#include "commands/hexdump/format.h"

#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr std::string_view kFlagChars = "#-+ 0123456789";

/// Reads the items of a format string.
class FormatReader {
 public:
  FormatReader(Process& p, std::string_view text) : p_(p), text_(text) {}

  bool read(HexFormat& to) {
    for (;;) {
      blanks();
      if (at_ == text_.size()) return true;
      HexUnit unit;
      if (!counts(unit) || !quoted(unit)) {
        p_.warn("bad format {%.*s}", static_cast<int>(text_.size()), text_.data());
        return false;
      }
      to.units.push_back(std::move(unit));
    }
  }

 private:
  char peek() const { return at_ < text_.size() ? text_[at_] : '\0'; }
  void blanks() {
    while (ascii_space(peek())) at_++;
  }
  uint64_t number() {
    uint64_t n = 0;
    while (ascii_digit(peek())) n = std::min<uint64_t>(n * 10 + static_cast<uint64_t>(text_[at_++] - '0'), INT32_MAX);
    return n;
  }

  bool counts(HexUnit& unit) {
    if (ascii_digit(peek())) {
      unit.iterations = number();
      unit.iterations_given = true;
      if (!ascii_space(peek()) && peek() != '/') return false;
      at_++;
      blanks();
    }
    if (peek() == '/') {
      at_++;
      blanks();
    }
    if (ascii_digit(peek())) {
      unit.bytes = number();
      if (!ascii_space(peek())) return false;
      blanks();
    }
    return true;
  }

  bool quoted(HexUnit& unit) {
    if (peek() != '"') return false;
    size_t end = text_.find('"', ++at_);
    if (end == std::string_view::npos) return false;
    // Escapes are replaced in place; a plain character after one stays what stood there before.
    std::string was(text_.substr(at_, end - at_));
    for (size_t i = 0; i < was.size(); i++) {
      constexpr std::string_view from = "abfnrtv", to = "\a\b\f\n\r\t\v";
      size_t here = unit.text.size();
      if (was[i] != '\\' || i + 1 == was.size()) {
        unit.text += was[here];
        continue;
      }
      size_t k = from.find(was[++i]);
      unit.text += k == std::string_view::npos ? was[i] : to[k];
      was[here] = unit.text.back();
    }
    at_ = end;
    at_++;
    return true;
  }

  Process& p_;
  std::string_view text_;
  size_t at_ = 0;
};

// Bytes one iteration of a unit takes, going by its conversions.
size_t natural_bytes(const std::string& s) {
  size_t total = 0;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '%') continue;
    i++;
    while (i < s.size() && kFlagChars.find(s[i]) != std::string_view::npos) i++;
    size_t precision = 0;
    if (i < s.size() && s[i] == '.') {
      precision = std::strtoul(s.c_str() + i + 1, nullptr, 10);
      i++;
      while (i < s.size() && ascii_digit(s[i])) i++;
    }
    char c = i < s.size() ? s[i] : '\0';
    if (c == 'c') total += 1;
    else if (c && std::string_view("dioxXu").find(c) != std::string_view::npos) total += 4;
    else if (c && std::string_view("eEfgG").find(c) != std::string_view::npos) total += 8;
    else if (c == 's') total += precision;
    else if (c == '_' && ++i < s.size() && std::string_view("cpu").find(s[i]) != std::string_view::npos) total += 1;
  }
  return total;
}

std::string color_sequence(std::string_view name) {
  struct Row {
    std::string_view name;
    const char* sequence;
  };
  static constexpr Row kRows[] = {{"black", "30"},        {"blink", "5"},           {"blue", "34"},        {"bold", "1"},
                                  {"brown", "33"},        {"cyan", "36"},           {"darkgray", "1;30"},  {"gray", "37"},
                                  {"green", "32"},        {"halfbright", "2"},      {"lightblue", "1;34"}, {"lightcyan", "1;36"},
                                  {"lightgreen", "1;32"}, {"lightmagenta", "1;35"}, {"lightred", "1;31"},  {"magenta", "35"},
                                  {"red", "31"},          {"reset", "0"},           {"reverse", "7"},      {"yellow", "1;33"}};
  for (const auto& row : kRows)
    if (row.name == name) return std::string("\033[") + row.sequence + "m";
  return "";
}

// [!]COLOR[:VALUE][@FIRST[-LAST]]
HexColor parse_color(std::string_view text) {
  HexColor c;
  if (text.starts_with('!')) {
    c.invert = true;
    text.remove_prefix(1);
  }
  size_t at = text.find('@');
  if (at != std::string_view::npos) {
    std::string offsets(text.substr(at + 1));
    char* end = nullptr;
    c.offset = std::strtol(offsets.c_str(), &end, 10);
    int64_t last = *end == '-' ? std::strtol(end + 1, nullptr, 10) : c.offset;
    c.range = static_cast<size_t>(last - c.offset + 1);
    text = text.substr(0, at);
  }
  size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    std::string value(text.substr(colon + 1));
    char* end = nullptr;
    uint64_t number = std::strtoull(value.c_str(), &end, 0);
    if (!value.empty() && value[0] == '0' && *end == '\0') c.value = number;
    else c.text = value;
    if (c.text && c.offset < 0) c.range = c.text->size();
    text = text.substr(0, colon);
  }
  c.sequence = color_sequence(text);
  return c;
}

/// Cuts the text of a unit into pieces.
class UnitCutter {
 public:
  UnitCutter(Process& p, HexUnit& unit, bool color) : p_(p), unit_(unit), s_(unit.text), color_(color) {}

  bool cut() {
    size_t conversions = 0;
    while (at_ < s_.size()) {
      size_t percent = s_.find('%', at_);
      if (percent == std::string::npos) {
        HexPiece text;
        text.format = s_.substr(at_);
        unit_.pieces.push_back(std::move(text));
        break;
      }
      HexPiece piece;
      if (!conversion(percent, piece)) return false;
      if (piece.kind != HexPiece::Address && unit_.bytes && conversions++) {
        p_.warn("byte count with multiple conversion characters");
        return false;
      }
      unit_.pieces.push_back(std::move(piece));
    }
    if (!unit_.bytes)
      for (const auto& piece : unit_.pieces) unit_.bytes += piece.bytes;
    return true;
  }

 private:
  bool bad(std::string_view what) {
    p_.warn("bad conversion character %%%.*s", static_cast<int>(what.size()), what.data());
    return false;
  }
  bool bad_count(std::string_view what) {
    p_.warn("bad byte count for conversion character %.*s", static_cast<int>(what.size()), what.data());
    return false;
  }

  // `usual` bytes where none are given; `allowed` as a list of digits.
  bool count(HexPiece& piece, size_t usual, std::string_view allowed, std::string_view what) {
    piece.bytes = unit_.bytes ? unit_.bytes : usual;
    if (piece.bytes < 10 && allowed.find(static_cast<char>('0' + piece.bytes)) != std::string_view::npos) return true;
    return bad_count(what);
  }

  bool conversion(size_t percent, HexPiece& piece) {
    size_t i = percent + 1;
    std::optional<size_t> precision;
    if (unit_.bytes) {
      while (i < s_.size() && (s_[i] == '.' || kFlagChars.find(s_[i]) != std::string_view::npos)) i++;
    } else {
      while (i < s_.size() && kFlagChars.find(s_[i]) != std::string_view::npos) i++;
      if (i < s_.size() && s_[i] == '.') {
        if (++i < s_.size() && ascii_digit(s_[i])) precision = std::min<size_t>(std::strtoul(s_.c_str() + i, nullptr, 10), INT32_MAX);
        while (i < s_.size() && ascii_digit(s_[i])) i++;
      }
    }
    char c = i < s_.size() ? s_[i] : '\0';
    std::string letters(1, c);
    bool fine = true;
    switch (c) {
      case 'c':
        piece.kind = HexPiece::Char;
        fine = count(piece, 1, "1", "c");
        break;
      case 'd':
      case 'i':
      case 'o':
      case 'u':
      case 'x':
      case 'X':
        piece.kind = c == 'd' || c == 'i' ? HexPiece::Int : HexPiece::Unsigned;
        letters = std::string("ll") + c;
        fine = count(piece, 4, "1248", std::string_view(&c, 1));
        break;
      case 'e':
      case 'E':
      case 'f':
      case 'g':
      case 'G':
        piece.kind = HexPiece::Float;
        fine = count(piece, 8, "48", std::string_view(&c, 1));
        break;
      case 's':
        piece.kind = HexPiece::String;
        if (!unit_.bytes && !precision) {
          p_.warn("%%s requires a precision or a byte count");
          return false;
        }
        piece.bytes = unit_.bytes ? unit_.bytes : *precision;
        break;
      case '_':
        if (!special(i, piece, letters)) return false;
        break;
      default: return bad(std::string_view(s_).substr(std::min(i, s_.size()), 1));
    }
    if (!fine) return false;
    piece.format = s_.substr(at_, percent - at_);
    // Text before a conversion must not look like one.
    piece.format += s_.substr(percent, i - percent);
    piece.conversion = piece.format.size() + letters.size() - 1;
    piece.format += letters;
    at_ = i + (c == '_' ? piece.kind == HexPiece::Address ? 3 : 2 : 1);
    return std::string_view(s_).substr(at_, 2) != "_L" || colors(piece);
  }

  // %_a[dox], %_c, %_p, %_u
  bool special(size_t i, HexPiece& piece, std::string& letters) {
    char c = i + 1 < s_.size() ? s_[i + 1] : '\0', base = i + 2 < s_.size() ? s_[i + 2] : '\0';
    switch (c) {
      case 'A':
      case 'a':
        if (c == 'A') unit_.at_end = true;
        piece.kind = HexPiece::Address;
        if (base != 'd' && base != 'o' && base != 'x') return bad(std::string_view(s_).substr(i, 3));
        letters = std::string("ll") + base;
        return true;
      case 'c':
        piece.kind = HexPiece::NamedEscape;
        letters = "c";
        return count(piece, 1, "1", "_c");
      case 'p':
        piece.kind = HexPiece::Printable;
        letters = "c";
        return count(piece, 1, "1", "_p");
      case 'u':
        piece.kind = HexPiece::NamedAscii;
        letters = "c";
        return count(piece, 1, "1", "_u");
      default: return bad(std::string_view(s_).substr(i, 2));
    }
  }

  // _L[COLOR,...]
  bool colors(HexPiece& piece) {
    size_t end = s_.find(']', at_);
    if (s_.substr(at_, 3) != "_L[" || end == std::string::npos) return bad("(null)");
    std::string list = s_.substr(at_ + 3, end - at_ - 3);
    at_ = end + 1;
    for (size_t from = 0; from <= list.size();) {
      size_t comma = std::min(list.find(',', from), list.size());
      if (comma > from) {
        HexColor c = parse_color(std::string_view(list).substr(from, comma - from));
        if (color_ && c.text && (c.range > piece.bytes || c.text->size() != c.range)) return bad_count("_L");
        piece.colors.push_back(std::move(c));
      }
      from = comma + 1;
    }
    return true;
  }

  Process& p_;
  HexUnit& unit_;
  const std::string& s_;
  bool color_;
  size_t at_ = 0;
};

}  // namespace

bool parse_hex_format(Process& p, std::string_view text, std::vector<HexFormat>& out) {
  HexFormat format;
  if (!FormatReader(p, text).read(format)) return false;
  out.push_back(std::move(format));
  return true;
}

std::optional<size_t> settle_hex_formats(Process& p, std::vector<HexFormat>& formats, bool color) {
  size_t block = 0;
  for (auto& f : formats) {
    for (auto& u : f.units) f.bytes += (u.bytes ? u.bytes : natural_bytes(u.text)) * u.iterations;
    block = std::max(block, f.bytes);
  }
  for (auto& f : formats) {
    for (auto& u : f.units) {
      if (!UnitCutter(p, u, color).cut()) return std::nullopt;
      // The last unit is repeated over the rest of the block.
      if (&u == &f.units.back() && f.bytes < block && !u.iterations_given && u.bytes) u.iterations += (block - f.bytes) / u.bytes;
      if (u.iterations > 1 && !u.pieces.empty()) u.pieces.back().drop_last = !u.pieces.back().format.empty() && ascii_space(u.pieces.back().format.back());
    }
  }
  return block;
}

}  // namespace nacre
