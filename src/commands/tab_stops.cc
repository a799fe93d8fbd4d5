#include "commands/tab_stops.h"

#include "algo/unicode.h"
#include "commands/quoting.h"

namespace nacre {

std::optional<int> TabStops::add(Process& p, std::string_view text) {
  char kind = 0;   // a / or + holds for all values behind it: only one may be there
  for (size_t i = 0; i < text.size();) {
    if (text[i] == ',' || text[i] == ' ' || text[i] == '\t') {
      i++;
      continue;
    }
    if (text[i] == '/' || text[i] == '+') {
      kind = text[i++];
      continue;
    }
    const size_t start = i;
    uint64_t n = 0;
    bool over = false;
    for (; i < text.size() && ascii_digit(text[i]); i++)
      over = over || __builtin_mul_overflow(n, 10u, &n) || __builtin_add_overflow(n, static_cast<uint64_t>(text[i] - '0'), &n);
    if (i > start && i < text.size() && (text[i] == '/' || text[i] == '+')) {
      p.warn("'%c' specifier not at start of number: %s", text[i], quote(p, text.substr(i)).c_str());
      return 1;
    }
    if (i == start || (i < text.size() && text[i] != ',' && text[i] != ' ' && text[i] != '\t')) {
      p.warn("tab size contains invalid character(s): %s", quote(p, text.substr(i)).c_str());
      return 1;
    }
    if (over) {
      p.warn("tab stop is too large %s", quote(p, text.substr(start, i - start)).c_str());
      return 1;
    }
    uint64_t* repeated = kind == '/' ? &extend_ : kind ? &increment_ : nullptr;
    if (repeated && *repeated) {
      p.warn("'%c' specifier only allowed with the last value", kind);
      return 1;
    }
    if (repeated) *repeated = n;
    else stops_.push_back(n);
  }
  return std::nullopt;
}

std::optional<int> TabStops::finish(Process& p) {
  uint64_t previous = 0;
  for (uint64_t stop : stops_) {
    if (stop == 0) {
      p.warn("tab size cannot be 0");
      return 1;
    }
    if (stop <= previous) {
      p.warn("tab sizes must be ascending");
      return 1;
    }
    previous = stop;
  }
  if (extend_ && increment_) {
    p.warn("'/' specifier is mutually exclusive with '+'");
    return 1;
  }
  if (stops_.empty()) size_ = extend_ ? extend_ : increment_ ? increment_ : 8;
  else if (stops_.size() == 1 && !extend_ && !increment_) size_ = stops_[0];
  return std::nullopt;
}

std::optional<uint64_t> TabStops::next_in_list(uint64_t column, size_t& index) const {
  if (size_) return column + (size_ - column % size_);
  for (; index < stops_.size(); index++)
    if (column < stops_[index]) return stops_[index];
  if (extend_) return column + (extend_ - column % extend_);
  if (increment_) return column + (increment_ - (column - stops_.back()) % increment_);
  return std::nullopt;
}

}  // namespace nacre
