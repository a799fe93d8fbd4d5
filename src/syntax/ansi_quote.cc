#include "syntax/ansi_quote.h"

#include <cstdint>

#include "base/utf8.h"

namespace nacre {
namespace {

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Up to `most` hexadecimal digits at i.
uint32_t hex_digits(std::string_view s, size_t& i, int most, int* count) {
  uint32_t v = 0;
  *count = 0;
  while (i < s.size() && *count < most && hex_value(s[i]) >= 0) {
    v = v * 16 + static_cast<uint32_t>(hex_value(s[i++]));
    ++*count;
  }
  return v;
}

// Decodes the escape after the backslash at s[i - 1]. False: the text ends here.
bool decode_escape(std::string_view s, size_t& i, std::string& out) {
  char c = s[i++];
  int count = 0;
  uint32_t v = 0;
  switch (c) {
    case 'a': out += '\a'; return true;
    case 'b': out += '\b'; return true;
    case 'e':
    case 'E': out += '\033'; return true;
    case 'f': out += '\f'; return true;
    case 'n': out += '\n'; return true;
    case 'r': out += '\r'; return true;
    case 't': out += '\t'; return true;
    case 'v': out += '\v'; return true;
    case '\\':
    case '\'':
    case '"':
    case '?': out += c; return true;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
      v = static_cast<uint32_t>(c - '0');
      for (int n = 1; n < 3 && i < s.size() && s[i] >= '0' && s[i] <= '7'; n++) v = v * 8 + static_cast<uint32_t>(s[i++] - '0');
      v &= 0xff;
      break;
    case 'x': {
      bool braced = i < s.size() && s[i] == '{';
      if (braced) i++;
      v = hex_digits(s, i, braced ? 8 : 2, &count);
      if (braced) {
        while (i < s.size() && hex_value(s[i]) >= 0) i++;
        if (i < s.size() && s[i] == '}') i++;
      }
      if (count == 0) {
        out += braced ? "\\x{" : "\\x";
        return true;
      }
      v &= 0xff;
      break;
    }
    case 'u':
    case 'U':
      v = hex_digits(s, i, c == 'u' ? 4 : 8, &count);
      if (count == 0) {
        out += '\\';
        out += c;
        return true;
      }
      if (v == 0) return false;
      utf8::append(out, v);
      return true;
    case 'c':
      if (i >= s.size()) {
        out += "\\c";
        return true;
      }
      c = s[i++];
      if (c == '\\' && i < s.size() && s[i] == '\\') i++;
      v = c == '?' ? 0x7f : static_cast<uint32_t>((c >= 'a' && c <= 'z' ? c - 32 : c) & 0x1f);
      break;
    default:
      out += '\\';
      out += c;
      return true;
  }
  if (v == 0) return false;
  out += static_cast<char>(v);
  return true;
}

}  // namespace

std::string ansi_decode(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size();) {
    if (s[i] != '\\' || i + 1 == s.size()) {
      size_t end = std::min(s.find('\\', i + 1), s.size());
      out.append(s, i, end - i);
      i = end;
      continue;
    }
    i++;
    if (!decode_escape(s, i, out)) break;
  }
  return out;
}

std::string single_quoted(std::string_view text) {
  std::string out = "'";
  for (char c : text) {
    if (c == '\'') out += "'\\''";
    else out += c;
  }
  out += '\'';
  return out;
}

std::string ansi_quoted(std::string_view text) {
  static constexpr char kNames[] = "abtnvfr";
  std::string out = "$'";
  for (char ch : text) {
    uint8_t c = static_cast<uint8_t>(ch);
    if (c == 27) {
      out += "\\E";
    } else if (c >= 7 && c <= 13) {
      out += '\\';
      out += kNames[c - 7];
    } else if (c == '\\' || c == '\'') {
      out += '\\';
      out += ch;
    } else if (c < 32 || c == 127) {
      out += '\\';
      out += static_cast<char>('0' + (c >> 6));
      out += static_cast<char>('0' + ((c >> 3) & 7));
      out += static_cast<char>('0' + (c & 7));
    } else {
      out += ch;
    }
  }
  out += '\'';
  return out;
}

}  // namespace nacre
