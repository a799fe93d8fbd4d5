/// natives: the tables of builtins over values, by subject (see compile.h).
#pragma once
#include <span>
#include <string_view>

#include "commands/jq/compile.h"

namespace nacre::jq {

std::span<const NativeInfo> string_natives();
std::span<const NativeInfo> math_natives();
std::span<const NativeInfo> date_natives();
Value native_names();

/// Code point positions of needle in text, overlapping.
Value string_indices(std::string_view text, std::string_view needle);
/// Parts of text between `by`; characters when that is empty.
Value split_text(std::string_view text, std::string_view by);

}  // namespace nacre::jq
