/// options: the command line of jq.
/// Source: jq 1.8 manual, "Invoking jq".
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "commands/jq/value.h"
#include "kernel/process.h"

namespace nacre::jq {

struct Options {
  bool null_input = false, raw_input = false, slurp = false, raw = false, raw0 = false, join = false, ascii = false, sort = false, seq = false;
  bool stream = false, stream_errors = false, exit_status = false, unbuffered = false, tab = false;
  int indent = 2;                       ///< 0: compact
  std::optional<bool> color;
  bool from_file = false, have_program = false;
  std::string program;                  ///< text, or the name of its file with from_file
  std::vector<std::string> files, library;
  bool have_library = false;
  std::map<std::string, Value> named;
  Value positional = Value::array();
};

/// A status: the command is over.
std::optional<int> parse_options(Process& p, Options& o);
extern const char kUsage[];

}  // namespace nacre::jq
