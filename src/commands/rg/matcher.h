/// RgMatcher: the patterns of one run of rg: where they match in a text of many
/// lines, and what a replacement makes of a match.
/// Source: ripgrep 13 manual, -w -x -F -P -r.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "algo/regex.h"
#include "commands/rg/options.h"

namespace nacre {

class RgMatcher {
 public:
  /// Text of the error, or empty.
  std::string compile(const RgOptions& o);
  /// The first match at or after `from`.
  bool find(std::string_view text, size_t from, RegexSpan& out) const;
  /// The first line with a match; `from` begins a line. `out` lies in that line, and is not always the match.
  bool find_in_lines(std::string_view text, size_t from, RegexSpan& out) const;
  /// All matches of a line or, with several_lines, of a text, as an iterator gives them.
  void find_all(std::string_view text, std::vector<RegexSpan>& out) const;
  /// Appends text with its matches replaced; where the replacements lie goes to `places`.
  void replace(std::string_view text, std::string_view replacement, std::string& out, std::vector<RegexSpan>& places) const;
  char terminator() const { return terminator_; }

 private:
  bool match(std::string_view text, size_t from, std::vector<RegexSpan>& groups) const;
  void expand(std::string_view replacement, std::string_view text, const std::vector<RegexSpan>& groups, std::string& out) const;
  void read_names(std::string_view pattern);
  std::unique_ptr<Regex> regex_;
  bool word_ = false, never_ = false;
  char terminator_ = '\n';
  std::vector<std::pair<std::string, size_t>> names_;
};

}  // namespace nacre
