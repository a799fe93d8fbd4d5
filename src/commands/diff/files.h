/// DiffFiles: finds out what two names are, and compares files, or directories
/// entry by entry. Source: GNU diffutils 3.8 manual, "Comparing Directories".
#pragma once
#include <string>
#include <vector>

#include "algo/glob.h"
#include "commands/diff/print.h"

namespace nacre {

class DiffFiles {
 public:
  /// `switches`: the options as given, for the line above each pair of a recursive run.
  DiffFiles(Process& p, const DiffOptions& options, Output& out, std::string switches);
  /// Two operands: a file beside a directory is compared with its namesake in there.
  void top(std::string a, std::string b);
  int status() const { return status_; }

 private:
  /// How a name was found: in its directory or not, there as a regular file or not.
  enum class Found : uint8_t { No, Yes, Regular };
  struct Entry {
    std::string name;
    Found found;
  };
  void pair(const std::string& a, const std::string& b, bool top, Found in_a, Found in_b);
  void directories(const DiffSide& a, const DiffSide& b, bool top);
  std::vector<Entry> entries(const DiffSide& s);
  void not_files(const DiffSide& a, const DiffSide& b, bool top);
  void links(const DiffSide& a, const DiffSide& b);
  void files(DiffSide& a, DiffSide& b, bool top);
  void paginate(Comparison& c, const std::string& title);
  void only_in(const std::string& path);
  void missing_newline(const DiffSide& s, size_t index);
  bool examine(DiffSide& s, bool may_lack, Found found);
  bool load(DiffSide& s);
  void trouble(Errno e, const std::string& name);
  void trouble(const std::string& message);
  void differ() { status_ = std::max(status_, 1); }
  std::string label(const DiffSide& s, size_t index) const;

  Process& p_;
  const DiffOptions& o_;
  Output& out_;
  DiffPrinter printer_;
  std::string switches_;
  std::vector<Glob> exclude_;
  int status_ = 0;
};

}  // namespace nacre
