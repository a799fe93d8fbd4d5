/// Printing inside a word: bash keeps command substitutions as printed trees.
#pragma once
#include <string>

#include "syntax/ast.h"

namespace nacre {

/// Appends the commands of $(...) as bash writes them between the parentheses.
void print_substitution(std::string& out, const ast::List& list);

}  // namespace nacre
