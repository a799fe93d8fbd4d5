// curl's URL globbing: the first line is the word, the second the name of a file with #1 and its like.
#include "commands/curl/url_glob.h"
#include "driver.h"

FUZZ_TARGET(text) {
  auto lines = nacre::fuzz::lines(text);
  lines.resize(2);
  const std::string word(lines[0]), pattern(lines[1]);
  nacre::curl::UrlGlob glob;
  std::string error;
  if (!glob.parse(word, &error)) {
    if (error.empty()) __builtin_trap();
    return;
  }
  const uint64_t n = glob.size();
  if (n == 0) __builtin_trap();
  for (uint64_t i : {uint64_t{0}, n / 2, n - 1}) {
    if (glob.url(i).size() > word.size()) __builtin_trap();   // what is chosen is never longer than what it is chosen from
    if (pattern.find('#') == pattern.npos && glob.file_name(pattern, i) != pattern) __builtin_trap();
    (void)glob.file_name(pattern, i);
  }
  if (n == 1 && word.find_first_of("{[\\") == word.npos && glob.url(0) != word) __builtin_trap();
}
