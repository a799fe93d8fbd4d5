/// wait - until background jobs have ended.
/// Source: bash manual 7.2, wait.
#include "shell/builtins/job_operand.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

class Waiting {
 public:
  Waiting(Shell& sh, bool any, bool ended_only) : sh_(sh), any_(any), stops_count_(!ended_only && sh.options()[Option::Monitor]) {}

  int run(const Args& args, size_t at, int* pid) {
    sh_.poll_jobs();
    int status = 0;
    if (any_) status = any_of(args, at, pid);
    else if (at >= args.size()) status = everything();
    else
      for (; at < args.size() && !interrupted_; at++) status = one(args[at], pid);
    return interrupted_ ? interrupted_ : status;
  }

 private:
  bool over(const Job& job) const { return job.done() || (stops_count_ && job.stopped()); }

  /// Sleeps until a child changes. False: none is left, or a trapped signal came.
  bool sleep() {
    while (true) {
      auto w = sh_.process().wait(-1, false, sh_.options()[Option::Monitor]);
      if (w) {
        sh_.jobs().note(**w);
        if (sh_.process().has_caught(kSigCHLD)) chld_traps();
        return true;
      }
      if (w.error() != Errno::INTR) return false;
      if (sh_.process().has_caught(kSigCHLD) && !sh_.options()[Option::Posix]) {
        // Children that end do not interrupt: their trap runs here, and the wait goes on.
        chld_traps();
        if (!interrupted_ && !sh_.process().has_caught()) continue;
      }
      interrupted_ = interrupted_ ? interrupted_ : 128 + sh_.process().first_caught();
      return false;
    }
  }

  void chld_traps() {
    sh_.process().forget_caught(kSigCHLD);
    Flow flow = Flow::Next;
    for (uint32_t n = sh_.process().take_children_ended(); n > 0 && flow == Flow::Next; n--) flow = sh_.run_trap(kSigCHLD);
    if (flow == Flow::Next) return;
    sh_.request(flow);
    interrupted_ = sh_.status() ? sh_.status() : 128 + kSigCHLD;
  }

  /// A job whose end was waited for: the user knows, it leaves the table.
  int collect(Job& job, int* pid) {
    int status = job.status().shell_status();
    if (pid) *pid = job.last_pid();
    if (!job.done()) return status;
    if (sh_.options()[Option::Monitor]) {
      sh_.report_jobs();
      return status;
    }
    sh_.report_killed(job);
    sh_.jobs().remove(job.id);
    return status;
  }

  int everything() {
    while (!interrupted_) {
      bool busy = false;
      for (auto& [id, job] : sh_.jobs().all()) busy |= !over(job);
      // The last process substitution counts too, if nothing was started since.
      int last = sh_.state().last_background;
      bool substitution = last && !sh_.jobs().by_pid(last) && !sh_.jobs().finished(last);
      if ((!busy && !substitution) || !sleep()) break;
    }
    if (sh_.options()[Option::Monitor]) sh_.report_jobs();
    std::vector<int> ended;
    for (auto& [id, job] : sh_.jobs().all()) {
      if (job.done()) ended.push_back(id);
    }
    for (int id : ended) {
      Job* job = sh_.jobs().by_id(id);
      sh_.report_killed(*job);
      sh_.jobs().remove(id);
    }
    return 0;
  }

  int one(const std::string& word, int* pid) {
    if (!word.empty() && word[0] == '%') return one_job(word, pid);
    auto number = small_number(word);
    if (!number) {
      sh_.builtin_error("`" + word + "': not a pid or valid job spec");
      return 1;
    }
    if (Job* job = sh_.jobs().by_pid(*number); job && job->last_pid() == *number) return until_over(job->id, pid);
    while (!sh_.jobs().finished(*number)) {
      if (!sh_.process().has_child(*number)) {
        sh_.builtin_error("pid " + std::to_string(*number) + " is not a child of this shell");
        return 127;
      }
      if (!sleep()) return interrupted_;
    }
    if (pid) *pid = *number;
    return sh_.jobs().finished(*number)->shell_status();
  }

  int one_job(const std::string& word, int* pid) {
    Job* job = find_job(sh_, word);
    return job ? until_over(job->id, pid) : 127;
  }

  int until_over(int id, int* pid) {
    while (true) {
      Job* job = sh_.jobs().by_id(id);
      if (!job) return 127;
      if (over(*job)) return collect(*job, pid);
      if (!sleep()) return interrupted_ ? interrupted_ : 127;
    }
  }

  /// -n: the first to end, of those named or of all.
  int any_of(const Args& args, size_t at, int* pid) {
    bool all = at >= args.size();
    std::vector<int> ids;
    for (; at < args.size(); at++) {
      Job* job = args[at].starts_with("%") ? find_job(sh_, args[at]) : find_job_or_pid(sh_, args[at]);
      if (job) ids.push_back(job->id);
    }
    if (all) {
      for (auto& [id, job] : sh_.jobs().all()) ids.push_back(id);
    }
    while (!interrupted_) {
      bool busy = false;
      for (int id : ids) {
        Job* job = sh_.jobs().by_id(id);
        if (!job || job->collected) continue;
        if (over(*job)) {
          job->collected = true;
          return collect(*job, pid);
        }
        busy = true;
      }
      if (!busy || !sleep()) break;
    }
    return interrupted_ ? interrupted_ : 127;
  }

  Shell& sh_;
  bool any_, stops_count_;
  int interrupted_ = 0;   ///< status to leave with: a signal came
};

int run_wait(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "fnp:");
  bool any = false, ended_only = false;
  std::string name;
  bool named = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'n') any = true;
    if (c == 'f') ended_only = true;
    if (c == 'p') named = true, name = options.value();
  }
  if (named) {
    if (!is_name(name) && !is_element_name(name)) {
      invalid_identifier(sh, name);
      return 1;
    }
    if (is_name(name)) {
      Symbol s = sh.symbols().intern(name);
      if (const Variable* v = sh.vars().find(s); v && v->has(kReadonly)) {
        sh.builtin_error(name + ": cannot unset: readonly variable");
        return 1;
      }
      sh.unset_variable(s);
    }
  }
  int pid = 0;
  int status = Waiting(sh, any, ended_only).run(args, options.index(), named ? &pid : nullptr);
  sh.dispose_coproc();
  if (pid && !sh.expander().assign_name(name, std::to_string(pid))) return 1;
  return status;
}

}  // namespace

Builtin wait_builtin() {
  return {"wait", run_wait, 0, "wait [-fn] [-p var] [id ...]",
          "Waits for processes (pids) or jobs (%N) of this shell, or for all of them; the status is the last one's.\n"
          "A signal with a trap ends the waiting at once, with a status above 128.\n"
          "  -n      wait for the next one to end\n"
          "  -p VAR  store the pid of the one whose status is returned in VAR\n"
          "  -f      wait for the end, not just for a stop (with job control)"};
}

}  // namespace nacre
