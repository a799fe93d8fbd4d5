// Text as the modes write it. SQLite's own printf is used where numbers must look as it shows them.
#include <cstring>

#include "algo/unicode.h"
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {

std::string take(char* text) {
  std::unique_ptr<char, SqliteFree> owned(text);
  return text ? text : "";
}

bool space(char c) { return ascii_space(c); }

char quote_char(const char* name) {
  if (!name || (!ascii_alpha(name[0]) && name[0] != '_')) return '"';
  int n = 0;
  for (; name[n]; n++)
    if (!ascii_alnum(name[n]) && name[n] != '_') return '"';
  return sqlite3_keyword_check(name, n) ? '"' : '\0';
}

std::string quote_name(const char* name) { return quote_char(name) ? take(sqlite3_mprintf("\"%w\"", name)) : name; }

std::string sql_quote(std::string_view s) {
  std::string out = "'";
  for (char c : s) {
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

// A stand-in for a newline that the text does not hold.
static std::string unused(const std::string& text, const std::string& first, const std::string& second) {
  if (text.find(first) == text.npos) return first;
  if (text.find(second) == text.npos) return second;
  for (unsigned i = 0;; i++) {
    std::string tried = "(" + first + std::to_string(i) + ")";
    if (text.find(tried) == text.npos) return tried;
  }
}

std::string sql_quote_escaped(const char* s) {
  std::string text = s;
  bool newline = text.find('\n') != text.npos, carriage = text.find('\r') != text.npos;
  if (!newline && !carriage) return sql_quote(text);
  std::string nl = newline ? unused(text, "\\n", "\\012") : "", cr = carriage ? unused(text, "\\r", "\\015") : "";
  std::string out = newline ? "replace(" : "";
  if (carriage) out += "replace(";
  out += '\'';
  for (char c : text) {
    if (c == '\n') out += nl;
    else if (c == '\r') out += cr;
    else if (c == '\'') out += "''";
    else out += c;
  }
  out += '\'';
  if (carriage) out += ",'" + cr + "',char(13))";
  if (newline) out += ",'" + nl + "',char(10))";
  return out;
}

std::string hex_blob(const void* data, int n) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out = "X'";
  for (int i = 0; i < n; i++) {
    auto c = static_cast<const unsigned char*>(data)[i];
    out += digits[c >> 4];
    out += digits[c & 15];
  }
  return out + "'";
}

std::string c_quote_text(const char* s) {
  std::string out = "\"";
  for (; *s; s++) {
    auto c = static_cast<unsigned char>(*s);
    if (c == '\\' || c == '"') out += {'\\', *s};
    else if (c == '\t') out += "\\t";
    else if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c < ' ' || c >= 127) out += {'\\', static_cast<char>('0' + (c >> 6)), static_cast<char>('0' + (c >> 3 & 7)), static_cast<char>('0' + (c & 7))};
    else out += *s;
  }
  return out + "\"";
}

std::string html_escape(const char* s) {
  std::string out;
  for (; *s; s++) {
    if (*s == '<') out += "&lt;";
    else if (*s == '>') out += "&gt;";
    else if (*s == '&') out += "&amp;";
    else if (*s == '"') out += "&quot;";
    else if (*s == '\'') out += "&#39;";
    else out += *s;
  }
  return out;
}

std::string csv_field(const Shell& sh, const char* s) {
  if (!s) return sh.format.null_value;
  bool quote = !*s || strstr(s, sh.format.column_separator.c_str());
  for (const char* c = s; *c && !quote; c++) quote = static_cast<unsigned char>(*c) <= ' ' || static_cast<unsigned char>(*c) >= 127 || *c == '"' || *c == '\'';
  return quote ? take(sqlite3_mprintf("\"%w\"", s)) : s;
}

std::string unescape(std::string_view s) {
  std::string out;
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] != '\\' || i + 1 == s.size()) {
      out += s[i];
      continue;
    }
    char c = s[++i];
    switch (c) {
      case 'a': c = '\a'; break;
      case 'b': c = '\b'; break;
      case 't': c = '\t'; break;
      case 'n': c = '\n'; break;
      case 'v': c = '\v'; break;
      case 'f': c = '\f'; break;
      case 'r': c = '\r'; break;
      default:
        if (c >= '0' && c <= '7') {
          int code = c - '0';
          for (int k = 0; k < 2 && i + 1 < s.size() && s[i + 1] >= '0' && s[i + 1] <= '7'; k++) code = code * 8 + (s[++i] - '0');
          c = static_cast<char>(code);
        }
    }
    out += c;
  }
  return out;
}

std::string real_text(double r, bool whole) {
  if (r > 1.7976931348623157e308) return "1e999";
  if (r < -1.7976931348623157e308) return "-1e999";
  if (whole && r > -9.2e18 && r < 9.2e18 && r == static_cast<double>(static_cast<int64_t>(r))) return std::to_string(static_cast<int64_t>(r)) + ".0";
  return take(sqlite3_mprintf("%!.20g", r));
}

std::string schema_line(std::string sql, const char* tail) {
  if (*tail == ';' && (sql.find("/*") != sql.npos || sql.find("--") != sql.npos)) {
    // A comment that reaches the end would swallow the semicolon.
    for (const char* end : {"", "*/", "\n"}) {
      if (!sqlite3_complete((sql + end + ";").c_str())) continue;
      sql += end;
      break;
    }
  }
  if (sqlite3_strglob("CREATE TABLE ['\"]*", sql.c_str()) == 0) sql.insert(13, "IF NOT EXISTS ");
  return sql + tail;
}

static bool blank_to_end_of_line(std::string_view s) {
  for (size_t i = 0; i < s.size(); i++) {
    if (s[i] == '\n') return true;
    if (space(s[i])) continue;
    return s[i] == '-' && i + 1 < s.size() && s[i + 1] == '-';
  }
  return true;
}

// White space squeezed, as .schema --indent shows it.
static std::string squeezed(std::string_view sql) {
  std::string z;
  size_t i = 0;
  while (i < sql.size() && space(sql[i])) i++;
  for (; i < sql.size(); i++) {
    char c = sql[i];
    if (space(c)) {
      if (!z.empty() && z.back() == '\r') z.back() = '\n';
      if (!z.empty() && (space(z.back()) || z.back() == '(')) continue;
    } else if ((c == '(' || c == ')') && !z.empty() && space(z.back())) {
      z.pop_back();
    }
    z += c;
  }
  while (!z.empty() && space(z.back())) z.pop_back();
  return z;
}

std::string pretty_schema(const char* sql) {
  if (sqlite3_strlike("CREATE VIEW%", sql, 0) == 0 || sqlite3_strlike("CREATE TRIG%", sql, 0) == 0) return std::string(sql) + ";\n";
  std::string z = squeezed(sql), out, line;
  if (z.size() < 79) return schema_line(z, ";\n");
  int depth = 0, lines = 0;
  char until = 0;
  for (size_t i = 0; i < z.size(); i++) {
    char c = z[i];
    if (c == until) {
      until = 0;
    } else if (c == '"' || c == '\'' || c == '`') {
      until = c;
    } else if (c == '[') {
      until = ']';
    } else if (c == '-' && i + 1 < z.size() && z[i + 1] == '-') {
      until = '\n';
    } else if (c == '(') {
      depth++;
    } else if (c == ')' && --depth == 0 && lines > 0 && !line.empty()) {
      out += schema_line(line, "\n");
      line.clear();
    }
    line += c;
    if (depth == 1 && !until && (c == '(' || c == '\n' || (c == ',' && !blank_to_end_of_line(std::string_view(z).substr(i + 1))))) {
      if (c == '\n') line.pop_back();
      out += schema_line(line, "\n  ");
      line.clear();
      lines++;
      while (i + 1 < z.size() && space(z[i + 1])) i++;
    }
  }
  return out + schema_line(line, ";\n");
}

size_t characters(std::string_view s) {
  size_t n = 0;
  for (char c : s) n += (c & 0xc0) != 0x80;
  return n;
}

std::string padded(const char* s, int w) {
  const int most = w < 0 ? -w : w;
  int n = 0;
  const char* end = s;
  while (*end) {
    if ((*end & 0xc0) != 0x80 && n++ == most) {
      n = most;
      break;
    }
    end++;
  }
  if (most == 0) end = s + strlen(s);   // 0: no limit
  std::string text(s, end), fill(static_cast<size_t>(n < most ? most - n : 0), ' ');
  return w < 0 ? fill + text : text + fill;
}

bool boolean(Shell& sh, const std::string& s) {
  if (s.size() > 2 && s[0] == '0' && (s[1] | 32) == 'x') return strtoll(s.c_str() + 2, nullptr, 16) != 0;
  size_t digits = 0;
  while (digits < s.size() && ascii_digit(s[digits])) digits++;
  if (digits && digits == s.size()) return strtoll(s.c_str(), nullptr, 10) != 0;
  if (sqlite3_stricmp(s.c_str(), "on") == 0 || sqlite3_stricmp(s.c_str(), "yes") == 0) return true;
  if (sqlite3_stricmp(s.c_str(), "off") == 0 || sqlite3_stricmp(s.c_str(), "no") == 0) return false;
  sh.error("ERROR: Not a boolean value: \"%s\". Assuming \"no\".\n", s.c_str());
  return false;
}

}  // namespace nacre::sqlite
