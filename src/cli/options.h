/// Options of the nacre command.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace nacre::cli {

struct Options {
  enum class Mode : uint8_t { Command, File, Stdin, Interactive } mode = Mode::Stdin;
  std::string script;               ///< Command: the text; File: the path on the host
  std::string name = "bash";        ///< $0
  std::vector<std::string> args;    ///< $1 ...
  bool json = false;
  bool dump_ast = false;
  bool is_exec = false;
  config::Settings flags;           ///< what the flags say
  std::string preset, config_file;  ///< --preset, --config
  std::optional<uint64_t> seed;
};

enum class Parsed : uint8_t { Run, Text, Error };
/// Fills *out; Text: print *message (help, version); Error: *message is one line with a hint.
Parsed parse_options(const std::vector<std::string>& args, bool stdin_is_terminal, Options* out, std::string* message);

/// Is it an option that says what a sandbox is like? *flag: without a value.
bool is_config_option(std::string_view name, bool* flag);

}  // namespace nacre::cli
