#include "host/process_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstdlib>

namespace nacre {

std::unique_ptr<ProcessLock> ProcessLock::take(const std::string& path, bool wait, std::string* holder, int* error) {
  *error = 0;
  for (;;) {
    int fd = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
      *error = errno;
      return nullptr;
    }
    int r;
    do r = flock(fd, LOCK_EX | (wait ? 0 : LOCK_NB));
    while (r < 0 && errno == EINTR);
    if (r < 0) {
      if (errno != EWOULDBLOCK) *error = errno;
      char text[256];
      ssize_t n = pread(fd, text, sizeof text, 0);
      if (holder) holder->assign(text, n > 0 ? static_cast<size_t>(n) : 0);
      close(fd);
      return nullptr;
    }
    // The one who had it may have removed the file: then this lock is nobody's.
    struct stat mine, there;
    if (fstat(fd, &mine) == 0 && stat(path.c_str(), &there) == 0 && mine.st_ino == there.st_ino && mine.st_dev == there.st_dev)
      return std::unique_ptr<ProcessLock>(new ProcessLock(fd));
    close(fd);
  }
}

ProcessLock::~ProcessLock() { close(fd_); }

void ProcessLock::note(const std::string& line) {
  if (ftruncate(fd_, 0) == 0) (void)!pwrite(fd_, line.data(), line.size(), 0);
}

int process_number() { return getpid(); }

std::string absolute_path(const std::string& path) {
  char resolved[PATH_MAX];
  return realpath(path.c_str(), resolved) ? resolved : path;
}

int make_private_dirs(const std::string& path) {
  for (size_t at = 1; at <= path.size(); at++) {
    if (at < path.size() && path[at] != '/') continue;
    if (mkdir(path.substr(0, at).c_str(), 0700) < 0 && errno != EEXIST) {
      const int error = errno;
      struct stat st;
      if (stat(path.substr(0, at).c_str(), &st) < 0 || !S_ISDIR(st.st_mode)) return error;
    }
  }
  return 0;
}

}  // namespace nacre
