/// ProcessLock: an exclusive lock on a file of the host, held by this process until the object goes or the
/// process ends, however it ends. Source: flock(2).
#pragma once
#include <memory>
#include <string>

namespace nacre {

class ProcessLock {
 public:
  /// Makes the file where it is missing. Null when another process has it and `wait` is false (then *holder is
  /// what that one noted), or with *error (errno) set.
  static std::unique_ptr<ProcessLock> take(const std::string& path, bool wait, std::string* holder, int* error);
  ~ProcessLock();
  ProcessLock(const ProcessLock&) = delete;
  /// Leaves a line for those who are refused.
  void note(const std::string& line);

 private:
  explicit ProcessLock(int fd) : fd_(fd) {}
  int fd_;
};

/// This process's pid on the host.
int process_number();

/// A path of the host that means the same from any working directory.
std::string absolute_path(const std::string& path);

/// mkdir -p with mode 0700 for what is new. 0, or errno.
int make_private_dirs(const std::string& path);

}  // namespace nacre
