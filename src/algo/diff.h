/// diff: a small set of differing ranges between two sequences.
///
/// Works on numbers: equal lines have equal numbers, given out from 0 on (line_numbers.h). Linear space, O(ND) time;
/// the caller's tick is called with the work done, so that a budget can stop it.
/// Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
/// section 4b. What GNU diff adds is here too, because hunks are to look like its
/// own: lines that many others equal are left out of the search where they stand
/// among lines without a partner (diffutils manual 6, "diff Performance"), a search
/// that goes on too long is cut short unless the least set is asked for, and ranges
/// are moved along runs of equal lines.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace nacre {

/// Lines [a, a+deleted) of the first become [b, b+inserted) of the second. 0-based.
struct DiffRange {
  size_t a, b, deleted, inserted;
};

enum class DiffEffort : uint8_t {
  Normal,    ///< GNU diff without options
  Minimal,   ///< diff -d: the least number of changed lines
  Fast,      ///< diff --speed-large-files
  Plain,     ///< the least number, ranges left where the search finds them
};

/// The ranges in ascending order, with at least one equal line between neighbours.
std::vector<DiffRange> diff_ranges(std::span<const uint32_t> a, std::span<const uint32_t> b, const std::function<void(uint32_t)>& tick,
                                   DiffEffort effort = DiffEffort::Normal);

}  // namespace nacre
