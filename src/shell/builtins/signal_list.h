/// Signals as `kill -l` and `trap -l` list them.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

/// " 1) SIGHUP ..." in five columns; or, one_line, "HUP INT QUIT ...".
std::string signal_table(bool one_line);
/// A trap slot or signal number for "INT", "sigint", "2", "EXIT"; nullopt if there is none.
std::optional<int> signal_operand(std::string_view word);
/// "NAME: X: invalid signal specification"
void invalid_signal(Shell& sh, const std::string& word);

}  // namespace nacre
