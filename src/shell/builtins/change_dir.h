/// Changing the working directory, for cd and the directory stack.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

/// The working directory as it was reached; "" if it has no name any more.
std::string working_directory(Shell& sh);
/// chdir, by name or (physical) on disk; *now is the new directory. Variables stay.
Errno change_dir(Shell& sh, const std::string& dir, bool physical, std::string* now);
/// The same with PWD and OLDPWD; reports. Status.
int go_to(Shell& sh, const std::string& dir, bool physical);

}  // namespace nacre
