/// Prints a tree as bash does for `declare -f`, `type`, `export -f`, `set`
/// and BASH_COMMAND.
/// Source: observed output of bash 5.2 (tests record it).
#pragma once
#include <string>

#include "syntax/ast.h"

namespace nacre {

/// "f () \n{ \n    echo hi\n}" as `declare -f f` prints it, without the final newline.
std::string print_function(const ast::Function& f);
/// "() {  echo hi\n}": a function as an environment variable.
std::string print_exported(const ast::Function& f);
/// One command on one line where bash prints it so: BASH_COMMAND, `jobs`.
std::string print_command(const ast::Command& c);
/// The head of a loop or `case`, as BASH_COMMAND shows those: "for i in 1 2"; else as print_command.
std::string print_head(const ast::Command& c);
/// `posix`: functions in it without the word "function".
std::string print_list(const ast::List& l, bool posix = false);
/// The tree as JSON, one object, keys in a fixed order; `--dump-ast`.
std::string dump_json(const ast::List& l);

}  // namespace nacre
