/// Changing the history list.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

void add_history(Shell& sh, const std::string& line);
/// What an interactive shell does with a line that was typed: HISTCONTROL decides.
void remember_line(Shell& sh, std::string line);
/// Forgets `count` entries from index `first` (0: the oldest).
void remove_history(Shell& sh, size_t first, size_t count);

}  // namespace nacre
