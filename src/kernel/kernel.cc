#include "kernel/kernel.h"

#include <algorithm>
#include <cstring>

#include "base/deep_call.h"
#include "base/run_watch.h"
#include "kernel/life.h"

namespace nacre {
namespace {

// Steps between two looks at the clock, the cancel flag and the ready queue:
// some 20 microseconds of interpretation.
constexpr int32_t kSlice = 2048;

uint64_t splitmix(uint64_t& x) {
  uint64_t z = x += 0x9e3779b97f4a7c15;
  z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
  z = (z ^ z >> 27) * 0x94d049bb133111eb;
  return z ^ z >> 31;
}

}  // namespace

Timespec add(const Timespec& a, const Timespec& b) {
  Timespec t{a.sec + b.sec, a.nsec + b.nsec};
  if (t.nsec >= 1'000'000'000) t.sec++, t.nsec -= 1'000'000'000;
  return t;
}

Timespec subtract(const Timespec& a, const Timespec& b) {
  Timespec t{a.sec - b.sec, a.nsec - b.nsec};
  if (t.nsec < 0) t.sec--, t.nsec += 1'000'000'000;
  return t;
}

Kernel::Kernel(KernelOptions options, Vfs& vfs, Budget& budget)
    : options_(std::move(options)), vfs_(vfs), budget_(budget), scheduler_(*this), slice_(kSlice), virtual_now_(options_.virtual_start) {}

Kernel::~Kernel() {
  kill_all(nullptr);
  table_.clear();
  husks_.clear();
}

// ---------------------------------------------------------------- programs

void Kernel::add_image(std::string name, Body main) { images_[std::move(name)] = std::move(main); }

const Body* Kernel::image(std::string_view name) const {
  if (hidden_ && hidden_->contains(name)) return nullptr;
  auto it = images_.find(name);
  if (it != images_.end()) return &it->second;
  return image_source_ ? image_source_(name) : nullptr;
}

Result<Body> Kernel::load(Process& p, std::string_view path, std::vector<std::string>& argv) { return load_depth(p, path, argv, 0); }

Result<Body> Kernel::load_depth(Process& p, std::string_view path, std::vector<std::string>& argv, int depth) {
  NACRE_TRY(Node node, vfs_.resolve(p.path_context(), path));
  NACRE_TRY(Stat st, vfs_.stat(node));
  if (st.is_dir()) return Errno::ACCES;
  if (!st.is_regular() || !permits(st, p.credentials(), kExecute)) return Errno::ACCES;
  char head[256];
  NACRE_TRY(size_t n, node.fs->read(node.id, 0, head));
  std::string_view text(head, n);
  if (text.starts_with(kImageMagic)) {
    text.remove_prefix(kImageMagic.size());
    const Body* main = image(text.substr(0, text.find('\n')));
    if (!main) return Errno::NOEXEC;
    return *main;
  }
  if (!text.starts_with("#!")) return Errno::NOEXEC;
  // One interpreter, one optional argument; the line is cut at the buffer's
  // end, as Linux does. Source: execve(2), "Interpreter scripts".
  if (depth >= 4) return Errno::LOOP;
  std::string_view line = text.substr(2, text.find('\n') == text.npos ? text.npos : text.find('\n') - 2);
  auto blank = [](char c) { return c == ' ' || c == '\t'; };
  while (!line.empty() && blank(line.front())) line.remove_prefix(1);
  while (!line.empty() && blank(line.back())) line.remove_suffix(1);
  if (line.empty()) return Errno::NOEXEC;
  size_t cut = line.find_first_of(" \t");
  std::string interpreter(line.substr(0, cut));
  std::vector<std::string> args{interpreter};
  if (cut != line.npos) {
    std::string_view arg = line.substr(cut);
    while (!arg.empty() && blank(arg.front())) arg.remove_prefix(1);
    args.emplace_back(arg);
  }
  args.emplace_back(path);
  for (size_t i = 1; i < argv.size(); i++) args.push_back(std::move(argv[i]));
  argv = std::move(args);
  return load_depth(p, interpreter, argv, depth + 1);
}

// ---------------------------------------------------------------- processes

Process& Kernel::create_root(const Credentials& who, std::vector<std::string> argv, EnvList env) {
  int pid = next_pid_++;
  auto owned = std::make_unique<Process>(*this, pid);
  Process& p = *owned;
  p.pgid_ = p.sid_ = pid;
  p.cred_ = who;
  p.argv_ = std::make_shared<const std::vector<std::string>>(std::move(argv));
  p.env_ = std::make_shared<const EnvList>(std::move(env));
  p.life_->started = recent_ = now(Clock::Monotonic);
  p.cwd_ = vfs_.root();
  p.cwd_.fs->hold(p.cwd_.id);
  table_[pid] = std::move(owned);
  return p;
}

Process& Kernel::fork(Process& parent) {
  check_alive(parent);
  uint32_t limit = budget_.limits().processes;
  if (limit && table_.size() >= limit) {
    budget_.exhaust(Budget::Stop::Processes, table_.size() + 1, limit);
    stop_run();
    check_alive(parent);
  }
  slice_.store(slice_.load(std::memory_order_relaxed) - 64, std::memory_order_relaxed);   // a process costs what some commands do
  int pid = next_pid_++;
  auto owned = std::make_unique<Process>(*this, pid);
  Process& p = *owned;
  p.life_->started = recent_;
  p.ppid_ = parent.pid_;
  p.pgid_ = parent.pgid_;
  p.sid_ = parent.sid_;
  p.cred_ = parent.cred_;
  p.argv_ = parent.argv_;
  p.env_ = parent.env_;
  p.fds_ = parent.fds_;
  p.cwd_ = parent.cwd_;
  p.cwd_.fs->hold(p.cwd_.id);
  p.umask_ = parent.umask_;
  p.resource_limits_ = parent.resource_limits_;
  p.file_size_limit_ = parent.file_size_limit_;
  p.cpu_soft_ = parent.cpu_soft_;
  p.cpu_hard_ = parent.cpu_hard_;
  std::copy(std::begin(parent.actions_), std::end(parent.actions_), std::begin(p.actions_));
  p.ignored_on_entry_ = parent.ignored_on_entry_;
  p.blocked_ = parent.blocked_;
  parent.life_->children.push_back(pid);
  table_.emplace_hint(table_.end(), pid, std::move(owned));
  return p;
}

bool Kernel::may_fork(const Process& parent) const {
  const ResourceLimit* most = parent.resource_limit('u');
  if (!most || most->soft == kNoLimit || parent.cred_.uid == 0) return true;
  uint64_t own = 0;
  for (auto& [pid, p] : table_) own += p->cred_.uid == parent.cred_.uid;
  return own < most->soft;
}

void Kernel::set_args(Process& p, std::vector<std::string> argv, std::shared_ptr<const EnvList> env) {
  p.argv_ = std::make_shared<const std::vector<std::string>>(std::move(argv));
  p.short_name_ = false;
  if (env) p.env_ = std::move(env);
}

void Kernel::enter(Process& p, const Body& body) {
  Process* outer = current_;
  current_ = &p;
  p.life_->state = Process::Life::State::Running;
  p.life_->entered = true;
  try {
    int status = body(p);
    if (!p.life_->dying) p.life_->status = {WaitStatus::Kind::Exited, status & 255};
  } catch (const ProcessDeath&) {
    // Whoever killed it has set the status.
  }
  p.life_->entered = false;
  current_ = outer;
}

void Kernel::start(Process& p, Body body) {
  Process* proc = &p;
  Task* task = scheduler_.spawn([this, proc, body = std::move(body)] {
    enter(*proc, body);
    finish(*proc, proc->life_->status);
  });
  task->process = proc;
  p.life_->task = task;
  p.life_->state = Process::Life::State::Running;
}

WaitStatus Kernel::call(Process& child, const Body& body) {
  Process& parent = *current_;
  parent.life_->direct_child = &child;
  child.life_->task = parent.life_->task;
  WaitStatus status;
  deep_call([&] { enter(child, body); });
  parent.life_->direct_child = nullptr;
  status = child.life_->status;
  // Reaped here and now: nobody else can be waiting for it.
  child.life_->state = Process::Life::State::Zombie;
  int pid = child.pid_;
  release(child);
  std::erase(parent.life_->children, pid);
  table_.erase(pid);
  if (parent.actions_[kSigCHLD] == SignalAction::Catch) {
    parent.caught_.add(kSigCHLD);
    parent.children_ended_++;
  }
  if (!husks_.empty()) std::erase_if(husks_, [&](const auto& h) { return h->pid_ == pid; });
  deliver(parent);
  return status;
}

void Kernel::abandon(Process& p, int status) {
  p.life_->status = {WaitStatus::Kind::Exited, status & 255};
  finish(p, p.life_->status);
}

void Kernel::discard(Process& p) {
  if (Process* parent = find(p.ppid_)) std::erase(parent->life_->children, p.pid_);
  release(p);
  table_.erase(p.pid_);
}

void Kernel::reset_caught(Process& p) {
  for (SignalAction& a : p.actions_) {
    if (a == SignalAction::Catch) a = SignalAction::Default;
  }
  p.ignored_on_entry_.clear();
  for (int sig = 1; sig < kSigCount; sig++) {
    if (p.actions_[sig] == SignalAction::Ignore) p.ignored_on_entry_.add(sig);
  }
  p.caught_.clear();
}

/// Lets go of what a dead process held.
void Kernel::release(Process& p) {
  p.fds_.clear();
  if (p.cwd_.fs) p.cwd_.fs->release(p.cwd_.id);
  p.cwd_ = {};
  scheduler_.cancel_timer(std::exchange(p.life_->alarm_timer, 0));
  for (int pid : p.life_->children) {
    Process* child = find(pid);
    if (!child) continue;
    child->ppid_ = 1;
    if (child->life_->state == Process::Life::State::Zombie) reap(*child);
  }
  p.life_->children.clear();
}

void Kernel::finish(Process& p, WaitStatus status) {
  if (p.life_->state == Process::Life::State::Zombie) {
    // A husk whose frames are gone now: it was reaped, or its parent still may.
    std::erase_if(husks_, [&](const auto& h) { return h.get() == &p; });
    return;
  }
  p.life_->state = Process::Life::State::Zombie;
  p.life_->status = status;
  release(p);
  notify_parent(p);
}

void Kernel::notify_parent(Process& p) {
  Process* parent = p.ppid_ ? find(p.ppid_) : nullptr;
  bool watched = parent && std::count(parent->life_->children.begin(), parent->life_->children.end(), p.pid_);
  if (!watched) {
    if (p.life_->state == Process::Life::State::Zombie) reap(p);
    return;
  }
  parent->life_->child_event.notify_all();
  if (parent->actions_[kSigCHLD] != SignalAction::Catch) return;
  if (p.life_->state == Process::Life::State::Zombie) parent->children_ended_++;
  post_signal(*parent, kSigCHLD);
}

/// Takes a zombie out of the table; its object stays while frames refer to it.
void Kernel::reap(Process& p) {
  if (Process* parent = find(p.ppid_)) std::erase(parent->life_->children, p.pid_);
  auto node = table_.extract(p.pid_);
  if (node && node.mapped()->life_->entered) husks_.push_back(std::move(node.mapped()));
}

Process* Kernel::find(int pid) {
  auto it = table_.find(pid);
  return it == table_.end() ? nullptr : it->second.get();
}

std::vector<Process*> Kernel::processes() {
  std::vector<Process*> all;
  all.reserve(table_.size());
  for (auto& [pid, p] : table_) all.push_back(p.get());
  return all;
}

// ---------------------------------------------------------------- running

void Kernel::begin_run() {
  stopping_ = false;
  slice_.store(kSlice, std::memory_order_relaxed);
  interrupts_.store(0);
  interrupted_ = 0;
  missing_programs.clear();
  recent_ = now(Clock::Monotonic);
  has_deadline_ = budget_.limits().wall_ms != 0;
  if (has_deadline_) {
    uint64_t ms = budget_.limits().wall_ms;
    deadline_ = add(recent_, {static_cast<int64_t>(ms / 1000), static_cast<int32_t>(ms % 1000 * 1'000'000)});
  }
}

WaitStatus Kernel::run(Process& p, Body body) {
  bool done = false;
  p.life_->persistent = true;
  p.life_->dying = false;
  p.life_->stopped = false;
  if (foreground_group == 0) foreground_group = p.pgid_;
  Task* task = scheduler_.spawn([&] {
    enter(p, body);
    done = true;
  });
  task->process = &p;
  p.life_->task = task;
  if (!scheduler_.run_until(done)) {
    if (p.life_->stopped) {
      // Nobody is left to continue it: the run ends as a parent that watches sees it.
      p.life_->dying = true;
      p.life_->status.kind = WaitStatus::Kind::Signaled;
    } else {
      budget_.exhaust(Budget::Stop::Deadlock, 0, 0);
    }
    stop_run();
    scheduler_.wake(task);
    scheduler_.run_until(done);
  }
  p.life_->task = nullptr;
  return p.life_->status;
}

void Kernel::run_background(Process& shell) {
  const uint64_t before = interrupted_;
  while (!stopping_ && table_.size() > 1 && interrupted_ == before) {
    bool alive = false;
    for (auto& [pid, p] : table_) alive |= p.get() != &shell && p->life_->state == Process::Life::State::Running;
    if (!alive) return;
    if (!scheduler_.step()) return;
  }
}

void Kernel::kill_all(Process* keep) {
  for (auto& [pid, p] : table_) {
    if (p.get() == keep || p->life_->state != Process::Life::State::Running || !p->life_->task) continue;
    p->life_->dying = true;
    p->life_->status = {WaitStatus::Kind::Signaled, kSigKILL};
    if (p->life_->direct_child == nullptr && p->life_->task != scheduler_.current()) scheduler_.wake(p->life_->task);
  }
  if (current_) return;
  while (scheduler_.others_ready()) scheduler_.step();
  // What nobody will wait for, and what was forked and never ran.
  std::vector<int> gone;
  for (auto& [pid, p] : table_) {
    if (p.get() != keep && !p->life_->persistent && !p->life_->entered && p->life_->state != Process::Life::State::Running) gone.push_back(pid);
  }
  for (int pid : gone) {
    if (Process* p = find(pid)) discard(*p);
  }
}

void Kernel::interrupt(int sig) {
  interrupts_.fetch_or(1ull << sig);
  hurry();
}

void Kernel::hurry() {
  slice_.store(0, std::memory_order_relaxed);
  host().wake();
}

/// Takes what other threads and the clock have to say.
void Kernel::outside_events() {
  recent_ = now(Clock::Monotonic);
  if (uint64_t sigs = interrupts_.exchange(0)) {
    interrupted_ |= sigs;
    for (int sig = 1; sig < 64; sig++) {
      if (sigs >> sig & 1) post_group(foreground_group, sig);
    }
  }
  if (budget_.cancel_requested() && !stopping_) {
    budget_.exhaust(Budget::Stop::Cancelled, 0, 0);
    stop_run();
  }
  if (has_deadline_ && !stopping_ && recent_ >= deadline_) {
    uint64_t ms = budget_.limits().wall_ms;
    budget_.exhaust(Budget::Stop::WallTime, ms, ms);
    stop_run();
  }
}

void Kernel::take_events(Process& p) {
  outside_events();
  check_alive(p);
  deliver(p);
}

void Kernel::stop_run() {
  if (stopping_) return;
  stopping_ = true;
  for (auto& [pid, p] : table_) {
    // Processes below the current one share its task, which is running.
    Task* task = p->life_->task;
    if (task && task != scheduler_.current() && p->life_->state == Process::Life::State::Running) scheduler_.wake(task);
  }
}

void Kernel::check_alive(Process& p) {
  if (__builtin_expect(stopping_ || budget_.stopped() || p.life_->dying, 0)) {
    if (budget_.stopped()) stop_run();   // a limit met by code that cannot end the run itself
    if (!p.life_->dying) {
      p.life_->dying = true;
      p.life_->status = {WaitStatus::Kind::Signaled, kSigKILL};
    }
    throw ProcessDeath{};
  }
}

/// setrlimit(2): SIGXCPU at the soft limit and every second after it, SIGKILL at the hard one.
void Kernel::exceed_cpu(Process& p) {
  post_signal(p, p.life_->steps >= p.cpu_hard_ ? kSigKILL : kSigXCPU);
  p.cpu_soft_ = std::min(p.cpu_hard_, p.life_->steps + kStepsPerSecond);
}

void Kernel::slow_tick(Process& p) {
  uint64_t used = static_cast<uint64_t>(kSlice - slice_.load(std::memory_order_relaxed));
  slice_.store(kSlice, std::memory_order_relaxed);
  p.life_->steps += used;
  if (!budget_.charge_steps(used)) stop_run();
  if (p.life_->steps >= p.cpu_soft_) exceed_cpu(p);
  if (run_watch.live > run_watch.ceiling) {
    uint64_t most = budget_.limits().memory_bytes;
    budget_.exhaust(Budget::Stop::Memory, most + static_cast<uint64_t>(run_watch.live - run_watch.ceiling), most);
    stop_run();
  }
  if (options_.virtual_clock) advance_to(add(virtual_now_, {0, static_cast<int32_t>(std::min<uint64_t>(used, 1'000'000) * 100)}));
  outside_events();
  if (scheduler_.has_timers()) scheduler_.expire_timers();
  check_alive(p);
  if (scheduler_.others_ready()) scheduler_.yield();
  deliver(p);
}

// ---------------------------------------------------------------- time

Timespec Kernel::now() { return now(Clock::Realtime); }

Timespec Kernel::now(Clock clock) {
  if (options_.virtual_clock) return virtual_now_;
  return clock == Clock::Realtime ? host().realtime() : host().monotonic();
}

void Kernel::advance_to(const Timespec& when) {
  if (virtual_now_ < when) virtual_now_ = when;
}

uint64_t Kernel::random() {
  if (!rng_[1]) {
    rng_[1] = 1;
    if (options_.seed) rng_[0] = *options_.seed;
    else host().entropy({reinterpret_cast<char*>(rng_), sizeof rng_[0]});
  }
  return splitmix(rng_[0]);
}

}  // namespace nacre
