/// RgTypes: named sets of file names ("rust: *.rs"), and which are asked for.
/// Source: ripgrep 13, output of --type-list and manual of -t, -T, --type-add.
#pragma once
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "algo/path_glob.h"

namespace nacre {

class RgTypes {
 public:
  using Table = std::map<std::string, std::vector<std::string>, std::less<>>;

  /// One --type-add; false when it is not "name:glob" or "name:include:names".
  bool add(std::string_view definition);
  void clear(std::string_view name) { table().erase(std::string(name)); }
  void select(std::string_view name, bool negated) { selections_.push_back({std::string(name), negated, {}}); }
  /// Compiles what was selected. Error text, or empty.
  std::string finish();
  IgnoreMatch match(std::string_view base, bool is_dir) const;
  bool active() const { return !selections_.empty(); }
  Table& table();

 private:
  struct Selection {
    std::string name;
    bool negated;
    std::vector<PathGlob> globs;
  };
  Table table_;
  bool loaded_ = false, positive_ = false;
  std::vector<Selection> selections_;
};

}  // namespace nacre
