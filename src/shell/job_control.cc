// Foreground and background: process groups, stops, what is told of jobs.
// Source: bash manual, chapter 7.
#include "base/deep_call.h"
#include "shell/scopes.h"
#include "syntax/print.h"

namespace nacre {

/// Waits for one child of this shell. Signals that come meanwhile are kept: traps run when
/// the foreground command is over.
WaitStatus Shell::wait_for_child(int pid, bool untraced) {
  while (true) {
    auto w = process_->wait(pid, false, untraced, true);
    if (!w || !*w) return {WaitStatus::Kind::Exited, 127};
    if ((*w)->status.kind != WaitStatus::Kind::Continued) return (*w)->status;
  }
}

/// A foreground program under job control: in a group of its own, on a fiber of its own, so that
/// it can be stopped.
WaitStatus Shell::run_in_group(Process& child, const Body& body) {
  int pid = child.pid();
  (void)child.setpgid(0, 0);
  Restore<int> foreground(kernel().foreground_group, std::exchange(kernel().foreground_group, pid));
  kernel().start(child, body);
  WaitStatus st = wait_for_child(pid, true);
  if (st.kind == WaitStatus::Kind::Stopped) {
    std::string text = current_command_ && current_command_->ast ? print_command(*current_command_->ast) : "";
    Job& job = jobs_.add({{pid, text}}, text, pid);
    jobs_.note({pid, st});
    job_stopped(job);
  }
  return st;
}

void Shell::job_stopped(Job& job) {
  (void)process_->write(2, "\n" + job_text(job, jobs_.mark(job.id), JobFormat::Standard, state_.options[Option::Posix]));
  job.notified = true;
}

int Shell::wait_for_job(int id) {
  Job* job = jobs_.by_id(id);
  Restore<int> foreground(kernel().foreground_group, std::exchange(kernel().foreground_group, job->pgid));
  while (job->running()) {
    auto w = process_->wait(-1, false, true, true);
    if (!w || !*w) break;
    jobs_.note(**w);
  }
  if (job->stopped()) {
    jobs_.make_current(id);
    job_stopped(*job);
    return job->status().shell_status();
  }
  WaitStatus st = job->status();
  report_signal(*job);
  jobs_.remove(id);
  return st.shell_status();
}

// ---------------------------------------------------------------- telling

/// What bash prints when a foreground job dies of a signal.
void Shell::report_signal(const Job& job) {
  WaitStatus st = job.status();
  if (st.kind != WaitStatus::Kind::Signaled || st.code == kSigINT || st.code == kSigPIPE || in_substitution_) return;
  bool trapped = (*state_.traps)[static_cast<size_t>(st.code)].kind == Trap::Kind::Command;
  if (state_.interactive || trapped || st.code == kSigTERM) {
    (void)process_->write(2, signal_text(st.code) + "\n");
    return;
  }
  (void)process_->write(2, prefix() + job_text(job, ' ', JobFormat::Message, state_.options[Option::Posix]));
}

void Shell::report_signal(const WaitStatus& st, int pid, const ast::Command* command) {
  if (st.kind != WaitStatus::Kind::Signaled) return;
  if (!command && current_command_) command = current_command_->ast;
  Job job;
  job.members.push_back({pid, command ? print_command(*command) : "", true, st, false});
  report_signal(job);
}

void Shell::report_killed(Job& job) {
  WaitStatus st = job.status();
  if (job.notified || !job.done() || st.kind != WaitStatus::Kind::Signaled || state_.interactive) return;
  bool trapped = (*state_.traps)[static_cast<size_t>(st.code)].kind == Trap::Kind::Command;
  if (trapped || st.code == kSigINT || st.code == kSigTERM || st.code == kSigPIPE) return;
  (void)process_->write(2, prefix() + job_text(job, ' ', JobFormat::Message, state_.options[Option::Posix]));
  job.notified = true;
}

void Shell::report_jobs() {
  poll_jobs();
  bool control = state_.interactive || state_.options[Option::Monitor];
  std::vector<int> ended;
  for (auto& [id, job] : jobs_.all()) {
    if (job.done()) ended.push_back(id);
    if (job.notified || job.running()) continue;
    report_killed(job);
    if (!job.notified && control) {
      (void)process_->write(2, (job.stopped() ? "\n" : "") + job_text(job, jobs_.mark(id), JobFormat::Standard, state_.options[Option::Posix]));
    }
    job.notified = true;
  }
  for (int id : ended) jobs_.remove(id);
}

// ---------------------------------------------------------------- last commands

/// The last command of a subshell may take over its process, as exec would: `kill $!` then reaches
/// the program itself.
void Shell::set_tail(const ir::Command& c) {
  using Kind = ast::CommandKind;
  tail_ = nullptr;
  if (c.kind == Kind::Simple) {
    tail_ = &c;
  } else if (c.kind == Kind::AndOr) {
    set_tail(*static_cast<const ir::AndOr&>(c).rest.back().command);
  } else if (c.kind == Kind::Pipeline) {
    auto& p = static_cast<const ir::Pipeline&>(c);
    if (p.stages.size() == 1 && !p.negated && !p.timed) set_tail(*p.stages[0]);
  }
}

void Shell::set_tail(const ir::List& list) {
  tail_ = nullptr;
  if (list.items.size() == 0) return;
  const ir::Item& last = list.items[list.items.size() - 1];
  if (!last.background) set_tail(*last.command);
}

/// Is there a trap that this process may still have to run?
bool Shell::any_trap() const {
  for (int slot = 0; slot < kTrapSlots; slot++) {
    if ((*state_.traps)[static_cast<size_t>(slot)].kind != Trap::Kind::Command) continue;
    if (!state_.traps_inherited) return true;
    if (slot == kTrapErr && state_.options[Option::ErrTrace]) return true;
  }
  return false;
}

Flow Shell::replace_by_program(const std::string& path, Args& args, ir::Seq<ir::Redirect> redirects) {
  auto env = environment(path);
  if (!redirects.empty() && !redirect(redirects, *process_, nullptr)) {
    if (expander_.failure() != Expander::Failure::None) return fail_expansion();
    set_status(1);
    return Flow::Next;
  }
  std::vector<std::string> argv = std::move(args.words);
  auto body = load_program(*process_, path, argv);
  if (!body) {
    set_status(exec_error(*process_, path, body.error()));
    return Flow::Next;
  }
  process_->fds().close_on_exec();
  kernel().set_args(*process_, std::move(argv), std::move(env));
  kernel().reset_caught(*process_);
  // Nothing of this shell runs any more: the status goes up to where the process began. Returning
  // costs less than the exception of exit().
  set_status(deep_call([&] { return (*body)(*process_); }) & 255);
  left_ = true;
  return Flow::Exit;
}

}  // namespace nacre
