/// Unix: the system calls that the kernel's tests use, over two back ends: this
/// machine's Linux and nacre's kernel. A test is written against Linux; what it
/// expects must then hold for both.
///
/// A call returns a value >= 0 or a negated errno (Linux numbers). Paths are
/// relative to an empty directory, which is the working directory at the start.
/// The user is not root. A child runs a function and ends with its value; checks
/// made in a child do not count, so let it tell its parent by status or pipe.
#pragma once
#include <gtest/gtest.h>

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errno.h"
#include "kernel/signal.h"
#include "vfs/types.h"

namespace nacre::kernel_test {

constexpr int64_t no(Errno e) { return -static_cast<int64_t>(e); }

struct Info {
  int64_t error = 0;       ///< 0 or a negated errno
  char type = 0;           ///< '-' 'd' 'l' 'p' 'c'
  uint32_t mode = 0;       ///< 07777
  uint64_t nlink = 0, size = 0, ino = 0;
};

struct Ended {
  int64_t pid = 0;         ///< 0: none yet (no_hang); < 0: a negated errno
  char how = 0;            ///< 'e' exited, 's' signaled, 't' stopped, 'c' continued
  int code = 0;            ///< status or signal
};

class Unix {
 public:
  virtual ~Unix() = default;
  // ---- descriptors; flags are those of vfs/types.h
  virtual int64_t open(std::string_view path, uint32_t flags, uint32_t mode = 0666) = 0;
  virtual int64_t close(int64_t fd) = 0;
  virtual int64_t read(int64_t fd, size_t most, std::string* out) = 0;
  virtual int64_t write(int64_t fd, std::string_view data) = 0;
  virtual int64_t pread(int64_t fd, size_t most, uint64_t offset, std::string* out) = 0;
  virtual int64_t lseek(int64_t fd, int64_t offset, char whence) = 0;   ///< 's' 'c' 'e'
  virtual int64_t dup(int64_t fd) = 0;
  virtual int64_t dup2(int64_t from, int64_t to) = 0;
  virtual int64_t pipe(int64_t* read_end, int64_t* write_end) = 0;
  virtual int64_t flock(int64_t fd, char kind, bool no_wait = true) = 0;   ///< 's' 'x' 'u'
  virtual int64_t ftruncate(int64_t fd, uint64_t size) = 0;
  virtual Info fstat(int64_t fd) = 0;
  /// Is it readable now, or at its end? 1 or 0.
  virtual int64_t readable(int64_t fd) = 0;
  // ---- paths
  virtual Info stat(std::string_view path) = 0;
  virtual Info lstat(std::string_view path) = 0;
  virtual int64_t access(std::string_view path, uint32_t bits) = 0;
  virtual int64_t mkdir(std::string_view path, uint32_t mode = 0777) = 0;
  virtual int64_t rmdir(std::string_view path) = 0;
  virtual int64_t unlink(std::string_view path) = 0;
  virtual int64_t rename(std::string_view from, std::string_view to) = 0;
  virtual int64_t link(std::string_view from, std::string_view to) = 0;
  virtual int64_t symlink(std::string_view target, std::string_view path) = 0;
  virtual int64_t readlink(std::string_view path, std::string* out) = 0;
  virtual int64_t mkfifo(std::string_view path, uint32_t mode = 0666) = 0;
  virtual int64_t chmod(std::string_view path, uint32_t mode) = 0;
  virtual int64_t truncate(std::string_view path, uint64_t size) = 0;
  virtual int64_t list(std::string_view path, std::vector<std::string>* names) = 0;   ///< sorted
  virtual int64_t chdir(std::string_view path) = 0;
  virtual std::string cwd() = 0;
  virtual uint32_t umask(uint32_t mask) = 0;
  /// Seconds of CPU time: SIGXCPU, SIGKILL.
  virtual int64_t limit_cpu(uint64_t soft, uint64_t hard) = 0;
  /// Uses so many seconds of CPU time.
  virtual void burn(int seconds) = 0;
  // ---- processes
  virtual int64_t pid() = 0;
  virtual int64_t ppid() = 0;
  virtual int64_t pgid() = 0;
  virtual int64_t setpgid(int64_t pid, int64_t pgid) = 0;
  virtual int64_t fork(std::function<int(Unix&)> body) = 0;
  virtual Ended wait(int64_t pid = -1, bool no_hang = false, bool untraced = false) = 0;
  virtual int64_t kill(int64_t pid, int sig) = 0;
  virtual void set_action(int sig, SignalAction action) = 0;
  virtual bool was_caught(int sig) = 0;                ///< and forgets it
  virtual void sleep_ms(int ms) = 0;
  virtual void alarm_ms(int ms) = 0;
  [[noreturn]] virtual void exit(int status) = 0;

  /// Writes a whole file.
  void make(std::string_view path, std::string_view text = "") {
    int64_t fd = open(path, kOpenWrite | kOpenCreate | kOpenTruncate);
    EXPECT_GE(fd, 0) << path;
    EXPECT_EQ(write(fd, text), static_cast<int64_t>(text.size()));
    EXPECT_EQ(close(fd), 0);
  }
  std::string content(std::string_view path) {
    int64_t fd = open(path, kOpenRead);
    std::string all, some;
    while (fd >= 0 && read(fd, 65536, &some) > 0) all += some;
    close(fd);
    return all;
  }
};

/// Runs a test on one back end, in a process of its own making.
void on_linux(const std::function<void(Unix&)>& test);
void on_nacre(const std::function<void(Unix&)>& test);

/// UNIX_TEST(Suite, Name) { ... u.open(...) ... } defines a test for each back end.
#define UNIX_TEST(suite, name)                                                 \
  static void suite##_##name([[maybe_unused]] ::nacre::kernel_test::Unix& u);  \
  TEST(suite##Linux, name) { ::nacre::kernel_test::on_linux(suite##_##name); } \
  TEST(suite##Nacre, name) { ::nacre::kernel_test::on_nacre(suite##_##name); } \
  static void suite##_##name([[maybe_unused]] ::nacre::kernel_test::Unix& u)

}  // namespace nacre::kernel_test
