// The back end that is tested: nacre's kernel over a file system in memory.
#include <algorithm>

#include "kernel/kernel.h"
#include "kernel/unix.h"
#include "nacre/host.h"
#include "vfs/mem_fs.h"

namespace nacre::kernel_test {
namespace {

int64_t result(const Result<void>& r) { return r ? 0 : no(r.error()); }
template <class T>
int64_t result(const Result<T>& r) {
  return r ? static_cast<int64_t>(*r) : no(r.error());
}

class NacreUnix : public Unix {
 public:
  explicit NacreUnix(Process& p) : p_(p) {}

  int64_t open(std::string_view path, uint32_t flags, uint32_t mode) override { return result(p_.open(path, flags, mode)); }
  int64_t close(int64_t fd) override { return result(p_.close(static_cast<int>(fd))); }
  int64_t read(int64_t fd, size_t most, std::string* out) override {
    out->resize(most);
    int64_t n = result(p_.read(static_cast<int>(fd), {out->data(), most}));
    out->resize(n > 0 ? static_cast<size_t>(n) : 0);
    return n;
  }
  int64_t write(int64_t fd, std::string_view data) override {
    auto r = p_.write(static_cast<int>(fd), data);
    return r ? static_cast<int64_t>(data.size()) : no(r.error());
  }
  int64_t pread(int64_t fd, size_t most, uint64_t offset, std::string* out) override {
    out->resize(most);
    int64_t n = result(p_.pread(static_cast<int>(fd), {out->data(), most}, offset));
    out->resize(n > 0 ? static_cast<size_t>(n) : 0);
    return n;
  }
  int64_t lseek(int64_t fd, int64_t offset, char whence) override {
    return result(p_.lseek(static_cast<int>(fd), offset, whence == 's' ? Whence::Set : whence == 'c' ? Whence::Current : Whence::End));
  }
  int64_t dup(int64_t fd) override { return result(p_.dup(static_cast<int>(fd))); }
  int64_t dup2(int64_t from, int64_t to) override { return result(p_.dup2(static_cast<int>(from), static_cast<int>(to))); }
  int64_t pipe(int64_t* read_end, int64_t* write_end) override {
    auto r = p_.pipe();
    if (!r) return no(r.error());
    *read_end = r->read_end;
    *write_end = r->write_end;
    return 0;
  }
  int64_t flock(int64_t fd, char kind, bool no_wait) override {
    return result(p_.flock(static_cast<int>(fd), kind == 's' ? LockKind::Shared : kind == 'x' ? LockKind::Exclusive : LockKind::None, no_wait));
  }
  int64_t ftruncate(int64_t fd, uint64_t size) override { return result(p_.ftruncate(static_cast<int>(fd), size)); }
  Info fstat(int64_t fd) override { return info(p_.fstat(static_cast<int>(fd))); }
  int64_t readable(int64_t fd) override {
    PollRequest r{static_cast<int>(fd), kPollIn};
    return result(p_.poll({&r, 1}, Timespec{0, 0}));
  }
  Info stat(std::string_view path) override { return info(p_.stat(path)); }
  Info lstat(std::string_view path) override { return info(p_.lstat(path)); }
  int64_t access(std::string_view path, uint32_t bits) override { return result(p_.access(path, bits)); }
  int64_t mkdir(std::string_view path, uint32_t mode) override { return result(p_.mkdir(path, mode)); }
  int64_t rmdir(std::string_view path) override { return result(p_.rmdir(path)); }
  int64_t unlink(std::string_view path) override { return result(p_.unlink(path)); }
  int64_t rename(std::string_view from, std::string_view to) override { return result(p_.rename(from, to)); }
  int64_t link(std::string_view from, std::string_view to) override { return result(p_.link(from, to)); }
  int64_t symlink(std::string_view target, std::string_view path) override { return result(p_.symlink(target, path)); }
  int64_t readlink(std::string_view path, std::string* out) override {
    auto r = p_.readlink(path);
    if (r) *out = *r;
    return r ? 0 : no(r.error());
  }
  int64_t mkfifo(std::string_view path, uint32_t mode) override { return result(p_.mkfifo(path, mode)); }
  int64_t chmod(std::string_view path, uint32_t mode) override { return result(p_.chmod(path, mode)); }
  int64_t truncate(std::string_view path, uint64_t size) override { return result(p_.truncate(path, size)); }
  int64_t list(std::string_view path, std::vector<std::string>* names) override {
    names->clear();
    auto r = p_.list(path);
    if (!r) return no(r.error());
    for (const DirEntry& e : *r) names->push_back(e.name);
    std::sort(names->begin(), names->end());
    return 0;
  }
  int64_t chdir(std::string_view path) override { return result(p_.chdir(path)); }
  std::string cwd() override { return p_.getcwd().value_or(""); }
  uint32_t umask(uint32_t mask) override { return p_.set_umask(mask); }
  int64_t limit_cpu(uint64_t soft, uint64_t hard) override {
    p_.set_resource_limit('t', {soft, hard});
    return 0;
  }
  void burn(int seconds) override {
    const Timespec begin = p_.cpu_time();
    while (p_.cpu_time().sec < begin.sec + seconds) p_.tick(1 << 20);
  }
  int64_t pid() override { return p_.pid(); }
  int64_t ppid() override { return p_.ppid(); }
  int64_t pgid() override { return p_.pgid(); }
  int64_t setpgid(int64_t pid, int64_t pgid) override { return result(p_.setpgid(static_cast<int>(pid), static_cast<int>(pgid))); }
  int64_t fork(std::function<int(Unix&)> body) override {
    Process& child = p_.kernel().fork(p_);
    int pid = child.pid();
    p_.kernel().start(child, [body = std::move(body)](Process& p) {
      NacreUnix u(p);
      return body(u);
    });
    return pid;
  }
  Ended wait(int64_t pid, bool no_hang, bool untraced) override {
    auto r = p_.wait(static_cast<int>(pid), no_hang, untraced);
    if (!r) return {no(r.error())};
    if (!*r) return {};
    return {(*r)->pid, "estc"[static_cast<int>((*r)->status.kind)], (*r) -> status.code};
  }
  int64_t kill(int64_t pid, int sig) override { return result(p_.kill(static_cast<int>(pid), sig)); }
  void set_action(int sig, SignalAction action) override { p_.set_action(sig, action); }
  bool was_caught(int sig) override {
    bool was = p_.has_caught(sig);
    p_.forget_caught(sig);
    return was;
  }
  void sleep_ms(int ms) override { (void)p_.sleep({ms / 1000, ms % 1000 * 1'000'000}); }
  void alarm_ms(int ms) override { p_.alarm({ms / 1000, ms % 1000 * 1'000'000}); }
  [[noreturn]] void exit(int status) override { p_.exit(status); }

 private:
  static Info info(const Result<Stat>& r) {
    if (!r) return {no(r.error())};
    return {0, "-dlpcbs"[static_cast<int>(r->type)], r -> mode, r -> nlink, r -> size, r -> ino};
  }
  Process& p_;
};

struct StartClock : TimeSource {
  Timespec now() override { return {1735689600, 0}; }
};

}  // namespace

void on_nacre(const std::function<void(Unix&)>& test) {
  StartClock clock;
  Budget budget{Limits{}};
  std::shared_ptr<MemFs> fs = MemFs::create({.clock = &clock, .budget = &budget});
  MemFs::Seed tmp{.type = FileType::Directory, .mode = 01777};
  ASSERT_TRUE(fs->seed("/tmp", tmp));
  MemFs::Seed null{.type = FileType::CharDevice, .mode = 0666, .rdev_major = 1, .rdev_minor = 3};
  ASSERT_TRUE(fs->seed("/dev/null", null));
  Vfs vfs(fs);
  KernelOptions o;
  o.host = make_posix_host();
  Kernel kernel(std::move(o), vfs, budget);
  Process& root = kernel.create_root({1000, 1000, {}}, {"init"}, {"PATH=/bin"});
  budget.begin_run();
  kernel.begin_run();
  bool ran = false;
  kernel.run(root, [&](Process& init) {
    for (int fd : {0, 1, 2}) EXPECT_EQ(*init.open("/dev/null", kOpenReadWrite), fd);
    // Not as process 1, whom signals spare.
    Process& p = kernel.fork(init);
    kernel.start(p, [&](Process& self) {
      NacreUnix ours(self);
      Unix& u = ours;
      EXPECT_EQ(u.mkdir("/tmp/test"), 0);
      EXPECT_EQ(u.chdir("/tmp/test"), 0);
      test(u);
      ran = true;
      return 0;
    });
    (void)init.wait(p.pid());
    return 0;
  });
  EXPECT_TRUE(ran);
}

}  // namespace nacre::kernel_test
