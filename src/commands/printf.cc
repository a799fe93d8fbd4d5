/// printf - format and print data. (bash has its own builtin; this is /usr/bin/printf.)
/// Source: GNU coreutils 9 manual, "printf invocation"; POSIX XCU printf.
/// Differs: none known.
#include "algo/printf_format.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: printf FORMAT [ARGUMENT]...\n  or:  printf OPTION\n"
    "Print the ARGUMENTs as FORMAT says; FORMAT is used again while arguments are left.\n\n"
    "FORMAT is text with C escapes (\\n \\t \\NNN \\xHH \\uHHHH ...; \\c ends the output), %% and\n"
    "the conversions diouxXfFeEgGaAcs; %b reads escapes in its argument, %q quotes it for a shell.\n\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

int printf_main(Process& p) {
  const auto& argv = p.argv();
  size_t first = 1;
  if (argv.size() == 2 && (argv[1] == "--help" || argv[1] == "--version")) {
    std::vector<std::string> none;
    return parse_plain(p, kUsage, none).value_or(0);
  }
  if (first < argv.size() && argv[first] == "--") first++;
  if (first >= argv.size()) return missing_operand(p);
  Output out(p);
  PrintfOptions options;
  options.bash = false;
  options.utf8 = p.utf8();
  options.warn = [&](const std::string& message) { p.warn("%s", message.c_str()); };
  options.drain = [&](std::string& text) {
    out.write(text);
    text.clear();
    p.tick(32);
  };
  std::vector<std::string_view> args(argv.begin() + static_cast<long>(first) + 1, argv.end());
  std::string text;
  int status = format_printf(text, argv[first], args, options);
  out.write(text);
  return out.finish(status);
}

}  // namespace

Command printf_command() { return {{"printf"}, kUsage, printf_main}; }

}  // namespace nacre
