/// Numbers: reading with their decimal text, printing, comparing.
#include "commands/jq/number.h"

#include <algorithm>
#include <charconv>
#include <cfloat>
#include <limits>

namespace nacre::jq {
namespace {

constexpr int64_t kMaxExponent = 999999999;      // of the decimal library, as jq sets it up
constexpr int64_t kMinExponent = -1147483646;

bool digit(char c) { return c >= '0' && c <= '9'; }

// Sign, digits without leading zeros, and the power of ten of the last digit.
struct Decimal {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;
  bool zero() const { return digits == "0"; }
  int64_t adjusted() const { return exponent + static_cast<int64_t>(digits.size()) - 1; }
};

bool parse_exponent(std::string_view s, size_t& i, int64_t& exponent) {
  if (i == s.size()) return true;
  if (s[i] != 'e' && s[i] != 'E') return false;
  i++;
  bool minus = i < s.size() && s[i] == '-';
  if (i < s.size() && (s[i] == '-' || s[i] == '+')) i++;
  if (i == s.size()) return false;
  int64_t e = 0;
  for (; i < s.size() && digit(s[i]); i++) e = std::min<int64_t>(e * 10 + (s[i] - '0'), 100'000'000'000);
  exponent += minus ? -e : e;
  return i == s.size();
}

bool parse_decimal(std::string_view s, Decimal& d) {
  size_t i = 0;
  if (i < s.size() && (s[i] == '-' || s[i] == '+')) d.negative = s[i++] == '-';
  bool any = false, point = false;
  for (; i < s.size(); i++) {
    if (s[i] == '.' && !point) {
      point = true;
      continue;
    }
    if (!digit(s[i])) break;
    any = true;
    if (s[i] != '0' || !d.digits.empty()) d.digits += s[i];
    if (point) d.exponent--;
  }
  if (!any || !parse_exponent(s, i, d.exponent)) return false;
  if (d.digits.empty()) d.digits = "0";
  return true;
}

std::string to_text(const Decimal& d) {
  std::string out = d.negative ? "-" : "";
  int64_t n = static_cast<int64_t>(d.digits.size()), adjusted = d.adjusted();
  if (d.exponent <= 0 && adjusted >= -6) {
    int64_t point = n + d.exponent;
    if (d.exponent == 0) return out + d.digits;
    if (point > 0) return out + d.digits.substr(0, static_cast<size_t>(point)) + "." + d.digits.substr(static_cast<size_t>(point));
    return out + "0." + std::string(static_cast<size_t>(-point), '0') + d.digits;
  }
  out += d.digits[0];
  if (n > 1) out += "." + d.digits.substr(1);
  return out + "E" + (adjusted < 0 ? "-" : "+") + std::to_string(adjusted < 0 ? -adjusted : adjusted);
}

// Below the smallest exponent digits are lost, half even.
void clamp_small(Decimal& d) {
  if (d.exponent >= kMinExponent) return;
  int64_t lost = kMinExponent - d.exponent, n = static_cast<int64_t>(d.digits.size());
  d.exponent = kMinExponent;
  if (lost > n) {
    d.digits = "0";
    return;
  }
  std::string rest = d.digits.substr(static_cast<size_t>(n - lost));
  d.digits.resize(static_cast<size_t>(n - lost));
  if (d.digits.empty()) d.digits = "0";
  bool odd = (d.digits.back() - '0') & 1, above = rest[0] > '5' || (rest[0] == '5' && rest.find_first_not_of('0', 1) != rest.npos);
  if (!above && !(rest[0] == '5' && odd)) return;
  size_t i = d.digits.size();
  while (i > 0 && d.digits[i - 1] == '9') d.digits[--i] = '0';
  if (i == 0) d.digits.insert(0, "1");
  else d.digits[i - 1]++;
}

double to_double(const Decimal& d) {
  if (d.zero()) return d.negative ? -0.0 : 0.0;
  if (d.adjusted() > 400) return d.negative ? -std::numeric_limits<double>::infinity() : std::numeric_limits<double>::infinity();
  if (d.adjusted() < -400) return d.negative ? -0.0 : 0.0;
  std::string text = (d.negative ? "-" : "") + d.digits + "e" + std::to_string(d.exponent);
  double out = 0;
  auto r = std::from_chars(text.data(), text.data() + text.size(), out);
  if (r.ec == std::errc::result_out_of_range) {
    out = d.adjusted() > 0 ? std::numeric_limits<double>::infinity() : 0.0;
    if (d.negative) out = -out;
  }
  return out;
}

bool same_fold(std::string_view a, std::string_view lower) {
  return std::equal(a.begin(), a.end(), lower.begin(), lower.end(), [](char x, char y) { return (x >= 'A' && x <= 'Z' ? x + 32 : x) == y; });
}

Value parse_special(std::string_view s) {
  bool minus = !s.empty() && s[0] == '-';
  if (!s.empty() && (s[0] == '-' || s[0] == '+')) s.remove_prefix(1);
  double inf = std::numeric_limits<double>::infinity();
  if (same_fold(s, "nan")) return Value::number(std::numeric_limits<double>::quiet_NaN());
  if (same_fold(s, "infinity") || same_fold(s, "inf")) return Value::number(minus ? -inf : inf);
  return Value();
}

// Plain numbers of up to 15 digits whose double prints as the same text.
bool parse_fast(std::string_view s, double& out) {
  constexpr double kPowers[] = {1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  if (s.size() > 16) return false;
  size_t i = 0;
  bool minus = s[0] == '-';
  if (minus) i++;
  if (i == s.size() || !digit(s[i]) || (s[i] == '0' && i + 1 < s.size() && s[i + 1] != '.')) return false;
  uint64_t n = 0;
  for (; i < s.size() && digit(s[i]); i++) n = n * 10 + static_cast<uint64_t>(s[i] - '0');
  if (i == s.size()) {
    if ((minus && n == 0) || s.size() > 15) return false;
    out = minus ? -static_cast<double>(n) : static_cast<double>(n);
    return true;
  }
  if (s[i] != '.' || s.back() == '0') return false;
  size_t point = i++;
  uint64_t whole = n;
  for (; i < s.size() && digit(s[i]); i++) n = n * 10 + static_cast<uint64_t>(s[i] - '0');
  size_t places = s.size() - point - 1;
  if (i != s.size() || places == 0 || (whole == 0 && places > 4 && static_cast<double>(n) < kPowers[places - 4])) return false;
  out = static_cast<double>(n) / kPowers[places];
  if (minus) out = -out;
  return true;
}

// A decimal without an exponent, as long as it is written as its double is: that has no other text.
bool parse_shortest(std::string_view s, double& out) {
  constexpr size_t kLongest = 24;   // a sign, 17 digits, "0.000" before them
  const size_t sign = s[0] == '-';
  if (s.size() > kLongest || s.size() == sign || !digit(s[sign])) return false;
  const auto [end, error] = std::from_chars(s.data(), s.data() + s.size(), out, std::chars_format::fixed);
  const double size = out < 0 ? -out : out;
  if (error != std::errc() || end != s.data() + s.size() || !(size >= 1e-3 && size < 1e15)) return false;
  char text[40];
  const char* text_end = std::to_chars(text, text + sizeof text, out, std::chars_format::fixed).ptr;
  return std::string_view(text, static_cast<size_t>(text_end - text)) == s;
}

}  // namespace

size_t format_double(double d, char* out) {
  if (d > DBL_MAX) d = DBL_MAX;
  if (d < -DBL_MAX) d = -DBL_MAX;
  char* p = out;
  if (d > -1e16 && d < 1e16 && d == static_cast<double>(static_cast<int64_t>(d)) && d != 0) {
    return static_cast<size_t>(std::to_chars(p, p + kNumberSize, static_cast<int64_t>(d)).ptr - out);
  }
  char text[40];
  char* end = std::to_chars(text, text + sizeof text, d, std::chars_format::scientific).ptr;
  char* t = text;
  if (*t == '-') {
    *p++ = '-';
    t++;
  }
  char digits[32];
  int n = 0;
  for (; t < end && *t != 'e'; t++)
    if (*t != '.') digits[n++] = *t;
  int point = 0;
  std::from_chars(t[1] == '+' ? t + 2 : t + 1, end, point);
  point++;
  if (point <= -4 || point > n + 15) {   // d.ddde-05
    *p++ = digits[0];
    if (n > 1) {
      *p++ = '.';
      std::memcpy(p, digits + 1, static_cast<size_t>(n - 1));
      p += n - 1;
    }
    int e = point - 1;
    *p++ = 'e';
    *p++ = e < 0 ? '-' : '+';
    if (e < 0) e = -e;
    if (e < 10) *p++ = '0';
    return static_cast<size_t>(std::to_chars(p, p + 8, e).ptr - out);
  }
  if (point <= 0) {
    *p++ = '0';
    *p++ = '.';
    for (int i = point; i < 0; i++) *p++ = '0';
    std::memcpy(p, digits, static_cast<size_t>(n));
    return static_cast<size_t>(p + n - out);
  }
  for (int i = 0; i < std::max(point, n); i++) {
    if (i == point) *p++ = '.';
    *p++ = i < n ? digits[i] : '0';
  }
  return static_cast<size_t>(p - out);
}

void append_number(std::string& out, const Value& v) {
  if (std::string_view text = v.literal_text(); !text.empty()) {
    out += text;
    return;
  }
  double d = v.num();
  if (d != d) {
    out += "null";
    return;
  }
  char text[kNumberSize];
  out.append(text, format_double(d, text));
}

Value parse_number(std::string_view text) {
  if (text.empty()) return Value();
  double d;
  if (parse_fast(text, d) || parse_shortest(text, d)) return Value::number(d);
  Decimal decimal;
  if (!parse_decimal(text, decimal)) return parse_special(text);
  if (decimal.adjusted() > kMaxExponent && !decimal.zero()) {
    double inf = std::numeric_limits<double>::infinity();
    return Value::number(decimal.negative ? -inf : inf);
  }
  clamp_small(decimal);
  d = to_double(decimal);
  std::string canonical = to_text(decimal);
  char plain[kNumberSize];
  if (std::string_view(plain, format_double(d, plain)) == canonical) return Value::number(d);
  return Value::literal(d, canonical);
}

namespace {

int compare_decimals(std::string_view x, std::string_view y) {
  Decimal a, b;
  parse_decimal(x, a);
  parse_decimal(y, b);
  bool za = a.zero(), zb = b.zero();
  if (za || zb) return za && zb ? 0 : za ? (b.negative ? 1 : -1) : (a.negative ? -1 : 1);
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  int flip = a.negative ? -1 : 1;
  if (a.adjusted() != b.adjusted()) return a.adjusted() < b.adjusted() ? -flip : flip;
  size_t n = std::max(a.digits.size(), b.digits.size());
  a.digits.resize(n, '0');
  b.digits.resize(n, '0');
  int c = a.digits.compare(b.digits);
  return c == 0 ? 0 : c < 0 ? -flip : flip;
}

}  // namespace

int compare_numbers(const Value& a, const Value& b) {
  double x = a.num(), y = b.num();
  if (x == y) {
    std::string_view s = a.literal_text(), t = b.literal_text();
    return s.empty() || t.empty() ? 0 : compare_decimals(s, t);
  }
  return x < y || x != x ? -1 : 1;
}

Value negated(const Value& v) {
  std::string_view text = v.literal_text();
  if (text.empty()) return Value::number(v.num() == 0 ? 0 : -v.num());   // as decimals: no negative zero
  if (text[0] == '-') return parse_number(text.substr(1));
  Decimal d;
  parse_decimal(text, d);
  return d.zero() ? v : Value::literal(-v.num(), "-" + std::string(text));
}

Value absolute(const Value& v) {
  double d = v.num();
  if (d < 0 || (d == 0 && 1 / d < 0)) return negated(v);
  return v;
}

}  // namespace nacre::jq
