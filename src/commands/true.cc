/// true - do nothing, with success.
/// Source: GNU coreutils 9 manual, "true invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: true [ignored command line arguments]\n  or:  true OPTION\n"
    "Exit with a status code indicating success.\n\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

int true_main(Process& p) {
  if (p.argv().size() == 2 && (p.argv()[1] == "--help" || p.argv()[1] == "--version")) {
    std::vector<std::string> none;
    parse_plain(p, kUsage, none);
  }
  return 0;
}

}  // namespace

Command true_command() { return {{"true"}, kUsage, true_main}; }

}  // namespace nacre
