/// regex_cache: matches of regular expressions as jq gives them.
/// Source: jq 1.8 manual, "Regular expressions".
#pragma once
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "algo/onig.h"
#include "commands/jq/value.h"

namespace nacre::jq {

class Interp;

struct RegexMatch {
  size_t begin, end;                 ///< bytes
  std::vector<OnigSpan> groups;      ///< the first is group 1
  const OnigRegex* regex;
  /// {offset, length, string, captures}; offsets in code points. `known` maps a byte offset to its code point.
  Value object(std::string_view text, size_t& known_byte, size_t& known_point) const;
  /// Values of the named groups.
  Value named(std::string_view text) const;
};

class RegexCache {
 public:
  /// All matches that the flags ask for. Checks the kinds of all three. False after fail().
  bool find(Interp& interp, const Value& input, const Value& pattern, const Value& flags, std::vector<RegexMatch>& out, bool test = false);

 private:
  std::map<std::string, std::unique_ptr<OnigRegex>> compiled_;
};

}  // namespace nacre::jq
