/// HunkApplier: puts hunks into a file: where each fits, with how much of its
/// context left out, and what comes out. Source: GNU patch manual, "Applying Imperfect Patches".
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/patch/patch_file.h"

namespace nacre {

class HunkApplier {
 public:
  /// `ifdef`: the name of -D, or "". `blanks`: runs of blanks are equal (-l).
  HunkApplier(Process& p, std::string text, std::string ifdef, bool blanks);
  ~HunkApplier() { p_.release_memory(charged_); }

  /// The line (from 1) where it goes, 0 if nowhere.
  size_t locate(const PatchHunk& hunk, size_t fuzz);
  /// Applies it there. False after "misordered hunks".
  bool apply(const PatchHunk& hunk, size_t where);
  /// Merges it at a line, or, at 0, where it fits best; conflicts get markers, with what the patch expected for `diff3`.
  /// Returns what was done: "merged at 10, NOT MERGED at 13-17"; without what merged if not `tell_merged`. `*conflict`: there was one.
  std::string merge(const PatchHunk& hunk, size_t where, bool diff3, bool tell_merged, bool* conflict);
  /// The rest of the file goes into the output.
  void finish();

  int64_t in_offset() const { return in_offset_; }
  int64_t out_offset() const { return out_offset_; }
  size_t size() const { return text_.size(); }
  std::string& output() { return out_; }
  const std::string& text() const { return text_; }
  /// The text at a line ends in CRLF.
  bool line_has_cr(size_t line) const { return line >= 1 && line <= lines_.size() && lines_[line - 1].ends_with("\r\n"); }
  std::string message;      ///< of apply()

 private:
  std::string_view line(size_t i) const { return lines_[i]; }
  bool match(size_t base, int64_t offset, size_t prefix_fuzz, size_t suffix_fuzz);
  struct Changes;
  class Report;
  size_t locate_merge(const PatchHunk& hunk, size_t* matched);
  int64_t best_match(int64_t guess, int64_t min, int64_t max, int64_t* last);
  void merge_change(const Changes& change, bool diff3, bool tell_merged, Report& report);
  bool equal(std::string_view a, std::string_view b) const;
  bool copy_until(size_t line);
  void put(std::string_view text) { out_ += text; }
  void mark(const char* format);

  Process& p_;
  std::string text_, out_, ifdef_;
  bool blanks_;
  std::vector<std::string_view> lines_;
  std::vector<std::string_view> pattern_;    ///< of the hunk that is looked for
  size_t frozen_ = 0;                        ///< lines that are already in the output
  int64_t in_offset_ = 0, out_offset_ = 0;
  uint64_t charged_ = 0;
};

}  // namespace nacre
