/// tty - print the name of the terminal on standard input.
/// Source: GNU coreutils 9.1 manual, "tty invocation"; POSIX XCU tty.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tty [OPTION]...\n"
    "Print the file name of the terminal connected to standard input.\n\n"
    "  -s, --silent, --quiet   print nothing, only return an exit status\n"
    "      --help              display this help and exit\n      --version           output version information and exit\n";

struct Options {
  bool silent = false;
};
constexpr Flag<Options> kFlags[] = {{'s', "silent", &Options::silent}, {'s', "quiet", &Options::silent}};

int tty_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.error_status = 2})) return *status;
  if (!operands.empty()) return extra_operand(p, operands[0], 2);
  bool terminal = p.isatty(0);
  if (o.silent) return terminal ? 0 : 1;
  Output out(p, 1, 3);
  out.line(terminal ? "/dev/tty" : "not a tty");
  return out.finish(terminal ? 0 : 1);
}

}  // namespace

Command tty_command() { return {{"tty"}, kUsage, tty_main}; }

}  // namespace nacre
