/// Jobs: background pipelines and how they ended.
/// Source: bash manual, chapter 7.
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
  struct Member { int pid; bool done = false; WaitStatus status; bool stopped = false; };
  std::vector<Member> members;
  bool notified = true;       ///< the user has been told of the present state
  bool no_hup = false;
  bool foreground = false;

  bool done() const;
  bool stopped() const;
  int last_pid() const { return members.back().pid; }
  WaitStatus status() const { return members.back().status; }
};

class Jobs {
 public:
  Job& add(std::vector<int> pids, std::string command, int pgid);
  /// Takes note of children that ended or stopped, without waiting.
  void poll(Process& p);
  /// Records a status that wait() delivered.
  void note(const Waited& w);
  /// "%1", "%%", "%+", "%-", "%name", "%?name", with or without '%'; null if none; *ambiguous.
  Job* find(const std::string& spec, bool* ambiguous);
  Job* by_pid(int pid);
  Job* by_id(int id);
  void remove(int id);
  void clear() { jobs_.clear(); finished_.clear(); current_.clear(); }
  std::map<int, Job>& all() { return jobs_; }
  int current() const { return current_.empty() ? 0 : current_.back(); }
  int previous() const { return current_.size() < 2 ? 0 : current_[current_.size() - 2]; }
  void make_current(int id);
  /// Status of a child that ended and was forgotten as a job ($! asked again); nullptr if unknown.
  const WaitStatus* finished(int pid) const;
  void remember(int pid, WaitStatus status);
  void forget_finished(int pid) { finished_.erase(pid); }

 private:
  std::map<int, Job> jobs_;
  std::map<int, WaitStatus> finished_;
  std::vector<int> current_;   ///< least to most recent
};

}  // namespace nacre
