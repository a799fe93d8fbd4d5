/// The order in which for (k in a) goes through an array: that of gawk, whose arrays are of three kinds. Whole
/// numbers from 0 on lie in leaves of a tree, ascending, while they are dense enough; other integers in a table with
/// two a bucket; strings in a table with chains. What a kind does not take lies in another one inside, which comes first.
/// Source: observed with gawk 5.2; its manual leaves the order open (8.1.5).
#pragma once
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

namespace nacre {

/// The integer that a subscript is the plain text of, if it has 32 bits.
std::optional<int32_t> awk_integer_key(std::string_view key);

enum class AwkArrayKind : uint8_t { Numbers, Integers, Strings };
/// The kind of an array whose first subscript this is.
AwkArrayKind awk_array_kind(std::string_view first);

/// Indexes into keys, which are in order of insertion.
std::vector<uint32_t> awk_order(const std::vector<std::string_view>& keys, AwkArrayKind kind);

}  // namespace nacre
