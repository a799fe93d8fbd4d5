/// words: lines sorted by their bytes, eight at a time. Lines are ordered by a word of each,
/// those whose words are equal by the next one, and so on: most comparisons are of two numbers
/// that lie side by side, and no byte is compared that is known to be equal.
/// Source: Bentley and Sedgewick, "Fast algorithms for sorting and searching strings" (1997).
#pragma once
#include <functional>
#include <vector>

#include "commands/sort/keys.h"

namespace nacre {

/// Lines that SortKeys::by_bytes() prepared, in the order of the input. Equal lines keep it.
/// `down`: descending. `tick` is told the work.
void sort_by_bytes(std::vector<SortLine>& lines, bool down, const std::function<void(uint32_t)>& tick);

/// Less, equal or greater, for two of them whose first 16 bytes are equal.
int compare_behind_words(const SortLine& a, const SortLine& b);

}  // namespace nacre
