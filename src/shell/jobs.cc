#include "shell/jobs.h"

#include <algorithm>

namespace nacre {

bool Job::done() const {
  return std::all_of(members.begin(), members.end(), [](const Member& m) { return m.done; });
}
bool Job::stopped() const {
  return !done() && std::any_of(members.begin(), members.end(), [](const Member& m) { return m.stopped; });
}

Job& Jobs::add(std::vector<int> pids, std::string command, int pgid) {
  int id = jobs_.empty() ? 1 : jobs_.rbegin()->first + 1;
  Job& job = jobs_[id];
  job.id = id;
  job.pgid = pgid;
  job.command = std::move(command);
  for (int pid : pids) job.members.push_back({pid, false, {}, false});
  make_current(id);
  return job;
}

void Jobs::make_current(int id) {
  std::erase(current_, id);
  current_.push_back(id);
}

void Jobs::note(const Waited& w) {
  Job* job = by_pid(w.pid);
  bool ended = w.status.kind == WaitStatus::Kind::Exited || w.status.kind == WaitStatus::Kind::Signaled;
  if (ended) remember(w.pid, w.status);
  if (!job) return;
  for (Job::Member& m : job->members) {
    if (m.pid != w.pid) continue;
    m.status = w.status;
    m.done = ended;
    m.stopped = w.status.kind == WaitStatus::Kind::Stopped;
  }
  job->notified = false;
}

void Jobs::poll(Process& p) {
  while (true) {
    auto w = p.wait(-1, true, true);
    if (!w || !*w) return;
    note(**w);
  }
}

Job* Jobs::by_pid(int pid) {
  for (auto it = jobs_.rbegin(); it != jobs_.rend(); ++it) {
    for (const Job::Member& m : it->second.members) if (m.pid == pid) return &it->second;
  }
  return nullptr;
}

Job* Jobs::by_id(int id) {
  auto it = jobs_.find(id);
  return it == jobs_.end() ? nullptr : &it->second;
}

Job* Jobs::find(const std::string& spec, bool* ambiguous) {
  *ambiguous = false;
  std::string s = !spec.empty() && spec[0] == '%' ? spec.substr(1) : spec;
  if (s.empty() || s == "%" || s == "+") return by_id(current());
  if (s == "-") return by_id(previous() ? previous() : current());
  if (std::all_of(s.begin(), s.end(), [](char c) { return c >= '0' && c <= '9'; })) return s.size() < 9 ? by_id(std::stoi(s)) : nullptr;
  bool inside = s[0] == '?';
  if (inside) s.erase(0, 1);
  Job* found = nullptr;
  for (auto& [id, job] : jobs_) {
    bool hit = inside ? job.command.find(s) != std::string::npos : job.command.starts_with(s);
    if (!hit) continue;
    if (found) {
      *ambiguous = true;
      return nullptr;
    }
    found = &job;
  }
  return found;
}

void Jobs::remove(int id) {
  jobs_.erase(id);
  std::erase(current_, id);
}

const WaitStatus* Jobs::finished(int pid) const {
  auto it = finished_.find(pid);
  return it == finished_.end() ? nullptr : &it->second;
}

void Jobs::remember(int pid, WaitStatus status) {
  finished_[pid] = status;
  // POSIX CHILD_MAX: as many as a user can ask for again.
  if (finished_.size() > 4096) finished_.erase(finished_.begin());
}

}  // namespace nacre
