/// FindExpr: the expression of find as a tree of tests and actions.
/// Source: GNU findutils 4.9 manual, chapters 2 and 3; POSIX XCU find.
#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "algo/date.h"
#include "algo/glob.h"
#include "algo/regex.h"
#include "commands/accounts.h"
#include "commands/mode.h"
#include "commands/text_io.h"

namespace nacre {

struct FindFile {
  std::string path;
  std::string_view start;   ///< the argument below which it is
  std::string_view name() const;
  int depth = 0;
  /// Only its type is set while not `known`: a directory's entries tell no more, and most expressions
  /// ask for no more.
  Stat st;
  bool known = true;
};

struct FindNode {
  enum Op {
    And,
    Or,
    Comma,
    Not,
    True,
    False,
    Name,
    Path,
    LinkName,
    RegexTest,
    Type,
    XType,
    Size,
    Empty,
    Perm,
    Newer,
    Time,
    Minutes,
    User,
    Group,
    NoUser,
    NoGroup,
    Links,
    Inode,
    SameFile,
    Access,
    Prune,
    Quit,
    Print,
    Print0,
    Printf,
    Ls,
    Delete,
    Exec,
    ExecPlus,
    Used,
    FsType
  } op = True;
  std::unique_ptr<FindNode> a, b;
  std::optional<Glob> glob;
  std::unique_ptr<Regex> regex;
  std::string text;
  bool needs_stat = false;     ///< looks at more of a file than its path and type
  char which = 0;              ///< Time, Newer: a c m B; Perm: '-' '/' or 0
  int sign = 0;                ///< -1 less, 1 more, 0 exactly
  uint64_t number = 0, unit = 1;
  double amount = 0;           ///< Time, Minutes: of the unit
  uint64_t dev = 0, ino = 0;
  Timespec when;
  std::vector<std::string> command;
  bool in_directory = false, ask = false;
  int output = -1;             ///< index in FindProgram::outputs
  std::vector<std::string> pending;   ///< -exec ... +
  size_t pending_size = 0;
  std::string pending_directory;
};

struct FindProgram {
  std::unique_ptr<FindNode> root;
  bool depth_first = false, follow = false, follow_arguments = false, one_file_system = false, has_action = false;
  bool ignore_races = false, day_start = false, has_prune = false, has_delete = false, depth_given = false;
  std::optional<std::string> files_from;
  std::string about;   ///< --help or --version, where one ended the reading
  int64_t min_depth = 0, max_depth = INT64_MAX;
  struct Sink {
    std::string name;
    std::unique_ptr<Output> out;
  };
  std::vector<Sink> outputs;   ///< 0 is standard output
};

/// Reads the expression from argv[at]. False after a message.
bool parse_find(Process& p, const std::vector<std::string>& argv, size_t at, FindProgram& out, const TimeZone& zone);
/// Appends a file's line of -printf FORMAT. False: \c ended the output.
bool find_printf(Process& p, const std::string& format, const FindFile& f, Accounts& accounts, const TimeZone& zone, std::string& out);
/// True when a format shows more of a file than its path, depth and type.
bool find_format_needs_stat(std::string_view format);
/// Warns of what a format holds that is no directive or escape. False after a message.
bool check_find_format(Process& p, const std::string& format);

}  // namespace nacre
