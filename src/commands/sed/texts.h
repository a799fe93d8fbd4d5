/// The escapes of sed's regular expressions, replacements and lists of characters.
/// Source: GNU sed 4.9 manual, 5.8 "Escapes".
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "commands/sed/script.h"

namespace nacre {

/// \n \t \xHH \dNNN \oNNN \cX: true, the byte, and i behind it, when s[i] (behind the backslash) begins one.
bool sed_escape(std::string_view s, size_t& i, char& byte);

/// A regular expression with the bytes that \n, \t, \xHH and their like stand for.
std::string sed_regex_text(std::string_view s, const SedDialect& d);

/// The right side of an s command. `highest`: raised to the highest group in it; `error`: set where it is wrong.
SedReplacement parse_sed_replacement(std::string_view s, const SedDialect& d, int* highest, std::string* error);

/// One side of a y command, character by character.
std::vector<std::string> sed_characters(std::string_view s, bool utf8);

}  // namespace nacre
