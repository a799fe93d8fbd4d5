/// printenv - print all or part of the environment.
/// Source: GNU coreutils 9 manual, "printenv invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: printenv [OPTION]... [VARIABLE]...\n"
    "Print the values of the specified environment VARIABLE(s), or name and value pairs for them all.\n\n"
    "  -0, --null     end each output line with NUL, not newline\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

struct Options {
  bool null = false;
};
constexpr Flag<Options> kFlags[] = {{'0', "null", &Options::null}};

int printenv_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names, {.error_status = 2, .in_order = true})) return *status;
  Output out(p, 1, 2);
  char end = o.null ? '\0' : '\n';
  if (names.empty()) {
    for (const auto& e : p.env()) out.line(e, end);
    return out.finish(0);
  }
  int status = 0;
  for (const auto& name : names) {
    const char* value = name.find('=') == std::string::npos ? p.getenv(name) : nullptr;
    if (value) out.line(value, end);
    else status = 1;
  }
  return out.finish(status);
}

}  // namespace

Command printenv_command() { return {{"printenv"}, kUsage, printenv_main}; }

}  // namespace nacre
