/// ignore: which files the .gitignore files of a tree leave out of it, as tree reads them: a name that any pattern
/// with `!` matches stays, wherever it stands.
/// Source: tree(1) 2.1.0, --gitignore, --gitfile, checked against the tool.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

class TreeIgnores {
 public:
  /// The patterns of a file; those with a slash are about paths below `base` ("" : the root of all).
  void enter(std::string_view text, std::string base);
  void leave() { files_.pop_back(); }
  bool ignores(const std::string& path, std::string_view name, bool is_dir) const;

 private:
  struct Pattern {
    std::string text;
    bool relative, only_dirs;
  };
  struct File {
    std::string base;
    std::vector<Pattern> out, in;
  };
  static bool matches(const File& file, const std::vector<Pattern>& patterns, const std::string& path, std::string_view name, bool is_dir);
  std::vector<File> files_;
};

}  // namespace nacre
