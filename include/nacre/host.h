/// Host: everything nacre can ask of the machine it runs on. `src/host` holds
/// the POSIX implementation; tests and the virtual clock put another in place.
/// No other code reaches the operating system.
///
/// Threads: one sandbox calls its Host from one thread at a time; `wake` may be
/// called from any.
#pragma once
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

/// A point in time or a span: seconds and nanoseconds (0..999,999,999).
struct Timespec {
  int64_t sec = 0;
  int32_t nsec = 0;
  bool operator==(const Timespec&) const = default;
  auto operator<=>(const Timespec&) const = default;
};

/// Result of a host call: >= 0 a value, < 0 a negated errno (Linux numbers).
using HostResult = int64_t;

struct HostStat {
  enum class Type : uint8_t { Regular, Directory, Symlink, Fifo, Special } type = Type::Regular;
  uint64_t dev = 0, ino = 0, nlink = 1, size = 0;
  uint32_t mode = 0;  ///< permission bits, 07777
  uint32_t uid = 0, gid = 0;
  Timespec atime, mtime, ctime;
};

/// How large the file system of a directory is. Source: POSIX statvfs().
struct HostSpace {
  uint64_t block_size = 4096;               ///< bytes
  uint64_t blocks = 0, blocks_free = 0;     ///< free: for this user
  uint64_t files = 0, files_free = 0;
};

/// A directory of the host opened as a mount. Every path is relative to it, has
/// no "..", and is resolved without following any symbolic link in any
/// component (nacre resolves links itself, inside the sandbox), with
/// openat2(RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS) or an
/// equal walk. "" is the directory itself. Special files are never opened.
class HostDir {
 public:
  virtual ~HostDir() = default;
  virtual HostResult stat(const std::string& path, HostStat& out) = 0;
  struct Entry {
    std::string name;
    HostStat::Type type;
  };
  /// What stat() says of several entries of one directory. `result`: that call's, for each.
  /// Here and where it is not implemented: -ENOSYS, and the caller asks one by one.
  struct Child {
    std::string name;
    HostStat stat;
    HostResult result;
  };
  virtual HostResult stat_children(const std::string& path, std::span<Child> children) {
    (void)path;
    (void)children;
    return -38;
  }
  /// Of the file system that the directory itself is on. -ENOSYS where it is not known.
  virtual HostResult space(HostSpace& out) {
    (void)out;
    return -38;
  }
  virtual HostResult list(const std::string& path, std::vector<Entry>& out) = 0;
  /// list(), and where asked (not null) what stat() says of the directory itself, and stat_children() of the
  /// regular files and directories in it. Here and where it costs too much: `children` stays empty.
  virtual HostResult list_and_stat(const std::string& path, std::vector<Entry>& out, HostStat* self, std::vector<Child>* children) {
    (void)children;
    if (self)
      if (HostResult r = stat(path, *self); r < 0) return r;
    return list(path, out);
  }
  virtual HostResult read_link(const std::string& path, std::string& out) = 0;
  /// Opens a regular file; returns a handle >= 0 for the calls below.
  /// flags: 0 read, 1 write, 2 read and write; `create` makes it (exclusive) with mode.
  virtual HostResult open(const std::string& path, int flags, bool create, uint32_t mode) = 0;
  /// open() for reading of what stat() has called a regular file: it need not be looked at again before
  /// it is opened, only afterwards.
  virtual HostResult open_seen(const std::string& path) { return open(path, 0, false, 0); }
  /// open_seen() of what list() has called a regular file, and stat_handle() of it. -ENOSYS where it is
  /// not implemented: the caller asks for one after the other.
  virtual HostResult open_and_stat(const std::string& path, HostStat& out) {
    (void)path;
    (void)out;
    return -38;
  }
  virtual HostResult read(int64_t handle, uint64_t offset, std::span<char> out) = 0;
  virtual HostResult write(int64_t handle, uint64_t offset, std::string_view data) = 0;
  virtual HostResult truncate(int64_t handle, uint64_t size) = 0;
  virtual HostResult stat_handle(int64_t handle, HostStat& out) = 0;
  virtual HostResult sync(int64_t handle) = 0;
  virtual void close(int64_t handle) = 0;
  virtual HostResult make_dir(const std::string& path, uint32_t mode) = 0;
  /// A FIFO; it is never opened on the host. -EPERM where there are none.
  virtual HostResult make_fifo(const std::string& path, uint32_t mode) {
    (void)path;
    (void)mode;
    return -1;
  }
  virtual HostResult make_symlink(const std::string& path, const std::string& target) = 0;
  virtual HostResult make_link(const std::string& from, const std::string& to) = 0;
  virtual HostResult remove(const std::string& path, bool directory) = 0;
  virtual HostResult rename(const std::string& from, const std::string& to) = 0;
  virtual HostResult set_mode(const std::string& path, uint32_t mode) = 0;
  virtual HostResult set_times(const std::string& path, const Timespec& atime, const Timespec& mtime) = 0;
};

/// A byte stream of the host (the CLI's stdin, stdout, stderr, a terminal).
class HostStream {
 public:
  virtual ~HostStream() = default;
  /// Reads what is there now. 0 = end; -EAGAIN = nothing yet.
  virtual HostResult read(std::span<char> out) = 0;
  /// Writes what fits now. -EAGAIN = nothing fits.
  virtual HostResult write(std::string_view data) = 0;
  virtual bool is_terminal() const { return false; }
  /// 'p' pipe, 'f' regular file, 'c' character device: what fstat says.
  virtual char kind() const { return 'p'; }
  /// The descriptor that Host::wait polls; -1: always ready.
  virtual int poll_handle() const { return -1; }
  /// True when read() would not answer -EAGAIN.
  virtual bool ready() { return true; }
  /// lseek on a regular file; -ESPIPE otherwise. whence as in POSIX.
  virtual HostResult seek(int64_t offset, int whence) {
    (void)offset;
    (void)whence;
    return -29;
  }
};

class Host {
 public:
  virtual ~Host() = default;
  virtual Timespec realtime() = 0;
  virtual Timespec monotonic() = 0;
  virtual void entropy(std::span<char> out) = 0;

  struct Poll {
    int handle;
    bool read;
    bool write;
    bool ready = false;
  };
  /// Sleeps until a handle is ready, `deadline` (monotonic; null = none) passes,
  /// or wake() is called.
  virtual void wait(std::span<Poll> polls, const Timespec* deadline) = 0;
  /// Thread- and signal-safe: ends the current or next wait().
  virtual void wake() = 0;

  /// Opens a host directory as a mount; null and *error (errno) on failure.
  virtual std::shared_ptr<HostDir> open_dir(const std::string& path, bool writable, int* error) = 0;
};

/// A stream over an open descriptor; `own` closes it at the end.
///
/// Never sets O_NONBLOCK on the open file description, which a terminal shares with the
/// user's shell: readiness comes from poll(), and pipes are opened a second time through
/// /proc/self/fd where that works. Make streams before the process jails itself.
///
/// A pipe without a reader gives -EPIPE; in the instant between the check and the write the
/// process could still get SIGPIPE, so programs that use pipes ignore that signal (the CLI does).
std::unique_ptr<HostStream> make_fd_stream(int fd, bool own);

/// For a program that does nothing but run nacre, as the first thing it does. Page faults are what large
/// data costs most: memory that one command frees the next one uses, it is not given back to the system
/// in between. The heap's addresses are reserved at once; its first 256 KiB, which a small run hardly
/// leaves, become pages a few dozen at a time, and the rest may be backed by huge pages.
void set_up_heap();

/// The real machine.
std::shared_ptr<Host> make_posix_host();

}  // namespace nacre
