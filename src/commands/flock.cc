/// flock - run a command with a lock on a file, or lock an open descriptor.
/// Source: flock(1) of util-linux 2.38, checked against the tool; sysexits(3).
/// Differs: none known.
#include <cmath>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/duration.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n flock [options] <file>|<directory> <command> [<argument>...]\n"
    " flock [options] <file>|<directory> -c <command>\n"
    " flock [options] <file descriptor number>\n\n"
    "Manage file locks from shell scripts.\n\nOptions:\n"
    " -s, --shared             get a shared lock\n"
    " -x, -e, --exclusive      get an exclusive lock (default)\n"
    " -u, --unlock             remove a lock\n"
    " -n, --nonblock, --nb     fail rather than wait\n"
    " -w, --timeout <secs>     wait for a limited amount of time (also --wait)\n"
    " -E, --conflict-exit-code <number>  exit code after conflict or timeout\n"
    " -o, --close              close file descriptor before running command\n"
    " -c, --command <command>  run a single command string through the shell\n"
    " -F, --no-fork            execute command without forking\n"
    "     --verbose            increase verbosity\n\n"
    " -h, --help               display this help\n"
    " -V, --version            display version\n\n"
    "For more details see flock(1).\n";

// sysexits.h
constexpr int kUsageError = 64, kDataError = 65, kNoInput = 66, kUnavailable = 69, kOsError = 71, kCannotCreate = 73;

struct Options {
  LockKind kind = LockKind::Exclusive;
  bool no_wait = false, close = false, no_fork = false, verbose = false;
  std::optional<double> timeout;
  int conflict = 1;
};

std::optional<int> bad_value(Process& p, const char* what, std::string_view text) {
  p.warn("%s: '%s'", what, std::string(text).c_str());
  return kUsageError;
}

std::optional<int> read_conflict(Process& p, Options& o, std::string_view text) {
  auto n = parse_int(text);
  if (!n) return bad_value(p, "invalid exit code", text);
  if (*n < 0 || *n > 255) {
    p.warn("exit code out of range (expected 0 to 255)");
    return kUsageError;
  }
  o.conflict = static_cast<int>(*n);
  return std::nullopt;
}

std::optional<int> read_timeout(Process& p, Options& o, std::string_view text) {
  std::string word(text);
  char* end;
  double seconds = strtod(word.c_str(), &end);
  if (word.empty() || *end || !std::isfinite(seconds)) return bad_value(p, "invalid timeout value", text);
  // No time at all is -n.
  if (seconds == 0) o.no_wait = true;
  else o.timeout = seconds;
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'s', "shared", +[](Options& o) { o.kind = LockKind::Shared; }},
    {'x', "exclusive", +[](Options& o) { o.kind = LockKind::Exclusive; }},
    {'e', "", +[](Options& o) { o.kind = LockKind::Exclusive; }},
    {'u', "unlock", +[](Options& o) { o.kind = LockKind::None; }},
    {'n', "nonblock", &Options::no_wait},
    {'n', "nb", &Options::no_wait},
    {'w', "timeout", read_timeout},
    {'w', "wait", read_timeout},
    {'E', "conflict-exit-code", read_conflict},
    {'o', "close", &Options::close},
    {'F', "no-fork", &Options::no_fork},
    {0, "verbose", &Options::verbose},
};

// The descriptor to lock; a status (and a message) if there is none.
std::variant<int, std::optional<int>> open_lock_file(Process& p, const std::string& file) {
  auto fd = p.open(file, kOpenRead | kOpenCreate, 0666);
  // A directory is locked as well, but not created.
  if (!fd && fd.error() == Errno::ISDIR) fd = p.open(file, kOpenRead);
  if (fd) return *fd;
  p.warn(fd.error(), "cannot open lock file %s", file.c_str());
  switch (fd.error()) {
    case Errno::NOMEM:
    case Errno::MFILE:
    case Errno::NFILE: return std::optional<int>(kOsError);
    case Errno::ROFS:
    case Errno::NOSPC: return std::optional<int>(kCannotCreate);
    default: return std::optional<int>(kNoInput);
  }
}

// A status when the lock was not taken.
std::optional<int> take_lock(Process& p, const Options& o, int fd, const std::string& name) {
  if (o.timeout) {
    if (*o.timeout < 0) {
      p.warn(Errno::INVAL, "cannot set up timer");
      return kOsError;
    }
    p.set_action(kSigALRM, SignalAction::Catch);
    p.alarm(to_timespec(*o.timeout));
  }
  Timespec began = p.now(Clock::Monotonic);
  for (;;) {
    auto locked = p.flock(fd, o.kind, o.no_wait);
    if (locked) break;
    if (locked.error() == Errno::AGAIN) {
      if (o.verbose) p.warn("failed to get lock");
      return o.conflict;
    }
    if (locked.error() == Errno::INTR) {
      bool late = false;
      while (int caught = p.take_caught()) late = late || caught == kSigALRM;
      if (!late) continue;
      if (o.verbose) p.warn("timeout while waiting to get lock");
      return o.conflict;
    }
    p.warn(locked.error(), "%s", name.c_str());
    return kDataError;
  }
  if (o.timeout) {
    p.alarm({});
    p.set_action(kSigALRM, SignalAction::Default);
  }
  if (o.verbose) {
    Timespec now = p.now(Clock::Monotonic);
    int64_t micros = (now.sec - began.sec) * 1'000'000 + (now.nsec - began.nsec) / 1000;
    Output out(p);
    out.format("%.*s: getting lock took %lld.%06lld seconds\n", static_cast<int>(p.name().size()), p.name().data(), static_cast<long long>(micros / 1'000'000),
               static_cast<long long>(micros % 1'000'000));
    out.finish(0);
  }
  return std::nullopt;
}

int run(Process& p, const Options& o, int fd, const std::vector<std::string>& command) {
  if (o.verbose) {
    Output out(p);
    out.write(std::string(p.name()) + ": executing " + command[0] + "\n");
    out.finish(0);
  }
  Errno error;
  if (o.no_fork) {
    error = p.exec_program(command, p.shared_env());
  } else {
    SpawnOptions options;
    if (o.close) options.close_fds.push_back(fd);
    auto ended = p.run(command, options);
    if (ended) return ended->shell_status();
    error = ended.error();
  }
  p.warn(error, "failed to execute %s", command[0].c_str());
  return error == Errno::NOMEM ? kOsError : kUnavailable;
}

// FILE -c COMMAND is COMMAND for the shell. A status if there is no one COMMAND.
std::optional<int> through_shell(Process& p, std::vector<std::string>& command) {
  if (command[0] != "-c" && command[0] != "--command") return std::nullopt;
  if (command.size() != 2) {
    p.warn("%s requires exactly one command argument", command[0].c_str());
    return kUsageError;
  }
  const char* shell = p.getenv("SHELL");
  command = {shell && *shell ? shell : "/bin/sh", "-c", command[1]};
  return std::nullopt;
}

int flock_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kFlags, o, words, {.error_status = kUsageError, .in_order = true, .letters = true})) return *status;
  if (o.no_fork && o.close) {
    p.warn("the --no-fork and --close options are incompatible");
    return kUsageError;
  }
  if (words.empty()) {
    p.warn("not enough arguments");
    return try_help(p, kUsageError);
  }
  if (words.size() == 1) {
    auto fd = parse_int(words[0]);
    if (!fd) return *bad_value(p, "bad file descriptor", words[0]);
    return take_lock(p, o, static_cast<int>(*fd), std::to_string(*fd)).value_or(0);
  }
  std::vector<std::string> command(words.begin() + 1, words.end());
  if (auto status = through_shell(p, command)) return *status;
  auto opened = open_lock_file(p, words[0]);
  if (auto* status = std::get_if<std::optional<int>>(&opened)) return **status;
  int fd = std::get<int>(opened);
  if (auto status = take_lock(p, o, fd, words[0])) return *status;
  return run(p, o, fd, command);
}

}  // namespace

Command flock_command() { return {{"flock"}, kUsage, flock_main, MessageName::Short}; }

}  // namespace nacre
