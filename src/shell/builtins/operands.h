/// Operands of builtins: numbers as bash reads them, and its complaints.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "shell/shell.h"

namespace nacre {

/// A decimal integer with optional sign, blanks around it allowed; nothing else, no overflow.
std::optional<int64_t> whole_number(std::string_view text);
/// Same, but non-negative and small enough for an int.
std::optional<int> small_number(std::string_view text);
/// "NAME: X: numeric argument required", "NAME: too many arguments".
void need_number(Shell& sh, const std::string& word);
void too_many_arguments(Shell& sh);
/// "NAME: `x': not a valid identifier"
void invalid_identifier(Shell& sh, const std::string& word);
/// The status that `exit` and `return` leave with: args[at], or $?.
/// *discard: the arguments are wrong in a way that ends the current input.
int exit_operand(Shell& sh, const Args& args, size_t at, bool* discard);
/// First operand of a builtin without options; accepts "--", refuses "-x". 0 after an error was reported.
size_t operands_only(Shell& sh, const Args& args);
/// The hash by which bash orders its tables of commands and completions: FNV-1.
uint32_t bash_hash(std::string_view text);
/// True where NAME is [A-Za-z_][A-Za-z0-9_]* followed by a subscript in brackets.
bool is_element_name(std::string_view word);

}  // namespace nacre
