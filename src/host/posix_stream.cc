// Byte streams over descriptors; never blocking, without O_NONBLOCK on what is shared.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string>

#include "host/posix_host.h"

namespace nacre {
namespace {

class FdStream final : public HostStream {
 public:
  FdStream(int fd, bool own) : fd_(fd), own_(own) {
    struct stat st{};
    if (fstat(fd, &st) != 0) st.st_mode = S_IFIFO;
    socket_ = S_ISSOCK(st.st_mode);
    kind_ = S_ISREG(st.st_mode) ? 'f' : S_ISCHR(st.st_mode) ? 'c' : 'p';
    terminal_ = kind_ == 'c' && isatty(fd);
    always_ready_ = kind_ == 'f' || (kind_ == 'c' && !terminal_);
    // A blocking write to a pipe waits until all of it fits, whatever poll said. A second
    // open file description of the same pipe can be non-blocking without the first noticing.
    if (S_ISFIFO(st.st_mode)) {
      int mode = fcntl(fd, F_GETFL) & O_ACCMODE;
      std::string path = "/proc/self/fd/" + std::to_string(fd);
      private_ = open(path.c_str(), mode | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    }
  }
  ~FdStream() override {
    if (private_ >= 0) close(private_);
    if (own_) close(fd_);
  }

  HostResult read(std::span<char> out) override {
    if (!direct() && !polled(POLLIN)) return -EAGAIN;
    for (;;) {
      ssize_t n = socket_ ? recv(fd_, out.data(), out.size(), MSG_DONTWAIT) : ::read(use(), out.data(), out.size());
      if (n >= 0) return n;
      if (errno != EINTR) return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    }
  }

  HostResult write(std::string_view data) override {
    if (data.empty()) return 0;
    if (!direct()) {
      short events = polled(POLLOUT);
      if (!events) return -EAGAIN;
      if (!terminal_ && (events & POLLERR)) return -EPIPE;
      // POLLOUT promises no more room than this.
      data = data.substr(0, PIPE_BUF);
    } else if (private_ >= 0 && (polled(POLLOUT) & POLLERR)) {
      return -EPIPE;
    }
    for (;;) {
      ssize_t n = socket_ ? send(fd_, data.data(), data.size(), MSG_DONTWAIT | MSG_NOSIGNAL) : ::write(use(), data.data(), data.size());
      if (n >= 0) return n;
      if (errno != EINTR) return errno == EWOULDBLOCK ? -EAGAIN : -errno;
    }
  }

  bool is_terminal() const override { return terminal_; }
  char kind() const override { return kind_; }
  int poll_handle() const override { return always_ready_ ? -1 : fd_; }
  HostResult seek(int64_t offset, int whence) override {
    if (kind_ != 'f') return -ESPIPE;
    off_t at = lseek(fd_, offset, whence);
    return at < 0 ? -errno : at;
  }

 private:
  // Does the call itself return at once?
  bool direct() const { return always_ready_ || socket_ || private_ >= 0; }
  int use() const { return private_ >= 0 ? private_ : fd_; }
  short polled(short events) const {
    pollfd p{fd_, events, 0};
    return poll(&p, 1, 0) > 0 ? p.revents : static_cast<short>(0);
  }

  int fd_;
  bool own_;
  int private_ = -1;
  char kind_ = 'p';
  bool socket_ = false, terminal_ = false, always_ready_ = false;
};

}  // namespace

std::unique_ptr<HostStream> make_fd_stream(int fd, bool own) { return std::make_unique<FdStream>(fd, own); }

}  // namespace nacre
