/// TabStops: the tab stops of expand, unexpand and pr's like: one distance, or a
/// list, whose last value may repeat (/N from the left edge, +N from the last stop).
/// Source: GNU coreutils 9.1 manual, "expand invocation".
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "kernel/process.h"

namespace nacre {

class TabStops {
 public:
  /// Adds "4", "2,4 8", "/3". A status after a message.
  std::optional<int> add(Process& p, std::string_view text);
  /// To be called once all is added. A status after a message.
  std::optional<int> finish(Process& p);
  /// The column of the next stop behind `column`; `index` remembers how far the list was used on
  /// this line. nullopt: there is none any more.
  std::optional<uint64_t> next(uint64_t column, size_t& index) const {
    // Narrow numbers are divided faster.
    if (size_ && (size_ | column) <= UINT32_MAX) return column + (size_ - static_cast<uint32_t>(column) % static_cast<uint32_t>(size_));
    return next_in_list(column, index);
  }

 private:
  std::optional<uint64_t> next_in_list(uint64_t column, size_t& index) const;

  std::vector<uint64_t> stops_;
  uint64_t size_ = 0;         ///< every so many columns; 0: the list decides
  uint64_t extend_ = 0, increment_ = 0;
};

}  // namespace nacre
