#include "commands/capture.h"

namespace nacre {

ShellPipe open_shell_pipe(Process& p, const std::string& command, bool reading, std::shared_ptr<const EnvList> env) {
  ShellPipe out;
  auto pipe = p.pipe();
  if (!pipe) return out;
  SpawnOptions options;
  options.env = std::move(env);
  int ours = reading ? pipe->read_end : pipe->write_end, theirs = reading ? pipe->write_end : pipe->read_end;
  (reading ? options.stdout_fd : options.stdin_fd) = theirs;
  options.close_fds = {pipe->read_end, pipe->write_end};
  auto pid = p.spawn({"sh", "-c", command}, options);
  (void)p.close(theirs);
  if (!pid) {
    (void)p.close(ours);
    return out;
  }
  out.fd = ours;
  out.pid = *pid;
  return out;
}

int close_shell_pipe(Process& p, ShellPipe& pipe) {
  if (pipe.fd >= 0) (void)p.close(pipe.fd);
  pipe.fd = -1;
  for (;;) {
    auto done = p.wait(pipe.pid);
    if (!done) {
      if (done.error() == Errno::INTR) continue;
      return -1;
    }
    if (*done) return (*done)->status.shell_status();
  }
}

std::string capture_command(Process& p, const std::string& command) {
  ShellPipe pipe = open_shell_pipe(p, command, true);
  std::string text;
  if (pipe.fd < 0) return text;
  char block[4096];
  for (;;) {
    auto n = p.read(pipe.fd, block);
    if (!n || *n == 0) break;
    text.append(block, *n);
  }
  close_shell_pipe(p, pipe);
  return text;
}

}  // namespace nacre
