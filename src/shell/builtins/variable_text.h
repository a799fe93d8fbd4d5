/// Variables and functions as `set`, `declare -p`, `export -p` and their kin write them.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

/// A value as `set` writes it: plain, 'quoted' or $'...'.
std::string set_value(Shell& sh, std::string_view value);
/// 'quoted' if the shell would see more than a word in it.
std::string quoted_if_special(std::string_view value);
/// "name=value\n" as `set` does; "" for a variable without a value.
std::string set_line(Shell& sh, Symbol s);
/// "declare -ai name=...\n". Null: no such variable ("" then).
std::string declare_line(Shell& sh, Symbol s);
/// The same for a given variable.
std::string declare_line(Shell& sh, const std::string& name, const Variable& v);
/// "-ai" of declare -p: "--" without attributes.
std::string declare_letters(const Variable& v);
/// "name () \n{ ... }\n" as declare -f.
std::string function_text(Shell& sh, const FunctionDef& f);
/// Functions by name.
std::vector<Ref<FunctionDef>> sorted_functions(Shell& sh);
/// A slot the shell keeps for a name nobody declared.
bool is_placeholder(const Variable& v);
/// Computed variables that lists leave out.
bool is_hidden(Shell& sh, Symbol s, const Variable& v);
/// Did somebody declare it? Placeholders the shell keeps for names with effects do not count.
bool is_declared(Shell& sh, Symbol s);

}  // namespace nacre
