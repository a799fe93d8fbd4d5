#include "commands/sort/keys.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

#include "algo/unicode.h"

namespace nacre {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

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
  while (i < s.size() && is_blank(s[i])) i++;
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

int month(std::string_view s) {
  while (!s.empty() && is_blank(s[0])) s.remove_prefix(1);
  constexpr const char* names[] = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
  if (s.size() < 3) return 0;
  char up[4] = {ascii_upper(s[0]), ascii_upper(s[1]), ascii_upper(s[2]), 0};
  for (int i = 0; i < 12; i++)
    if (!std::strcmp(up, names[i])) return i + 1;
  return 0;
}

// Text that is no number comes first, then NaN, then numbers.
int compare_general(std::string_view a, std::string_view b) {
  std::string sa(a), sb(b);
  char *ea, *eb;
  long double x = std::strtold(sa.c_str(), &ea), y = std::strtold(sb.c_str(), &eb);
  bool na = ea == sa.c_str(), nb = eb == sb.c_str();
  if (na || nb) return na && nb ? 0 : na ? -1 : 1;
  if (std::isnan(x) || std::isnan(y)) return std::isnan(x) && std::isnan(y) ? 0 : std::isnan(x) ? -1 : 1;
  return x < y ? -1 : x > y;
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

uint64_t mix(uint64_t h) {
  h ^= h >> 33;
  h *= 0xff51afd7ed558ccdull;
  h ^= h >> 33;
  h *= 0xc4ceb9fe1a85ec53ull;
  return h ^ h >> 33;
}

uint64_t hash(std::string_view s, uint64_t salt) {
  uint64_t h = salt ^ 0x9e3779b97f4a7c15ull;
  for (char c : s) h = mix(h ^ static_cast<unsigned char>(c));
  return h;
}

uint64_t text_prefix(std::string_view s) {
  uint64_t u = 0;
  if (s.size() >= 8) {
    std::memcpy(&u, s.data(), 8);
    return __builtin_bswap64(u);
  }
  if (!s.empty()) std::memcpy(&u, s.data(), s.size());
  return __builtin_bswap64(u);
}

struct Filter {
  const SortKey& k;
  bool keeps(char c) const {
    unsigned char u = static_cast<unsigned char>(c);
    if (k.dictionary && !(ascii_alnum(c) || is_blank(c))) return false;
    return !k.printing || (u >= ' ' && u < 0x7f);
  }
  char map(char c) const { return k.fold ? ascii_upper(c) : c; }
};

int compare_filtered(const SortKey& k, std::string_view a, std::string_view b) {
  Filter f{k};
  size_t i = 0, j = 0;
  for (;;) {
    while (i < a.size() && !f.keeps(a[i])) i++;
    while (j < b.size() && !f.keeps(b[j])) j++;
    if (i == a.size() || j == b.size()) return static_cast<int>(i < a.size()) - static_cast<int>(j < b.size());
    unsigned char x = static_cast<unsigned char>(f.map(a[i++])), y = static_cast<unsigned char>(f.map(b[j++]));
    if (x != y) return x < y ? -1 : 1;
  }
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

std::string_view SortKeys::extract(const SortKey& key, std::string_view line) const {
  size_t n = line.size(), at = 0;
  // The start of a field; without -t a field begins with the blanks before it.
  auto skip_fields = [&](size_t count, size_t from) {
    size_t i = from;
    for (; count > 0 && i < n; count--) {
      if (has_separator) {
        const void* hit = std::memchr(line.data() + i, separator, n - i);
        i = hit ? static_cast<size_t>(static_cast<const char*>(hit) - line.data()) + 1 : n;
        if (!hit) break;
      } else {
        while (i < n && is_blank(line[i])) i++;
        while (i < n && !is_blank(line[i])) i++;
      }
    }
    return i;
  };
  at = skip_fields(key.start_field, 0);
  if (key.skip_start)
    while (at < n && is_blank(line[at])) at++;
  at = std::min(n, at + key.start_char);
  size_t end = n;
  if (key.end_field != SIZE_MAX) {
    if (key.end_char == 0) {
      // Through the end of the field.
      end = skip_fields(key.end_field + 1, 0);
      if (has_separator && end > 0 && end <= n && !(end == n && (n == 0 || line[n - 1] != separator))) end--;
    } else {
      end = skip_fields(key.end_field, 0);
      if (key.skip_end)
        while (end < n && is_blank(line[end])) end++;
      end = std::min(n, end + key.end_char);
    }
  }
  if (end < at) end = at;
  return line.substr(at, end - at);
}

uint64_t SortKeys::prefix_of(const SortKey& key, std::string_view text) const {
  switch (key.order) {
    case SortOrder::Numeric: return order_bits(to_double(take_number(text)));
    case SortOrder::Month: return static_cast<uint64_t>(month(text));
    case SortOrder::Random: return hash(text, salt);
    case SortOrder::Text: {
      if (!key.dictionary && !key.fold && !key.printing) return text_prefix(text);
      Filter f{key};
      char eight[8] = {};
      size_t n = 0;
      for (size_t i = 0; i < text.size() && n < 8; i++)
        if (f.keeps(text[i])) eight[n++] = f.map(text[i]);
      return text_prefix({eight, 8});
    }
    default: return 0;
  }
}

void SortKeys::prepare(SortLine& line) const {
  const SortKey& k = keys[0];
  std::string_view key = line.view();
  if (k.start_field || k.start_char || k.end_field != SIZE_MAX || k.skip_start) key = extract(k, key);
  line.key_start = static_cast<uint32_t>(key.data() - line.text);
  line.key_length = static_cast<uint32_t>(key.size());
  line.prefix = prefix_of(k, key);
}

int SortKeys::compare_one(const SortKey& key, std::string_view a, std::string_view b) const {
  switch (key.order) {
    case SortOrder::Numeric: return compare_numbers(a, b);
    case SortOrder::General: return compare_general(a, b);
    case SortOrder::Human: {
      Number x = take_number(a), y = take_number(b);
      int rx = suffix_rank(a, x), ry = suffix_rank(b, y);
      if (rx != ry) return rx < ry ? -1 : 1;
      return compare_taken(x, y);
    }
    case SortOrder::Month: return month(a) - month(b);
    case SortOrder::Version: return compare_versions(a, b);
    case SortOrder::Random: {
      uint64_t x = hash(a, salt), y = hash(b, salt);
      if (x != y) return x < y ? -1 : 1;
      return a.compare(b);
    }
    case SortOrder::Text: break;
  }
  if (key.dictionary || key.fold || key.printing) return compare_filtered(key, a, b);
  size_t n = std::min(a.size(), b.size());
  int c = n ? std::memcmp(a.data(), b.data(), n) : 0;
  return c ? c : a.size() < b.size() ? -1 : a.size() > b.size();
}

int SortKeys::compare_keys(const SortLine& a, const SortLine& b) const {
  const SortKey& first = keys[0];
  int c = 0;
  if (a.prefix != b.prefix) c = a.prefix < b.prefix ? -1 : 1;
  else if (first.order != SortOrder::Month) c = compare_one(first, a.key(), b.key());
  if (c) return first.reverse ? -c : c;
  for (size_t i = 1; i < keys.size(); i++) {
    c = compare_one(keys[i], extract(keys[i], a.view()), extract(keys[i], b.view()));
    if (c) return keys[i].reverse ? (c < 0 ? 1 : -1) : c;
  }
  return 0;
}

int SortKeys::compare(const SortLine& a, const SortLine& b) const {
  int c = compare_keys(a, b);
  if (c || stable || unique) return c;
  c = a.view().compare(b.view());
  return reverse ? -c : c;
}

}  // namespace nacre
