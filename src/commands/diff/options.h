/// DiffOptions: what diff was asked for.
/// Source: GNU diffutils 3.8 manual, "diff Options".
#pragma once
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "algo/diff.h"
#include "algo/regex.h"

namespace nacre {

enum class DiffStyle : uint8_t { Unset, Normal, Context, Unified, Ed, ForwardEd, Rcs, SideBySide, Groups };
/// How lines are compared, from strict to lax. As with GNU's, -E has no effect beside -Z.
enum class DiffBlanks : uint8_t { Exact, Tabs, Trailing, Change, All };
/// Colors of --palette, as SGR parameters.
struct DiffPalette {
  std::string reset = "0", header = "1", added = "32", deleted = "31", line = "36";
};

struct DiffOptions {
  DiffStyle style = DiffStyle::Unset;
  DiffEffort effort = DiffEffort::Normal;
  DiffBlanks blanks = DiffBlanks::Exact;
  bool brief = false, report_same = false, recursive = false, new_file = false, first_new_file = false, no_dereference = false;
  bool fold_case = false, ignore_blank_lines = false, text = false, strip_cr = false, fold_names = false;
  bool expand_tabs = false, initial_tab = false, suppress_blank_empty = false, left_column = false, suppress_common = false, show_c = false;
  bool paginate = false;                       ///< each comparison goes through pr
  bool merge_assist = false;                   ///< for sdiff: blocks of -y with their lengths before them
  size_t context = 3, horizon = 0, tab = 8, width = 130;
  bool context_given = false, context_asked = false, tab_given = false, width_given = false;
  std::vector<std::string> labels, exclude;
  std::optional<std::string> start_file, from_file, to_file;
  std::vector<std::string> function_patterns, ignore_patterns;
  std::unique_ptr<Regex> function, ignore;     ///< compiled from the patterns
  /// Formats of groups and lines, by kind; see DiffKind.
  std::array<std::optional<std::string>, 4> group_format;
  std::array<std::optional<std::string>, 3> line_format;
  int color = 0;                               ///< 1: as a terminal wants; 2: always
  std::string palette_text;                    ///< --palette, read when color is on
  DiffPalette palette;
};

/// Index of group_format and line_format.
enum DiffKind : size_t { kDiffOld, kDiffNew, kDiffUnchanged, kDiffChanged };

}  // namespace nacre
