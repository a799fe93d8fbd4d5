// History expansion: the first byte says which characters are special, the first line is expanded, the others
// are events. Twice, since a search and a substitution are remembered.
#include "algo/history_expand.h"
#include "driver.h"

FUZZ_TARGET(text) {
  const unsigned flags = nacre::fuzz::take_byte(text);
  auto lines = nacre::fuzz::lines(text.substr(0, 1000));
  std::vector<std::string> events(lines.begin() + 1, lines.end());
  nacre::HistoryExpander expander;
  if (flags & 1) expander.set_chars(flags & 2 ? "!" : "^!;");
  if (flags & 4) expander.set_chars("");
  for (int i = 0; i < 2; i++) {
    std::string out;
    const auto outcome = expander.expand(lines[0], events, flags >> 4, flags & 8, &out);
    if (outcome == nacre::HistoryExpander::Outcome::Error && out.empty()) __builtin_trap();
    if (outcome == nacre::HistoryExpander::Outcome::Changed && out == lines[0] && lines[0].find_first_of("!^") == lines[0].npos) __builtin_trap();
    events.push_back(out);
  }
  (void)nacre::history_words(text);
}
