/// Process: what a program inside the sandbox sees of its world: argv,
/// environment, descriptors, files, signals, other processes. bash and every
/// command are written against this class alone.
///
/// A program is a plain blocking function `int main(Process&)`; calls that must
/// wait suspend its fiber. A call throws ProcessDeath when the process must die
/// (exit, fatal signal, limit, cancel); only the kernel catches it.
///
/// Ownership: the kernel owns processes; a Process& is valid while its program runs.
/// Threads: one sandbox, one thread. Source: POSIX XSH; Linux man pages (2).
#pragma once
#include <atomic>
#include <cstdarg>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/budget.h"
#include "kernel/file.h"
#include "kernel/signal.h"

namespace nacre {

class Kernel;
class Fiber;
class WaitQueue;

/// The one exception of nacre: unwinds a dying process to where its body was
/// entered. Never caught anywhere else; never passes C frames.
struct ProcessDeath {};

/// How a process ended or stopped. Source: POSIX wait().
struct WaitStatus {
  enum class Kind : uint8_t { Exited, Signaled, Stopped, Continued } kind = Kind::Exited;
  int code = 0;                ///< exit status 0..255, or the signal
  bool core = false;           ///< Signaled: the default action dumps core
  /// $?: 0..255, or 128 + signal.
  int shell_status() const { return kind == Kind::Exited ? code : 128 + code; }
};
struct Waited {
  int pid;
  WaitStatus status;
};

using EnvList = std::vector<std::string>;  ///< "NAME=value" each
using Body = std::function<int(Process&)>;

enum class Clock : uint8_t { Realtime, Monotonic };

/// What to change between fork and exec.
struct SpawnOptions {
  std::shared_ptr<const EnvList> env;     ///< null: the parent's
  int stdin_fd = -1, stdout_fd = -1, stderr_fd = -1;  ///< parent descriptors to use as 0, 1, 2; -1 = inherit
  std::vector<int> close_fds;             ///< descriptors to close in the child
  bool new_group = false;                 ///< setpgid(0, 0)
  bool new_session = false;               ///< setsid()
  std::string cwd;                        ///< chdir first; "" = the parent's
};

/// getrlimit(2). Units as the ulimit builtin's; kNoLimit: none.
struct ResourceLimit {
  uint64_t soft, hard;
};
constexpr uint64_t kNoLimit = ~uint64_t{0};

struct PollRequest {
  int fd;
  uint32_t events;
  uint32_t ready = 0;
};

class Process {
 public:
  Process(Kernel& kernel, int pid);
  ~Process();
  Process(const Process&) = delete;

  // ---- identity
  Kernel& kernel() const { return kernel_; }
  int pid() const { return pid_; }
  int ppid() const { return ppid_; }
  int pgid() const { return pgid_; }
  int sid() const { return sid_; }
  Result<void> setpgid(int pid, int pgid);
  /// Begins a session and a group of its own. EPERM: leads a group already.
  Result<void> setsid();
  const Credentials& credentials() const { return cred_; }

  // ---- arguments and environment
  const std::vector<std::string>& argv() const { return *argv_; }
  /// argv()[0] without its directories: what a program with several names looks at.
  std::string_view name() const;
  /// The name for messages: argv()[0] as it was given, or name() after use_short_name().
  std::string_view called() const;
  /// For programs that leave the directories out of their messages. Until the next exec.
  void use_short_name() { short_name_ = true; }
  const EnvList& env() const { return *env_; }
  std::shared_ptr<const EnvList> shared_env() const { return env_; }
  /// Value of an environment variable; null if unset.
  const char* getenv(std::string_view name) const;
  bool utf8() const;   ///< LC_ALL, LC_CTYPE, LANG name a UTF-8 locale

  // ---- descriptors
  Result<int> open(std::string_view path, uint32_t flags, Mode mode = 0666);
  Result<void> close(int fd);
  Result<size_t> read(int fd, std::span<char> out);
  /// All of data, or an error. On a broken pipe the process gets SIGPIPE (and dies by default).
  Result<void> write(int fd, std::string_view data);
  /// Reads some bytes of `in` and writes them to `out`, all or an error, without a copy between. ENOSYS, before
  /// anything is read, where that is not possible: read() and write() then. 0 = end.
  Result<size_t> transfer(int in, int out);
  Result<size_t> pread(int fd, std::span<char> out, uint64_t offset);
  Result<size_t> pwrite(int fd, std::string_view data, uint64_t offset);
  Result<uint64_t> lseek(int fd, int64_t offset, Whence whence);
  Result<int> dup(int fd, int from = 0, bool cloexec = false);
  Result<int> dup2(int from, int to);
  struct PipePair {
    int read_end, write_end;
  };
  Result<PipePair> pipe();
  Result<void> ftruncate(int fd, uint64_t size);
  Result<void> fchmod(int fd, Mode mode);
  /// flock(2): a lock of the open file description, None to give it back. EAGAIN with no_wait, EINTR.
  Result<void> flock(int fd, LockKind kind, bool no_wait = false);
  bool isatty(int fd) const;
  /// Waits until one is ready or the time is over (nullopt: for ever). Number ready; 0 = timeout. EINTR.
  Result<int> poll(std::span<PollRequest> requests, std::optional<Timespec> timeout);
  FdTable& fds() { return fds_; }
  Ref<File> file(int fd) const { return Ref<File>(fds_.get(fd)); }
  /// Gives a File a descriptor.
  Result<int> add_file(Ref<File> file, bool cloexec = false, int from = 0);

  // ---- files (paths absolute or relative to the working directory)
  Result<Stat> stat(std::string_view path);
  Result<Stat> lstat(std::string_view path);
  Result<Stat> fstat(int fd);
  Result<void> access(std::string_view path, uint32_t bits);
  Result<std::vector<DirEntry>> list(std::string_view path);   ///< without . and ..
  Result<void> mkdir(std::string_view path, Mode mode = 0777);
  Result<void> rmdir(std::string_view path);
  Result<void> unlink(std::string_view path);
  Result<void> rename(std::string_view from, std::string_view to);
  Result<void> link(std::string_view from, std::string_view to, Follow follow = Follow::No);
  Result<void> symlink(std::string_view target, std::string_view path);
  Result<std::string> readlink(std::string_view path);
  Result<void> mkfifo(std::string_view path, Mode mode = 0666);
  Result<void> mknod(std::string_view path, FileType type, Mode mode, uint32_t major, uint32_t minor);
  Result<void> chmod(std::string_view path, Mode mode, Follow follow = Follow::Yes);
  Result<void> chown(std::string_view path, uint32_t uid, uint32_t gid, Follow follow = Follow::Yes);
  Result<void> utimens(std::string_view path, const Timespec* atime, const Timespec* mtime, bool now, Follow follow = Follow::Yes);
  Result<void> truncate(std::string_view path, uint64_t size);
  Result<std::string> realpath(std::string_view path, bool missing_last = false);
  Result<void> chdir(std::string_view path);
  Result<std::string> getcwd();
  Mode umask() const { return umask_; }
  Mode set_umask(Mode mask) {
    Mode old = umask_;
    umask_ = mask & 0777;
    return old;
  }
  PathContext path_context() const { return {&cred_, cwd_, umask_}; }
  Vfs& vfs() const;

  // ---- processes
  /// Finds argv[0] by PATH (of the child's environment) unless it has a slash,
  /// and starts it as a child on its own fiber. ENOENT, EACCES, ENOEXEC...
  Result<int> spawn(const std::vector<std::string>& argv, const SpawnOptions& options = {});
  /// spawn and wait; runs on this fiber, about the cost of a call.
  Result<WaitStatus> run(const std::vector<std::string>& argv, const SpawnOptions& options = {});
  /// Replaces this program. Returns only on error. `path` is not searched.
  Errno exec(std::string_view path, std::vector<std::string> argv, std::shared_ptr<const EnvList> env);
  /// exec() of argv[0] as execvp finds it: by PATH of `env`, and by sh if it is text. Returns only on error.
  Errno exec_program(std::vector<std::string> argv, std::shared_ptr<const EnvList> env);
  /// Path of a command by PATH of `env` (null: own). ENOENT; EACCES when found but not executable.
  Result<std::string> find_program(std::string_view name, const EnvList* env = nullptr);
  /// pid > 0 that child, -1 any, 0 own group, < -1 group -pid. nullopt: WNOHANG and none ready. ECHILD, EINTR.
  /// `deaf`: caught signals are noted but do not end the wait.
  Result<std::optional<Waited>> wait(int pid, bool no_hang = false, bool untraced = false, bool deaf = false);
  /// A child of this process, ended or not, that was not yet waited for.
  bool has_child(int pid) const;
  /// kill(2): pid 0 and negative address groups; sig 0 only checks.
  Result<void> kill(int pid, int sig);
  [[noreturn]] void exit(int status);

  // ---- signals
  void set_action(int sig, SignalAction action);
  SignalAction action(int sig) const { return actions_[sig]; }
  /// Those that wait until they are unblocked; kept over fork and exec. KILL and STOP cannot be.
  SignalSet blocked() const { return blocked_; }
  void block(int sig);
  /// What came meanwhile is delivered at once.
  void unblock(int sig);
  /// Those that came while blocked.
  SignalSet pending() const { return pending_; }
  bool ignored_on_entry(int sig) const { return ignored_on_entry_.has(sig); }
  bool has_caught() const { return !caught_.empty(); }
  bool has_caught(int sig) const { return caught_.has(sig); }
  int first_caught() const { return caught_.first(); }
  void forget_caught(int sig) { caught_.remove(sig); }
  /// Children that ended since SIGCHLD was last asked about.
  uint32_t take_children_ended() { return std::exchange(children_ended_, 0); }
  /// A caught signal not yet taken (lowest first), 0 if none.
  int take_caught();
  /// SIGALRM after so long; zero cancels.
  void alarm(Timespec after);

  // ---- limits of its own, inherited by children (below those of the sandbox)
  /// By ulimit's option letter; null: never set. The kernel enforces n (descriptors), f (bytes of a file,
  /// in units of 1024), t (seconds of virtual CPU time: SIGXCPU, then SIGKILL) and, but for root,
  /// u (processes of the user: fork fails with EAGAIN).
  const ResourceLimit* resource_limit(char letter) const;
  void set_resource_limit(char letter, ResourceLimit limit);
  /// Descriptors are below this; 0 = no limit.
  uint32_t fd_limit() const;
  /// Size in bytes a regular file may be written up to.
  uint64_t file_size_limit() const { return file_size_limit_; }

  // ---- time
  Timespec now(Clock clock = Clock::Realtime);
  /// True if the whole time passed; false when a caught signal ended it early.
  bool sleep(Timespec duration);
  Timespec cpu_time() const;   ///< virtual CPU time used by this process

  // ---- budget
  /// Charges n steps; may switch to other fibers. Long loops call it.
  void tick(uint32_t n = 1) {
    // Not one atomic step: what cancel() writes in between may be lost, and is then seen a slice later.
    int32_t left = slice_->load(std::memory_order_relaxed) - static_cast<int32_t>(n);
    slice_->store(left, std::memory_order_relaxed);
    if (__builtin_expect(left <= 0, 0)) slow_tick();
  }
  /// Charges memory; the run ends when it does not fit. Release on free.
  void charge_memory(uint64_t bytes);
  void release_memory(uint64_t bytes);
  /// Ends the run when `bytes` more than what is charged would not fit. Charges nothing.
  void check_memory(uint64_t bytes);
  Budget& budget() const;
  uint64_t random();           ///< 64 bits from the sandbox's entropy (seedable)

  // ---- messages
  /// "NAME: " + formatted text + newline on stderr.
  void warn(const char* format, ...) __attribute__((format(printf, 2, 3)));
  /// warn() with ": " and the errno's text after it.
  void warn(Errno e, const char* format, ...) __attribute__((format(printf, 3, 4)));

  struct Life;                    ///< death, children, waiting: kernel's business

 private:
  friend class Kernel;
  friend class Scheduler;

  void slow_tick();

  Kernel& kernel_;
  std::atomic<int32_t>* slice_;   ///< the kernel's: steps left until it wants to look
  int pid_, ppid_ = 0, pgid_ = 0, sid_ = 0;
  Credentials cred_;
  std::shared_ptr<const std::vector<std::string>> argv_;
  std::shared_ptr<const EnvList> env_;
  FdTable fds_;
  Node cwd_;
  Mode umask_ = 022;
  SignalAction actions_[kSigCount] = {};
  SignalSet ignored_on_entry_, pending_, caught_, blocked_;
  std::shared_ptr<const std::map<char, ResourceLimit>> resource_limits_;
  uint64_t file_size_limit_ = kNoLimit;
  uint64_t cpu_soft_ = kNoLimit, cpu_hard_ = kNoLimit;   ///< steps
  uint32_t children_ended_ = 0;
  bool short_name_ = false;
  std::unique_ptr<Life> life_;
};

}  // namespace nacre
