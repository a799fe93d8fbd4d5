/// range_list: lists of ranges, N, N-, N-M, -M, counted from 1, as cut and numfmt read them.
/// Source: GNU coreutils 9 manual, "cut invocation".
#pragma once
#include <cstdint>
#include <string_view>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct ListRange {
  uint64_t low, high;   ///< both in it; high is UINT64_MAX where there is no end
  bool operator<(const ListRange& o) const { return low < o.low; }
};

struct RangeListStyle {
  bool fields = true;         ///< messages speak of fields, not of bytes
  bool dash_is_all = false;   ///< "-" alone is a range
  bool complement = false;    ///< what is not in the list
};

/// Appends the ranges, in order and without overlap. False after a message and its hint.
bool parse_range_list(Process& p, std::string_view text, RangeListStyle style, std::vector<ListRange>& out);

}  // namespace nacre
