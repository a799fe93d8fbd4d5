/// yes - output a string repeatedly until killed.
/// Source: GNU coreutils 9 manual, "yes invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: yes [STRING]...\n  or:  yes OPTION\n"
    "Repeatedly output a line with all specified STRING(s), or 'y'.\n\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

int yes_main(Process& p) {
  std::vector<std::string> words;
  if (auto status = parse_plain(p, kUsage, words, {.in_order = true})) return *status;
  std::string line;
  for (const auto& w : words) line += (line.empty() && &w == &words[0] ? "" : " ") + w;
  if (words.empty()) line = "y";
  line += '\n';
  std::string block;
  while (block.size() < 16384) block += line;
  for (;;) {
    if (auto done = p.write(1, block); !done) {
      p.warn(done.error(), "standard output");
      return 1;
    }
    p.tick(16);
  }
}

}  // namespace

Command yes_command() { return {{"yes"}, kUsage, yes_main}; }

}  // namespace nacre
