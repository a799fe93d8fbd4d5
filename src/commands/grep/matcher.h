/// GrepMatcher: the patterns of one grep run, searched over blocks of many
/// lines at once, with the meaning of -w and -x.
/// Source: GNU grep 3.8 manual, 2.1.2 "Matching Control".
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "algo/regex.h"

namespace nacre {

struct GrepSyntax {
  enum Kind { Basic, Extended, Fixed, Perl } kind = Basic;
  bool fold = false, words = false, whole_lines = false, utf8 = true;
  char delimiter = '\n';
};

class GrepMatcher {
 public:
  /// patterns: separated by newlines. Empty error text when fine.
  std::string compile(const std::string& patterns, const GrepSyntax& syntax);

  /// The first selected place in text (many lines) at or after `from`, where a line begins: any span within its line.
  bool find(std::string_view text, size_t from, RegexSpan& out) const;
  /// The first nonempty match within one line, for -o and colors; empty matches are skipped.
  bool find_in_line(std::string_view line, size_t from, RegexSpan& out) const;
  bool matches_line(std::string_view line) const;
  /// No patterns at all (an empty -f file): nothing matches.
  bool never() const { return regexes_.empty(); }
  bool gave_up() const;

 private:
  std::string add(std::string_view pattern, uint32_t flags);
  bool match_one(const Regex& re, std::string_view line, size_t from, RegexSpan& out) const;
  bool word_match(const Regex& re, std::string_view line, size_t from, RegexSpan& out) const;
  bool find_by_line(std::string_view text, size_t from, RegexSpan& out) const;
  bool is_word_before(std::string_view line, size_t at) const;
  bool is_word_at(std::string_view line, size_t at) const;

  GrepSyntax syntax_;
  bool line_by_line_ = false;   ///< the pattern sees what is beyond its line, so that a block shows it too much
  std::vector<std::unique_ptr<Regex>> regexes_;
};

}  // namespace nacre
