/// What sed --debug shows: the program in its canonical form, and texts with their unprintable bytes named.
/// Source: GNU sed 4.9 manual, "Command-Line Options", --debug; the rest as its sed prints it.
#pragma once
#include <string>
#include <string_view>

#include "commands/sed/script.h"

namespace nacre {

/// A command with its addresses, without indentation and newline.
std::string sed_shown(const SedCommand& c);

/// "SED PROGRAM:" and a line for each command.
std::string sed_shown_program(const SedScript& s);

/// A text of one line: what does not print is \n, \t and so on, or \oNNN; a backslash is two.
void append_sed_shown(std::string& out, std::string_view text);

}  // namespace nacre
