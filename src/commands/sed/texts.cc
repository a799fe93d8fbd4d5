// What stands between the delimiters of s and y, and in addresses.
#include "commands/sed/texts.h"

#include <algorithm>
#include <cstring>

#include "algo/unicode.h"
#include "base/utf8.h"

namespace nacre {
namespace {

// POSIX knows no other escapes than those that take or give a character its meaning.
void posix_escape(char c, bool bracket, bool extended, std::string& out) {
  bool known = bracket || ascii_digit(c) || std::strchr(extended ? ".[]*^$\\/(){}+?|" : ".[]*^$\\/(){}", c);
  if (known) out += '\\';
  out += c;
}

}  // namespace

bool sed_escape(std::string_view s, size_t& i, char& byte) {
  auto digits = [&](int base, int max) {
    int value = 0, n = 0;
    size_t k = i + 1;
    for (; n < max && k < s.size(); n++, k++) {
      char c = ascii_lower(s[k]);
      int v = ascii_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
      if (v >= base) break;
      value = value * base + v;
    }
    if (n == 0) return false;
    i = k;
    byte = static_cast<char>(value);
    return true;
  };
  switch (s[i]) {
    case 'a': byte = '\a'; break;
    case 'f': byte = '\f'; break;
    case 'n': byte = '\n'; break;
    case 'r': byte = '\r'; break;
    case 't': byte = '\t'; break;
    case 'v': byte = '\v'; break;
    case 'c':
      if (i + 1 >= s.size()) return false;
      if (s[i + 1] == '\\' && i + 2 < s.size() && s[i + 2] == '\\') i++;
      byte = static_cast<char>(ascii_upper(s[i + 1]) ^ 0x40);
      i += 2;
      return true;
    case 'd': return digits(10, 3);
    case 'o': return digits(8, 3);
    case 'x': return digits(16, 2);
    default: return false;
  }
  i++;
  return true;
}

std::string sed_regex_text(std::string_view s, const SedDialect& d) {
  std::string out;
  bool bracket = false;
  for (size_t i = 0; i < s.size();) {
    char c = s[i];
    if (c == '[' && !bracket) {
      bracket = true;
      out += c;
      i++;
      if (i < s.size() && s[i] == '^') out += s[i++];
      if (i < s.size() && s[i] == ']') out += s[i++];
      continue;
    }
    if (bracket && c == '[' && i + 1 < s.size() && (s[i + 1] == ':' || s[i + 1] == '.' || s[i + 1] == '=')) {
      const char closer[] = {s[i + 1], ']', 0};
      size_t close = s.find(closer, i + 2);
      if (close != std::string_view::npos) {
        out += s.substr(i, close + 2 - i);
        i = close + 2;
        continue;
      }
    }
    if (bracket && c == ']') bracket = false;
    if (c != '\\' || i + 1 >= s.size()) {
      out += c;
      i++;
      continue;
    }
    size_t k = i + 1;
    char byte;
    if (!(d.posix && bracket) && sed_escape(s, k, byte)) {
      out += byte;   // an operator too, even when made by number
      i = k;
    } else if (d.posix) {
      posix_escape(s[i + 1], bracket, d.extended, out);
      i += 2;
    } else if (bracket) {
      out += c;
      i++;
    } else {
      out += s.substr(i, 2);
      i += 2;
    }
  }
  return out;
}

SedReplacement parse_sed_replacement(std::string_view s, const SedDialect& d, int* highest, std::string* error) {
  SedReplacement r;
  SedReplacement::Part part;
  auto flush = [&] {
    if (!part.text.empty() || part.group >= 0 || part.change != SedReplacement::Keep) r.parts.push_back(part);
    part = {};
  };
  auto group = [&](int n) {
    flush();
    part.group = n;
    *highest = std::max(*highest, n);
    flush();
  };
  for (size_t i = 0; i < s.size();) {
    char c = s[i];
    if (c == '&') {
      group(0);
      i++;
      continue;
    }
    if (c != '\\' || i + 1 >= s.size()) {
      part.text += c;
      i++;
      continue;
    }
    char n = s[i + 1];
    size_t k = i + 1;
    char byte;
    if (ascii_digit(n)) {
      group(n - '0');
      i += 2;
    } else if (std::strchr("ULulE", n) && !d.posix) {
      flush();
      part.change = n == 'U'   ? SedReplacement::Upper
                    : n == 'L' ? SedReplacement::Lower
                    : n == 'u' ? SedReplacement::UpperNext
                    : n == 'l' ? SedReplacement::LowerNext
                               : SedReplacement::End;
      r.changes_case = true;
      flush();
      i += 2;
    } else if (n == 'c' && i + 2 >= s.size()) {
      part.text += '\\';
      i += 2;
    } else if (n == 'c' && s[i + 2] == '\\' && (i + 3 >= s.size() || s[i + 3] != '\\')) {
      *error = "recursive escaping after \\c not allowed";
      return r;
    } else if (sed_escape(s, k, byte)) {
      part.text += byte;
      i = k;
    } else {
      part.text += n;
      i += 2;
      flush();
    }
  }
  flush();
  return r;
}

std::vector<std::string> sed_characters(std::string_view s, bool utf8) {
  std::vector<std::string> out;
  for (size_t i = 0; i < s.size();) {
    if (s[i] == '\\' && i + 1 < s.size()) {
      size_t k = i + 1;
      char byte;
      if (s[k] == '\\') {
        out.push_back("\\");
        i += 2;
        continue;
      }
      if (sed_escape(s, k, byte)) {
        out.emplace_back(1, byte);
        i = k;
        continue;
      }
      i++;   // another character stands for itself
    }
    size_t n = utf8 ? nacre::utf8::decode(s.substr(i)).length : 1;
    out.emplace_back(s.substr(i, n));
    i += n;
  }
  return out;
}

}  // namespace nacre
