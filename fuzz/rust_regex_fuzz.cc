// Patterns of rg: the first line is the pattern, the rest is the text. What is accepted runs, and a match lies within the text.
#include "algo/regex.h"
#include "driver.h"

FUZZ_TARGET(text) {
  unsigned flags = nacre::fuzz::take_byte(text);
  size_t end = text.find('\n');
  std::string_view pattern = text.substr(0, end).substr(0, 300), subject = end == text.npos ? "" : text.substr(end + 1).substr(0, 500);
  std::string error;
  uint32_t f = nacre::kRegexRust | nacre::kRegexLineAnchors | (flags & 1 ? nacre::kRegexUtf8 : 0) | (flags & 2 ? nacre::kRegexNoNewline : 0) |
               (flags & 4 ? nacre::kRegexFoldCase : 0) | (flags & 8 ? nacre::kRegexCrLf : 0) | (flags & 16 ? nacre::kRegexDotAll : 0);
  auto re = nacre::Regex::compile(pattern, f, &error);
  if (!re) {
    if (error.empty()) __builtin_trap();
    return;
  }
  nacre::RegexSpan m[1];
  if (!re->match(subject, 0, m)) return;
  if (m[0].begin > m[0].end || m[0].end > subject.size()) __builtin_trap();
  // Text that is said to be in every match is.
  if (!re->required().empty() && subject.substr(m[0].begin, m[0].size()).find(re->required()) == subject.npos) __builtin_trap();
}
