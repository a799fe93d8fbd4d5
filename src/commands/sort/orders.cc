#include "commands/sort/orders.h"

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "algo/unicode.h"

namespace nacre {
namespace {

/// A decimal number at the front of a text.
struct Number {
  bool negative = false;
  std::string_view whole, fraction;   // without leading / trailing zeros
  bool zero() const { return whole.empty() && fraction.empty(); }
  size_t length = 0;                  // characters taken
};

Number take_number(std::string_view s) {
  Number n;
  size_t i = 0;
  while (i < s.size() && sort_blank(s[i])) i++;
  if (i < s.size() && s[i] == '-') {
    n.negative = true;
    i++;
  }
  while (i < s.size() && s[i] == '0') i++;
  size_t start = i;
  while (i < s.size() && ascii_digit(s[i])) i++;
  n.whole = s.substr(start, i - start);
  if (i < s.size() && s[i] == '.') {
    size_t f = ++i;
    while (i < s.size() && ascii_digit(s[i])) i++;
    n.fraction = s.substr(f, i - f);
    while (!n.fraction.empty() && n.fraction.back() == '0') n.fraction.remove_suffix(1);
  }
  if (n.zero()) n.negative = false;
  n.length = i;
  return n;
}

int compare_magnitudes(const Number& a, const Number& b) {
  if (a.whole.size() != b.whole.size()) return a.whole.size() < b.whole.size() ? -1 : 1;
  if (int c = a.whole.compare(b.whole)) return c;
  return a.fraction.compare(b.fraction);
}

int compare_taken(const Number& a, const Number& b) {
  if (a.negative != b.negative) return a.negative ? -1 : 1;
  return a.negative ? compare_magnitudes(b, a) : compare_magnitudes(a, b);
}

int suffix_rank(std::string_view s, const Number& n) {
  if (n.length >= s.size() || n.zero()) return 0;
  constexpr std::string_view order = "KMGTPEZY";
  char c = s[n.length];
  if (c == 'k') c = 'K';
  size_t k = order.find(c);
  int rank = k == std::string_view::npos ? 0 : static_cast<int>(k) + 1;
  return n.negative ? -rank : rank;
}

// A double as an integer of the same order.
uint64_t order_bits(double d) {
  uint64_t u;
  if (d == 0) d = 0;
  std::memcpy(&u, &d, 8);
  return u >> 63 ? ~u : u | 1ull << 63;
}

// The whole part: rounding keeps its order; what it leaves equal is compared as text.
double to_double(const Number& n) {
  double v = 0;
  for (char c : n.whole) v = v * 10 + (c - '0');
  return n.negative ? -v : v;
}

// The part of a name before its suffix: (\.[A-Za-z~][A-Za-z0-9~]*)*$
size_t suffix_start(std::string_view s) {
  size_t best = s.size();
  for (size_t i = s.size(); i-- > 0;) {
    char c = s[i];
    if (c == '.') {
      if (i + 1 < s.size() && (ascii_alpha(s[i + 1]) || s[i + 1] == '~')) best = i;
      else break;
    } else if (!ascii_alnum(c) && c != '~') {
      break;
    }
  }
  return best == 0 ? s.size() : best;
}

int version_weight(std::string_view s, size_t i) {
  if (i >= s.size()) return -1;
  char c = s[i];
  if (c == '~') return -2;
  if (ascii_digit(c)) return 0;
  if (ascii_alpha(c)) return static_cast<unsigned char>(c);
  return static_cast<unsigned char>(c) + 256;
}

int compare_version_text(std::string_view a, std::string_view b) {
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    while ((i < a.size() && !ascii_digit(a[i])) || (j < b.size() && !ascii_digit(b[j]))) {
      int x = version_weight(a, i), y = version_weight(b, j);
      if (x != y) return x < y ? -1 : 1;
      i++;
      j++;
    }
    while (i < a.size() && a[i] == '0') i++;
    while (j < b.size() && b[j] == '0') j++;
    int first = 0;
    while (i < a.size() && ascii_digit(a[i]) && j < b.size() && ascii_digit(b[j])) {
      if (first == 0) first = a[i] - b[j];
      i++;
      j++;
    }
    if (i < a.size() && ascii_digit(a[i])) return 1;
    if (j < b.size() && ascii_digit(b[j])) return -1;
    if (first) return first;
  }
  return 0;
}

}  // namespace

namespace {

// A number as strtold reads it; class 0: none, 1: NaN, 2: a number.
struct General {
  int kind = 0;
  long double value = 0;
};

General take_general(std::string_view s) {
  // strtold needs an end; most keys fit beside.
  char small[64];
  std::string big;
  const char* text = small;
  if (s.size() < sizeof small) {
    std::memcpy(small, s.data(), s.size());
    small[s.size()] = 0;
  } else {
    big = s;
    text = big.c_str();
  }
  char* end;
  General g;
  g.value = std::strtold(text, &end);
  g.kind = end == text ? 0 : std::isnan(g.value) ? 1 : 2;
  return g;
}

}  // namespace

int compare_general(std::string_view a, std::string_view b) {
  General x = take_general(a), y = take_general(b);
  if (x.kind != y.kind) return x.kind < y.kind ? -1 : 1;
  // By their bytes, of which the last holds the sign.
  if (x.kind == 1) return std::memcmp(&x.value, &y.value, 10);
  return x.kind == 0 ? 0 : x.value < y.value ? -1 : x.value > y.value;
}

uint64_t general_prefix(std::string_view s) {
  General g = take_general(s);
  if (g.kind < 2) return static_cast<uint64_t>(g.kind);
  return std::max<uint64_t>(2, order_bits(static_cast<double>(g.value)));
}

int compare_human(std::string_view a, std::string_view b) {
  Number x = take_number(a), y = take_number(b);
  int rx = suffix_rank(a, x), ry = suffix_rank(b, y);
  if (rx != ry) return rx < ry ? -1 : 1;
  return compare_taken(x, y);
}

uint64_t human_prefix(std::string_view s) {
  Number n = take_number(s);
  return static_cast<uint64_t>(suffix_rank(s, n) + 16) << 58 | order_bits(to_double(n)) >> 6;
}

uint64_t number_prefix(std::string_view s) { return order_bits(to_double(take_number(s))); }

int month_number(std::string_view s) {
  while (!s.empty() && sort_blank(s[0])) s.remove_prefix(1);
  constexpr const char* names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  if (s.size() < 3) return 0;
  char up[4] = {ascii_upper(s[0]), ascii_upper(s[1]), ascii_upper(s[2]), 0};
  for (int i = 0; i < 12; i++)
    if (!std::strcmp(up, names[i])) return i + 1;
  return 0;
}

int compare_versions(std::string_view a, std::string_view b) {
  if (a == b) return 0;
  auto dots = [](std::string_view s) { return s == "" ? 0 : s == "." ? 1 : s == ".." ? 2 : s[0] == '.' ? 3 : 4; };
  if (dots(a) != dots(b)) return dots(a) < dots(b) ? -1 : 1;
  std::string_view x = a.substr(0, suffix_start(a)), y = b.substr(0, suffix_start(b));
  int c = compare_version_text(x, y);
  if (c == 0) c = compare_version_text(a, b);
  return c;
}

int compare_numbers(std::string_view a, std::string_view b) { return compare_taken(take_number(a), take_number(b)); }

}  // namespace nacre
