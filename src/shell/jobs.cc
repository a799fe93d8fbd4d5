#include "shell/jobs.h"

#include <algorithm>

namespace nacre {

bool Job::done() const {
  return std::all_of(members.begin(), members.end(), [](const Member& m) { return m.done; });
}
bool Job::stopped() const {
  return !done() && std::any_of(members.begin(), members.end(), [](const Member& m) { return m.stopped; });
}

void Job::resume() {
  for (Member& m : members) m.stopped = false;
}

namespace {

/// "Running", "Done", "Exit 3", "Terminated": of one process, or of the job as a whole.
std::string status_text(const Job& job, const Job::Member& m, JobFormat format, bool posix) {
  if (format == JobFormat::Standard && job.stopped()) {
    return posix ? "Stopped(SIG" + signal_name(m.status.code) + ")" : "Stopped";
  }
  if (format == JobFormat::Standard ? job.running() : !m.done && !m.stopped) return "Running";
  if (m.status.kind != WaitStatus::Kind::Exited) return signal_text(m.status.code);
  if (m.status.code == 0) return "Done";
  std::string code = std::to_string(m.status.code);
  return posix ? "Done(" + code + ")" : "Exit " + code;
}

}  // namespace

std::string job_text(const Job& job, char mark, JobFormat format, bool posix) {
  constexpr size_t kColumn = 24;
  std::string out;
  if (format != JobFormat::Message) out = "[" + std::to_string(job.id) + "]" + mark + " ";
  bool lines = format != JobFormat::Standard;
  const Job::Member& first = job.members.front();
  for (const Job::Member& m : job.members) {
    bool later = &m != &first;
    if (later) out += lines ? "     " : " |";
    if (lines) {
      std::string pid = std::to_string(m.pid);
      if (pid.size() < 5) out.append(5 - pid.size(), ' ');
      out += pid;
    }
    out += ' ';
    if (!later || lines) {
      std::string text = status_text(job, lines ? m : job.members.back(), format, posix);
      bool same = later && m.done == first.done && m.stopped == first.stopped && m.status.kind == first.status.kind && m.status.code == first.status.code;
      if (same) text.clear();
      // Under an equal status stands nothing, and the bar two places to the left.
      size_t used = text.empty() ? 2 : text.size();
      out += text;
      if (used < kColumn) out.append(kColumn - used, ' ');
    }
    if (later && lines) out += "| ";
    out += m.command;
    bool last = &m == &job.members.back();
    if (last && job.running()) out += " &";
    if (last || lines) out += '\n';
  }
  return out;
}

Job& Jobs::add(const std::vector<Started>& processes, std::string command, int pgid) {
  int id = jobs_.empty() ? 1 : jobs_.rbegin()->first + 1;
  Job& job = jobs_[id];
  job.id = id;
  job.pgid = pgid;
  job.command = std::move(command);
  for (const Started& s : processes) job.members.push_back({s.pid, s.command, false, {}, false});
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

void Jobs::poll(Process& p, bool stops) {
  while (true) {
    auto w = p.wait(-1, true, stops);
    if (!w || !*w) return;
    note(**w);
  }
}

Job* Jobs::by_pid(int pid) {
  for (auto it = jobs_.rbegin(); it != jobs_.rend(); ++it) {
    for (const Job::Member& m : it->second.members)
      if (m.pid == pid) return &it->second;
  }
  return nullptr;
}

Job* Jobs::by_id(int id) {
  auto it = jobs_.find(id);
  return it == jobs_.end() ? nullptr : &it->second;
}

int Jobs::current() const {
  for (size_t i = current_.size(); i-- > 0;) {
    if (jobs_.at(current_[i]).stopped()) return current_[i];
  }
  return current_.empty() ? 0 : current_.back();
}

int Jobs::previous() const {
  int now = current();
  int found = 0;
  for (int id : current_) {
    if (id == now) continue;
    // A stopped one before the others, the latest of its kind.
    if (!found || jobs_.at(id).stopped() >= jobs_.at(found).stopped()) found = id;
  }
  return found;
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

void Jobs::remove_told() {
  std::vector<int> ids;
  for (const auto& [id, job] : jobs_) {
    if (job.done() && job.notified) ids.push_back(id);
  }
  for (int id : ids) remove(id);
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
