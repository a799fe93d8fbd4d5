/// $'...' quoting: decoding of its escapes, and the two ways bash writes a text
/// back with quotes.
/// Source: bash manual, "ANSI-C Quoting".
#pragma once
#include <string>
#include <string_view>

namespace nacre {

/// The bytes written by the inside of $'...'. A \0 ends the result.
std::string ansi_decode(std::string_view inside);
/// 'text', with each ' as '\''.
std::string single_quoted(std::string_view text);
/// $'text' with control bytes as escapes.
std::string ansi_quoted(std::string_view text);

}  // namespace nacre
