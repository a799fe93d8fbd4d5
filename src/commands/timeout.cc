/// timeout - run a command with a time limit.
/// Source: GNU coreutils 9 manual, "timeout invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/duration.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: timeout [OPTION] DURATION COMMAND [ARG]...\n"
    "Start COMMAND, and kill it if still running after DURATION.\n\n"
    "      --preserve-status    exit with the same status as COMMAND, even when it times out\n"
    "      --foreground         let COMMAND stay in timeout's process group\n"
    "  -k, --kill-after=DURATION  also send a KILL signal if COMMAND is still running this long after\n"
    "  -s, --signal=SIGNAL      specify the signal to be sent on timeout\n"
    "  -v, --verbose            diagnose to stderr any signal sent upon timeout\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n\n"
    "If the command times out, exit with status 124; otherwise with the status of COMMAND.\n"
    "125 if timeout itself fails, 126 if COMMAND cannot be invoked, 127 if it is not found, 137 if KILL was sent.\n";

struct Options {
  bool preserve = false, foreground = false, verbose = false;
  std::optional<std::string> kill_after, signal;
};
constexpr Flag<Options> kFlags[] = {{0, "preserve-status", &Options::preserve},
                                    {0, "foreground", &Options::foreground},
                                    {'k', "kill-after", &Options::kill_after},
                                    {'s', "signal", &Options::signal},
                                    {'v', "verbose", &Options::verbose}};

std::optional<double> duration(Process& p, const std::string& text) {
  auto d = parse_duration(text);
  if (!d) {
    p.warn("invalid time interval %s", quote(p, text).c_str());
    try_help(p, 125);
  }
  return d;
}

int timeout_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kFlags, o, words, {.error_status = 125, .in_order = true})) return *status;
  if (words.size() < 2) return try_help(p, 125);
  auto limit = duration(p, words[0]);
  if (!limit) return 125;
  double kill_after = 0;
  if (o.kill_after) {
    auto k = duration(p, *o.kill_after);
    if (!k) return 125;
    kill_after = *k;
  }
  int sig = kSigTERM;
  if (o.signal) {
    sig = signal_number(*o.signal);
    if (sig <= 0) {
      p.warn("%s: invalid signal", quote(p, *o.signal).c_str());
      return try_help(p, 125);
    }
  }
  std::vector<std::string> command(words.begin() + 1, words.end());
  SpawnOptions options;
  options.new_group = !o.foreground;
  p.set_action(kSigALRM, SignalAction::Catch);
  p.set_action(kSigCHLD, SignalAction::Default);
  auto pid = p.spawn(command, options);
  if (!pid && pid.error() == Errno::AGAIN) {
    p.warn(pid.error(), "fork system call failed");
    return 125;
  }
  if (!pid) {
    p.warn(pid.error(), "failed to run command %s", quote(p, command[0]).c_str());
    return pid.error() == Errno::NOENT ? 127 : 126;
  }
  if (*limit > 0) p.alarm(to_timespec(*limit));
  bool timed_out = false, killed = false;
  for (;;) {
    auto done = p.wait(*pid);
    if (done && *done) {
      const WaitStatus& s = (*done)->status;
      if (timed_out && !o.preserve) return killed || sig == kSigKILL ? 137 : 124;
      return s.shell_status();
    }
    if (!done && done.error() != Errno::INTR) return 125;
    bool alarm = false;
    while (int caught = p.take_caught()) alarm = alarm || caught == kSigALRM;
    if (!alarm) continue;
    int send = timed_out ? static_cast<int>(kSigKILL) : sig;
    if (timed_out) killed = true;
    if (o.verbose) p.warn("sending signal %s to command %s", signal_name(send).c_str(), quote(p, command[0]).c_str());
    if (o.foreground || !p.kill(-*pid, send)) (void)p.kill(*pid, send);
    if (send != kSigKILL) (void)p.kill(o.foreground ? *pid : -*pid, kSigCONT);
    if (!timed_out && kill_after > 0) p.alarm(to_timespec(kill_after));
    timed_out = true;
  }
}

}  // namespace

Command timeout_command() { return {{"timeout"}, kUsage, timeout_main}; }

}  // namespace nacre
