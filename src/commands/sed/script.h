/// SedScript: a parsed sed program. Blocks and labels are resolved to indexes,
/// regular expressions compiled, replacements cut into parts.
/// Source: POSIX XCU sed; GNU sed 4.9 manual.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/regex.h"

namespace nacre {

struct SedAddress {
  enum Kind : uint8_t { None, Line, Last, Pattern, Step, Plus, Multiple, Zero } kind = None;
  uint64_t n = 0, step = 0;
  std::shared_ptr<Regex> regex;   ///< Pattern: null means the last one used
  std::string pattern;            ///< its text, escapes read
  uint32_t flags = 0;             ///< of its regular expression: those it was given here
};

struct SedReplacement {
  enum Case : uint8_t { Keep, Upper, Lower, UpperNext, LowerNext, End };
  struct Part {
    std::string text;
    int group = -1;
    Case change = Keep;
  };
  std::vector<Part> parts;
  bool changes_case = false;
};

struct SedCommand {
  SedAddress first, second;
  bool negate = false;
  char name = 0;
  std::string text;               ///< a i c: text; r R w W: file; b t T ::: label; e: command
  size_t target = 0;              ///< b t T { : index to go on at
  int64_t number = -1;            ///< q Q l L: argument
  std::shared_ptr<Regex> regex;   ///< s: null means the last one used
  std::string pattern;            ///< s: its text, escapes read
  uint32_t flags = 0;             ///< s: kRegexFoldCase, kRegexLineAnchors
  SedReplacement replacement;
  bool global = false, print = false, evaluate = false;
  uint64_t occurrence = 1;
  bool occurrence_given = false;
  int file = -1;                  ///< s///w, w, W: index in files
  std::vector<std::pair<std::string, std::string>> map;  ///< y
  // State while running.
  bool active = false;   ///< within the range
  bool closed = false;   ///< the range that began at a line number is over
  uint64_t end_line = 0;
  bool executed = false; ///< e: once at least, which shows
};

struct SedScript {
  std::vector<SedCommand> commands;
  std::vector<std::string> files;    ///< written by w, W, s///w
  bool quiet = false;                ///< #n
  std::string error;                 ///< message with its position; empty: fine
  std::string end;                   ///< where it ends, as messages about what is only seen while running have it
  int error_status = 1;
};

struct SedSource {
  std::string text;
  std::string file;    ///< of -f; empty for -e
};
struct SedDialect {
  bool extended = false, utf8 = true, posix = false, sandbox = false, null_data = false;
  bool debug = false;   ///< keep : and } as commands
};

SedScript parse_sed(const std::vector<SedSource>& sources, const SedDialect& dialect);

}  // namespace nacre
