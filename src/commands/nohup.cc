/// nohup, nice - run a command that ignores hangups, or with another niceness.
/// Source: GNU coreutils 9.1 manual, "nohup invocation", "nice invocation"; POSIX XCU nohup, nice.
/// Differs: the scheduler treats all alike, so a niceness is only handed on to be seen.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kNohupUsage[] =
    "Usage: nohup COMMAND [ARG]...\n  or:  nohup OPTION\n"
    "Run COMMAND, ignoring hangup signals.\n\n"
    "      --help       display this help and exit\n      --version    output version information and exit\n\n"
    "If standard input is a terminal, it becomes unreadable; output to a terminal is appended to nohup.out.\n";
constexpr char kNiceUsage[] =
    "Usage: nice [OPTION] [COMMAND [ARG]...]\n"
    "Run COMMAND with an adjusted niceness. With no COMMAND, print the current niceness.\n\n"
    "  -n, --adjustment=N   add integer N to the niceness (default 10)\n"
    "      --help           display this help and exit\n      --version        output version information and exit\n";

// Replaces this program. The status if that fails: 127 not found, 126 otherwise.
int run_command(Process& p, const std::vector<std::string>& command, const std::string& message) {
  Errno e = p.exec_program(command, p.shared_env());
  p.warn(e, "%s", message.c_str());
  return e == Errno::NOENT ? 127 : 126;
}

bool redirect_output(Process& p) {
  for (const std::string& file : {std::string("nohup.out"), std::string(p.getenv("HOME") ? p.getenv("HOME") : "") + "/nohup.out"}) {
    auto fd = p.open(file, kOpenWrite | kOpenCreate | kOpenAppend, 0600);
    if (!fd) continue;
    p.warn("ignoring input and appending output to %s", quote_file(p, file).c_str());
    (void)p.dup2(*fd, 1);
    (void)p.close(*fd);
    return true;
  }
  p.warn("failed to open %s", quote_file(p, "nohup.out").c_str());
  return false;
}

int nohup_main(Process& p) {
  std::vector<std::string> command;
  if (auto status = parse_plain(p, kNohupUsage, command, {.error_status = 125, .in_order = true})) return *status;
  if (command.empty()) return missing_operand(p, 125);
  if (p.isatty(0)) {
    auto fd = p.open("/dev/null", kOpenWrite);
    if (fd) (void)p.dup2(*fd, 0);
  }
  if (p.isatty(1) && !redirect_output(p)) return 125;
  if (p.isatty(2)) (void)p.dup2(1, 2);
  p.set_action(kSigHUP, SignalAction::Ignore);
  return run_command(p, command, "failed to run command " + quote_file(p, command[0]));
}

struct NiceOptions {
  std::optional<std::string> adjustment;
};
constexpr Flag<NiceOptions> kNiceFlags[] = {{'n', "adjustment", &NiceOptions::adjustment}};

// The niceness is kept with the process's limits, which its children inherit; 20 stands for 0.
constexpr char kNiceness = '+';

int64_t niceness(Process& p) {
  const ResourceLimit* held = p.resource_limit(kNiceness);
  return held ? static_cast<int64_t>(held->soft) - 20 : 0;
}

// -10 and --10 are -n 10 and -n -10.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  std::vector<std::string> out = argv;
  for (size_t i = 1; i < out.size() && out[i].size() > 1 && out[i][0] == '-'; i++) {
    std::string_view digits = std::string_view(out[i]).substr(1);
    if (parse_int(digits)) out[i] = "-n" + std::string(digits);
    else if (out[i] == "-n" || out[i] == "--adjustment") i++;
  }
  return out;
}

int nice_main(Process& p) {
  NiceOptions o;
  std::vector<std::string> command;
  if (auto status = parse_argv(p, kNiceUsage, kNiceFlags, o, modern_argv(p.argv()), command, {.error_status = 125, .in_order = true})) return *status;
  int64_t by = 10;
  if (o.adjustment) {
    auto n = parse_int(*o.adjustment);
    if (!n) {
      p.warn("invalid adjustment %s", quote(p, *o.adjustment).c_str());
      return 125;
    }
    by = std::clamp<int64_t>(*n, -40, 40);
  }
  if (command.empty()) {
    if (o.adjustment) {
      p.warn("a command must be given with an adjustment");
      return try_help(p, 125);
    }
    Output out(p);
    out.line(std::to_string(niceness(p)));
    return out.finish(0);
  }
  int64_t want = std::clamp<int64_t>(niceness(p) + by, -20, 19);
  if (want < niceness(p) && p.credentials().uid != 0) {
    p.warn("cannot set niceness: Permission denied");
    want = niceness(p);
  }
  p.set_resource_limit(kNiceness, {static_cast<uint64_t>(want + 20), static_cast<uint64_t>(want + 20)});
  return run_command(p, command, quote(p, command[0]));
}

}  // namespace

Command nohup_command() { return {{"nohup"}, kNohupUsage, nohup_main}; }
Command nice_command() { return {{"nice"}, kNiceUsage, nice_main}; }

}  // namespace nacre
