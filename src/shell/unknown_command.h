/// What is told of a command that does not exist, besides bash's message.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

/// Notes a command that was not found for the run's result, with the names that come close to it:
/// programs of PATH, builtins, functions, aliases. On a terminal, the line to be said of it on
/// stderr; "" elsewhere and when nothing is near.
std::string note_unknown_command(Shell& sh, const std::string& name);

}  // namespace nacre
