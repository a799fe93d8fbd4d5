/// setsid - run a program in a new session.
/// Source: setsid(1) of util-linux 2.38, checked against the tool.
/// Differs: a program that a signal ended is reported without the text of a stale errno.
#include "commands/args.h"
#include "commands/command.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n setsid [options] <program> [arguments ...]\n\n"
    "Run a program in a new session.\n\nOptions:\n"
    " -c, --ctty     set the controlling terminal to the current one\n"
    " -f, --fork     always fork\n"
    " -w, --wait     wait program to exit, and use the same return\n"
    " -h, --help     display this help\n"
    " -V, --version  display version\n\n"
    "For more details see setsid(1).\n";

struct Options {
  bool terminal = false, fork = false, wait = false;
};
constexpr Flag<Options> kFlags[] = {{'c', "ctty", &Options::terminal}, {'f', "fork", &Options::fork}, {'w', "wait", &Options::wait}};

int failed(Process& p, const std::string& program, Errno e) {
  p.warn(e, "failed to execute %s", program.c_str());
  return e == Errno::NOENT ? 127 : 126;
}

// A sandbox has one terminal, which all its sessions see: to make it the controlling one is to
// give the session its signals.
bool take_terminal(Process& p, int group) {
  if (!p.isatty(0)) {
    p.warn(Errno::NOTTY, "failed to set the controlling terminal");
    return false;
  }
  p.kernel().foreground_group = group;
  return true;
}

int in_child(Process& p, const Options& o, const std::vector<std::string>& command) {
  SpawnOptions options;
  options.new_session = true;
  if (o.terminal && !p.isatty(0)) return take_terminal(p, 0) || !o.wait ? 0 : 1;
  auto pid = p.spawn(command, options);
  if (!pid) {
    int status = failed(p, command[0], pid.error());
    return o.wait ? status : 0;
  }
  if (o.terminal) (void)take_terminal(p, *pid);
  if (!o.wait) return 0;
  auto done = p.wait(*pid, false, false, true);
  if (!done || !*done) return 1;
  const WaitStatus& status = (*done)->status;
  if (status.kind == WaitStatus::Kind::Exited) return status.code;
  p.warn("child %d did not exit normally", *pid);
  return status.code;
}

int setsid_main(Process& p) {
  Options o;
  std::vector<std::string> command;
  if (auto status = parse(p, kUsage, kFlags, o, command, {.in_order = true, .letters = true})) return *status;
  if (command.empty()) {
    p.warn("no command specified");
    return try_help(p);
  }
  // The leader of a group cannot leave it: a child begins the session.
  if (o.fork || p.pgid() == p.pid()) return in_child(p, o, command);
  if (auto begun = p.setsid(); !begun) {
    p.warn(begun.error(), "setsid failed");
    return 1;
  }
  if (o.terminal && !take_terminal(p, p.pgid())) return 1;
  return failed(p, command[0], p.exec_program(command, p.shared_env()));
}

}  // namespace

Command setsid_command() { return {{"setsid"}, kUsage, setsid_main, MessageName::Short}; }

}  // namespace nacre
