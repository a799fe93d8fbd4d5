/// Options of the nacre command.
#pragma once
#include <string>
#include <vector>

#include "nacre/sandbox.h"

namespace nacre::cli {

struct Options {
  enum class Mode : uint8_t { Command, File, Stdin, Interactive } mode = Mode::Stdin;
  std::string script;               ///< Command: the text; File: the path on the host
  std::string name = "bash";        ///< $0
  std::vector<std::string> args;    ///< $1 ...
  bool json = false;
  bool dump_ast = false;
  bool is_exec = false;
  Config config;
};

enum class Parsed : uint8_t { Run, Text, Error };
/// Fills *out; Text: print *message (help, version); Error: *message is one line with a hint.
Parsed parse_options(const std::vector<std::string>& args, bool stdin_is_terminal, Options* out, std::string* message);

}  // namespace nacre::cli
