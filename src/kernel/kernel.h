/// Kernel: one per sandbox. Owns the process table, the scheduler, the clock
/// and the table of program images; lends the file system and the budget.
///
/// Threads: everything on the thread that runs the sandbox, except interrupt()
/// and Budget::cancel().
/// Source: design.md, section 2.
#pragma once
#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/budget.h"
#include "kernel/file_lock.h"
#include "kernel/process.h"
#include "kernel/scheduler.h"
#include "nacre/host.h"
#include "vfs/vfs.h"

namespace nacre {

/// A program in the sandbox: an executable file whose content names it
/// (kImageMagic + name + "\n").
using ProgramMain = int (*)(Process&);
constexpr std::string_view kImageMagic = "\x7fnacre image ";

class HttpClient;

struct KernelOptions {
  std::shared_ptr<Host> host;
  bool virtual_clock = false;          ///< time moves only by sleeping and by steps
  Timespec virtual_start{1735689600, 0};
  std::optional<uint64_t> seed;        ///< entropy from a generator instead of the host
  std::string hostname = "nacre";
  std::shared_ptr<HttpClient> http;    ///< null: no network
};

class Kernel : public TimeSource {
 public:
  Kernel(KernelOptions options, Vfs& vfs, Budget& budget);
  ~Kernel() override;

  Vfs& vfs() { return vfs_; }
  Budget& budget() { return budget_; }
  Host& host() { return *options_.host; }
  Scheduler& scheduler() { return scheduler_; }
  const KernelOptions& options() const { return options_; }

  // ---- programs
  void add_image(std::string name, Body main);
  /// Where images are looked for that were not added: a table shared by all sandboxes.
  void set_image_source(const Body* (*find)(std::string_view)) { image_source_ = find; }
  /// Images that no file runs, whatever their source. Null: none.
  void hide_images(std::shared_ptr<const std::set<std::string, std::less<>>> names) { hidden_ = std::move(names); }
  const Body* image(std::string_view name) const;
  const std::map<std::string, Body, std::less<>>& images() const { return images_; }

  // ---- processes
  /// Process 1 (or a further root process), with no parent.
  Process& create_root(const Credentials& who, std::vector<std::string> argv, EnvList env);
  /// A child as fork(2) makes it: descriptors, cwd, umask, signals, argv, env inherited. It does not run yet.
  /// Ends the run when the process limit is reached.
  Process& fork(Process& parent);
  /// False: as many processes of its user as its own limit (ulimit -u) allows. Root has none.
  bool may_fork(const Process& parent) const;
  /// Runs a body on a fiber of its own.
  void start(Process& p, Body body);
  /// Runs a body directly on this fiber and reaps it: parent waits meanwhile.
  WaitStatus call(Process& child, const Body& body);
  /// What exec(2) would run: resolves images and #! lines. `argv` may be changed (interpreter).
  Result<Body> load(Process& p, std::string_view path, std::vector<std::string>& argv);
  void set_args(Process& p, std::vector<std::string> argv, std::shared_ptr<const EnvList> env);
  Process* find(int pid);
  /// Every process, by pid. For ps and /proc.
  std::vector<Process*> processes();
  const Process::Life& life(const Process& p) const { return *p.life_; }
  Process* current() const { return current_; }
  /// Drops a child that never ran (a redirection failed before exec), as if it had exited.
  void abandon(Process& p, int status);

  /// Drops a child that never ran, as if it had never been forked.
  void discard(Process& p);
  /// exec(2): caught signals return to their default.
  void reset_caught(Process& p);
  /// FIFOs that are open somewhere, by node.
  RefCounted* fifo(Node node) const {
    auto it = fifos_.find({node.fs, node.id});
    return it == fifos_.end() ? nullptr : it->second;
  }
  void keep_fifo(Node node, RefCounted* pipe) { fifos_[{node.fs, node.id}] = pipe; }
  void forget_fifo(Node node) { fifos_.erase({node.fs, node.id}); }
  FileLocks& file_locks() { return file_locks_; }
  uint64_t next_anon_id() { return ++anon_ids_; }

  // ---- running, from outside
  /// Runs body as the persistent process p on a fiber until it returns, with everything else that
  /// can run meanwhile. p itself stays alive; other processes may still run afterwards.
  WaitStatus run(Process& p, Body body);
  /// Goes on running the processes a finished run left in the background, until none is left or
  /// interrupt() is called.
  void run_background(Process& shell);
  /// Kills every process but `keep` (null: all) and lets them unwind.
  void kill_all(Process* keep);
  /// Thread- and signal-safe: SIGINT for the foreground group at the next tick.
  void interrupt(int sig);
  /// Did interrupt() ask for this signal in this run?
  bool interrupted_by(int sig) const { return interrupted_ >> sig & 1; }
  /// Thread- and signal-safe: the next tick, whoever's, looks at what came from outside; ends a wait.
  void hurry();

  // ---- signals
  void post_signal(Process& target, int sig);
  /// Signals a group; number of processes found.
  int post_group(int pgid, int sig);
  /// Delivers what is pending for p: may throw ProcessDeath.
  void deliver(Process& p);

  // ---- time
  Timespec now() override;                ///< wall clock
  Timespec now(Clock clock);
  uint64_t random();

  /// Takes what came from outside (interrupt, cancel) now, not at the next slow tick.
  void take_events(Process& p);
  /// Throws ProcessDeath when the run must end (limit, cancel) or p is dead.
  void check_alive(Process& p);
  /// Ends the run: every process dies at its next call.
  void stop_run();
  bool stopping() const { return stopping_; }
  /// Makes the kernel ready for the next run after one ended.
  void begin_run();

  /// Programs that were looked for in vain in this run, with the names there are that come close:
  /// for the result. The first few only.
  struct MissingProgram {
    std::string name;
    std::vector<std::string> nearest;
  };
  static constexpr size_t kMissingPrograms = 8;
  std::vector<MissingProgram> missing_programs;

  /// Terminal's foreground process group (job control); 0 = none.
  int foreground_group = 0;

 private:
  friend class Process;
  friend class Scheduler;
  void slow_tick(Process& p);
  void exceed_cpu(Process& p);
  void outside_events();
  void advance_to(const Timespec& when);
  void enter(Process& p, const Body& body);
  void finish(Process& p, WaitStatus status);
  void reap(Process& p);
  void release(Process& p);
  void notify_parent(Process& p);
  Result<Body> load_depth(Process& p, std::string_view path, std::vector<std::string>& argv, int depth);

  KernelOptions options_;
  Vfs& vfs_;
  Budget& budget_;
  Scheduler scheduler_;
  std::map<int, std::unique_ptr<Process>> table_;
  std::vector<std::unique_ptr<Process>> husks_;   ///< reaped, with frames still on a stack
  std::map<std::string, Body, std::less<>> images_;
  const Body* (*image_source_)(std::string_view) = nullptr;
  std::shared_ptr<const std::set<std::string, std::less<>>> hidden_;
  std::map<std::pair<FileSystem*, NodeId>, RefCounted*> fifos_;
  FileLocks file_locks_;
  uint64_t anon_ids_ = 1000;
  Process* current_ = nullptr;
  int next_pid_ = 1;
  std::atomic<int32_t> slice_{0};                 ///< steps left until slow_tick()
  bool stopping_ = false;
  std::atomic<uint64_t> interrupts_{0};
  uint64_t interrupted_ = 0;   // signals of interrupt() in this run, by number
  Timespec virtual_now_;
  Timespec recent_{};                             ///< monotonic, as last looked at: for when a process began
  Timespec deadline_{};
  bool has_deadline_ = false;
  uint64_t rng_[2] = {0, 0};
};

/// Sums and differences of times; nsec stays in range.
Timespec add(const Timespec& a, const Timespec& b);
Timespec subtract(const Timespec& a, const Timespec& b);

}  // namespace nacre
