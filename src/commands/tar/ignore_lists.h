/// ignore_lists: files that say what of their directory is not archived (--exclude-ignore,
/// --exclude-vcs-ignores), each in the syntax of its program.
/// Every list counts below its directory too: that --exclude-ignore is not recursive is said by the
/// manual, and not so. Source: GNU tar 1.34 manual 6.4 "Excluding Some Files".
/// Differs: a .cvsignore leaves out what it names; GNU's leaves out everything.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "commands/tar/patterns.h"
#include "kernel/process.h"

namespace nacre {

enum class TarIgnoreSyntax : uint8_t { Plain, Cvs, Git, Bzr, Hg };

struct TarIgnoreFile {
  std::string name;
  TarIgnoreSyntax syntax;
};

/// The lists of the directories that lead to where an archive is being made.
class TarIgnoreLists {
 public:
  /// Reads the lists of a directory that is entered.
  void enter(Process& p, const std::string& dir, const std::vector<TarIgnoreFile>& files);
  void leave() { levels_.pop_back(); }
  /// Whether the path of an entry of the innermost directory is to be left out.
  bool match(std::string_view path) const;

 private:
  struct Rule {
    std::shared_ptr<Regex> regex;   ///< or a pattern
    ExcludePattern pattern;
    bool include;
  };
  using List = std::vector<Rule>;
  static void add(List& list, std::string_view line, TarIgnoreSyntax syntax, bool& globs, bool utf8);
  static bool excludes(const List& list, std::string_view name);
  std::vector<std::vector<List>> levels_;
};

}  // namespace nacre
