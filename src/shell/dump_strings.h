/// bash -D and --dump-po-strings: the $"..." texts of a script, which is read and not run.
/// Source: bash manual 6.1, "Invoking Bash"; 3.1.2.5.1, "Creating Internationalized Scripts".
#pragma once
#include <string>
#include <string_view>

#include "syntax/parser.h"

namespace nacre {

/// Writes the texts to *out as they stand in the script, or as entries of a gettext po file whose
/// place is `name` and the line. False: a syntax error ended it.
bool dump_strings(std::string_view text, ParseOptions options, const std::string& name, bool po, std::string* out, SyntaxError* error);

}  // namespace nacre
