/// kill - send a signal to processes or jobs.
/// Source: bash manual 7.2, kill.
#include <cctype>
#include <utility>

#include "shell/builtins/job_operand.h"
#include "shell/builtins/operands.h"
#include "shell/builtins/signal_list.h"

namespace nacre {
namespace {

struct Request {
  std::string word = "TERM";
  std::optional<int> sig = kSigTERM;
  bool given = false, list = false;

  void set(std::string spec) {
    word = std::move(spec);
    sig = signal_operand(word);
    // EXIT is signal 0 here; the other events of trap are no signals, but bash takes their names.
    given = true;
  }
};

/// Options, which follow no getopt: -s NAME, -sNAME, -n NUM, -nNUM, -NAME, -NUM, -l, -L, --.
/// -1: go on at *at; else the status.
int parse(Shell& sh, const Args& args, Request& r, size_t* at) {
  size_t i = 1;
  for (; i < args.size(); i++) {
    const std::string& a = args[i];
    if (a == "--help") {
      sh.print_help();
      return 2;
    }
    if (a == "-s" || a == "-n") {
      if (i + 1 >= args.size()) {
        sh.builtin_error(a + ": option requires an argument");
        return 1;
      }
      r.set(args[++i]);
    } else if (a.size() > 2 &&
               ((a[1] == 's' && std::isalpha(static_cast<unsigned char>(a[2]))) || (a[1] == 'n' && std::isdigit(static_cast<unsigned char>(a[2])))) &&
               a[0] == '-') {
      r.set(a.substr(2));
    } else if (a == "-l" || a == "-L") {
      r.list = true;
    } else if (a == "--") {
      i++;
      break;
    } else if (a == "-?") {
      return sh.usage();
    } else if (a.starts_with("-") && !r.given) {
      r.set(a.substr(1));
    } else {
      break;
    }
  }
  *at = i;
  return -1;
}

int list_signals(Shell& sh, const Args& args, size_t at) {
  if (at >= args.size()) return sh.out(signal_table(sh.options()[Option::Posix])) ? 0 : 1;
  int status = 0;
  std::string out;
  for (; at < args.size(); at++) {
    auto number = whole_number(args[at]);
    if (number) {
      // An exit status stands for the signal that caused it.
      int64_t sig = *number > 128 ? *number - 128 : *number;
      if (sig >= 0 && sig < kSigCount) {
        std::string name = sig == 0 ? "EXIT" : signal_name(static_cast<int>(sig));
        if (!name.empty()) out += name + "\n";
        continue;
      }
    } else if (auto sig = signal_operand(args[at])) {
      out += std::to_string(*sig) + "\n";
      continue;
    }
    // What was found so far comes before the complaint.
    if (!sh.out(std::exchange(out, ""))) return 1;
    invalid_signal(sh, args[at]);
    status = 1;
  }
  return sh.out(out) ? status : 1;
}

bool report(Shell& sh, const Request& r, int64_t pid, Errno e) {
  if (e == Errno::INVAL) invalid_signal(sh, r.word);
  else sh.builtin_error("(" + std::to_string(pid) + ") - " + std::string(message(e)));
  return false;
}

bool signal_job(Shell& sh, const Request& r, const std::string& word) {
  Job* job = find_job(sh, word);
  if (!job) return false;
  // A job with a group of its own is reached through it; else each process alone.
  if (job->pgid == job->members[0].pid) {
    auto done = sh.process().kill(-job->pgid, *r.sig);
    return done ? true : report(sh, r, job->pgid, done.error());
  }
  bool any = false;
  std::vector<int> pids;
  for (const Job::Member& m : job->members) {
    if (!m.done) pids.push_back(m.pid);
  }
  for (int pid : pids) any |= sh.process().kill(pid, *r.sig).ok();
  return any || report(sh, r, pids.empty() ? job->last_pid() : pids[0], Errno::SRCH);
}

bool signal_one(Shell& sh, const Request& r, const std::string& word) {
  auto pid = whole_number(word);
  if (pid && *pid == static_cast<int>(*pid)) {
    auto done = sh.process().kill(static_cast<int>(*pid), *r.sig);
    return done ? true : report(sh, r, *pid, done.error());
  }
  if (!word.empty() && word[0] != '%') {
    sh.builtin_error(word + ": arguments must be process or job IDs");
    return false;
  }
  if (word.empty()) {
    sh.builtin_error("`': not a pid or valid job spec");
    return false;
  }
  return signal_job(sh, r, word);
}

int run_kill(Shell& sh, Args& args) {
  if (args.size() == 1) return sh.usage();
  Request r;
  size_t at = 1;
  if (int status = parse(sh, args, r, &at); status >= 0) return status;
  if (r.list) return list_signals(sh, args, at);
  if (!r.sig || *r.sig == kTrapErr) {
    invalid_signal(sh, r.word);
    return 1;
  }
  if (at >= args.size()) return sh.usage();
  // Children that ended are gone, though nobody has waited for them yet.
  sh.poll_jobs();
  bool any = false;
  for (; at < args.size(); at++) any |= signal_one(sh, r, args[at]);
  return any ? 0 : 1;
}

}  // namespace

Builtin kill_builtin() {
  return {"kill", run_kill, 0, "kill [-s sigspec | -n signum | -sigspec] pid | jobspec ... or kill -l [sigspec]",
          "Sends a signal, TERM unless another is named, to processes and jobs.\n"
          "PID 0 is the shell's process group, a negative PID that group; %N and its kin name jobs.\n"
          "  -s NAME  the signal by name    -n NUM  by number\n"
          "  -l       list signals; with operands, turn numbers (or exit statuses) into names and names into numbers\n"
          "  -L       the same as -l"};
}

}  // namespace nacre
