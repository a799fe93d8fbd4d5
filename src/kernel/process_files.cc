// Process: descriptors and files.
#include <algorithm>

#include "kernel/devices.h"
#include "kernel/kernel.h"
#include "kernel/life.h"
#include "kernel/pipe.h"
#include "kernel/regular_file.h"

namespace nacre {
namespace {

/// The descriptor a /dev/fd/N, /dev/stdin or /proc/self/fd/N path means; -1 if
/// it is no such path. They name open descriptions, which no directory walk
/// can lead to. Source: Linux proc(5); bash manual, "Redirections".
int magic_fd(std::string_view path) {
  if (path == "/dev/stdin") return 0;
  if (path == "/dev/stdout") return 1;
  if (path == "/dev/stderr") return 2;
  for (std::string_view prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    if (!path.starts_with(prefix)) continue;
    std::string_view digits = path.substr(prefix.size());
    if (digits.empty() || digits.size() > 5) return -1;
    int n = 0;
    for (char c : digits) {
      if (c < '0' || c > '9') return -1;
      n = n * 10 + (c - '0');
    }
    return n;
  }
  return -1;
}

}  // namespace

Result<int> Process::open(std::string_view path, uint32_t flags, Mode mode) {
  kernel_.check_alive(*this);
  bool cloexec = flags & kOpenCloexec;
  if (int fd = magic_fd(path); fd >= 0) {
    Ref<File> f = file(fd);
    if (!f) return Errno::NOENT;
    if (Node n = f->node(); n.fs && f->description()[0] == '/') {
      // A regular file is opened anew, with its own offset.
      return add_file(make_ref<RegularFile>(n, flags, f->description()), cloexec);
    }
    return add_file(f, cloexec);
  }
  NACRE_TRY(Node node, vfs().open(path_context(), path, flags, mode));
  NACRE_TRY(Stat st, node.fs->stat(node.id));
  switch (st.type) {
    case FileType::Fifo: {
      auto fifo = open_fifo(*this, node, flags);
      if (!fifo) return fifo.error();
      return add_file(std::move(*fifo), cloexec);
    }
    case FileType::CharDevice:
    case FileType::BlockDevice: {
      auto device = open_device(*this, st, flags);
      if (!device) return device.error();
      return add_file(std::move(*device), cloexec);
    }
    case FileType::Socket: return Errno::NXIO;
    default: break;
  }
  std::string name;
  if (!path.starts_with('/')) {
    if (auto cwd = vfs().path_of(cwd_)) name = std::move(*cwd);
    if (!name.empty() && !name.ends_with('/')) name += '/';
  }
  name += path;
  return add_file(make_ref<RegularFile>(node, flags, std::move(name)), cloexec);
}

Result<int> Process::add_file(Ref<File> file, bool cloexec, int from) { return fds_.add(std::move(file), cloexec, from, fd_limit()); }

Result<void> Process::close(int fd) {
  if (!fds_.remove(fd)) return Errno::BADF;
  return {};
}

Result<size_t> Process::read(int fd, std::span<char> out) {
  kernel_.check_alive(*this);
  Ref<File> f = file(fd);
  if (!f || !f->readable()) return Errno::BADF;
  return f->read(*this, out);
}

Result<void> Process::write(int fd, std::string_view data) {
  kernel_.check_alive(*this);
  Ref<File> f = file(fd);
  if (!f || !f->writable()) return Errno::BADF;
  while (!data.empty()) {
    auto n = f->write(*this, data);
    if (!n) {
      if (n.error() == Errno::INTR) continue;
      return n.error();
    }
    data.remove_prefix(*n);
  }
  return {};
}

Result<size_t> Process::transfer(int in, int out) {
  kernel_.check_alive(*this);
  Ref<File> from = file(in), to = file(out);
  if (!from || !from->readable() || !to || !to->writable()) return Errno::BADF;
  return to->receive(*this, *from);
}

Result<size_t> Process::pread(int fd, std::span<char> out, uint64_t offset) {
  Ref<File> f = file(fd);
  if (!f || !f->readable()) return Errno::BADF;
  return f->pread(*this, out, offset);
}

Result<size_t> Process::pwrite(int fd, std::string_view data, uint64_t offset) {
  Ref<File> f = file(fd);
  if (!f || !f->writable()) return Errno::BADF;
  return f->pwrite(*this, data, offset);
}

Result<uint64_t> Process::lseek(int fd, int64_t offset, Whence whence) {
  File* f = fds_.get(fd);
  if (!f) return Errno::BADF;
  return f->seek(offset, whence);
}

Result<int> Process::dup(int fd, int from, bool cloexec) {
  Ref<File> f = file(fd);
  if (!f) return Errno::BADF;
  return add_file(std::move(f), cloexec, from);
}

Result<int> Process::dup2(int from, int to) {
  Ref<File> f = file(from);
  uint32_t limit = fd_limit();
  if (!f || to < 0 || (limit && static_cast<uint32_t>(to) >= limit)) return Errno::BADF;
  if (from != to) fds_.set(to, std::move(f), false);
  return to;
}

Result<Process::PipePair> Process::pipe() {
  auto [reader, writer] = make_pipe(kernel_);
  NACRE_TRY(int r, add_file(reader));
  auto w = add_file(writer);
  if (!w) {
    fds_.remove(r);
    return w.error();
  }
  return PipePair{r, *w};
}

Result<void> Process::ftruncate(int fd, uint64_t size) {
  File* f = fds_.get(fd);
  if (!f) return Errno::BADF;
  if (!f->writable()) return Errno::INVAL;
  return f->truncate(size);
}

Result<void> Process::fchmod(int fd, Mode mode) {
  File* f = fds_.get(fd);
  if (!f) return Errno::BADF;
  Node n = f->node();
  if (!n.fs) return Errno::INVAL;
  NACRE_TRY(Stat st, n.fs->stat(n.id));
  if (cred_.uid != 0 && cred_.uid != st.uid) return Errno::PERM;
  Mode m = mode & 07777;
  return n.fs->set_attr(n.id, {.mode = &m});
}

bool Process::isatty(int fd) const {
  File* f = fds_.get(fd);
  return f && f->is_terminal();
}

Result<int> Process::poll(std::span<PollRequest> requests, std::optional<Timespec> timeout) {
  std::optional<Timespec> due;
  if (timeout) due = add(now(Clock::Monotonic), *timeout);
  while (true) {
    kernel_.deliver(*this);
    int ready = 0;
    int host_handle = -1;
    std::vector<WaitQueue*> queues;
    for (PollRequest& r : requests) {
      File* f = fds_.get(r.fd);
      r.ready = f ? f->poll() & (r.events | kPollErr | kPollHup) : 0;
      if (r.ready) ready++;
      if (!f) continue;
      if (WaitQueue* q = f->poll_queue()) queues.push_back(q);
      if (f->host_handle() >= 0) host_handle = f->host_handle();
    }
    if (ready) return ready;
    if (due && now(Clock::Monotonic) >= *due) return 0;
    if (has_caught()) return Errno::INTR;
    const Timespec* deadline = due ? &*due : nullptr;
    if (host_handle >= 0) kernel_.scheduler().wait_host(host_handle, false, deadline);
    else kernel_.scheduler().wait(queues, deadline);
  }
}

// ---------------------------------------------------------------- paths

Result<Stat> Process::stat(std::string_view path) {
  if (int fd = magic_fd(path); fd >= 0) {
    return fds_.get(fd) ? fstat(fd) : Result<Stat>(Errno::NOENT);
  }
  return vfs().stat(path_context(), path);
}

Result<Stat> Process::lstat(std::string_view path) { return vfs().stat(path_context(), path, Follow::No); }

Result<Stat> Process::fstat(int fd) {
  File* f = fds_.get(fd);
  if (!f) return Errno::BADF;
  auto st = f->stat();
  if (!st) return st;
  if (Node node = f->node(); node.fs) {
    // The device number is the mount's, which only the namespace knows.
    if (auto named = vfs().stat(node)) st->dev = named->dev;
  } else {
    // A pipe or a stream changes with every byte.
    st->atime = st->mtime = st->ctime = st->btime = now(Clock::Realtime);
  }
  return st;
}

Result<void> Process::access(std::string_view path, uint32_t bits) {
  if (int fd = magic_fd(path); fd >= 0) {
    File* f = fds_.get(fd);
    if (!f) return Errno::NOENT;
    if ((bits & kExecute)) return Errno::ACCES;
    return {};
  }
  return vfs().access(path_context(), path, bits);
}

Result<std::vector<DirEntry>> Process::list(std::string_view path) {
  kernel_.check_alive(*this);
  return vfs().list(path_context(), path);
}

Result<void> Process::mkdir(std::string_view path, Mode mode) { return vfs().mkdir(path_context(), path, mode); }
Result<void> Process::rmdir(std::string_view path) { return vfs().rmdir(path_context(), path); }
Result<void> Process::unlink(std::string_view path) { return vfs().unlink(path_context(), path); }
Result<void> Process::rename(std::string_view from, std::string_view to) { return vfs().rename(path_context(), from, to); }
Result<void> Process::link(std::string_view from, std::string_view to, Follow follow) { return vfs().link(path_context(), from, to, follow); }
Result<void> Process::symlink(std::string_view target, std::string_view path) { return vfs().symlink(path_context(), target, path); }
Result<std::string> Process::readlink(std::string_view path) { return vfs().read_link(path_context(), path); }

Result<void> Process::mkfifo(std::string_view path, Mode mode) { return vfs().mknod(path_context(), path, FileType::Fifo, mode); }
Result<void> Process::mknod(std::string_view path, FileType type, Mode mode, uint32_t major, uint32_t minor) {
  if ((type == FileType::CharDevice || type == FileType::BlockDevice) && cred_.uid != 0) return Errno::PERM;
  return vfs().mknod(path_context(), path, type, mode, major, minor);
}
Result<void> Process::chmod(std::string_view path, Mode mode, Follow follow) { return vfs().chmod(path_context(), path, mode, follow); }
Result<void> Process::chown(std::string_view path, uint32_t uid, uint32_t gid, Follow follow) { return vfs().chown(path_context(), path, uid, gid, follow); }
Result<void> Process::utimens(std::string_view path, const Timespec* atime, const Timespec* mtime, bool now, Follow follow) {
  return vfs().utimens(path_context(), path, atime, mtime, now, follow);
}
Result<void> Process::truncate(std::string_view path, uint64_t size) { return vfs().truncate(path_context(), path, size); }
Result<std::string> Process::realpath(std::string_view path, bool missing_last) { return vfs().real_path(path_context(), path, missing_last); }

Result<void> Process::chdir(std::string_view path) {
  NACRE_TRY(Node node, vfs().resolve(path_context(), path));
  NACRE_TRY(Stat st, vfs().stat(node));
  if (!st.is_dir()) return Errno::NOTDIR;
  if (!permits(st, cred_, kExecute)) return Errno::ACCES;
  node.fs->hold(node.id);
  if (cwd_.fs) cwd_.fs->release(cwd_.id);
  cwd_ = node;
  return {};
}

Result<std::string> Process::getcwd() { return vfs().path_of(cwd_); }

}  // namespace nacre
