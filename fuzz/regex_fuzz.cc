// Regular expressions of every dialect: the first line is the pattern, the second the text.
#include "algo/regex.h"
#include "driver.h"

FUZZ_TARGET(text) {
  unsigned flags = nacre::fuzz::take_byte(text) | (nacre::fuzz::take_byte(text) & 1) << 8;
  auto lines = nacre::fuzz::lines(text);
  lines.resize(2);
  std::string error;
  auto re = nacre::Regex::compile(lines[0].substr(0, 300), flags, &error);
  if (!re) {
    if (error.empty()) __builtin_trap();
    return;
  }
  std::string_view subject = lines[1].substr(0, 100);
  std::vector<nacre::RegexSpan> spans(static_cast<size_t>(re->groups()) + 1);
  if (!re->match(subject, 0, spans)) return;
  for (const nacre::RegexSpan& s : spans) {
    if (s.matched() && (s.begin > s.end || s.end > subject.size())) __builtin_trap();
  }
}
