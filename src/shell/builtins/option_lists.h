/// Lists of options as `set -o`, `set +o` and `shopt` print them.
#pragma once
#include <optional>
#include <span>

#include "shell/shell.h"
#include "shell/shell_options.h"

namespace nacre {

enum class OptionFormat : uint8_t {
  Table,        ///< "errexit        \ton"
  SetCommand,   ///< "set -o errexit"
  ShoptCommand, ///< "shopt -s extglob"
};

std::string option_line(Shell& sh, const OptionInfo& o, OptionFormat format);
/// Those that are `only`, or all. False: write error.
bool list_options(Shell& sh, std::span<const OptionInfo> table, OptionFormat format, std::optional<bool> only);

}  // namespace nacre
