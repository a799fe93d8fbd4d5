/// number: how jq reads, prints and compares numbers. Arithmetic is IEEE 754
/// double; a number that was only read keeps its decimal text, in the form in
/// which General Decimal Arithmetic prints it ("1e2" is "1E+2", "1.10" stays).
/// Source: jq 1.8 manual, "identity: ."; speleotrove.com/decimal, to-scientific-string.
#pragma once
#include <string>
#include <string_view>

#include "commands/jq/value.h"

namespace nacre::jq {

/// Room for format_double.
constexpr size_t kNumberSize = 64;
/// Writes d as jq prints it: the shortest text that reads back, 17 significant digits at
/// most, infinities as the largest numbers; d is not NaN. Number of bytes.
size_t format_double(double d, char* out);
/// Appends the text of a number: null for NaN.
void append_number(std::string& out, const Value& v);

/// Reads a number of JSON or of a program, all of the text; also nan, infinity and what
/// else strtod and the decimal library agree on. Invalid when it is none.
Value parse_number(std::string_view text);
/// Both with their text: by decimal value. Otherwise as doubles; NaN is below everything.
int compare_numbers(const Value& a, const Value& b);
/// -v and |v|, keeping the text where there is one.
Value negated(const Value& v);
Value absolute(const Value& v);

}  // namespace nacre::jq
