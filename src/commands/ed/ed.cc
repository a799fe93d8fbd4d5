/// ed - a line-oriented text editor.
/// Source: POSIX XCU ed; GNU ed manual 1.19, checked against the tool.
/// Differs: usage text is in our own words.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/ed/editor.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: ed [OPTION]... [FILE]\n"
    "Edit FILE (or the output of '!COMMAND') by the commands on standard input.\n\n"
    "  -E, --extended-regexp    use extended regular expressions\n"
    "  -G, --traditional        as older versions: 'l' prints no $, 'm' and 't' need a destination\n"
    "  -l, --loose-exit-status  succeed even if a command fails\n"
    "  -p, --prompt=STRING      prompt with STRING\n"
    "  -q, --quiet, --silent    suppress what is written to standard error\n"
    "  -r, --restricted         no shell, and only files in this directory\n"
    "  -s, --script             no byte counts and no '!' prompt\n"
    "  -v, --verbose            explain errors, as the command H does\n"
    "      --strip-trailing-cr  take carriage returns off line ends\n"
    "  -h, --help               display this help and exit\n"
    "  -V, --version            output version information and exit\n";

constexpr Flag<EdOptions> kFlags[] = {
    {'E', "extended-regexp", &EdOptions::extended},
    {'G', "traditional", &EdOptions::traditional},
    {'l', "loose-exit-status", &EdOptions::loose},
    {'p', "prompt", &EdOptions::prompt},
    {'q', "quiet", &EdOptions::quiet},
    {'q', "silent", &EdOptions::quiet},
    {'r', "restricted", &EdOptions::restricted},
    {'s', "script", &EdOptions::script},
    {'v', "verbose", &EdOptions::verbose},
    {0, "strip-trailing-cr", &EdOptions::strip_cr},
};

int ed_main(Process& p) {
  EdOptions o;
  std::vector<std::string> files, argv = p.argv();
  for (auto& a : argv) {
    if (a == "--") break;
    if (a == "-h" || a == "-V") a = a == "-h" ? "--help" : "--version";
  }
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files)) return *status;
  // A lone - is -s.
  std::erase_if(files, [&](const std::string& f) {
    if (f != "-") return false;
    o.script = true;
    return true;
  });
  if (p.name() == "red") o.restricted = true;
  Editor editor(p, o);
  if (!files.empty() && !editor.open(files[0])) return 1;
  return editor.run();
}

}  // namespace

Command ed_command() { return {{"ed", "red"}, kUsage, ed_main, MessageName::Short}; }

}  // namespace nacre
