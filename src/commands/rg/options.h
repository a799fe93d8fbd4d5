/// RgOptions: what a command line of rg asks for.
/// Source: ripgrep 13 manual; checked against the tool.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/rg/types.h"
#include "kernel/process.h"

namespace nacre {

struct RgColor {
  std::string fg, bg;            ///< parameters of the escape sequence ("35"); empty: none
  bool bold = false, underline = false, intense = false;
  bool any() const { return bold || underline || intense || !fg.empty() || !bg.empty(); }
};

struct RgOptions {
  enum class Case : uint8_t { Sensitive, Insensitive, Smart } letter_case = Case::Sensitive;
  enum class Engine : uint8_t { Default, Pcre2, Auto } engine = Engine::Default;
  enum class Mode : uint8_t { Lines, Count, CountMatches, WithMatches, WithoutMatch, Json, Files, TypeList } mode = Mode::Lines;
  enum class Sort : uint8_t { None, Path, Modified, Accessed, Created } sort = Sort::None;
  enum class Binary : uint8_t { Auto, Search, Text } binary = Binary::Auto;

  std::vector<std::string> patterns, paths;
  bool has_patterns = false;     ///< -e or -f was there
  bool fixed = false, word = false, whole_line = false, invert = false, multiline = false, dot_all = false, unicode = true, crlf = false, null_data = false;
  bool only_matching = false, quiet = false, stats = false, trim = false, passthru = false, vimgrep = false, byte_offset = false, include_zero = false;
  bool null_names = false, line_buffered = false, search_zip = false, max_columns_preview = false, sort_reverse = false;
  bool count = false, count_matches = false, with_matches = false, without_match = false, json = false, files = false, type_list = false;
  std::optional<bool> heading, line_numbers, column, names;
  std::optional<int64_t> max_count, max_depth;
  uint64_t max_columns = 0, max_filesize = UINT64_MAX;
  int64_t before = 0, after = 0, around = 0;
  std::optional<std::string> replace, separator = "--";
  std::string match_separator = ":", context_separator = "-", encoding = "auto", path_separator;
  enum class When : uint8_t { Never, Auto, Always } color = When::Auto;
  RgColor path_color{"35"}, line_color{"32"}, column_color, match_color{"31", "", true};

  // what is searched
  std::vector<std::pair<std::string, bool>> globs;   ///< and whether case does not count
  std::vector<std::string> ignore_files;
  RgTypes types;
  bool hidden = false, follow = false, one_file_system = false, glob_fold = false, ignore_fold = false;
  bool no_ignore_dot = false, no_ignore_exclude = false, no_ignore_files = false, no_ignore_global = false, no_ignore_parent = false, no_ignore_vcs = false;
  bool require_git = true, messages = true, ignore_messages = true;
  int unrestricted = 0;
  bool one_thread = false;       ///< words messages as ripgrep's walk in one thread does
};

/// Reads the file of $RIPGREP_CONFIG_PATH and argv. A status: the command is over.
std::optional<int> read_rg_options(Process& p, RgOptions& o);
/// Whether the terminal can show colors.
bool rg_colors_wanted(Process& p);
/// Text of --help.
extern const char kRgUsage[];

}  // namespace nacre
