/// GrepOptions: what a grep command line asks for.
/// Source: GNU grep 3.8 manual, 2.1 "Command-line Options".
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "algo/glob.h"
#include "commands/grep/matcher.h"

namespace nacre {

/// A name filter of --include, --exclude, --exclude-dir.
struct GrepFilter {
  Glob glob;
  bool include;
  bool has_slash;
};

struct GrepOptions {
  GrepSyntax syntax;
  bool invert = false, count = false, quiet = false, no_messages = false, only_matching = false;
  bool line_numbers = false, byte_offsets = false, line_buffered = false, initial_tab = false, null_names = false;
  enum class List { None, Matching, NotMatching } list = List::None;
  enum class Names { Default, Always, Never } names = Names::Default;
  enum class Binary { Text, WithoutMatch, Binary } binary = Binary::Binary;
  enum class Dirs { Read, Skip, Recurse } dirs = Dirs::Read;
  bool follow = false, skip_devices = false, color = false;
  bool context = false;    ///< -A, -B or -C, even of 0
  int64_t max_count = -1, before = 0, after = 0;
  std::string label = "(standard input)";
  std::optional<std::string> separator = "--";
  std::vector<GrepFilter> files, directories;
  /// $GREP_COLORS: SGR parameters of matches in selected and context lines, of whole lines, names, ...
  struct Colors {
    std::string selected_match = "01;31", context_match = "01;31", selected, context, name = "35", line = "32", byte = "32", separator = "36";
    bool reverse = false, no_erase = false;
  } colors;
};

}  // namespace nacre
