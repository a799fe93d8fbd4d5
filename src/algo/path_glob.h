/// PathGlob and IgnoreRules: patterns for paths with `**` and `{a,b}`, and the
/// lines of .gitignore files made of them, as ripgrep reads both.
///
/// `*`, `?` and classes match bytes other than `/` (anything with
/// `across_slashes`); `**` between slashes matches any number of directories.
/// Errors are values in ripgrep's words. Immutable after add(); one thread.
/// Source: gitignore(5); documentation of the crates globset 0.4 and ignore 0.4.
#pragma once
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/regex.h"

namespace nacre {

class PathGlob {
 public:
  /// nullopt and *error ("unclosed character class; missing ']'").
  static std::optional<PathGlob> compile(std::string_view pattern, bool fold, bool across_slashes, std::string* error);
  bool match(std::string_view path) const;

 private:
  enum class Kind : uint8_t { Whole, Base, BaseSuffix, Pattern } kind_ = Kind::Pattern;
  bool fold_ = false;
  std::string text_;                       ///< the literal of the fast kinds, else the expression
  mutable std::shared_ptr<Regex> regex_;   ///< made at the first match
};

enum class IgnoreMatch : uint8_t { None, Ignore, Whitelist };

class IgnoreRules {
 public:
  /// One line, without its end. False and *error (the bad pattern and why) when it is wrong.
  bool add(std::string_view line, bool fold, std::string* error);
  /// `path` relative to where the rules are, without "./". The last rule that matches decides.
  IgnoreMatch match(std::string_view path, bool is_dir) const;
  bool empty() const { return rules_.empty(); }
  /// Rules that do not begin with `!`.
  size_t ignoring() const { return ignoring_; }

 private:
  struct Rule {
    PathGlob glob;
    bool whitelist, only_dir;
  };
  std::vector<Rule> rules_;
  size_t ignoring_ = 0;
};

}  // namespace nacre
