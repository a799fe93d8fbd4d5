/// nearest: which of many words a mistyped one may have been meant to be.
/// Source: R. A. Wagner, M. J. Fischer, "The String-to-String Correction Problem" (1974), with
/// transposition of neighbours as one step.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

/// Steps (a byte more, less, other, or two neighbours exchanged) from a to b, or `limit` + 1 when
/// there are more.
size_t edit_distance(std::string_view a, std::string_view b, size_t limit);

/// The words nearest to `word`, at most `count`, the nearest first, then bytewise. Only words that
/// are near: one step for short words, a third of the length otherwise, three at most.
std::vector<std::string> nearest_words(std::string_view word, const std::vector<std::string>& words, size_t count);

}  // namespace nacre
