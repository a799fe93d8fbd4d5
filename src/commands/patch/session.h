/// PatchSession: goes through a patch file: which file each patch is for, whether
/// it is to be applied, and where the results and the rejects go.
/// Source: GNU patch 2.7 manual.
#pragma once
#include <memory>
#include <set>

#include "commands/patch/apply.h"
#include "commands/patch/options.h"

namespace nacre {

class PatchSession {
 public:
  PatchSession(Process& p, const PatchOptions& options, std::string patch);
  int run();

 private:
  // -- which file (choose.cc)
  void choose(PatchHeader& h);
  std::optional<size_t> best_name(const PatchHeader& h, const std::array<int, 3>& cost) const;
  bool looks_reversed(const PatchHeader& h, const std::string& name, bool absent, bool empty);
  bool ok_to_reverse(const std::string& question);
  bool ask(const std::string& question);
  std::string answer(const std::string& question);
  void leading_text(const PatchHeader& h);
  void find_name(const PatchHeader& h);
  bool valid(const std::string& name) const;

  // -- one patch
  bool introduce(PatchHeader& h);
  bool may_patch(const PatchHeader& h);
  void apply_all(const PatchHeader& h);
  bool one_hunk(const PatchHeader& h, PatchHunk& hunk, HunkApplier* file);
  bool merge_hunk(const PatchHunk& hunk, HunkApplier& file);
  size_t place(PatchHunk& hunk, HunkApplier& file, size_t& fuzz);
  void run_ed(const PatchHeader& h);
  void report_failures(const PatchHeader& h);

  // -- results (results.cc)
  void write_result(const PatchHeader& h, HunkApplier& file);
  bool store(const std::string& name, std::string_view text, uint32_t mode);
  void make_dirs(const std::string& name);
  void remove_file(const std::string& name);
  void back_up(const std::string& name, bool keep);
  void set_times(const PatchHeader& h);
  void reject(const PatchHeader& h, const PatchHunk& hunk, int64_t offset);
  void reject_header(const PatchHeader& h, bool unified);

  void say(const std::string& text);
  [[noreturn]] void fatal(const std::string& text);
  std::string quoted(const std::string& name) const;

  Process& p_;
  const PatchOptions& o_;
  PatchReader reader_;
  int messages_ = 1;                     ///< the descriptor for messages
  bool reverse_, skip_ = false, failed_any_ = false;
  // Of the patch at hand:
  std::optional<std::string> in_name_, out_name_;
  std::optional<Stat> in_stat_;
  std::string rejects_;
  size_t hunks_ = 0, failed_ = 0;
  bool mismatch_ = false, apply_anyway_ = false;
  std::set<std::string> backed_up_;
};

}  // namespace nacre
