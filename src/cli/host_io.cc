#include "cli/host_io.h"

#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace nacre::cli {
namespace {

Sandbox* running = nullptr;
void on_signal(int sig) {
  if (running) running->interrupt(sig);
}

}  // namespace

bool write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    ssize_t n = write(fd, text.data(), text.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) text.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

int fail(const Error& e) {
  write_all(2, "nacre: " + e.message + (e.hint.empty() ? "" : "; " + e.hint) + "\n" + e.detail);
  return e.code == "setup" ? 1 : 2;
}

void forward_signals(Sandbox* to) {
  running = to;
  if (!to) return;
  struct sigaction action{};
  action.sa_handler = on_signal;
  for (int sig : {SIGINT, SIGTERM, SIGHUP}) sigaction(sig, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
}

void report_end(const ExecResult& r) {
  if (r.end.reason == End::Reason::Timeout && r.end.limit.empty()) {
    write_all(2, "nacre: run ended: every process was waiting for another\n");
  } else if (r.end.reason == End::Reason::Limit || r.end.reason == End::Reason::Timeout) {
    write_all(2, "nacre: run ended: limit " + r.end.limit + ": used " + std::to_string(r.end.used) + ", allowed " + std::to_string(r.end.allowed) +
                     "; raise it with --limit " + r.end.limit + "=VALUE\n");
  }
}

}  // namespace nacre::cli
