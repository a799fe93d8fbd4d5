/// Command: one Unix tool: its names, its --help text and its program. A file
/// src/commands/NAME.cc that defines `Command NAME_command()` at the start of a
/// line is in the table; nothing else needs to be changed to add one.
///
/// A command sees only its Process. It streams, and never returns output as a
/// string. Source: style.md section 3, "A command".
#pragma once
#include <span>
#include <string_view>
#include <vector>

#include "kernel/process.h"

namespace nacre {

/// What stands before a command's messages when it is called by a path: /bin/ls, or column.
enum class MessageName : uint8_t { AsCalled, Short };

struct Command {
  std::vector<std::string_view> names;   ///< the first is the primary one
  std::string_view usage;                ///< text of --help, with its last newline
  int (*main)(Process&);
  MessageName message_name = MessageName::AsCalled;   ///< getopt's own messages have argv[0] in either case
};

/// All commands. Generated.
std::span<const Command> all_commands();

}  // namespace nacre
