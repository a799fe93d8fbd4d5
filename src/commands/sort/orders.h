/// The orders of sort that read a key as something: -n, -g, -h, -M, -V. A prefix is a
/// number that never orders two keys otherwise than the comparison does; where two are
/// equal, the comparison decides.
/// Source: GNU coreutils 9 manual, "sort invocation", "Version sort ordering".
#pragma once
#include <cstdint>
#include <string_view>

namespace nacre {

/// What separates fields, and what -b skips.
inline bool sort_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/// Numbers as text: sign, digits, fraction; any length.
int compare_numbers(std::string_view a, std::string_view b);
uint64_t number_prefix(std::string_view s);
/// What strtold reads; text that is no number comes first, then NaN.
int compare_general(std::string_view a, std::string_view b);
uint64_t general_prefix(std::string_view s);
/// The unit first: K, M, G...
int compare_human(std::string_view a, std::string_view b);
uint64_t human_prefix(std::string_view s);
/// 1 to 12; 0: no month.
int month_number(std::string_view s);
/// GNU's version order of file names (sort -V, ls -v).
int compare_versions(std::string_view a, std::string_view b);

}  // namespace nacre
