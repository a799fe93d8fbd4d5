#include "algo/quote.h"

#include <array>
#include <cstdint>
#include <cstring>

#include "algo/unicode.h"
#include "base/run_watch.h"
#include "base/utf8.h"

namespace nacre {
namespace {

struct Piece {
  std::string_view bytes;
  bool printable;
};

Piece next_piece(std::string_view s, size_t at, bool utf8) {
  unsigned char c = static_cast<unsigned char>(s[at]);
  if (c < 0x80 || !utf8) return {s.substr(at, 1), c >= ' ' && c < 0x7f};
  utf8::Char u = utf8::decode(s.substr(at));
  return {s.substr(at, u.length), u.valid && in_class(u.code, CharClass::Print)};
}

/// Length of the run of bytes at `at` that mean nothing to any of the ways of quoting. Most text is made of
/// such runs, and they are taken whole.
size_t ordinary_run(std::string_view s, size_t at) {
  static constexpr auto kOrdinary = [] {
    std::array<bool, 256> t{};
    for (char c = 'a'; c <= 'z'; c++) t[static_cast<unsigned char>(c)] = t[static_cast<unsigned char>(c - 'a' + 'A')] = true;
    for (char c : std::string_view("0123456789_./-+@%")) t[static_cast<unsigned char>(c)] = true;
    return t;
  }();
  size_t end = at;
  while (end < s.size() && kOrdinary[static_cast<unsigned char>(s[end])]) end++;
  return end - at;
}

void append_octal(std::string& out, unsigned char c) {
  out.push_back('\\');
  out.push_back(static_cast<char>('0' + (c >> 6)));
  out.push_back(static_cast<char>('0' + (c >> 3 & 7)));
  out.push_back(static_cast<char>('0' + (c & 7)));
}

void append_escaped(std::string& out, std::string_view bytes) {
  for (char c : bytes) {
    const char* letters =
        "\a"
        "a\b"
        "b\f"
        "f\n"
        "n\r"
        "r\t"
        "t\v"
        "v";
    const char* hit = nullptr;
    for (const char* l = letters; *l; l += 2)
      if (*l == c) hit = l + 1;
    if (hit) {
      out.push_back('\\');
      out.push_back(*hit);
    } else {
      append_octal(out, static_cast<unsigned char>(c));
    }
  }
}

struct Needs {
  bool quotes = false, escapes = false, single_quote = false, c_compatible = true;
};

/// What a shell would see in s. With `raw`, what cannot be printed stays as it is and only white space asks
/// for quotes.
Needs survey(std::string_view s, bool utf8, std::string_view also, bool raw) {
  Needs n;
  n.quotes = s.empty();
  for (size_t i = 0; i < s.size();) {
    if (size_t run = also.empty() ? ordinary_run(s, i) : 0) {
      i += run;
      continue;
    }
    Piece piece = next_piece(s, i, utf8);
    char c = s[i];
    if (!piece.printable) {
      if (!raw || c == '\n' || c == '\r' || c == '\t') n.quotes = n.escapes = true;
      n.c_compatible = false;
    } else if (c == '\'') {
      n.quotes = n.single_quote = true;
    } else if (c == ' ') {
      n.quotes = true;
    } else if (c == '#' || c == '~') {
      if (i == 0) n.quotes = true;
      else n.c_compatible = false;
    } else if (c == '{' || c == '}') {
      if (s.size() == 1) n.quotes = true;
      n.c_compatible = false;
    } else if (c && std::strchr("!\"$&()*;<=>[^`|?\\", c)) {
      n.quotes = true;
      n.c_compatible = false;
    }
    if (also.find(c) != also.npos) n.quotes = true;
    i += piece.bytes.size();
  }
  return n;
}

/// Between single quotes; with `escape`, what cannot be printed stands in $'...'.
std::string shell_quoted(std::string_view s, bool utf8, bool escape) {
  std::string out = "'";
  out.reserve(s.size() + 2);
  bool ansi = false;   // inside $'...'
  for (size_t i = 0; i < s.size();) {
    if (size_t run = ordinary_run(s, i); run && !ansi) {
      out.append(s, i, run);
      i += run;
      continue;
    }
    Piece piece = next_piece(s, i, utf8);
    if (!piece.printable && escape) {
      if (!ansi) out += "'$'";
      ansi = true;
      append_escaped(out, piece.bytes);
    } else {
      if (ansi) out += "''";
      ansi = false;
      if (s[i] == '\'') out += "'\\''";
      else out += piece.bytes;
    }
    i += piece.bytes.size();
  }
  out += '\'';
  return out;
}

std::string shell_style(std::string_view s, bool utf8, bool always, bool escape, std::string_view also) {
  Needs needs = survey(s, utf8, always ? std::string_view() : also, !escape);
  if (!needs.quotes && !always) return std::string(s);
  // Where single quotes are all there is, double ones read better.
  if (needs.single_quote && needs.c_compatible) return c_quote(s, utf8, false, always ? also : std::string_view());
  return shell_quoted(s, utf8, escape);
}

/// C escapes between `left` and `right`; `right` and the characters of `also` get a backslash.
std::string escaped(std::string_view s, bool utf8, std::string_view left, std::string_view right, std::string_view also) {
  std::string out(left);
  for (size_t i = 0; i < s.size();) {
    if (size_t run = also.empty() ? ordinary_run(s, i) : 0) {
      out.append(s, i, run);
      i += run;
      continue;
    }
    Piece piece = next_piece(s, i, utf8);
    char c = s[i];
    if (!piece.printable) append_escaped(out, piece.bytes);
    else if (c == '\\' || piece.bytes == right || also.find(c) != also.npos) out.append("\\").append(piece.bytes);
    else out += piece.bytes;
    i += piece.bytes.size();
  }
  return out.append(right);
}

/// True where c-maybe puts quotes around a name.
bool needs_c_quotes(std::string_view s, bool utf8, std::string_view also) {
  return s.find('"') != s.npos || s.find_first_of(also) != s.npos || needs_ansi_quote(s, utf8);
}

/// A long string is left in the middle when the run has to end.
class Patience {
 public:
  bool over(size_t at) {
    if (at < next_) return false;
    next_ = at + kEvery;
    return should_stop();
  }

 private:
  static constexpr size_t kEvery = 1 << 16;
  size_t next_ = kEvery;
};

}  // namespace

std::string shell_escape(std::string_view s, bool utf8, bool always, bool colon) { return shell_style(s, utf8, always, true, colon ? ":" : ""); }

std::string locale_quote(std::string_view s, bool utf8) { return utf8 ? escaped(s, utf8, "‘", "’", {}) : escaped(s, utf8, "'", "'", {}); }

std::string c_quote(std::string_view s, bool utf8, bool bare, std::string_view also) {
  return bare ? escaped(s, utf8, {}, {}, also) : escaped(s, utf8, "\"", "\"", also);
}

std::string quote_as(QuoteStyle style, std::string_view s, bool utf8, std::string_view also) {
  switch (style) {
    case QuoteStyle::Literal: return std::string(s);
    case QuoteStyle::Shell: return shell_style(s, utf8, false, false, also);
    case QuoteStyle::ShellAlways: return shell_style(s, utf8, true, false, also);
    case QuoteStyle::ShellEscape: return shell_style(s, utf8, false, true, also);
    case QuoteStyle::ShellEscapeAlways: return shell_style(s, utf8, true, true, also);
    case QuoteStyle::C: return c_quote(s, utf8, false, also);
    case QuoteStyle::CMaybe: return needs_c_quotes(s, utf8, also) ? c_quote(s, utf8) : std::string(s);
    case QuoteStyle::Escape: return c_quote(s, utf8, true, also);
    case QuoteStyle::Locale: return utf8 ? escaped(s, utf8, "‘", "’", also) : escaped(s, utf8, "'", "'", also);
    case QuoteStyle::CLocale: return utf8 ? escaped(s, utf8, "‘", "’", also) : escaped(s, utf8, "\"", "\"", also);
  }
  return std::string(s);
}

bool needs_ansi_quote(std::string_view s, bool utf8) {
  Patience patience;
  for (size_t i = 0; i < s.size() && !patience.over(i);) {
    i += ordinary_run(s, i);
    if (i == s.size()) break;
    Piece piece = next_piece(s, i, utf8);
    if (!piece.printable) return true;
    i += piece.bytes.size();
  }
  return false;
}

std::string bash_ansi_quote(std::string_view s, bool utf8) {
  std::string out = "$'";
  Patience patience;
  for (size_t i = 0; i < s.size() && !patience.over(i);) {
    if (size_t run = ordinary_run(s, i)) {
      out.append(s, i, run);
      i += run;
      continue;
    }
    Piece piece = next_piece(s, i, utf8);
    if (s[i] == '\033') out += "\\E";
    else if (!piece.printable) append_escaped(out, piece.bytes);
    else if (s[i] == '\\' || s[i] == '\'') out.append("\\").push_back(s[i]);
    else out += piece.bytes;
    i += piece.bytes.size();
  }
  out += '\'';
  return out;
}

std::string bash_quote(std::string_view s, bool utf8) {
  if (s.empty()) return "''";
  if (needs_ansi_quote(s, utf8)) return bash_ansi_quote(s, utf8);
  std::string out;
  out.reserve(s.size());
  Patience patience;
  for (size_t i = 0; i < s.size() && !patience.over(i); i++) {
    if (size_t run = ordinary_run(s, i)) {
      out.append(s, i, run);
      i += run;
      if (i == s.size()) break;
    }
    char c = s[i];
    bool special = c && std::strchr(" \t'\"\\|&;()<>!{}*[]?^$`,", c);
    if (c == '#' && i == 0) special = true;
    if (c == '~' && (i == 0 || s[i - 1] == ':' || s[i - 1] == '=')) special = true;
    if (special) out.push_back('\\');
    out.push_back(c);
  }
  return out;
}

std::string single_quote(std::string_view s) {
  std::string out = "'";
  out.reserve(s.size() + 2);
  for (size_t hit; (hit = s.find('\'')) != s.npos; s.remove_prefix(hit + 1)) {
    out.append(s, 0, hit);
    out += "'\\''";
  }
  out.append(s);
  out += '\'';
  return out;
}

std::string bash_single_quote(std::string_view s, bool utf8) {
  if (needs_ansi_quote(s, utf8)) return bash_ansi_quote(s, utf8);
  if (s == "'") return "\\'";
  return single_quote(s);
}

std::string bash_double_quote(std::string_view s, bool utf8) {
  if (needs_ansi_quote(s, utf8)) return bash_ansi_quote(s, utf8);
  std::string out = "\"";
  out.reserve(s.size() + 2);
  Patience patience;
  for (size_t i = 0; i < s.size() && !patience.over(i);) {
    size_t end = std::min(s.find_first_of("\"\\$`", i), s.size());
    out.append(s, i, end - i);
    if (end < s.size()) out.append("\\").push_back(s[end++]);
    i = end;
  }
  out += '"';
  return out;
}

}  // namespace nacre
