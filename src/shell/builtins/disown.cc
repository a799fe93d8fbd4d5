/// disown - forget jobs, or protect them from SIGHUP.
/// Source: bash manual 7.2, disown.
#include "shell/builtins/job_operand.h"

namespace nacre {
namespace {

struct Choice {
  bool protect = false, all = false, running = false;
};

void let_go(Shell& sh, Job& job, const Choice& c) {
  if (c.protect) job.no_hup = true;
  else sh.jobs().remove(job.id);
}

int run_disown(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "ahr");
  Choice c;
  while (char o = options.next()) {
    if (o == '?') return 2;
    if (o == 'h') c.protect = true;
    if (o == 'a') c.all = true;
    if (o == 'r') c.running = true;
  }
  sh.poll_jobs();
  size_t at = options.index();
  if (at >= args.size() && (c.all || c.running)) {
    std::vector<int> ids;
    for (auto& [id, job] : sh.jobs().all()) {
      if (!c.running || job.running()) ids.push_back(id);
    }
    for (int id : ids) let_go(sh, *sh.jobs().by_id(id), c);
    return 0;
  }
  int status = 0;
  do {
    Job* job = at < args.size() ? find_job_or_pid(sh, args[at]) : current_job(sh);
    if (job) let_go(sh, *job, c);
    else status = 1;
  } while (++at < args.size());
  return status;
}

}  // namespace

Builtin disown_builtin() {
  return {"disown", run_disown, 0, "disown [-h] [-ar] [jobspec ... | pid ...]",
          "Takes jobs, the current one unless named, out of the job table.\n"
          "  -h  keep them, but send them no SIGHUP when the shell ends\n"
          "  -a  all jobs    -r  running jobs only"};
}

}  // namespace nacre
