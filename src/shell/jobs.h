/// Jobs: background pipelines and how they ended.
///
/// A job leaves the table when the user has been told of its end (without job
/// control: as soon as the shell has noticed it); the statuses of its processes
/// stay known for `wait`.
/// Ownership: one table per Shell. Source: bash manual, chapter 7.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct Job {
  int id = 0;
  int pgid = 0;
  std::string command;
  struct Member {
    int pid;
    std::string command;      ///< of this stage alone
    bool done = false;
    WaitStatus status;
    bool stopped = false;
  };
  std::vector<Member> members;
  bool notified = false;      ///< the user has been told of the present state
  bool no_hup = false;
  bool collected = false;     ///< `wait -n` has given out its status

  bool done() const;
  bool stopped() const;
  bool running() const { return !done() && !stopped(); }
  int last_pid() const { return members.back().pid; }
  WaitStatus status() const { return members.back().status; }
  /// It goes on: after SIGCONT.
  void resume();
};

/// How `jobs` and messages write a job.
enum class JobFormat : uint8_t {
  Standard,   ///< "[1]+  Running                 a | b &"
  Long,       ///< a line per process, with pids: jobs -l
  Message,    ///< Long without the number: what a script is told
};

/// Lines for a job: each ends with a newline. mark: '+', '-' or ' '.
std::string job_text(const Job& job, char mark, JobFormat format, bool posix);

class Jobs {
 public:
  struct Started {
    int pid;
    std::string command;
  };

  Job& add(const std::vector<Started>& processes, std::string command, int pgid);
  /// Takes note of children that ended (and with `stops`, of those that stopped), without waiting.
  void poll(Process& p, bool stops);
  /// Records a status that wait() delivered.
  void note(const Waited& w);
  /// "%1", "%%", "%+", "%-", "%name", "%?name", with or without '%'; null if none; *ambiguous.
  Job* find(const std::string& spec, bool* ambiguous);
  Job* by_pid(int pid);
  Job* by_id(int id);
  void remove(int id);
  /// Drops jobs whose end the user has been told of.
  void remove_told();
  void clear() {
    jobs_.clear();
    finished_.clear();
    current_.clear();
  }
  /// A subshell's view: what `$(jobs)` shows. None of the processes are its children.
  void inherit(const Jobs& parent) { jobs_ = parent.jobs_, current_ = parent.current_; }
  std::map<int, Job>& all() { return jobs_; }
  /// Stopped jobs come first; else the one started last. 0: none.
  int current() const;
  int previous() const;
  char mark(int id) const { return id == current() ? '+' : id == previous() ? '-' : ' '; }
  void make_current(int id);
  /// Status of a child that ended ($! asked again); nullptr if unknown.
  const WaitStatus* finished(int pid) const;
  void remember(int pid, WaitStatus status);

 private:
  std::map<int, Job> jobs_;
  std::map<int, WaitStatus> finished_;
  std::vector<int> current_;   ///< least to most recent
};

}  // namespace nacre
