/// Growth of large values in slices. A string or vector that doubles copies all it
/// holds, and the system gives it fresh pages, in one go: milliseconds for some
/// megabytes, in which a run could not be ended. These do the same with a look
/// between the slices; `look` may throw, and the value is then of no more use.
#pragma once
#include <algorithm>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nacre {

constexpr size_t kGrowthSlice = 128 << 10;   ///< bytes copied between two looks

/// to += s.
template <class Look>
void append_slices(std::string& to, std::string_view s, Look look) {
  for (; s.size() > kGrowthSlice; s.remove_prefix(kGrowthSlice)) {
    to.append(s.substr(0, kGrowthSlice));
    look();
  }
  to.append(s);
}

/// Capacity for `more` bytes. Does nothing when they fit, or when little would be moved.
template <class Look>
void make_room(std::string& v, size_t more, Look look) {
  if (v.capacity() - v.size() >= more) return;
  size_t capacity = v.size() + std::max(v.size(), more);
  if (v.size() < kGrowthSlice) return v.reserve(capacity);
  std::string wide;
  wide.reserve(capacity);
  append_slices(wide, v, look);
  v = std::move(wide);
}

/// Capacity for one more element, likewise.
template <class T, class Look>
void make_room(std::vector<T>& v, Look look) {
  constexpr size_t slice = kGrowthSlice / sizeof(T);
  if (v.size() < v.capacity() || v.size() < slice) return;
  std::vector<T> wide;
  wide.reserve(2 * v.size());
  for (size_t at = 0; at < v.size(); at += slice) {
    look();
    auto begin = v.begin() + static_cast<std::ptrdiff_t>(at);
    auto end = v.begin() + static_cast<std::ptrdiff_t>(std::min(at + slice, v.size()));
    wide.insert(wide.end(), std::make_move_iterator(begin), std::make_move_iterator(end));
  }
  v = std::move(wide);
}

}  // namespace nacre
