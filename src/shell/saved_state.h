/// save_shell, restore_shell: what of a shell lasts when its process ends: variables, functions, aliases,
/// options, traps, the history list, completions, the directory stack, $? and $_. Not kept are jobs, the
/// hash table of commands and what the shell computes itself ($$, PPID, SHELLOPTS).
#pragma once
#include <string>
#include <string_view>

#include "shell/shell.h"

namespace nacre {

std::string save_shell(Shell& sh);
/// Into a shell that has begun and runs (functions are parsed). False: the bytes are damaged.
bool restore_shell(Shell& sh, std::string_view bytes);

}  // namespace nacre
