// Shell patterns: the first line is the pattern, the second the text. The answers agree with each other.
#include "algo/glob.h"
#include "driver.h"

FUZZ_TARGET(text) {
  unsigned flags = nacre::fuzz::take_byte(text) & 63;
  auto lines = nacre::fuzz::lines(text);
  lines.resize(2);
  std::string_view subject = lines[1].substr(0, 200);
  nacre::Glob glob = nacre::Glob::compile(lines[0].substr(0, 200), flags);
  size_t longest = glob.longest_prefix(subject), shortest = glob.shortest_prefix(subject);
  if ((longest == nacre::Glob::npos) != (shortest == nacre::Glob::npos) || (longest != nacre::Glob::npos && longest < shortest)) __builtin_trap();
  if (glob.match(subject) && longest != subject.size()) __builtin_trap();
  longest = glob.longest_suffix(subject), shortest = glob.shortest_suffix(subject);
  if ((longest == nacre::Glob::npos) != (shortest == nacre::Glob::npos) || (longest != nacre::Glob::npos && longest > shortest)) __builtin_trap();
  nacre::Glob::Span span{};
  if (glob.find(subject, 0, span) && (span.begin > span.end || span.end > subject.size())) __builtin_trap();
}
