// Pipelines, background commands, time.
// Source: bash manual 3.2.3 "Pipelines", 3.2.4 "Lists".
#include <cstdio>

#include "base/deep_call.h"
#include "kernel/pipe.h"
#include "shell/scopes.h"
#include "syntax/print.h"

namespace nacre {

void Shell::set_pipestatus(int status) {
  // Kept in a plain integer until somebody looks: see dynamic().
  pipestatus_.clear();
  single_pipestatus_ = status;
}

void Shell::set_pipestatus(const std::vector<int>& list) { pipestatus_ = list; }

Process& Shell::start_subshell(std::function<Flow(Shell&)> body, std::function<void(Process&)> prepare) {
  Process& child = kernel().fork(*process_);
  if (prepare) prepare(child);
  // The state is taken now, as fork does; the copy runs when it is scheduled.
  auto sub = std::make_shared<Shell>(child, *this);
  kernel().start(child, [sub, body = std::move(body)](Process&) mutable {
    auto shell = std::move(sub);
    return shell->run_subshell([&] { return body(*shell); });
  });
  return child;
}

Flow Shell::run_pipeline(const ir::Pipeline& c) {
  Timespec real_start{}, cpu_start{};
  if (c.timed) {
    real_start = process_->now(Clock::Monotonic);
    cpu_start = process_->cpu_time();
  }
  Flow flow = Flow::Next;
  if (c.stages.empty()) {
    set_status(0);
  } else if (c.stages.size() == 1) {
    if (c.negated) {
      Raised guard(no_errexit_);
      flow = run_command(*c.stages[0]);
    } else {
      flow = run_command(*c.stages[0]);
    }
  } else {
    flow = run_stages(c);
  }
  if (c.negated && flow == Flow::Next) set_status(state_.last_status == 0 ? 1 : 0);
  if (c.timed) print_times(c, subtract(process_->now(Clock::Monotonic), real_start), subtract(process_->cpu_time(), cpu_start));
  return flow;
}

Flow Shell::run_stages(const ir::Pipeline& c) {
  size_t n = c.stages.size();
  bool lastpipe = state_.options[Option::LastPipe] && !state_.options[Option::Monitor];
  std::vector<int> pids;
  std::vector<int> statuses(n, 0);
  Ref<File> input;
  auto program = program_;
  Raised guard(no_errexit_);
  int outer_errexit = no_errexit_ - 1;
  for (size_t i = 0; i + 1 < n; i++) {
    auto [reader, writer] = make_pipe(kernel());
    const ir::Command* stage = c.stages[i];
    bool with_stderr = c.pipe_stderr[i];
    Ref<File> out = writer;
    Process& child = start_subshell(
        [program, stage, outer_errexit](Shell& sub) {
          sub.no_errexit_ = outer_errexit;
          return sub.run_stage(*stage);
        },
        [&](Process& p) {
          if (input) p.fds().set(0, input, false);
          p.fds().set(1, out, false);
          if (with_stderr) p.fds().set(2, out, false);
        });
    pids.push_back(child.pid());
    input = reader;
  }
  // The last stage runs on this very fiber while the others feed it.
  Flow flow = Flow::Next;
  if (lastpipe) {
    SavedFds saved(*process_);
    saved.save(0);
    process_->fds().set(0, std::move(input), false);
    no_errexit_ = outer_errexit;
    Restore<int> restore(no_errexit_, outer_errexit + 1);
    flow = run_command(*c.stages[n - 1]);
    statuses[n - 1] = state_.last_status;
  } else {
    Process& child = kernel().fork(*process_);
    int pid = child.pid();
    child.fds().set(0, std::move(input), false);
    input.reset();
    WaitStatus st = kernel().call(child, [&](Process& p) {
      Shell sub(p, *this);
      sub.no_errexit_ = outer_errexit;
      return sub.run_subshell([&] { return sub.run_stage(*c.stages[n - 1]); });
    });
    statuses[n - 1] = st.shell_status();
    report_signal(st, pid);
  }
  for (size_t i = 0; i < pids.size(); i++) statuses[i] = wait_for_child(pids[i]).shell_status();
  set_pipestatus(statuses);
  int status = statuses[n - 1];
  if (state_.options[Option::PipeFail]) {
    status = 0;
    for (int s : statuses) if (s) status = s;
  }
  set_status(status);
  return flow;
}

/// A pipeline stage: its status is the process's.
Flow Shell::run_stage(const ir::Command& c) {
  return run_command(c);
}

/// Waits for one child of this shell, taking note of others that end meanwhile.
WaitStatus Shell::wait_for_child(int pid) {
  while (true) {
    auto w = process_->wait(pid, false, state_.options[Option::Monitor]);
    if (w && *w) {
      if ((*w)->status.kind == WaitStatus::Kind::Continued) continue;
      return (*w)->status;
    }
    if (!w && w.error() == Errno::INTR) {
      // Traps wait until the foreground command is over.
      int caught = process_->take_caught();
      held_signals_.push_back(caught);
      continue;
    }
    return {WaitStatus::Kind::Exited, 127};
  }
}

Flow Shell::run_background(const ir::Command& c) {
  auto program = program_;
  const ir::Command* command = &c;
  bool monitor = state_.options[Option::Monitor];
  Process& child = start_subshell(
      [program, command](Shell& sub) { return sub.run_command(*command); },
      [&](Process& p) {
        if (monitor) {
          (void)p.setpgid(0, 0);
          return;
        }
        // Without job control: stdin is /dev/null, SIGINT and SIGQUIT are ignored.
        if (auto null = p.open("/dev/null", kOpenRead)) {
          bool has_input_redirect = false;
          for (const ir::Redirect& r : command->redirects) has_input_redirect |= r.fd == 0;
          if (!has_input_redirect) (void)p.dup2(*null, 0);
          if (*null != 0) (void)p.close(*null);
        }
        p.set_action(kSigINT, SignalAction::Ignore);
        p.set_action(kSigQUIT, SignalAction::Ignore);
      });
  state_.last_background = child.pid();
  Job& job = jobs_.add({child.pid()}, print_command(*c.ast), monitor ? child.pid() : child.pgid());
  if (state_.interactive) (void)process_->write(2, "[" + std::to_string(job.id) + "] " + std::to_string(child.pid()) + "\n");
  set_status(0);
  return Flow::Next;
}

// ---------------------------------------------------------------- time

namespace {

std::string format_seconds(const Timespec& t, int digits) {
  char text[64];
  long fraction = t.nsec;
  for (int i = 9; i > digits; i--) fraction /= 10;
  if (digits == 0) std::snprintf(text, sizeof text, "%lld", static_cast<long long>(t.sec));
  else std::snprintf(text, sizeof text, "%lld.%0*ld", static_cast<long long>(t.sec), digits, fraction);
  return text;
}

std::string format_minutes(const Timespec& t, int digits) {
  Timespec rest{t.sec % 60, t.nsec};
  return std::to_string(t.sec / 60) + "m" + format_seconds(rest, digits) + "s";
}

}  // namespace

void Shell::print_times(const ir::Pipeline& c, Timespec real, Timespec user) {
  const std::string* format = expander_.value_of(sym::kTIMEFORMAT);
  std::string f = c.time_posix ? "real %2R\nuser %2U\nsys %2S" : format ? *format : "\nreal\t%3lR\nuser\t%3lU\nsys\t%3lS";
  if (f.empty()) return;
  std::string out;
  Timespec sys{};
  for (size_t i = 0; i < f.size(); i++) {
    if (f[i] != '%' || i + 1 >= f.size()) {
      out += f[i];
      continue;
    }
    i++;
    if (f[i] == '%') {
      out += '%';
      continue;
    }
    int digits = 3;
    bool minutes = false;
    if (f[i] >= '0' && f[i] <= '9') digits = std::min(f[i++] - '0', 3);
    if (i < f.size() && f[i] == 'l') minutes = true, i++;
    const Timespec* t = i >= f.size() ? nullptr : f[i] == 'R' ? &real : f[i] == 'U' ? &user : f[i] == 'S' ? &sys : nullptr;
    if (i < f.size() && f[i] == 'P') {
      double r = static_cast<double>(real.sec) + real.nsec / 1e9, u = static_cast<double>(user.sec) + user.nsec / 1e9;
      char text[32];
      std::snprintf(text, sizeof text, "%.2f", r > 0 ? std::min(100.0, u / r * 100) : 0.0);
      out += text;
    } else if (t) {
      out += minutes ? format_minutes(*t, digits) : format_seconds(*t, digits);
    } else {
      error("TIMEFORMAT: `" + std::string(1, i < f.size() ? f[i] : ' ') + "': invalid format character");
      return;
    }
  }
  (void)process_->write(2, out + "\n");
}

}  // namespace nacre
