/// capture: the output of a shell command, for sed's e and awk's "cmd" | getline.
/// Source: POSIX XSH popen().
#pragma once
#include <string>

#include "kernel/process.h"

namespace nacre {

/// A child running `sh -c command` with a pipe on its standard output (or input).
struct ShellPipe {
  int fd = -1;    ///< our end; -1: could not start
  int pid = 0;
};
ShellPipe open_shell_pipe(Process& p, const std::string& command, bool reading, std::shared_ptr<const EnvList> env = nullptr);
/// Closes our end, waits, and returns the exit status as a shell reports it.
int close_shell_pipe(Process& p, ShellPipe& pipe);
/// Everything the command writes.
std::string capture_command(Process& p, const std::string& command);

}  // namespace nacre
