/// What a command name means: the work of `type`, `command -v` and `command -V`.
#pragma once
#include <string>

#include "shell/shell.h"

namespace nacre {

struct DescribeOptions {
  bool all = false;            ///< type -a: every meaning, not the first
  bool skip_functions = false; ///< type -f
  bool force_path = false;     ///< type -P: files only
  bool path_only = false;      ///< type -p: the path, if it would be a file
  bool word_only = false;      ///< type -t
  bool reusable = false;       ///< command -v
  bool default_path = false;   ///< command -p
};

/// Prints; false when the name means nothing.
bool describe_command(Shell& sh, const std::string& name, const DescribeOptions& options);

}  // namespace nacre
