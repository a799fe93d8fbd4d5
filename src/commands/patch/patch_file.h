/// PatchReader: finds the patches in a patch file one after another and reads
/// their hunks, whatever format they are in. A hunk becomes one list of lines that
/// stay, go or come. Source: GNU patch 2.7; GNU diffutils manual, "Output Formats";
/// git-diff(1), "Generating patch text with -p".
#pragma once
#include <algorithm>
#include <array>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/text_io.h"

namespace nacre {

enum class PatchType : uint8_t { None, Context, NewContext, Unified, Normal, Ed, GitBinary };

/// One line of a hunk: ' ' stays, '-' goes, '+' comes. Its text has its newline, if it has one.
struct PatchLine {
  char kind;
  std::string text;
};

struct PatchHunk {
  size_t old_first = 0, old_count = 0, new_first = 0, new_count = 0;
  std::vector<PatchLine> lines;
  size_t context_before = 0, context_after = 0;
  std::string function;              ///< what stands behind the second @@ or the stars
  void reverse();
  size_t context() const { return std::max(context_before, context_after); }
};

/// Which of the names in a header.
enum PatchName : size_t { kPatchOld, kPatchNew, kPatchIndex };

struct PatchHeader {
  PatchType type = PatchType::None;
  std::array<std::optional<std::string>, 3> name;      ///< stripped
  std::array<std::string, 3> raw_name, time_text;      ///< for rejects
  std::array<std::optional<Timespec>, 2> time;         ///< second 0: says that there is no file
  std::array<int, 2> absent{};                         ///< 1: said to be empty, 2: said not to be there
  std::array<std::optional<uint32_t>, 2> mode;
  std::optional<std::string> prerequisite;
  bool git = false, rename = false, copy = false, strip_cr = false, extended = false;
  size_t indent = 0;
  size_t text_from = 0, start = 0;                     ///< lines of the patch file: leading text, first hunk
};

class PatchReader {
 public:
  /// `strip`: leading components to take off names, -1 for all. `forced`: the only type to look for.
  PatchReader(Process& p, std::string text, int strip, PatchType forced, std::function<std::optional<Timespec>(const std::string&)> read_time);

  /// The next patch; its type is None when there is no other. `need_header`: names must be there.
  PatchHeader next(bool need_header);
  /// Goes to the first hunk of a patch.
  void begin(const PatchHeader& header) { at_ = header.start; }
  /// The next hunk of it: 1; 0 if there is none; -1 after a message of what is wrong.
  int hunk(const PatchHeader& header, PatchHunk& out);
  /// The lines of an ed script.
  std::string ed_script(const PatchHeader& header);
  bool at_end() const { return at_ >= lines_.size(); }
  bool at_start() const { return at_ == 0; }
  std::string_view line(size_t i) const { return lines_[i]; }
  const std::string& error() const { return error_; }
  std::optional<std::string> strip_name(std::string_view name) const;

 private:
  struct Scan;
  void git_names(Scan& scan, std::string_view names);
  bool header_line(Scan& scan, std::string_view s);
  bool git_line(Scan& scan, std::string_view s);
  bool begins(Scan& scan, std::string_view s, std::string_view raw);
  void fetch_name(PatchHeader& h, std::string_view text, size_t which, bool with_time);
  bool take(const PatchHeader& header, std::string& line);
  int malformed(const char* text = nullptr);   ///< about the last line, unless it is another
  int unified(const PatchHeader& header, PatchHunk& out);
  int context(const PatchHeader& header, PatchHunk& out);
  bool context_part(const PatchHeader& header, size_t count, std::vector<PatchLine>& to, bool old_part, bool optional);
  bool merge_parts(std::vector<PatchLine>& a, std::vector<PatchLine>& b, size_t line, PatchHunk& out);
  int normal(const PatchHeader& header, PatchHunk& out);
  bool normal_lines(const PatchHeader& header, size_t count, char mark, char kind, PatchHunk& out);

  Process& p_;
  std::string text_;
  std::vector<std::string_view> lines_;
  size_t at_ = 0;
  int strip_;
  PatchType forced_;
  std::function<std::optional<Timespec>(const std::string&)> read_time_;
  std::string error_;
};

}  // namespace nacre
