#include "cli/archive_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "cli/host_io.h"

namespace nacre::cli {

bool is_terminal(int fd) { return isatty(fd); }

bool NewFile::fail(int code) {
  if (error_.empty()) error_ = std::strerror(code);
  return false;
}

NewFile::NewFile(const std::string& name) : name_(name) {
  std::signal(SIGPIPE, SIG_IGN);
  if (name == "-") return;
  temporary_ = name + ".nacre-" + std::to_string(getpid());
  fd_ = open(temporary_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (fd_ < 0) fail(errno);
}

NewFile::~NewFile() {
  if (temporary_.empty() || fd_ < 0) return;
  close(fd_);
  unlink(temporary_.c_str());
}

bool NewFile::write(std::string_view bytes) { return write_all(fd_, bytes) || fail(errno); }

bool NewFile::finish() {
  if (temporary_.empty()) return true;
  if (fsync(fd_) != 0 || std::rename(temporary_.c_str(), name_.c_str()) != 0) return fail(errno);
  close(fd_);
  fd_ = -1;
  return true;
}

OldFile::OldFile(const std::string& name) {
  if (name != "-") fd_ = open(name.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd_ < 0) error_ = std::strerror(errno);
}

OldFile::~OldFile() {
  if (fd_ > 0) close(fd_);
}

int64_t OldFile::read(std::span<char> out) {
  while (true) {
    const ssize_t n = ::read(fd_, out.data(), out.size());
    if (n >= 0) return n;
    if (errno == EINTR) continue;
    error_ = std::strerror(errno);
    return -1;
  }
}

}  // namespace nacre::cli
