/// sleep - delay for a specified time.
/// Source: GNU coreutils 9 manual, "sleep invocation"; POSIX XCU sleep.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/duration.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: sleep NUMBER[SUFFIX]...\n  or:  sleep OPTION\n"
    "Pause for NUMBER seconds (SUFFIX s, the default), minutes (m), hours (h) or days (d).\n"
    "NUMBER may be a fraction; several are added.\n\n"
    "      --help     display this help and exit\n"
    "      --version  output version information and exit\n";

int sleep_main(Process& p) {
  std::vector<std::string> spans;
  if (auto status = parse_plain(p, kUsage, spans)) return *status;
  if (spans.empty()) return missing_operand(p);
  double seconds = 0;
  bool wrong = false;
  for (const auto& s : spans) {
    auto d = parse_duration(s);
    if (!d) {
      p.warn("invalid time interval %s", quote(p, s).c_str());
      wrong = true;
      continue;
    }
    seconds += *d;
  }
  if (wrong) return try_help(p);
  p.sleep(to_timespec(seconds));
  return 0;
}

}  // namespace

Command sleep_command() { return {{"sleep"}, kUsage, sleep_main}; }

}  // namespace nacre
