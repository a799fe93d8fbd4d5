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

constexpr int kForkFailed = 254;   // the status of a shell that could not fork

/// A child. Where `ulimit -u` allows none it is tried again as bash does, then the shell ends.
Process& Shell::fork() {
  for (int seconds = 1; !kernel().may_fork(*process_); seconds *= 2) {
    if (seconds > 8) {
      (void)process_->write(2, state_.shell_name + ": fork: Resource temporarily unavailable\n");
      process_->exit(kForkFailed);
    }
    (void)process_->write(2, state_.shell_name + ": fork: retry: Resource temporarily unavailable\n");
    process_->sleep({seconds, 0});
  }
  return kernel().fork(*process_);
}

Process& Shell::start_subshell(std::function<Flow(Shell&)> body, std::function<void(Process&)> prepare) {
  Process& child = fork();
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

namespace {

std::string stage_text(const ir::Command& c) { return c.ast ? print_command(*c.ast) : ""; }

}  // namespace

/// One stage of a pipeline in a child of its own.
Process& Shell::start_stage(const ir::Command& stage, int errexit, const std::function<void(Process&)>& prepare) {
  auto program = program_;
  const ir::Command* command = &stage;
  if (stage.kind == ast::CommandKind::Simple) line_ = stage.line;
  return start_subshell(
      [program, command, errexit](Shell& sub) {
        sub.no_errexit_ = errexit;
        return sub.run_stage(*command);
      },
      prepare);
}

/// In the stage's own shell.
Flow Shell::run_stage(const ir::Command& c) {
  if (c.kind != ast::CommandKind::Simple) jobs_.clear();
  set_tail(c);
  stage_ = &c;
  // The parent looks at the status: no ERR trap, no `set -e` in here.
  if (c.kind == ast::CommandKind::Simple) return run_simple(static_cast<const ir::Simple&>(c));
  return run_command(c);
}

/// The DEBUG trap of a simple command in a pipeline runs before its process is started.
Flow Shell::stage_debug_trap(const ir::Command& c) {
  if (c.kind == ast::CommandKind::Subshell && running_trap_ < 0) current_command_ = &c;
  if (c.kind != ast::CommandKind::Simple) return Flow::Next;
  if (c.line) line_ = lines_.line_of(c);
  if (running_trap_ < 0) current_command_ = &c;
  if ((*state_.traps)[kTrapDebug].kind != Trap::Kind::Command) return Flow::Next;
  Flow flow = debug_trap(c);
  (void)skips();   // a stage is always started
  debugged_ = &c;
  return flow;
}

Flow Shell::run_stages(const ir::Pipeline& c) {
  size_t n = c.stages.size();
  bool lastpipe = state_.options[Option::LastPipe] && !state_.options[Option::Monitor];
  Job job;
  Ref<File> input;
  Raised guard(no_errexit_);
  int outer_errexit = no_errexit_ - 1;
  for (size_t i = 0; i + 1 < n; i++) {
    if (Flow f = stage_debug_trap(*c.stages[i]); f != Flow::Next) return f;
    auto [reader, writer] = make_pipe(kernel());
    Ref<File> out = writer;
    Process& child = start_stage(*c.stages[i], outer_errexit, [&](Process& p) {
      if (input) p.fds().set(0, input, false);
      p.fds().set(1, out, false);
      if (c.pipe_stderr[i]) p.fds().set(2, out, false);
    });
    job.members.push_back({child.pid(), stage_text(*c.stages[i]), true, {}, false});
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
    job.members.push_back({0, "", true, {WaitStatus::Kind::Exited, state_.last_status}, false});
  } else {
    if (Flow f = stage_debug_trap(*c.stages[n - 1]); f != Flow::Next) return f;
    Process& child = fork();
    int pid = child.pid();
    child.fds().set(0, std::move(input), false);
    input.reset();   // NOLINT(bugprone-use-after-move)
    WaitStatus st = kernel().call(child, [&](Process& p) {
      Shell sub(p, *this);
      sub.no_errexit_ = outer_errexit;
      return sub.run_subshell([&] { return sub.run_stage(*c.stages[n - 1]); });
    });
    job.members.push_back({pid, st.kind == WaitStatus::Kind::Signaled ? stage_text(*c.stages[n - 1]) : "", true, st, false});
  }
  std::vector<int> statuses;
  for (size_t i = 0; i < n; i++) {
    Job::Member& m = job.members[i];
    if (i + 1 < n) m.status = wait_for_child(m.pid);
    statuses.push_back(m.status.shell_status());
  }
  report_signal(job);
  set_pipestatus(statuses);
  int status = statuses[n - 1];
  if (state_.options[Option::PipeFail]) {
    status = 0;
    for (int s : statuses)
      if (s) status = s;
  }
  set_status(status);
  // As bash: a group in parentheses at the end is looked at by itself first.
  if (statuses[n - 1] && outer_errexit == 0 && c.stages[n - 1]->kind == ast::CommandKind::Subshell) {
    if (Flow f = err_trap(); f != Flow::Next) return f;
  }
  if (!jobs_.all().empty() && !state_.interactive) report_jobs();
  return flow;
}

/// A background process before it begins: a group of its own, or out of reach of the keyboard.
void Shell::detach(Process& p, const ir::Command& c) {
  if (state_.options[Option::Monitor]) {
    (void)p.setpgid(0, 0);
    return;
  }
  // Without job control: stdin is /dev/null, SIGINT and SIGQUIT are ignored.
  bool has_input = false;
  for (const ir::Redirect& r : c.redirects) has_input |= r.fd == 0;
  if (!has_input) {
    if (auto null = p.open("/dev/null", kOpenRead); null && *null != 0) {
      (void)p.dup2(*null, 0);
      (void)p.close(*null);
    }
  }
  p.set_action(kSigINT, SignalAction::Ignore);
  p.set_action(kSigQUIT, SignalAction::Ignore);
}

void Shell::began_job(const std::vector<Jobs::Started>& started, const ir::Command& c, int pgid) {
  state_.last_background = started.back().pid;
  Job& job = jobs_.add(started, stage_text(c), pgid);
  if (state_.interactive) (void)process_->write(2, "[" + std::to_string(job.id) + "] " + std::to_string(job.last_pid()) + "\n");
  set_status(0);
}

/// a | b & : every stage is a child of this shell, and $! the last of them.
Flow Shell::run_background_stages(const ir::Pipeline& c) {
  size_t n = c.stages.size();
  bool monitor = state_.options[Option::Monitor];
  int pgid = process_->pgid();
  std::vector<Jobs::Started> started;
  Ref<File> input;
  for (size_t i = 0; i < n; i++) {
    Ref<File> out, next;
    if (i + 1 < n) {
      auto [reader, writer] = make_pipe(kernel());
      next = reader;
      out = writer;
    }
    Process& child = start_stage(*c.stages[i], no_errexit_, [&](Process& p) {
      detach(p, *c.stages[i]);
      if (monitor && i > 0) (void)p.setpgid(0, pgid);
      if (input) p.fds().set(0, input, false);
      if (out) p.fds().set(1, out, false);
      if (out && c.pipe_stderr[i]) p.fds().set(2, out, false);
    });
    if (monitor && i == 0) pgid = child.pid();
    started.push_back({child.pid(), stage_text(*c.stages[i])});
    input = next;
  }
  began_job(started, c, pgid);
  return Flow::Next;
}

Flow Shell::run_background(const ir::Command& c) {
  if (c.kind == ast::CommandKind::Pipeline) {
    auto& pipeline = static_cast<const ir::Pipeline&>(c);
    if (pipeline.stages.size() > 1 && !pipeline.negated && !pipeline.timed) return run_background_stages(pipeline);
  }
  if (c.kind == ast::CommandKind::Simple) {   // %1 & is `bg %1`
    auto& simple = static_cast<const ir::Simple&>(c);
    if (!simple.words.empty() && simple.words[0].word->literal && simple.words[0].word->text.starts_with('%')) {
      Args args;
      args.words = {"bg"};
      if (!expand_arguments(simple, args)) return fail_expansion();
      return run_builtin(*find_builtin("bg"), args, {}, {});
    }
  }
  auto program = program_;
  const ir::Command* command = &c;
  Process& child = start_subshell(
      [program, command](Shell& sub) {
        sub.jobs_.clear();
        // A group in parentheses needs no second process.
        if (command->kind == ast::CommandKind::Subshell && command->redirects.empty()) {
          const ir::List& body = *static_cast<const ir::Group&>(*command).body;
          sub.set_tail(body);
          return sub.run_list(body);
        }
        return sub.run_stage(*command);
      },
      [&](Process& p) { detach(p, c); });
  began_job({{child.pid(), stage_text(c)}}, c, child.pgid());
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
