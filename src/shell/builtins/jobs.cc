/// jobs - list jobs.
/// Source: bash manual 7.2, jobs.
#include "shell/builtins/job_operand.h"

namespace nacre {
namespace {

struct Listing {
  bool lines = false, changed = false, pids = false, running = false, stopped = false, replace = false;
};

std::string job_entry(Shell& sh, Job& job, const Listing& l) {
  if (l.changed && job.notified) return "";
  if (l.running && !job.running()) return "";
  if (l.stopped && !job.stopped()) return "";
  if (l.pids) return std::to_string(job.members[0].pid) + "\n";
  job.notified = true;
  return job_text(job, sh.jobs().mark(job.id), l.lines ? JobFormat::Long : JobFormat::Standard, sh.options()[Option::Posix]);
}

int list(Shell& sh, const Args& args, size_t at, const Listing& l) {
  std::string out;
  int status = 0;
  if (at >= args.size()) {
    for (auto& [id, job] : sh.jobs().all()) out += job_entry(sh, job, l);
  }
  for (; at < args.size(); at++) {
    bool ambiguous = false;
    if (Job* job = sh.jobs().find(args[at], &ambiguous)) {
      out += job_entry(sh, *job, l);
      continue;
    }
    if (!sh.out(out)) return 1;
    out.clear();
    if (ambiguous) (void)find_job(sh, args[at]);
    sh.builtin_error(args[at] + ": no such job");
    status = 1;
  }
  sh.jobs().remove_told();
  return sh.out(out) ? status : 1;
}

/// -x: job specifications become process groups, then the command runs.
int run_replaced(Shell& sh, Args& args, size_t at) {
  args.drop(at);
  for (std::string& word : args.words) {
    if (!word.starts_with("%")) continue;
    bool ambiguous = false;
    if (Job* job = sh.jobs().find(word, &ambiguous)) word = std::to_string(job->pgid);
  }
  if (args.words.empty()) return 0;
  Flow flow = sh.run_words(args, false);
  if (flow != Flow::Next) sh.request(flow);
  return sh.status();
}

int run_jobs(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "lpnxrs");
  Listing l;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'l') l.lines = true;
    if (c == 'p') l.pids = true;
    if (c == 'n') l.changed = true;
    if (c == 'r') l.running = true, l.stopped = false;
    if (c == 's') l.stopped = true, l.running = false;
    if (c == 'x') {
      if (l.lines || l.pids || l.changed || l.running || l.stopped) {
        sh.builtin_error("no other options allowed with `-x'");
        return 1;
      }
      l.replace = true;
    }
  }
  if (l.replace) return run_replaced(sh, args, options.index());
  sh.poll_jobs();
  return list(sh, args, options.index(), l);
}

}  // namespace

Builtin jobs_builtin() {
  return {"jobs", run_jobs, 0, "jobs [-lnprs] [jobspec ...] or jobs -x command [args]",
          "Lists the jobs of this shell, or those named.\n"
          "  -l  with process ids    -p  process ids only\n"
          "  -n  only those whose state changed since it was last told\n"
          "  -r  running ones only   -s  stopped ones only\n"
          "  -x  run COMMAND with job specifications in ARGS replaced by process ids"};
}

}  // namespace nacre
