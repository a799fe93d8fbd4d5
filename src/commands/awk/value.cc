#include "commands/awk/value.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "algo/fixed_digits.h"
#include "algo/unicode.h"

namespace nacre {

double awk_number(std::string_view s, bool* whole) {
  const char* p = s.data();
  const char* end = p + s.size();
  if (whole) *whole = false;
  while (p < end && ascii_space(*p)) p++;
  const char* start = p;
  bool negative = false;
  if (p < end && (*p == '-' || *p == '+')) negative = *p++ == '-';
  uint64_t n = 0;
  const char* digits = p;
  while (p < end && ascii_digit(*p) && p - digits < 18) n = n * 10 + static_cast<uint64_t>(*p++ - '0');
  double value;
  bool any = p > digits;
  if (any && (p == end || (*p != '.' && *p != 'e' && *p != 'E' && !ascii_digit(*p)))) {
    value = negative ? -static_cast<double>(n) : static_cast<double>(n);
  } else {
    bool special = !any && !(p < end && *p == '.');
    if (special) {
      // +inf, -nan: with a sign only, as gawk.
      bool sign = p > start;
      std::string word;
      for (const char* q = p; q < end && ascii_alpha(*q); q++) word += ascii_lower(*q);
      const char* behind = p + word.size();
      while (behind < end && ascii_space(*behind)) behind++;
      if (!sign || behind < end || (word != "inf" && word != "nan")) return 0;
      p += 3;
      value = word == "inf" ? HUGE_VAL : std::nan("");
      if (negative) value = -value;
    } else {
      const char* from = *start == '+' ? start + 1 : start;
      auto r = std::from_chars(from, end, value);
      if (r.ec == std::errc::invalid_argument) return 0;
      if (r.ec == std::errc::result_out_of_range) value = std::strtod(std::string(from, static_cast<size_t>(end - from)).c_str(), nullptr);
      p = r.ptr;
    }
  }
  if (whole) {
    while (p < end && ascii_space(*p)) p++;
    *whole = p == end && p > s.data();
  }
  return value;
}

void append_number(std::string& out, double n, const std::string& format) {
  char text[400];
  if (n == std::floor(n) && std::fabs(n) < 1e16) {
    auto r = std::to_chars(text, text + sizeof text, static_cast<int64_t>(n));
    out.append(text, r.ptr);
    return;
  }
  if (std::isnan(n)) {
    out += std::signbit(n) ? "-nan" : "+nan";
    return;
  }
  if (std::isinf(n)) {
    out += n < 0 ? "-inf" : "+inf";
    return;
  }
  if (format == "%.6g") {
    if (char* end = write_six_digits(text, n)) {
      out.append(text, end);
      return;
    }
  }
  if (n != std::floor(n)) return awk_format_number(out, n, format);
  int k = std::snprintf(text, sizeof text, "%.0f", n);
  out.append(text, static_cast<size_t>(std::min<int>(k, sizeof text - 1)));
}

bool AwkValue::numeric() const {
  if (kind != Input) return kind == Unset || kind == Number;
  if (looks < 0) {
    bool whole;
    number = awk_number(text.view(), &whole);
    looks = whole;
  }
  return looks == 1;
}

double AwkValue::to_number() const {
  if (kind == Number || kind == Unset) return number;
  if (kind == Input && (looks == 1 || looks == kFront)) return number;
  return awk_number(text.view());
}

bool AwkValue::truth() const {
  if (kind == Text || kind == Pattern || (kind == Input && !numeric())) return !text.view().empty();
  return number != 0;
}

uint32_t AwkArray::hash_of(std::string_view key) {
  uint64_t h = 0xcbf29ce484222325ull ^ key.size();
  size_t i = 0;
  for (; i + 8 <= key.size(); i += 8) {
    uint64_t w;
    std::memcpy(&w, key.data() + i, 8);
    h = (h ^ w) * 0x9e3779b97f4a7c15ull;
    h ^= h >> 29;
  }
  for (; i < key.size(); i++) h = (h ^ static_cast<unsigned char>(key[i])) * 0x100000001b3ull;
  h ^= h >> 32;
  return static_cast<uint32_t>(h * 0x9e3779b97f4a7c15ull >> 32);
}

size_t AwkArray::slot(std::string_view key, uint32_t hash) const {
  size_t mask = table_.size() - 1;
  for (size_t i = hash & mask;; i = (i + 1) & mask) {
    if (table_[i].index == 0) return i;
    if (table_[i].hash != hash) continue;
    const Entry& e = *entries_[table_[i].index - 1];
    if (e.key == key && e.live) return i;
  }
}

void AwkArray::rebuild(size_t slots) {
  size_t kept = 0;
  for (size_t k = 0; k < used_; k++)
    if (entries_[k]->live) std::swap(entries_[kept++], entries_[k]);
  used_ = kept;
  table_.assign(slots, {});
  size_t mask = slots - 1;
  for (size_t k = 0; k < used_; k++) {
    size_t i = entries_[k]->hash & mask;
    while (table_[i].index) i = (i + 1) & mask;
    table_[i] = {entries_[k]->hash, static_cast<uint32_t>(k + 1)};
  }
}

AwkArray::Entry* AwkArray::find_entry(std::string_view key) {
  if (live_ == 0) return nullptr;
  size_t i = slot(key, hash_of(key));
  return table_[i].index ? entries_[table_[i].index - 1].get() : nullptr;
}

AwkValue* AwkArray::find(std::string_view key) {
  Entry* e = find_entry(key);
  return e ? &e->value : nullptr;
}

void AwkArray::set_input(std::string_view key, std::string_view s) {
  bool made;
  entry(key, made).value.set_input(s);
}

std::shared_ptr<AwkArray> AwkArray::sub(std::string_view key) {
  Entry* e = find_entry(key);
  return e ? e->sub : nullptr;
}

std::shared_ptr<AwkArray> AwkArray::make_sub(std::string_view key) {
  Entry& e = entry(key);
  if (!e.sub && e.value.kind == AwkValue::Unset) e.sub = std::make_shared<AwkArray>();
  return e.sub;
}

AwkArray::Entry& AwkArray::entry(std::string_view key, bool& made) {
  if (table_.empty()) rebuild(16);
  uint32_t hash = hash_of(key);
  size_t i = slot(key, hash);
  made = table_[i].index == 0;
  if (!made) return *entries_[table_[i].index - 1];
  if ((used_ + 1) * 3 > table_.size() * 2) {
    rebuild(live_ * 3 + 16 <= table_.size() ? table_.size() : table_.size() * 2);
    i = slot(key, hash);
  }
  if (live_ == 0) kind_ = awk_array_kind(key);
  if (used_ == entries_.size()) entries_.push_back(std::make_unique<Entry>());
  Entry& e = *entries_[used_++];
  e.key.assign(key);
  e.hash = hash;
  e.live = true;
  table_[i] = {hash, static_cast<uint32_t>(used_)};
  live_++;
  return e;
}

bool AwkArray::erase(std::string_view key) {
  if (live_ == 0) return false;
  size_t i = slot(key, hash_of(key));
  if (!table_[i].index) return false;
  Entry& e = *entries_[table_[i].index - 1];
  e.live = false;
  e.key.clear();
  e.value = {};
  e.sub.reset();
  if (--live_ == 0) clear();
  return true;
}

// A small array is often filled anew (split): its memory stays, but for what is large or shared.
void AwkArray::clear() {
  constexpr size_t kFew = 64, kSmall = 256;
  if (used_ > kFew || table_.size() > 4 * kFew) {
    entries_.clear();
    table_.clear();
  } else {
    for (size_t k = 0; k < used_; k++) {
      Entry& e = *entries_[k];
      e.live = false;
      e.sub.reset();
      if (!e.value.text.unique() || e.value.text.view().size() > kSmall) e.value = {};
      if (e.key.size() > kSmall) e.key = {};
    }
    std::fill(table_.begin(), table_.end(), Slot());
  }
  used_ = live_ = 0;
}

std::vector<std::string> AwkArray::keys() const {
  std::vector<std::string_view> live;
  live.reserve(live_);
  for (size_t k = 0; k < used_; k++)
    if (entries_[k]->live) live.push_back(entries_[k]->key);
  std::vector<std::string> out;
  out.reserve(live_);
  for (uint32_t i : awk_order(live, kind_)) out.emplace_back(live[i]);
  return out;
}

}  // namespace nacre
