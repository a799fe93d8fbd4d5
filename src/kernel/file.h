/// File: an open file description (POSIX 3.258), shared by the descriptors that
/// were dup'ed or inherited. Reads and writes are plain blocking calls; a file
/// that must wait suspends the running fiber. The last reference closes it.
///
/// Threads: the sandbox's own. Source: POSIX XSH 2.5.
#pragma once
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/ref.h"
#include "vfs/vfs.h"

namespace nacre {

class Process;
class WaitQueue;

enum class Whence : uint8_t { Set, Current, End };

/// What flock(2) asks for.
enum class LockKind : uint8_t { None, Shared, Exclusive };
struct HeldLock;

enum PollBits : uint32_t { kPollIn = 1, kPollOut = 4, kPollErr = 8, kPollHup = 16 };

class File : public RefCounted {
 public:
  explicit File(uint32_t flags);
  virtual ~File();

  /// Up to out.size() bytes; 0 = end. EAGAIN with O_NONBLOCK, EINTR, EISDIR.
  virtual Result<size_t> read(Process& p, std::span<char> out) = 0;
  /// Writes all of data unless an error stops it (a short count then). EPIPE raises SIGPIPE in p first.
  virtual Result<size_t> write(Process& p, std::string_view data) = 0;
  /// Reads some bytes of `from` and writes them here, without a copy between. ENOSYS, before anything is
  /// read, where that is not possible: read() and write() then.
  virtual Result<size_t> receive(Process& p, File& from) {
    (void)p;
    (void)from;
    return Errno::NOSYS;
  }
  virtual Result<size_t> pread(Process&, std::span<char>, uint64_t) { return Errno::SPIPE; }
  virtual Result<size_t> pwrite(Process&, std::string_view, uint64_t) { return Errno::SPIPE; }
  virtual Result<uint64_t> seek(int64_t, Whence) { return Errno::SPIPE; }
  virtual Result<Stat> stat() = 0;
  virtual Result<void> truncate(uint64_t) { return Errno::INVAL; }
  virtual bool is_terminal() const { return false; }
  /// Which of PollBits hold now.
  virtual uint32_t poll() { return kPollIn | kPollOut; }
  /// What to wait on for poll() to change; null: never waits.
  virtual WaitQueue* poll_queue() { return nullptr; }
  /// Host descriptor that poll() readiness depends on; -1: none.
  virtual int host_handle() const { return -1; }
  /// Zero-copy input: bytes that can be read right now without copying, valid until the next call
  /// on this file; take them with consume(). Suspends as read() does. Empty = end. ENOSYS where
  /// the file cannot lend: read() then.
  virtual Result<std::string_view> borrow(Process&) { return Errno::NOSYS; }
  virtual void consume(size_t) {}
  /// The node behind it; {} for pipes and streams.
  virtual Node node() const { return {}; }
  /// As /proc/self/fd shows it: a path or "pipe:[N]".
  virtual std::string description() const { return "anon"; }

  uint32_t flags() const { return flags_; }
  void set_flags(uint32_t f) { flags_ = f; }
  bool readable() const { return (flags_ & kOpenAccessMask) != kOpenWrite; }
  bool writable() const { return (flags_ & kOpenAccessMask) != kOpenRead; }
  bool nonblocking() const { return flags_ & kOpenNonblock; }
  /// What Process::flock() took; null: nothing.
  HeldLock* held_lock() const { return held_lock_.get(); }
  void set_held_lock(std::unique_ptr<HeldLock> lock);

 private:
  uint32_t flags_;
  std::unique_ptr<HeldLock> held_lock_;
};

/// Descriptor table of one process: small integers to open file descriptions.
class FdTable {
 public:
  struct Entry {
    Ref<File> file;
    bool cloexec = false;
  };

  File* get(int fd) const { return fd >= 0 && static_cast<size_t>(fd) < entries_.size() ? entries_[fd].file.get() : nullptr; }
  Entry* entry(int fd) { return get(fd) ? &entries_[fd] : nullptr; }
  /// Lowest free descriptor >= from. EMFILE.
  Result<int> add(Ref<File> file, bool cloexec, int from, uint32_t limit);
  void set(int fd, Ref<File> file, bool cloexec);
  bool remove(int fd);
  void close_on_exec();
  void clear() { entries_.clear(); }
  size_t size() const { return entries_.size(); }

 private:
  std::vector<Entry> entries_;
};

}  // namespace nacre
