/// RgWalk: the files below the paths that are given, in the order of their names,
/// without what ignore files, globs, types and names that begin with a dot leave out.
/// Source: ripgrep 13 manual, "Automatic filtering"; documentation of the crate ignore 0.4.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "commands/rg/options.h"
#include "commands/text_io.h"

namespace nacre {

struct RgFound {
  std::string path;
  Stat st;
  bool explicit_file;
};

class RgWalk {
 public:
  RgWalk(Process& p, const RgOptions& o, Output& out) : p_(p), o_(o), out_(out) {}
  /// Compiles the globs, reads the ignore files that were named. Error text, or empty.
  std::string prepare();
  /// Everything below path goes to fn, which returns false to end the walk. False then.
  bool walk(const std::string& path, const std::function<bool(const RgFound&)>& fn);
  bool failed() const { return failed_; }

 private:
  /// The ignore files of one directory, and what is above it.
  struct Level {
    const Level* parent = nullptr;
    std::string prefix;      ///< of paths below this level, as the walk names them; "" of parents of the root
    std::string above;       ///< parents of the root: what leads from there to the root ("a/b/")
    IgnoreRules rg, dot, git, exclude;
    bool has_git = false, outside = false;
    bool any() const { return !rg.empty() || !dot.empty() || !git.empty() || !exclude.empty(); }
  };
  bool by_time() const { return o_.sort != RgOptions::Sort::None && o_.sort != RgOptions::Sort::Path; }
  bool in_one_thread() const { return o_.files || o_.one_thread || o_.sort != RgOptions::Sort::None; }
  void sort_by_time(const std::string& dir, std::vector<DirEntry>& entries);
  /// A path in messages.
  std::string shown(const std::string& path) const { return root_.empty() ? "./" + path : path; }
  void error(const std::string& text, bool of_ignore_file = false);
  void read_rules(const std::string& file, IgnoreRules& rules);
  void read_level(const std::string& dir, Level& level, const std::vector<DirEntry>* entries);
  std::unique_ptr<Level> parents_of(const std::string& root);
  std::string global_ignore_file();
  IgnoreMatch ignored(const Level* level, const std::string& path, bool is_dir) const;
  bool skip(const Level* level, const std::string& path, std::string_view base, bool is_dir) const;
  bool directory(const std::string& path, const Level* parent, int64_t depth, const std::function<bool(const RgFound&)>& fn);
  bool entry(const std::string& path, const DirEntry& e, const Level* level, int64_t depth, const std::function<bool(const RgFound&)>& fn);

  Process& p_;
  const RgOptions& o_;
  Output& out_;
  IgnoreRules overrides_, global_;
  std::vector<IgnoreRules> explicit_;
  std::vector<std::unique_ptr<Level>> outside_;
  std::map<std::pair<uint64_t, uint64_t>, std::string> open_;   ///< directories on the way, with --follow
  uint64_t device_ = 0;
  std::string root_;
  bool failed_ = false;
};

}  // namespace nacre
