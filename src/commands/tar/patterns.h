/// patterns: how tar matches member names: exclusion patterns and wildcards, and
/// --transform's expressions.
/// Source: GNU tar 1.34 manual 6.5 "Wildcards Patterns and Matching", 6.7 "Modifying File and Member Names".
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "algo/glob.h"
#include "algo/regex.h"

namespace nacre {

struct PatternFlags {
  bool anchored = false, fold_case = false, wildcards = true, match_slash = true, recursion = true;
};

class ExcludePattern {
 public:
  ExcludePattern(std::string_view pattern, PatternFlags flags, bool utf8);
  bool match(std::string_view name) const;

 private:
  bool match_here(std::string_view name) const;
  PatternFlags flags_;
  Glob glob_;
};

/// One or more s/regex/replacement/flags, separated by ';'.
class TarTransform {
 public:
  enum class Of : uint8_t { Name, HardLink, Symlink };
  /// False and *error.
  bool add(std::string_view expression, std::string* error);
  bool empty() const { return rules_.empty(); }
  std::string apply(const std::string& name, Of of) const;

 private:
  struct Part {
    enum Kind : uint8_t { Text, Group, Case } kind;
    std::string text;
    size_t group = 0;
    char mode = 0;
  };
  struct Rule {
    std::shared_ptr<Regex> regex;
    std::vector<Part> parts;
    bool global = false, of_names = true, of_hard_links = true, of_symlinks = true;
    size_t number = 0;
  };
  bool add_one(std::string_view& rest, std::string* error);
  static std::vector<Part> parse_replacement(std::string_view text, char delimiter);
  static void replace(const Rule& rule, std::string_view text, std::string& out);
  std::vector<Rule> rules_;
  bool names_ = true, hard_links_ = true, symlinks_ = true;
};

}  // namespace nacre
