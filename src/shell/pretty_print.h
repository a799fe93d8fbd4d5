/// bash --pretty-print: a script as bash itself would write it; nothing runs.
/// Source: bash manual 6.1, "Invoking Bash"; observed output of bash 5.2 (tests record it).
#pragma once
#include <string>

#include "syntax/parser.h"

namespace nacre {

/// Appends each complete command of the parser's text, and an empty line where there are blank lines
/// or comments. False: a syntax error ended it.
bool pretty_print(Parser& parser, std::string* out, SyntaxError* error);

}  // namespace nacre
