// HostDir over a directory descriptor.
//
// Every call resolves the parent of its path beneath that descriptor, following
// no symbolic link, then works on the last component by name with the *at calls,
// which do not follow it either. So neither a link nor a rename of the mount
// itself leads elsewhere. Special files are recognised before they are opened (open_seen: by what stat or readdir
// said before), and once more afterwards in case they were put there in between.
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <utility>

#include "base/buffer.h"
#include "host/posix_host.h"

namespace nacre {
namespace {

// A file on the host never becomes set-uid or set-gid from inside.
constexpr uint32_t kModeMask = 0777;
constexpr size_t kMostChildren = 256;   // that are looked at unasked

class Fd {
 public:
  explicit Fd(int fd = -1) : fd_(fd) {}
  Fd(Fd&& o) noexcept : fd_(std::exchange(o.fd_, -1)) {}
  Fd& operator=(Fd o) noexcept {
    std::swap(fd_, o.fd_);
    return *this;
  }
  ~Fd() {
    if (fd_ >= 0) close(fd_);
  }
  int get() const { return fd_; }
  int release() { return std::exchange(fd_, -1); }

 private:
  int fd_;
};

HostResult result(int r) { return r < 0 ? -errno : r; }

Timespec time_of(const timespec& t) { return {t.tv_sec, static_cast<int32_t>(t.tv_nsec)}; }

HostStat::Type type_of(mode_t mode) {
  if (S_ISREG(mode)) return HostStat::Type::Regular;
  if (S_ISDIR(mode)) return HostStat::Type::Directory;
  if (S_ISLNK(mode)) return HostStat::Type::Symlink;
  if (S_ISFIFO(mode)) return HostStat::Type::Fifo;
  return HostStat::Type::Special;
}

void convert(const struct stat& st, HostStat& out) {
  out.type = type_of(st.st_mode);
  out.dev = st.st_dev;
  out.ino = st.st_ino;
  out.nlink = st.st_nlink;
  out.size = static_cast<uint64_t>(st.st_size);
  out.mode = st.st_mode & 07777;
  out.uid = st.st_uid;
  out.gid = st.st_gid;
  out.atime = time_of(st.st_atim);
  out.mtime = time_of(st.st_mtim);
  out.ctime = time_of(st.st_ctim);
}

// Why this kind of file is not opened; 0: it may be.
int refusal(mode_t mode) {
  if (S_ISREG(mode)) return 0;
  return S_ISDIR(mode) ? EISDIR : S_ISLNK(mode) ? ELOOP : ENXIO;
}

/// The last component of a path and the directory that holds it.
struct Place {
  int dir = -1;      // borrowed: `opened`, or the mount itself
  std::string name;  // "." for the mount itself
  Fd opened;
};

class PosixDir final : public HostDir {
 public:
  PosixDir(Fd root, bool writable, bool use_openat2) : root_(std::move(root)), writable_(writable), openat2_(use_openat2) {}

  HostResult stat(const std::string& path, HostStat& out) override {
    Place at;
    struct stat st;
    if (HostResult r = find(path, at)) return r;
    if (fstatat(at.dir, at.name.c_str(), &st, AT_SYMLINK_NOFOLLOW)) return -errno;
    convert(st, out);
    return 0;
  }

  HostResult stat_children(const std::string& path, std::span<Child> children) override {
    if (HostResult r = check(path)) return r;
    Fd opened(path.empty() ? -1 : open_dir(path));
    if (!path.empty() && opened.get() < 0) return opened.get();
    stat_in(path.empty() ? root_.get() : opened.get(), children);
    return 0;
  }

  HostResult space(HostSpace& out) override {
    struct statvfs s;
    if (fstatvfs(root_.get(), &s) < 0) return -errno;
    // What is kept for root is as good as used.
    out = {s.f_frsize, s.f_blocks - (s.f_bfree - s.f_bavail), s.f_bavail, s.f_files, s.f_favail};
    return 0;
  }

  HostResult list(const std::string& path, std::vector<Entry>& out) override {
    Fd dir;
    if (HostResult r = open_to_list(path, dir)) return r;
    return read_entries(dir.get(), out);
  }

  HostResult list_and_stat(const std::string& path, std::vector<Entry>& out, HostStat* self, std::vector<Child>* children) override {
    Fd dir;
    if (HostResult r = open_to_list(path, dir)) return r;
    if (self) {
      struct stat st;
      if (fstat(dir.get(), &st)) return -errno;
      convert(st, *self);
    }
    if (HostResult r = read_entries(dir.get(), out)) return r;
    if (!children || out.size() > kMostChildren) return 0;
    children->reserve(out.size());
    for (const Entry& e : out)
      if (e.type == HostStat::Type::Regular || e.type == HostStat::Type::Directory) children->push_back({e.name, {}, 0});
    stat_in(dir.get(), *children);
    return 0;
  }

  HostResult read_link(const std::string& path, std::string& out) override {
    Place at;
    if (HostResult r = find(path, at)) return r;
    out.resize(4096);
    ssize_t n = readlinkat(at.dir, at.name.c_str(), out.data(), out.size());
    if (n < 0) return -errno;
    out.resize(static_cast<size_t>(n));
    return 0;
  }

  HostResult open(const std::string& path, int flags, bool create, uint32_t mode) override {
    if (!writable_ && (flags != 0 || create)) return -EROFS;
    if (flags == 0 && !create && openat2_) {
      if (int fd = open_to_read(path, true); fd != -ENOSYS) return fd;
    }
    Place at;
    if (HostResult r = find(path, at)) return r;
    struct stat st;
    if (!create) {
      if (fstatat(at.dir, at.name.c_str(), &st, AT_SYMLINK_NOFOLLOW)) return -errno;
      if (int why = refusal(st.st_mode)) return -why;
    }
    const int access = flags == 0 ? O_RDONLY : flags == 1 ? O_WRONLY : O_RDWR;
    const int extra = create ? O_CREAT | O_EXCL : 0;
    Fd fd(openat(at.dir, at.name.c_str(), access | extra | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, mode & kModeMask));
    if (fd.get() < 0) return -errno;
    if (fstat(fd.get(), &st)) return -errno;
    if (int why = refusal(st.st_mode)) return -why;
    if (create && fchmod(fd.get(), mode & kModeMask)) return -errno;  // the sandbox has its own umask
    return fd.release();
  }

  HostResult open_seen(const std::string& path) override {
    if (openat2_) {
      if (int fd = open_to_read(path, false); fd != -ENOSYS) return fd;
    }
    return open(path, 0, false, 0);
  }

  HostResult open_and_stat(const std::string& path, HostStat& out) override {
    if (!openat2_) return -ENOSYS;
    struct stat st;
    const int fd = open_to_read(path, false, &st);
    if (fd >= 0) convert(st, out);
    return fd;
  }

  HostResult read(int64_t handle, uint64_t offset, std::span<char> out) override {
    for (;;) {
      ssize_t n = pread(static_cast<int>(handle), out.data(), out.size(), static_cast<off_t>(offset));
      if (n >= 0) return n;
      if (errno != EINTR) return -errno;
    }
  }

  HostResult write(int64_t handle, uint64_t offset, std::string_view data) override {
    if (!writable_) return -EROFS;
    for (;;) {
      ssize_t n = pwrite(static_cast<int>(handle), data.data(), data.size(), static_cast<off_t>(offset));
      if (n >= 0) return n;
      if (errno != EINTR) return -errno;
    }
  }

  HostResult truncate(int64_t handle, uint64_t size) override {
    if (!writable_) return -EROFS;
    return result(ftruncate(static_cast<int>(handle), static_cast<off_t>(size)));
  }

  HostResult stat_handle(int64_t handle, HostStat& out) override {
    struct stat st;
    if (fstat(static_cast<int>(handle), &st)) return -errno;
    convert(st, out);
    return 0;
  }

  HostResult sync(int64_t handle) override { return result(fsync(static_cast<int>(handle))); }
  void close(int64_t handle) override { ::close(static_cast<int>(handle)); }

  HostResult make_dir(const std::string& path, uint32_t mode) override {
    Place at;
    if (HostResult r = find_to_change(path, at)) return r;
    if (mkdirat(at.dir, at.name.c_str(), mode & kModeMask)) return -errno;
    return result(fchmodat(at.dir, at.name.c_str(), mode & kModeMask, AT_SYMLINK_NOFOLLOW));
  }

  HostResult make_fifo(const std::string& path, uint32_t mode) override {
    Place at;
    if (HostResult r = find_to_change(path, at)) return r;
    if (mknodat(at.dir, at.name.c_str(), S_IFIFO | (mode & kModeMask), 0)) return -errno;
    return result(fchmodat(at.dir, at.name.c_str(), mode & kModeMask, AT_SYMLINK_NOFOLLOW));
  }

  HostResult make_symlink(const std::string& path, const std::string& target) override {
    Place at;
    if (HostResult r = find_to_change(path, at)) return r;
    return result(symlinkat(target.c_str(), at.dir, at.name.c_str()));
  }

  HostResult make_link(const std::string& from, const std::string& to) override {
    Place source, target;
    if (HostResult r = find_to_change(from, source)) return r;
    if (HostResult r = find_to_change(to, target)) return r;
    struct stat st;
    if (fstatat(source.dir, source.name.c_str(), &st, AT_SYMLINK_NOFOLLOW)) return -errno;
    if (!S_ISREG(st.st_mode) && !S_ISLNK(st.st_mode) && !S_ISFIFO(st.st_mode)) return -EPERM;
    return result(linkat(source.dir, source.name.c_str(), target.dir, target.name.c_str(), 0));
  }

  HostResult remove(const std::string& path, bool directory) override {
    Place at;
    if (HostResult r = find_to_change(path, at)) return r;
    return result(unlinkat(at.dir, at.name.c_str(), directory ? AT_REMOVEDIR : 0));
  }

  HostResult rename(const std::string& from, const std::string& to) override {
    Place source, target;
    if (HostResult r = find_to_change(from, source)) return r;
    if (HostResult r = find_to_change(to, target)) return r;
    return result(renameat(source.dir, source.name.c_str(), target.dir, target.name.c_str()));
  }

  HostResult set_mode(const std::string& path, uint32_t mode) override {
    if (!writable_) return -EROFS;
    if (path.empty()) return result(fchmod(root_.get(), mode & kModeMask));
    Place at;
    if (HostResult r = find(path, at)) return r;
    struct stat st;
    if (fstatat(at.dir, at.name.c_str(), &st, AT_SYMLINK_NOFOLLOW)) return -errno;
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode) && !S_ISFIFO(st.st_mode)) return -EPERM;
    return result(fchmodat(at.dir, at.name.c_str(), mode & kModeMask, AT_SYMLINK_NOFOLLOW));
  }

  HostResult set_times(const std::string& path, const Timespec& atime, const Timespec& mtime) override {
    if (!writable_) return -EROFS;
    Place at;
    if (HostResult r = find(path, at)) return r;
    const timespec times[2] = {{atime.sec, atime.nsec}, {mtime.sec, mtime.nsec}};
    return result(utimensat(at.dir, at.name.c_str(), times, AT_SYMLINK_NOFOLLOW));
  }

 private:
  HostResult find_to_change(const std::string& path, Place& out) {
    if (!writable_) return -EROFS;
    if (path.empty()) return -EBUSY;
    return find(path, out);
  }

  HostResult find(const std::string& path, Place& out) {
    if (HostResult r = check(path)) return r;
    const size_t slash = path.rfind('/');
    out.name = path.empty() ? "." : slash == path.npos ? path : path.substr(slash + 1);
    out.dir = root_.get();
    if (slash == path.npos) return 0;
    int fd = open_dir(path.substr(0, slash));
    if (fd < 0) return fd;
    out.opened = Fd(fd);
    out.dir = fd;
    return 0;
  }

  // Plain components only: our callers promise it, and escape must not depend on that.
  static HostResult check(const std::string& path) {
    if (path.empty()) return 0;
    if (path.find('\0') != path.npos) return -EINVAL;
    for (size_t at = 0; at <= path.size();) {
      const size_t end = std::min(path.find('/', at), path.size());
      const std::string_view part(path.data() + at, end - at);
      if (part.empty() || part == "." || part == "..") return -EINVAL;
      at = end + 1;
    }
    return 0;
  }

  int open_dir(const std::string& path) {
    int fd = openat2_ ? open_beneath(path, O_PATH | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW) : open_by_steps(path);
    if (fd == -ENOSYS && openat2_) {
      openat2_ = false;
      fd = open_by_steps(path);
    }
    return fd;
  }

  int open_beneath(const std::string& path, int flags) const {
    open_how how{};
    how.flags = static_cast<uint64_t>(flags);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
    for (int tries = 0;; ++tries) {
      long fd = syscall(SYS_openat2, root_.get(), path.c_str(), &how, sizeof how);
      if (fd >= 0) return static_cast<int>(fd);
      // A rename happened during the lookup; the kernel asks to try again.
      if (errno != EAGAIN || tries == 32) return errno == ELOOP ? -ENOTDIR : -errno;
    }
  }

  // Opens beneath without opening each directory on the way. With `look` what is there is looked at
  // before, so that no device or FIFO is opened, and always afterwards, since the host may have changed
  // it. Both ways go beneath: a look that followed a link would tell what exists outside.
  int open_to_read(const std::string& path, bool look, struct stat* seen_now = nullptr) const {
    struct stat st;
    if (int error = static_cast<int>(check(path))) return error;
    if (path.empty()) return -EISDIR;
    if (look) {
      Fd seen(open_beneath(path, O_PATH | O_NOFOLLOW | O_CLOEXEC));
      if (seen.get() < 0) return seen.get();
      if (fstat(seen.get(), &st)) return -errno;
      if (int why = refusal(st.st_mode)) return -why;
    }
    Fd fd(open_beneath(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (fd.get() < 0) return fd.get();
    if (fstat(fd.get(), &st)) return -errno;
    if (int why = refusal(st.st_mode)) return -why;
    if (seen_now) *seen_now = st;
    return fd.release();
  }

  // A directory for its entries. O_DIRECTORY: nothing else is ever opened.
  HostResult open_to_list(const std::string& path, Fd& out) {
    constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
    if (HostResult r = check(path)) return r;
    if (openat2_ && !path.empty()) {
      out = Fd(open_beneath(path, kFlags));
      if (out.get() != -ENOSYS) return std::min(out.get(), 0);
    }
    Place at;
    if (HostResult r = find(path, at)) return r;
    out = Fd(openat(at.dir, at.name.c_str(), kFlags));
    return out.get() < 0 ? -errno : 0;
  }

  static void stat_in(int dir, std::span<Child> children) {
    for (Child& c : children) {
      struct stat st;
      c.result = c.name.find('/') != c.name.npos ? -EINVAL : fstatat(dir, c.name.c_str(), &st, AT_SYMLINK_NOFOLLOW) ? -errno : 0;
      if (c.result == 0) convert(st, c.stat);
    }
  }

  // Without readdir(), which would allocate anew and ask twice more for each directory.
  static HostResult read_entries(int dir, std::vector<Entry>& out) {
    const Buffer buffer = make_buffer(kBlockBytes);
    for (;;) {
      const ssize_t n = getdents64(dir, buffer.get(), kBlockBytes);
      if (n <= 0) return n < 0 && errno != ENOENT ? -errno : 0;   // ENOENT: removed since it was opened
      for (ssize_t at = 0; at < n;) {
        const auto* e = reinterpret_cast<const dirent64*>(buffer.get() + at);
        at += e->d_reclen;
        const std::string_view name = e->d_name;
        if (name == "." || name == "..") continue;
        mode_t mode = DTTOIF(e->d_type);
        struct stat st;
        if (e->d_type == DT_UNKNOWN) mode = fstatat(dir, e->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode : 0;
        out.push_back({std::string(name), type_of(mode)});
      }
    }
  }

  int open_by_steps(const std::string& path) const {
    Fd dir;
    for (size_t at = 0; at < path.size();) {
      const size_t end = std::min(path.find('/', at), path.size());
      const std::string part = path.substr(at, end - at);
      const int from = dir.get() >= 0 ? dir.get() : root_.get();
      Fd next(openat(from, part.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (next.get() < 0) return errno == ELOOP ? -ENOTDIR : -errno;
      dir = std::move(next);
      at = end + 1;
    }
    return dir.release();
  }

  Fd root_;
  bool writable_;
  std::atomic<bool> openat2_;  // forks share a directory between threads
};

}  // namespace

std::shared_ptr<HostDir> open_posix_dir(const std::string& path, bool writable, int* error, bool use_openat2) {
  Fd fd(open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (fd.get() < 0) {
    if (error) *error = errno;
    return nullptr;
  }
  if (error) *error = 0;
  return std::make_shared<PosixDir>(std::move(fd), writable, use_openat2);
}

}  // namespace nacre
