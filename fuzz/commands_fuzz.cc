// Commands with small languages in their arguments: the first line picks one, each other is an argument.
#include <array>

#include "driver.h"

FUZZ_TARGET(text) {
  constexpr std::array kCommands = {"ls",    "sort text", "cut",     "tr",        "expr", "stat text",          "head text", "tail text", "od text", "seq",
                                    "chmod", "touch",     "nl text", "uniq text", "date", "xargs -a text echo", "env -S",    "mktemp",    "grep",    "wc"};
  unsigned which = nacre::fuzz::take_byte(text) % kCommands.size();
  nacre::fuzz::run_script("mapfile -t args < in; " + std::string(kCommands[which]) + " \"${args[@]}\" < text", text);
}
