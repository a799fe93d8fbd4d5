/// fg, bg - continue jobs in the foreground or in the background.
/// Source: bash manual 7.2, fg, bg.
#include "shell/builtins/job_operand.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

Job* operand(Shell& sh, const Args& args, size_t at) { return at < args.size() ? find_job(sh, args[at]) : current_job(sh); }

void wake(Shell& sh, Job& job) {
  job.resume();
  (void)sh.process().kill(-job.pgid, kSigCONT);
}

int run_fg(Shell& sh, Args& args) {
  if (!need_job_control(sh)) return 1;
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  sh.poll_jobs();
  Job* job = operand(sh, args, at);
  if (!job) return 1;
  if (job->done()) {
    sh.builtin_error("job has terminated");
    return 1;
  }
  if (!sh.out(job->command + "\n")) return 1;
  sh.jobs().make_current(job->id);
  wake(sh, *job);
  return sh.wait_for_job(job->id);
}

int run_bg(Shell& sh, Args& args) {
  if (!need_job_control(sh)) return 1;
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  sh.poll_jobs();
  int status = 0;
  do {
    Job* job = operand(sh, args, at);
    if (!job) {
      status = 1;
    } else if (job->done()) {
      sh.builtin_error("job has terminated");
      status = 1;
    } else if (job->running()) {
      // Harmless, so the status stays 0.
      sh.builtin_error("job " + std::to_string(job->id) + " already in background");
    } else {
      char mark = sh.jobs().mark(job->id);
      wake(sh, *job);
      sh.state().last_background = job->last_pid();
      if (!sh.out("[" + std::to_string(job->id) + "]" + mark + " " + job->command + " &\n")) status = 1;
    }
  } while (++at < args.size());
  return status;
}

}  // namespace

Builtin fg_builtin() { return {"fg", run_fg, 0, "fg [job_spec]", "Brings a job, the current one unless named, to the foreground and waits for it."}; }
Builtin bg_builtin() { return {"bg", run_bg, 0, "bg [job_spec ...]", "Lets stopped jobs, the current one unless named, go on in the background."}; }

}  // namespace nacre
