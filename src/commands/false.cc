/// false - do nothing, with failure.
/// Source: GNU coreutils 9 manual, "false invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: false [ignored command line arguments]\n  or:  false OPTION\n"
    "Exit with a status code indicating failure.\n\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

int false_main(Process& p) {
  if (p.argv().size() == 2 && (p.argv()[1] == "--help" || p.argv()[1] == "--version")) {
    std::vector<std::string> none;
    parse_plain(p, kUsage, none);
  }
  return 1;
}

}  // namespace

Command false_command() { return {{"false"}, kUsage, false_main}; }

}  // namespace nacre
