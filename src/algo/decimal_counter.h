/// DecimalCounter: a number that is not negative as its digits, to which a step is added again and
/// again; what seq prints without converting each number anew.
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

namespace nacre {

class DecimalCounter {
 public:
  static constexpr size_t kSize = 48;
  static constexpr size_t kWide = 24;   ///< so many bytes from data() on may be read, whatever size() is

  /// first and step in units of the last digit; both below 10^18. `digits` behind a point, if any;
  /// zeros before it up to `width` characters (below kWide).
  DecimalCounter(uint64_t first, uint64_t step, int digits, size_t width) {
    std::memset(text_, '0', sizeof text_);
    std::memset(step_, 0, sizeof step_);
    const size_t point = kSize - 1 - static_cast<size_t>(digits);   // where it stands, if there is one
    if (digits) text_[point] = '.';
    size_t low = kSize - 1;   // where the first digit is
    for (size_t at = kSize; first || step || at > (digits ? point - 1 : point);) {
      if (--at == point && digits) continue;
      text_[at] = static_cast<char>('0' + first % 10);
      step_[at] = static_cast<char>(step % 10);
      if (first) low = at;
      if (step) step_top_ = at;
      first /= 10;
      step /= 10;
    }
    begin_ = std::min(low, digits ? point - 1 : kSize - 1);
    if (width > size()) begin_ = kSize - width;
  }

  const char* data() const { return text_ + begin_; }
  size_t size() const { return kSize - begin_; }
  std::string_view view() const { return {data(), size()}; }

  void next() {
    int carry = 0;
    for (size_t at = kSize; at > step_top_ || carry;) {
      if (text_[--at] == '.') continue;
      const int sum = text_[at] + step_[at] + carry;
      carry = sum > '9';
      text_[at] = static_cast<char>(sum - 10 * carry);
      if (at < begin_ && text_[at] != '0') begin_ = at;
    }
  }

 private:
  char text_[kSize + kWide];
  char step_[kSize];   ///< its digits, where those of the text are
  size_t begin_, step_top_ = kSize;
};

}  // namespace nacre
