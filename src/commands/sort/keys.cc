#include "commands/sort/keys.h"

#include <cstring>

#include "algo/digest.h"
#include "algo/unicode.h"
#include "base/blanks.h"
#include "commands/sort/orders.h"

namespace nacre {
namespace {

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
    if (k.dictionary && !(ascii_alnum(c) || sort_blank(c))) return false;
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

// 128 bits by which -R orders a key: its digest, begun with the salt.
struct Shuffled {
  uint64_t high, low;
};

Shuffled shuffled(const SortKeys& keys, std::string_view s) {
  auto md5 = Digest::make("md5");
  md5->update(keys.salt);
  md5->update(s);
  // Where a locale is set, keys are digested as strxfrm leaves them: with their NUL.
  if (keys.locale && !s.empty() && s.back() != 0) md5->update({"\0", 1});
  std::string hex = md5->finish();
  return {std::strtoull(hex.substr(0, 16).c_str(), nullptr, 16), std::strtoull(hex.substr(16).c_str(), nullptr, 16)};
}

int compare_text(std::string_view a, std::string_view b) {
  size_t n = std::min(a.size(), b.size());
  int c = n ? std::memcmp(a.data(), b.data(), n) : 0;
  return c ? c : a.size() < b.size() ? -1 : a.size() > b.size();
}

// What -d, -f and -i leave of a key, for the orders that read it whole.
std::string filtered(const SortKey& key, std::string_view s) {
  Filter f{key};
  std::string out;
  for (char c : s)
    if (f.keeps(c)) out += f.map(c);
  return out;
}

}  // namespace

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
        while (i < n && sort_blank(line[i])) i++;
        i = static_cast<size_t>(find_blank(line.data() + i, line.data() + n) - line.data());
      }
    }
    return i;
  };
  at = skip_fields(key.start_field, 0);
  if (key.skip_start)
    while (at < n && sort_blank(line[at])) at++;
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
        while (end < n && sort_blank(line[end])) end++;
      end = std::min(n, end + key.end_char);
    }
  }
  if (end < at) end = at;
  return line.substr(at, end - at);
}

uint64_t SortKeys::word(std::string_view text, size_t at) { return at < text.size() ? text_prefix(text.substr(at)) : 0; }

bool SortKey::numeric() const { return order == SortOrder::Numeric || order == SortOrder::General || order == SortOrder::Human; }

uint64_t SortKeys::prefix_of(const SortKey& key, std::string_view text) const {
  if (key.filters() && key.order != SortOrder::Text) {
    SortKey plain = key;
    plain.dictionary = plain.fold = plain.printing = false;
    return prefix_of(plain, filtered(key, text));
  }
  switch (key.order) {
    case SortOrder::Numeric: return number_prefix(text);
    case SortOrder::General: return general_prefix(text);
    case SortOrder::Human: return human_prefix(text);
    case SortOrder::Month: return static_cast<uint64_t>(month_number(text));
    case SortOrder::Random: return shuffled(*this, text).high;
    case SortOrder::Version: return 0;
    case SortOrder::Text: break;
  }
  if (!key.filters()) return text_prefix(text);
  Filter f{key};
  char eight[8] = {};
  size_t n = 0;
  for (size_t i = 0; i < text.size() && n < 8; i++)
    if (f.keeps(text[i])) eight[n++] = f.map(text[i]);
  return text_prefix({eight, 8});
}

void SortKeys::prepare(SortLine& line) const {
  const SortKey& k = keys[0];
  std::string_view key = line.view();
  if (!k.whole_line()) key = extract(k, key);
  size_t start = static_cast<size_t>(key.data() - line.text);
  bool fits = start < SortLine::kFar && key.size() < SortLine::kFar;
  line.key_start = fits ? static_cast<uint32_t>(start) : SortLine::kFar;
  line.key_length = fits ? static_cast<uint32_t>(key.size()) : 0;
  line.prefix = prefix_of(k, key);
  // One order of prefixes, whichever way the key goes.
  if (k.reverse) line.prefix = ~line.prefix;
  if (keys.size() == 1) {
    line.second = k.order == SortOrder::Text && !k.filters() ? word(key, 8) : 0;
    if (k.reverse) line.second = ~line.second;
    return;
  }
  line.second = prefix_of(keys[1], extract(keys[1], line.view()));
  if (keys[1].reverse) line.second = ~line.second;
}

std::string_view SortKeys::first_key(const SortLine& line) const {
  if (line.key_start != SortLine::kFar) return {line.text + line.key_start, line.key_length};
  return keys[0].whole_line() ? line.view() : extract(keys[0], line.view());
}

int SortKeys::compare_one(const SortKey& key, std::string_view a, std::string_view b) const {
  if (key.filters() && key.order != SortOrder::Text) {
    SortKey plain = key;
    plain.dictionary = plain.fold = plain.printing = false;
    return compare_one(plain, filtered(key, a), filtered(key, b));
  }
  switch (key.order) {
    case SortOrder::Numeric: return compare_numbers(a, b);
    case SortOrder::General: return compare_general(a, b);
    case SortOrder::Human: return compare_human(a, b);
    case SortOrder::Month: return month_number(a) - month_number(b);
    case SortOrder::Version: return compare_versions(a, b);
    case SortOrder::Random: {
      Shuffled x = shuffled(*this, a), y = shuffled(*this, b);
      if (x.high != y.high) return x.high < y.high ? -1 : 1;
      if (x.low != y.low) return x.low < y.low ? -1 : 1;
      return compare_text(a, b);
    }
    case SortOrder::Text: break;
  }
  return key.filters() ? compare_filtered(key, a, b) : compare_text(a, b);
}

// Where the prefixes are equal.
int SortKeys::compare_first(const SortLine& a, const SortLine& b) const {
  const SortKey& k = keys[0];
  const bool text = k.order == SortOrder::Text && !k.filters(), near = a.key_start != SortLine::kFar && b.key_start != SortLine::kFar;
  if (text && near) {
    // They hold a short text whole, but for zeros at its end.
    const bool alone = keys.size() == 1;
    if (alone && a.second != b.second) return (a.second < b.second) != k.reverse ? -1 : 1;
    if (std::min(a.key_length, b.key_length) <= (alone ? 16 : 8)) return a.key_length < b.key_length ? -1 : a.key_length > b.key_length;
  }
  return compare_one(k, first_key(a), first_key(b));
}

int SortKeys::compare_keys(const SortLine& a, const SortLine& b) const {
  if (a.prefix != b.prefix) return a.prefix < b.prefix ? -1 : 1;
  int c = compare_first(a, b);
  if (c) return keys[0].reverse ? (c < 0 ? 1 : -1) : c;
  if (a.second != b.second) return a.second < b.second ? -1 : 1;
  for (size_t i = 1; i < keys.size(); i++) {
    c = compare_one(keys[i], extract(keys[i], a.view()), extract(keys[i], b.view()));
    if (c) return keys[i].reverse ? (c < 0 ? 1 : -1) : c;
  }
  return 0;
}

int SortKeys::compare(const SortLine& a, const SortLine& b) const {
  int c = compare_keys(a, b);
  if (c || stable || unique) return c;
  c = compare_text(a.view(), b.view());
  return reverse ? (c < 0) - (c > 0) : c;
}

}  // namespace nacre
