/// diff: the least set of differing ranges between two sequences.
///
/// Works on numbers: equal lines have equal numbers. Linear space, O(ND) time;
/// the caller's tick is called with the work done, so that a budget can stop it.
/// Source: E. W. Myers, "An O(ND) Difference Algorithm and Its Variations" (1986),
/// section 4b. Ranges are then moved as GNU diff moves them (diffutils analyze.c,
/// shift_boundaries), so that hunks look like its own.
#pragma once
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace nacre {

/// Lines [a, a+deleted) of the first become [b, b+inserted) of the second. 0-based.
struct DiffRange { size_t a, b, deleted, inserted; };

/// The ranges in ascending order, with at least one equal line between neighbours.
std::vector<DiffRange> diff_ranges(std::span<const uint32_t> a, std::span<const uint32_t> b,
                                   const std::function<void(uint32_t)>& tick);

}  // namespace nacre
