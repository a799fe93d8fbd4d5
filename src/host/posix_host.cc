#include "host/posix_host.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "host/posix_library.h"

namespace nacre {
namespace {

constexpr int64_t kNsec = 1'000'000'000;

Timespec read_clock(clockid_t id) {
  timespec t;
  clock_gettime(id, &t);
  return {t.tv_sec, static_cast<int32_t>(t.tv_nsec)};
}

class PosixHost final : public Host {
 public:
  PosixHost() : wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    install_library_loader();
    if (wake_ >= 0) return;
    std::perror("nacre: eventfd");
    std::abort();
  }
  ~PosixHost() override { close(wake_); }

  Timespec realtime() override { return read_clock(CLOCK_REALTIME); }
  Timespec monotonic() override { return read_clock(CLOCK_MONOTONIC); }

  void entropy(std::span<char> out) override {
    while (!out.empty()) {
      ssize_t n = getrandom(out.data(), out.size(), 0);
      if (n > 0) {
        out = out.subspan(static_cast<size_t>(n));
      } else if (errno != EINTR) {
        // Guessable bytes where secret ones were asked for would be worse than stopping.
        std::perror("nacre: getrandom");
        std::abort();
      }
    }
  }

  void wait(std::span<Poll> polls, const Timespec* deadline) override {
    fds_.clear();
    fds_.push_back({wake_, POLLIN, 0});
    for (Poll& p : polls) {
      p.ready = p.handle < 0;
      short events = static_cast<short>((p.read ? POLLIN : 0) | (p.write ? POLLOUT : 0));
      fds_.push_back({p.handle, events, 0});
    }
    timespec left{0, 0};
    bool any = false;
    for (const Poll& p : polls) any |= p.ready;
    if (deadline && !any) {
      Timespec now = monotonic();
      int64_t sec = deadline->sec - now.sec, nsec = deadline->nsec - now.nsec;
      if (nsec < 0) sec -= 1, nsec += kNsec;
      if (sec >= 0) left = {sec, nsec};
    }
    // A signal ends the wait early: its handler may have something to say.
    int n = ppoll(fds_.data(), fds_.size(), deadline || any ? &left : nullptr, nullptr);
    if (n <= 0) return;
    if (fds_[0].revents) {
      uint64_t count;
      while (read(wake_, &count, sizeof count) > 0) {
      }
    }
    for (size_t i = 0; i < polls.size(); ++i)
      if (fds_[i + 1].revents) polls[i].ready = true;
  }

  void wake() override {
    const int saved = errno;
    uint64_t one = 1;
    [[maybe_unused]] ssize_t n = write(wake_, &one, sizeof one);  // full: awake already
    errno = saved;
  }

  std::shared_ptr<HostDir> open_dir(const std::string& path, bool writable, int* error) override { return open_posix_dir(path, writable, error); }

 private:
  int wake_;
  std::vector<pollfd> fds_;
};

}  // namespace

std::shared_ptr<Host> make_posix_host() { return std::make_shared<PosixHost>(); }

}  // namespace nacre
