/// Hunks of a unified diff, as git and diff -u write them (without a heading of the function).
/// Source: diffutils manual, "Detailed Description of Unified Format".
#pragma once
#include <functional>
#include <string>
#include <string_view>

namespace nacre {

/// "" where the texts are the same. `tick` as in diff_ranges.
std::string unified_hunks(std::string_view before, std::string_view after, const std::function<void(uint32_t)>& tick, size_t context = 3);

}  // namespace nacre
