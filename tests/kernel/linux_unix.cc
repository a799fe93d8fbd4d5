// The back end that says what is right: this machine's Linux.
#include <dirent.h>
#include <fcntl.h>
#include <grp.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include "kernel/unix.h"

namespace nacre::kernel_test {
namespace {

volatile sig_atomic_t caught[65];
void note(int sig) { caught[sig] = 1; }

int64_t result(int64_t n) { return n < 0 ? -errno : n; }

int native(uint32_t flags) {
  int f = static_cast<int>(flags & kOpenAccessMask);
  const std::pair<uint32_t, int> bits[] = {{kOpenCreate, O_CREAT},      {kOpenExclusive, O_EXCL},      {kOpenTruncate, O_TRUNC},   {kOpenAppend, O_APPEND},
                                           {kOpenNonblock, O_NONBLOCK}, {kOpenDirectory, O_DIRECTORY}, {kOpenNoFollow, O_NOFOLLOW}};
  for (auto [ours, theirs] : bits)
    if (flags & ours) f |= theirs;
  return f;
}

class LinuxUnix : public Unix {
 public:
  int64_t open(std::string_view path, uint32_t flags, uint32_t mode) override { return result(::open(std::string(path).c_str(), native(flags), mode)); }
  int64_t close(int64_t fd) override { return result(::close(static_cast<int>(fd))); }
  int64_t read(int64_t fd, size_t most, std::string* out) override {
    out->resize(most);
    int64_t n = result(::read(static_cast<int>(fd), out->data(), most));
    out->resize(n > 0 ? static_cast<size_t>(n) : 0);
    return n;
  }
  int64_t write(int64_t fd, std::string_view data) override { return result(::write(static_cast<int>(fd), data.data(), data.size())); }
  int64_t pread(int64_t fd, size_t most, uint64_t offset, std::string* out) override {
    out->resize(most);
    int64_t n = result(::pread(static_cast<int>(fd), out->data(), most, static_cast<off_t>(offset)));
    out->resize(n > 0 ? static_cast<size_t>(n) : 0);
    return n;
  }
  int64_t lseek(int64_t fd, int64_t offset, char whence) override {
    return result(::lseek(static_cast<int>(fd), offset, whence == 's' ? SEEK_SET : whence == 'c' ? SEEK_CUR : SEEK_END));
  }
  int64_t dup(int64_t fd) override { return result(::dup(static_cast<int>(fd))); }
  int64_t dup2(int64_t from, int64_t to) override { return result(::dup2(static_cast<int>(from), static_cast<int>(to))); }
  int64_t pipe(int64_t* read_end, int64_t* write_end) override {
    int ends[2] = {-1, -1};
    int64_t r = result(::pipe(ends));
    *read_end = ends[0];
    *write_end = ends[1];
    return r;
  }
  int64_t flock(int64_t fd, char kind, bool no_wait) override {
    int operation = kind == 's' ? LOCK_SH : kind == 'x' ? LOCK_EX : LOCK_UN;
    return result(::flock(static_cast<int>(fd), operation | (no_wait ? LOCK_NB : 0)));
  }
  int64_t ftruncate(int64_t fd, uint64_t size) override { return result(::ftruncate(static_cast<int>(fd), static_cast<off_t>(size))); }
  Info fstat(int64_t fd) override {
    struct stat st;
    return info(::fstat(static_cast<int>(fd), &st), st);
  }
  int64_t readable(int64_t fd) override {
    pollfd p{static_cast<int>(fd), POLLIN, 0};
    return result(::poll(&p, 1, 0));
  }
  Info stat(std::string_view path) override {
    struct stat st;
    return info(::stat(std::string(path).c_str(), &st), st);
  }
  Info lstat(std::string_view path) override {
    struct stat st;
    return info(::lstat(std::string(path).c_str(), &st), st);
  }
  int64_t access(std::string_view path, uint32_t bits) override { return result(::access(std::string(path).c_str(), static_cast<int>(bits))); }
  int64_t mkdir(std::string_view path, uint32_t mode) override { return result(::mkdir(std::string(path).c_str(), mode)); }
  int64_t rmdir(std::string_view path) override { return result(::rmdir(std::string(path).c_str())); }
  int64_t unlink(std::string_view path) override { return result(::unlink(std::string(path).c_str())); }
  int64_t rename(std::string_view from, std::string_view to) override { return result(::rename(std::string(from).c_str(), std::string(to).c_str())); }
  int64_t link(std::string_view from, std::string_view to) override { return result(::link(std::string(from).c_str(), std::string(to).c_str())); }
  int64_t symlink(std::string_view target, std::string_view path) override { return result(::symlink(std::string(target).c_str(), std::string(path).c_str())); }
  int64_t readlink(std::string_view path, std::string* out) override {
    out->resize(8192);
    int64_t n = result(::readlink(std::string(path).c_str(), out->data(), out->size()));
    out->resize(n > 0 ? static_cast<size_t>(n) : 0);
    return n < 0 ? n : 0;
  }
  int64_t mkfifo(std::string_view path, uint32_t mode) override { return result(::mkfifo(std::string(path).c_str(), mode)); }
  int64_t chmod(std::string_view path, uint32_t mode) override { return result(::chmod(std::string(path).c_str(), mode)); }
  int64_t truncate(std::string_view path, uint64_t size) override { return result(::truncate(std::string(path).c_str(), static_cast<off_t>(size))); }
  int64_t list(std::string_view path, std::vector<std::string>* names) override {
    names->clear();
    DIR* d = ::opendir(std::string(path).c_str());
    if (!d) return -errno;
    while (dirent* e = ::readdir(d)) {
      std::string name = e->d_name;
      if (name != "." && name != "..") names->push_back(name);
    }
    ::closedir(d);
    std::sort(names->begin(), names->end());
    return 0;
  }
  int64_t chdir(std::string_view path) override { return result(::chdir(std::string(path).c_str())); }
  std::string cwd() override {
    char buffer[8192];
    return ::getcwd(buffer, sizeof buffer) ? buffer : "";
  }
  uint32_t umask(uint32_t mask) override { return ::umask(mask); }
  int64_t limit_cpu(uint64_t soft, uint64_t hard) override {
    const rlimit l{soft, hard};
    return setrlimit(RLIMIT_CPU, &l) == 0 ? 0 : -errno;
  }
  void burn(int seconds) override {
    for (const clock_t begin = clock(); clock() - begin < seconds * CLOCKS_PER_SEC;) {
    }
  }
  int64_t pid() override { return ::getpid(); }
  int64_t ppid() override { return ::getppid(); }
  int64_t pgid() override { return ::getpgrp(); }
  int64_t setpgid(int64_t pid, int64_t pgid) override { return result(::setpgid(static_cast<pid_t>(pid), static_cast<pid_t>(pgid))); }
  int64_t fork(std::function<int(Unix&)> body) override {
    pid_t child = ::fork();
    if (child) return result(child);
    _exit(body(*this) & 255);
  }
  Ended wait(int64_t pid, bool no_hang, bool untraced) override {
    int st = 0;
    Ended e;
    e.pid = result(::waitpid(static_cast<pid_t>(pid), &st, (no_hang ? WNOHANG : 0) | (untraced ? WUNTRACED | WCONTINUED : 0)));
    if (e.pid <= 0) return e;
    e.how = WIFEXITED(st) ? 'e' : WIFSIGNALED(st) ? 's' : WIFSTOPPED(st) ? 't' : 'c';
    e.code = WIFEXITED(st) ? WEXITSTATUS(st) : WIFSIGNALED(st) ? WTERMSIG(st) : WIFSTOPPED(st) ? WSTOPSIG(st) : 0;
    return e;
  }
  int64_t kill(int64_t pid, int sig) override { return result(::kill(static_cast<pid_t>(pid), sig)); }
  void set_action(int sig, SignalAction action) override {
    struct sigaction a{};
    a.sa_handler = action == SignalAction::Catch ? note : action == SignalAction::Ignore ? SIG_IGN : SIG_DFL;
    ::sigaction(sig, &a, nullptr);
  }
  bool was_caught(int sig) override {
    bool was = caught[sig];
    caught[sig] = 0;
    return was;
  }
  void sleep_ms(int ms) override { ::usleep(static_cast<useconds_t>(ms) * 1000); }
  void alarm_ms(int ms) override {
    itimerval t{{0, 0}, {ms / 1000, ms % 1000 * 1000}};
    ::setitimer(ITIMER_REAL, &t, nullptr);
  }
  [[noreturn]] void exit(int status) override { _exit(status); }

 private:
  static Info info(int status, const struct stat& st) {
    if (status) return {-errno};
    char type = S_ISREG(st.st_mode) ? '-' : S_ISDIR(st.st_mode) ? 'd' : S_ISLNK(st.st_mode) ? 'l' : S_ISFIFO(st.st_mode) ? 'p' : 'c';
    return {0, type, st.st_mode & 07777u, st.st_nlink, static_cast<uint64_t>(st.st_size), st.st_ino};
  }
};

}  // namespace

void on_linux(const std::function<void(Unix&)>& test) {
  // Root may do everything, so it is not what is compared.
  if (::geteuid() == 0) {
    ASSERT_EQ(::setgroups(0, nullptr), 0);
    ASSERT_EQ(::setgid(1000), 0);
    ASSERT_EQ(::setuid(1000), 0);
  }
  char path[] = "/tmp/nacre-kernel-test-XXXXXX";
  ASSERT_NE(::mkdtemp(path), nullptr);
  ASSERT_EQ(::chdir(path), 0);
  ::umask(022);
  LinuxUnix u;
  test(u);
  for (int sig : {SIGUSR1, SIGUSR2, SIGPIPE, SIGTERM, SIGCHLD, SIGALRM}) u.set_action(sig, SignalAction::Default);
  ASSERT_EQ(::chdir("/"), 0);
  ASSERT_EQ(std::system(("chmod -R u+rwx " + std::string(path) + "; rm -rf " + path).c_str()), 0);
}

}  // namespace nacre::kernel_test
