/// dirname - strip the last component from file names.
/// Source: GNU coreutils 9 manual, "dirname invocation"; POSIX XCU dirname.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: dirname [OPTION] NAME...\n"
    "Output each NAME without its last component and trailing slashes; '.' if there is no slash.\n\n"
    "  -z, --zero     end each output line with NUL, not newline\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

struct Options {
  bool zero = false;
};
constexpr Flag<Options> kFlags[] = {{'z', "zero", &Options::zero}};

int dirname_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names)) return *status;
  if (names.empty()) return missing_operand(p);
  Output out(p);
  for (const auto& n : names) out.line(dir_name(n), o.zero ? '\0' : '\n');
  return out.finish(0);
}

}  // namespace

Command dirname_command() { return {{"dirname"}, kUsage, dirname_main}; }

}  // namespace nacre
