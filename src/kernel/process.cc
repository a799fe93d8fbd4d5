// Identity, arguments, processes, signals, time. Files are in process_files.cc.
#include "kernel/process.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "base/deep_call.h"
#include "kernel/kernel.h"
#include "kernel/life.h"

namespace nacre {

Process::Process(Kernel& kernel, int pid) : kernel_(kernel), slice_(&kernel.slice_), pid_(pid), life_(std::make_unique<Life>()) {}

void Process::slow_tick() { kernel_.slow_tick(*this); }

Process::~Process() {
  if (cwd_.fs) cwd_.fs->release(cwd_.id);
}

std::string_view Process::name() const {
  std::string_view n = argv_->empty() ? std::string_view("?") : std::string_view(argv_->front());
  size_t slash = n.rfind('/');
  return slash == n.npos || slash + 1 == n.size() ? n : n.substr(slash + 1);
}

std::string_view Process::called() const { return short_name_ || argv_->empty() ? name() : std::string_view(argv_->front()); }

const char* Process::getenv(std::string_view name) const {
  for (const std::string& e : *env_) {
    if (e.size() > name.size() && e[name.size()] == '=' && e.compare(0, name.size(), name) == 0) return e.c_str() + name.size() + 1;
  }
  return nullptr;
}

bool Process::utf8() const {
  for (const char* var : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const char* v = getenv(var);
    if (!v || !*v) continue;
    std::string_view s(v);
    auto has = [&](std::string_view x) { return s.find(x) != s.npos; };
    return has("UTF-8") || has("utf8") || has("UTF8") || has("utf-8");
  }
  return false;
}

Vfs& Process::vfs() const { return kernel_.vfs(); }
Budget& Process::budget() const { return kernel_.budget(); }
uint64_t Process::random() { return kernel_.random(); }

// ---------------------------------------------------------------- processes

Result<void> Process::setpgid(int pid, int pgid) {
  Process* target = pid == 0 || pid == pid_ ? this : kernel_.find(pid);
  if (!target || (target != this && target->ppid_ != pid_)) return Errno::SRCH;
  if (pgid < 0) return Errno::INVAL;
  if (pgid == 0) pgid = target->pid_;
  // A group is begun by its leader, or joined within the session.
  std::vector<Process*> all = pgid == target->pid_ ? std::vector<Process*>{} : kernel_.processes();
  bool there = pgid == target->pid_ || std::any_of(all.begin(), all.end(), [&](Process* p) { return p->pgid_ == pgid && p->sid_ == sid_; });
  if (!there) return Errno::PERM;
  target->pgid_ = pgid;
  return {};
}

Result<void> Process::setsid() {
  for (Process* other : kernel_.processes()) {
    if (other->pgid_ == pid_) return Errno::PERM;
  }
  sid_ = pgid_ = pid_;
  return {};
}

namespace {

/// Searches PATH; remembers whether something was there but not executable.
Result<std::string> search_path(Process& p, std::string_view name, std::string_view path) {
  Errno worst = Errno::NOENT;
  while (true) {
    size_t colon = path.find(':');
    std::string_view dir = path.substr(0, colon);
    std::string full = dir.empty() ? std::string(name) : std::string(dir) + "/" + std::string(name);
    if (auto st = p.stat(full); st && !st->is_dir()) {
      if (permits(*st, p.credentials(), kExecute)) return full;
      worst = Errno::ACCES;
    }
    if (colon == path.npos) return worst;
    path.remove_prefix(colon + 1);
  }
}

}  // namespace

Result<std::string> Process::find_program(std::string_view name, const EnvList* env) {
  if (name.empty()) return Errno::NOENT;
  if (name.find('/') != name.npos) return std::string(name);
  std::string_view path = "/usr/local/bin:/usr/bin:/bin";
  for (const std::string& e : env ? *env : *env_) {
    if (e.starts_with("PATH=")) path = std::string_view(e).substr(5);
  }
  return search_path(*this, name, path);
}

namespace {

/// fork, descriptor plumbing, program lookup: what spawn and run share.
Result<Body> prepare(Process& parent, Process& child, const std::vector<std::string>& argv, const SpawnOptions& o) {
  if (argv.empty()) return Errno::INVAL;
  const EnvList& env = o.env ? *o.env : parent.env();
  if (!o.cwd.empty()) NACRE_CHECKED(child.chdir(o.cwd));
  NACRE_TRY(std::string path, child.find_program(argv[0], &env));
  std::vector<std::string> args = argv;
  auto body = parent.kernel().load(child, path, args);
  if (!body && body.error() == Errno::NOEXEC) {
    // execvp: a text file without an interpreter line is a shell script.
    args = argv;
    args[0] = path;
    args.insert(args.begin(), "/bin/sh");
    body = parent.kernel().load(child, "/bin/sh", args);
  }
  if (!body) return body.error();
  int std_fds[3] = {o.stdin_fd, o.stdout_fd, o.stderr_fd};
  Ref<File> files[3];
  for (int i = 0; i < 3; i++) {
    if (std_fds[i] >= 0) files[i] = parent.file(std_fds[i]);
  }
  for (int i = 0; i < 3; i++) {
    if (files[i]) child.fds().set(i, files[i], false);
  }
  for (int fd : o.close_fds) child.fds().remove(fd);
  child.fds().close_on_exec();
  if (o.new_group) (void)child.setpgid(0, 0);
  if (o.new_session) (void)child.setsid();
  parent.kernel().set_args(child, std::move(args), o.env);
  parent.kernel().reset_caught(child);
  return std::move(*body);
}

}  // namespace

constexpr uint32_t kProcessSteps = 16;   // a loop that only starts processes is seen by limits and cancel

Result<int> Process::spawn(const std::vector<std::string>& argv, const SpawnOptions& options) {
  tick(kProcessSteps);
  if (!kernel_.may_fork(*this)) return Errno::AGAIN;
  Process& child = kernel_.fork(*this);
  auto body = prepare(*this, child, argv, options);
  if (!body) {
    kernel_.discard(child);
    return body.error();
  }
  kernel_.start(child, std::move(*body));
  return child.pid();
}

Result<WaitStatus> Process::run(const std::vector<std::string>& argv, const SpawnOptions& options) {
  tick(kProcessSteps);
  if (!kernel_.may_fork(*this)) return Errno::AGAIN;
  Process& child = kernel_.fork(*this);
  auto body = prepare(*this, child, argv, options);
  if (!body) {
    kernel_.discard(child);
    return body.error();
  }
  return kernel_.call(child, *body);
}

Errno Process::exec(std::string_view path, std::vector<std::string> argv, std::shared_ptr<const EnvList> env) {
  auto body = kernel_.load(*this, path, argv);
  if (!body) return body.error();
  fds_.close_on_exec();
  kernel_.set_args(*this, std::move(argv), std::move(env));
  kernel_.reset_caught(*this);
  int status = deep_call([&] { return (*body)(*this); });
  exit(status);
}

Errno Process::exec_program(std::vector<std::string> argv, std::shared_ptr<const EnvList> env) {
  auto path = find_program(argv[0], env.get());
  if (!path) return path.error();
  Errno e = exec(*path, argv, env);
  if (e != Errno::NOEXEC) return e;
  argv[0] = *path;
  argv.insert(argv.begin(), "/bin/sh");
  return exec("/bin/sh", std::move(argv), std::move(env));
}

bool Process::has_child(int pid) const { return std::find(life_->children.begin(), life_->children.end(), pid) != life_->children.end(); }

Result<std::optional<Waited>> Process::wait(int pid, bool no_hang, bool untraced, bool deaf) {
  using State = Life::State;
  while (true) {
    kernel_.deliver(*this);
    bool any = false;
    for (int child_pid : life_->children) {
      Process* child = kernel_.find(child_pid);
      if (!child) continue;
      bool selected = pid == -1 || pid == child_pid || (pid == 0 && child->pgid_ == pgid_) || (pid < -1 && child->pgid_ == -pid);
      if (!selected) continue;
      any = true;
      if (child->life_->state == State::Zombie) {
        Waited w{child_pid, child->life_->status};
        kernel_.reap(*child);
        return std::optional<Waited>(w);
      }
      if (untraced && child->life_->report_stop) {
        child->life_->report_stop = false;
        return std::optional<Waited>(Waited{child_pid, child->life_->status});
      }
    }
    if (!any) return Errno::CHILD;
    if (no_hang) return std::optional<Waited>();
    if (has_caught() && !deaf) return Errno::INTR;
    kernel_.scheduler().wait(life_->child_event);
    // The signal came first, even if a child ended before this process ran again.
    kernel_.deliver(*this);
    if (has_caught() && !deaf) return Errno::INTR;
  }
}

Result<void> Process::kill(int pid, int sig) {
  if (sig < 0 || sig >= kSigCount) return Errno::INVAL;
  int found = 0;
  if (pid > 0) {
    Process* target = kernel_.find(pid);
    if (!target) return Errno::SRCH;
    if (target->cred_.uid != cred_.uid && cred_.uid != 0) return Errno::PERM;
    kernel_.post_signal(*target, sig);
    found = 1;
  } else if (pid == -1) {
    for (Process* p : kernel_.processes()) {
      if (p == this || p->pid_ == 1) continue;
      kernel_.post_signal(*p, sig);
      found++;
    }
  } else {
    found = kernel_.post_group(pid == 0 ? pgid_ : -pid, sig);
  }
  if (!found) return Errno::SRCH;
  kernel_.deliver(*this);
  return {};
}

void Process::exit(int status) {
  life_->dying = true;
  life_->status = {WaitStatus::Kind::Exited, status & 255};
  throw ProcessDeath{};
}

// ---------------------------------------------------------------- signals

void Process::set_action(int sig, SignalAction action) {
  if (sig < 1 || sig >= kSigCount) return;
  actions_[sig] = action;
  if (action != SignalAction::Catch) caught_.remove(sig);
}

void Process::block(int sig) {
  if (sig >= 1 && sig < kSigCount && sig != kSigKILL && sig != kSigSTOP) blocked_.add(sig);
}

void Process::unblock(int sig) {
  if (sig < 1 || sig >= kSigCount || !blocked_.has(sig)) return;
  blocked_.remove(sig);
  kernel_.deliver(*this);
}

int Process::take_caught() {
  int sig = caught_.first();
  if (sig) caught_.remove(sig);
  return sig;
}

void Process::alarm(Timespec after) {
  kernel_.scheduler().cancel_timer(life_->alarm_timer);
  life_->alarm_timer = 0;
  if (after == Timespec{}) return;
  life_->alarm_timer = kernel_.scheduler().add_timer(add(now(Clock::Monotonic), after), [this] {
    life_->alarm_timer = 0;
    kernel_.post_signal(*this, kSigALRM);
  });
}

// ---------------------------------------------------------------- limits

const ResourceLimit* Process::resource_limit(char letter) const {
  if (!resource_limits_) return nullptr;
  auto it = resource_limits_->find(letter);
  return it == resource_limits_->end() ? nullptr : &it->second;
}

void Process::set_resource_limit(char letter, ResourceLimit limit) {
  auto all = resource_limits_ ? std::make_shared<std::map<char, ResourceLimit>>(*resource_limits_) : std::make_shared<std::map<char, ResourceLimit>>();
  (*all)[letter] = limit;
  resource_limits_ = std::move(all);
  if (letter == 't') {
    // Linux takes 0 for a second.
    auto steps = [](uint64_t seconds) { return seconds > kNoLimit / kStepsPerSecond ? kNoLimit : std::max<uint64_t>(seconds, 1) * kStepsPerSecond; };
    cpu_soft_ = steps(limit.soft);
    cpu_hard_ = steps(limit.hard);
  }
  if (letter == 'f') file_size_limit_ = limit.soft > kNoLimit / 1024 ? kNoLimit : limit.soft * 1024;
}

uint32_t Process::fd_limit() const {
  uint32_t most = budget().limits().fds;
  const ResourceLimit* own = resource_limit('n');
  if (own && (most == 0 || own->soft < most)) most = static_cast<uint32_t>(std::min<uint64_t>(own->soft, UINT32_MAX));
  return most;
}

// ---------------------------------------------------------------- time, budget

Timespec Process::now(Clock clock) { return kernel_.now(clock); }

bool Process::sleep(Timespec duration) {
  Timespec due = add(now(Clock::Monotonic), duration);
  while (now(Clock::Monotonic) < due) {
    kernel_.deliver(*this);
    if (has_caught()) return false;
    kernel_.scheduler().wait(std::span<WaitQueue* const>{}, &due);
  }
  kernel_.deliver(*this);
  return true;
}

Timespec Process::cpu_time() const {
  uint64_t ns = life_->steps * (1'000'000'000 / kStepsPerSecond);
  return {static_cast<int64_t>(ns / 1'000'000'000), static_cast<int32_t>(ns % 1'000'000'000)};
}

void Process::charge_memory(uint64_t bytes) {
  if (budget().charge_memory(bytes)) return;
  kernel_.stop_run();
  kernel_.check_alive(*this);
}

void Process::release_memory(uint64_t bytes) { budget().release_memory(bytes); }

void Process::check_memory(uint64_t bytes) {
  uint64_t limit = budget().limits().memory_bytes;
  if (limit == 0 || budget().memory() + bytes <= limit) return;
  budget().exhaust(Budget::Stop::Memory, budget().memory() + bytes, limit);
  kernel_.stop_run();
  kernel_.check_alive(*this);
}

// ---------------------------------------------------------------- messages

namespace {

std::string format_message(const char* format, va_list args) {
  va_list again;
  va_copy(again, args);
  int n = std::vsnprintf(nullptr, 0, format, args);
  std::string text(static_cast<size_t>(std::max(n, 0)), '\0');
  std::vsnprintf(text.data(), text.size() + 1, format, again);
  va_end(again);
  return text;
}

}  // namespace

void Process::warn(const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::string text = std::string(called()) + ": " + format_message(format, args) + "\n";
  va_end(args);
  (void)write(2, text);
}

void Process::warn(Errno e, const char* format, ...) {
  va_list args;
  va_start(args, format);
  std::string text = std::string(called()) + ": " + format_message(format, args) + ": " + std::string(message(e)) + "\n";
  va_end(args);
  (void)write(2, text);
}

}  // namespace nacre
