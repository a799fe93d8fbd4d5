/// echo - display a line of text. (bash has its own builtin; this is /usr/bin/echo.)
/// Source: GNU coreutils 9 manual, "echo invocation"; POSIX XCU echo.
/// Differs: none known.
#include "algo/printf_format.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: echo [SHORT-OPTION]... [STRING]...\n  or:  echo LONG-OPTION\n"
    "Write the STRINGs to standard output, separated by spaces.\n\n"
    "  -n             no newline at the end\n"
    "  -e             interpret backslash escapes\n"
    "  -E             do not interpret them (default)\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

// Only words made of n, e and E are options.
bool is_option(const std::string& arg) { return arg.size() > 1 && arg[0] == '-' && arg.find_first_not_of("neE", 1) == std::string::npos; }

int echo_main(Process& p) {
  const auto& argv = p.argv();
  if (argv.size() == 2 && (argv[1] == "--help" || argv[1] == "--version")) {
    std::vector<std::string> none;
    return parse_plain(p, kUsage, none).value_or(0);
  }
  bool newline = true, escapes = false;
  size_t i = 1;
  for (; i < argv.size() && is_option(argv[i]); i++) {
    for (char c : argv[i].substr(1)) {
      if (c == 'n') newline = false;
      else escapes = c == 'e';
    }
  }
  std::string text;
  bool stopped = false;
  for (size_t first = i; i < argv.size() && !stopped; i++) {
    if (i > first) text.push_back(' ');
    const std::string& arg = argv[i];
    if (!escapes) {
      text += arg;
      continue;
    }
    for (size_t at = 0; at < arg.size() && !stopped;) {
      if (arg[at] == '\\') stopped = !append_escape(text, arg, at, EscapeStyle::BashEcho, p.utf8());
      else text.push_back(arg[at++]);
    }
  }
  if (newline && !stopped) text.push_back('\n');
  Output out(p);
  out.write(text);
  return out.finish(0);
}

}  // namespace

Command echo_command() { return {{"echo"}, kUsage, echo_main}; }

}  // namespace nacre
