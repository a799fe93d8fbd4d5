/// parents: the directories that cp --parents makes above a copy, like those above its source.
/// Source: GNU coreutils 9.1 manual, "cp invocation"; checked against the tool.
#pragma once
#include <string>
#include <vector>

#include "commands/cp/copy_options.h"

namespace nacre {

class CopyParents {
 public:
  CopyParents(const CopyReport& report, const CopyOptions& o) : r_(report), p_(report.p), o_(o) {}
  /// Makes what is missing between `directory` and the place of `from` in it. False after a message.
  bool make(const std::string& directory, const std::string& from);
  /// Gives the directories of the last make() the attributes of their sources, once they are full.
  bool finish();

 private:
  struct Made {
    std::string to;
    Stat st;     ///< of the source
    Mode mode;   ///< to be set; 0: as it is
  };
  bool make_one(const std::string& from, const std::string& to);
  const CopyReport& r_;
  Process& p_;
  const CopyOptions& o_;
  std::vector<Made> made_;
};

}  // namespace nacre
