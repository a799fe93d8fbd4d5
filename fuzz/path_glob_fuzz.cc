// Lines of an ignore file and a path: the first line is the path, the others are rules. A rule that is
// accepted answers the same twice.
#include "algo/path_glob.h"
#include "driver.h"

FUZZ_TARGET(text) {
  unsigned flags = nacre::fuzz::take_byte(text);
  auto lines = nacre::fuzz::lines(text);
  std::string_view path = lines[0].substr(0, 200);
  nacre::IgnoreRules rules;
  std::string error;
  size_t n = 0;
  for (auto line : lines) {
    if (n++ == 0 || n > 20) continue;
    line = line.substr(0, 200);
    if (!rules.add(line, flags & 1, &error) && error.empty()) __builtin_trap();
    if (auto glob = nacre::PathGlob::compile(line, flags & 1, flags & 2, &error); glob && glob->match(path) != glob->match(path)) __builtin_trap();
  }
  auto first = rules.match(path, flags & 4);
  if (rules.match(path, flags & 4) != first) __builtin_trap();
}
