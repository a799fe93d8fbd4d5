/// options: the command line of yq.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "commands/yq/formats.h"
#include "kernel/process.h"

namespace nacre::yq {

extern const char kUsage[];

struct Options {
  bool all = false;              ///< eval-all
  bool in_place = false, null_input = false, no_doc = false, exit_status = false, nul = false, pretty = false;
  std::optional<bool> unwrap;
  std::string expression = ".", split, from_file, split_file;
  bool have_expression = false;
  std::vector<std::string> files;
  std::optional<Format> input, output;
  FormatOptions format;
};

/// A status: the command is over.
std::optional<int> parse_options(Process& p, Options& o);

}  // namespace nacre::yq
