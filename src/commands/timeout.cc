/// timeout - run a command with a time limit.
/// Source: GNU coreutils 9 manual, "timeout invocation".
/// Differs: none known.
#include <utility>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/duration.h"
#include "commands/quoting.h"
#include "commands/signals.h"
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

/// The command, and its group with this process in it (which SIGKILL ends too).
void tell(Process& p, int pid, int sig, bool group) {
  (void)p.kill(pid, sig);
  if (!group) return;
  const bool fixed = sig == kSigKILL || sig == kSigSTOP;
  if (!fixed) p.set_action(sig, SignalAction::Ignore);
  (void)p.kill(0, sig);
  if (fixed || sig == kSigCONT) return;
  (void)p.kill(pid, kSigCONT);
  p.set_action(kSigCONT, SignalAction::Ignore);
  (void)p.kill(0, kSigCONT);
}

/// As the command ended: a death by a signal that is not the limit's is died again.
int end_as(Process& p, const WaitStatus& status, bool timed_out, bool preserve) {
  const bool signaled = status.kind == WaitStatus::Kind::Signaled;
  if (signaled && !timed_out) {
    p.set_action(status.code, SignalAction::Default);
    p.unblock(status.code);
    (void)p.kill(p.pid(), status.code);
  }
  if (signaled && status.code == kSigKILL) preserve = true;
  return timed_out && !preserve ? 124 : status.shell_status();
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
    const auto named = operand_signal(*o.signal);
    sig = named.value_or(0);
    if (!named) {
      p.warn("%s: invalid signal", quote(p, *o.signal).c_str());
      return try_help(p, 125);
    }
  }
  std::vector<std::string> command(words.begin() + 1, words.end());
  if (!o.foreground) (void)p.setpgid(0, 0);   // so that all of what the command starts is told
  for (int s : {kSigALRM, kSigINT, kSigQUIT, kSigHUP, kSigTERM}) p.set_action(s, SignalAction::Catch);
  if (sig != kSigKILL && sig != kSigSTOP) p.set_action(sig, SignalAction::Catch);
  p.unblock(kSigALRM);
  p.set_action(kSigCHLD, SignalAction::Default);
  auto pid = p.spawn(command);
  if (!pid && pid.error() == Errno::AGAIN) {
    p.warn(pid.error(), "fork system call failed");
    return 125;
  }
  if (!pid) {
    p.warn(pid.error(), "failed to run command %s", quote(p, command[0]).c_str());
    return pid.error() == Errno::NOENT ? 127 : 126;
  }
  if (*limit > 0) p.alarm(to_timespec(*limit));
  bool timed_out = false;
  for (;;) {
    auto done = p.wait(*pid);
    if (done && *done) return end_as(p, (*done)->status, timed_out, o.preserve);
    if (!done && done.error() != Errno::INTR) return 125;
    while (int caught = p.take_caught()) {
      int send = caught;
      if (caught == kSigALRM) {
        timed_out = true;
        send = sig;
      }
      if (kill_after > 0) {
        p.alarm(to_timespec(std::exchange(kill_after, 0)));
        sig = kSigKILL;
      }
      if (o.verbose) p.warn("sending signal %s to command %s", operand_signal_name(send).c_str(), quote(p, command[0]).c_str());
      tell(p, *pid, send, !o.foreground);
    }
  }
}

}  // namespace

Command timeout_command() { return {{"timeout"}, kUsage, timeout_main}; }

}  // namespace nacre
