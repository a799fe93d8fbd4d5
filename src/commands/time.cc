/// time - run a program and report what it used.
/// Source: GNU time 1.9 manual.
/// Differs: memory, page faults, context switches and input/output are not counted by the virtual
/// kernel and show as 0; user time is the virtual CPU time of the whole sandbox meanwhile, system
/// time is 0. Usage text is in our own words.
#include <cstdlib>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: time [OPTIONS] COMMAND [ARG]...\n"
    "Run COMMAND, then print what it used of the system.\n\n"
    "  -a, --append              with -o, append to FILE\n"
    "  -f, --format=FORMAT       say it in FORMAT (default: $TIME)\n"
    "  -o, --output=FILE         write to FILE instead of standard error\n"
    "  -p, --portability         the three lines of POSIX: real, user, sys\n"
    "  -q, --quiet               say nothing of abnormal ends\n"
    "  -v, --verbose             all that is known, a line each\n"
    "  -h, --help                display this help and exit\n"
    "  -V, --version             output version information and exit\n\n"
    "In FORMAT: %C command, %E elapsed [h:]m:s, %e elapsed seconds, %U user, %S system seconds,\n"
    "%P share of the CPU, %x exit status, %Z page size, %M %t %K %D %p %X %F %R %W %c %w %I %O %r %s %k counts, %% a percent sign.\n";

constexpr char kDefault[] = "%Uuser %Ssystem %Eelapsed %PCPU (%Xavgtext+%Davgdata %Mmaxresident)k\n%Iinputs+%Ooutputs (%Fmajor+%Rminor)pagefaults %Wswaps";
constexpr char kPosix[] = "real %e\nuser %U\nsys %S";
constexpr char kVerbose[] =
    "\tCommand being timed: \"%C\"\n\tUser time (seconds): %U\n\tSystem time (seconds): %S\n\tPercent of CPU this job got: %P\n"
    "\tElapsed (wall clock) time (h:mm:ss or m:ss): %E\n\tAverage shared text size (kbytes): %X\n\tAverage unshared data size (kbytes): %D\n"
    "\tAverage stack size (kbytes): %p\n\tAverage total size (kbytes): %K\n\tMaximum resident set size (kbytes): %M\n"
    "\tAverage resident set size (kbytes): %t\n\tMajor (requiring I/O) page faults: %F\n\tMinor (reclaiming a frame) page faults: %R\n"
    "\tVoluntary context switches: %w\n\tInvoluntary context switches: %c\n\tSwaps: %W\n\tFile system inputs: %I\n\tFile system outputs: %O\n"
    "\tSocket messages sent: %s\n\tSocket messages received: %r\n\tSignals delivered: %k\n\tPage size (bytes): %Z\n\tExit status: %x";

struct Options {
  bool append = false, quiet = false, help = false, version = false;
  std::optional<std::string> format, output;
};
constexpr Flag<Options> kFlags[] = {{'a', "append", &Options::append}, {'f', "format", &Options::format},
                                    {'o', "output", &Options::output}, {'p', "portability", +[](Options& o) { o.format = kPosix; }},
                                    {'q', "quiet", &Options::quiet},   {'v', "verbose", +[](Options& o) { o.format = kVerbose; }},
                                    {'h', "help", &Options::help},     {'V', "version", &Options::version}};

struct Usage {
  std::vector<std::string> command;
  int64_t elapsed = 0, user = 0;   ///< in hundredths of a second
  WaitStatus status;
};

std::string seconds(int64_t hundredths) {
  char text[48];
  std::snprintf(text, sizeof text, "%lld.%02lld", static_cast<long long>(hundredths / 100), static_cast<long long>(hundredths % 100));
  return text;
}

std::string clock_time(int64_t hundredths) {
  char text[64];
  auto s = static_cast<long long>(hundredths / 100);
  if (s >= 3600) std::snprintf(text, sizeof text, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
  else std::snprintf(text, sizeof text, "%lld:%02lld.%02lld", s / 60, s % 60, static_cast<long long>(hundredths % 100));
  return text;
}

std::string report(std::string_view format, const Usage& u) {
  std::string out;
  for (size_t i = 0; i < format.size(); i++) {
    char c = format[i];
    if (c == '\\') {
      char next = ++i < format.size() ? format[i] : '\0';
      if (next == 't') out += '\t';
      else if (next == 'n') out += '\n';
      else if (next == '\\') out += '\\';
      else out.append("?\\").append(next ? 1 : 0, next);
      continue;
    }
    if (c != '%') {
      out += c;
      continue;
    }
    char what = ++i < format.size() ? format[i] : '\0';
    switch (what) {
      case '%': out += '%'; break;
      case 'C':
        for (size_t k = 0; k < u.command.size(); k++) out += (k ? " " : "") + u.command[k];
        break;
      case 'E': out += clock_time(u.elapsed); break;
      case 'e': out += seconds(u.elapsed); break;
      case 'U': out += seconds(u.user); break;
      case 'S': out += seconds(0); break;
      case 'P': out += u.elapsed > 0 ? std::to_string(u.user * 100 / u.elapsed) + "%" : "?%"; break;
      case 'x': out += std::to_string(u.status.kind == WaitStatus::Kind::Exited ? u.status.code : 0); break;
      case 'Z': out += "4096"; break;
      case 'M':
      case 't':
      case 'K':
      case 'D':
      case 'p':
      case 'X':
      case 'F':
      case 'R':
      case 'W':
      case 'c':
      case 'w':
      case 'I':
      case 'O':
      case 'r':
      case 's':
      case 'k': out += '0'; break;
      case '\0': out += "?"; break;
      default: out.append("?").append(1, what);
    }
  }
  return out + "\n";
}

int fail(Process& p, const std::string& text, bool hint) {
  const std::string& name = p.argv()[0];
  write_error(p, name + ": " + text + "\n" + (hint ? "Try '" + name + " --help' for more information.\n" : ""));
  return 125;
}

int time_main(Process& p) {
  Options o;
  Usage u;
  if (auto status = parse(p, kUsage, kFlags, o, u.command, {.error_status = 125, .in_order = true, .help_version = false})) return *status;
  if (o.version) return print_version(p);
  if (o.help) {
    Output out(p);
    out.write(called_usage(p, kUsage));
    return out.finish(0);
  }
  if (u.command.empty()) return fail(p, "missing program to run", true);
  int fd = 2;
  if (o.output) {
    auto opened = p.open(*o.output, kOpenWrite | kOpenCreate | (o.append ? kOpenAppend : kOpenTruncate), 0666);
    if (!opened) {
      p.warn(opened.error(), "%s", o.output->c_str());
      return 125;
    }
    fd = *opened;
  }
  std::string format = kDefault;
  if (o.format) format = *o.format;
  else if (const char* env = p.getenv("TIME")) format = env;
  else if (p.getenv("POSIXLY_CORRECT")) format = kPosix;
  Timespec begin = p.now(Clock::Monotonic);
  uint64_t steps = p.budget().steps();
  SpawnOptions spawn;
  if (fd != 2) spawn.close_fds = {fd};
  for (int sig : {kSigINT, kSigQUIT}) p.set_action(sig, SignalAction::Ignore);
  auto done = p.run(u.command, spawn);
  Timespec end = p.now(Clock::Monotonic);
  u.elapsed = (end.sec - begin.sec) * 100 + (end.nsec - begin.nsec) / 10'000'000;
  u.user = static_cast<int64_t>((p.budget().steps() - steps) / 1'000'000);   // 10 ns a step
  if (done) {
    u.status = *done;
  } else {
    std::string name = p.argv()[0];
    write_error(p, name + ": cannot run " + u.command[0] + ": " + std::string(message(done.error())) + "\n");
    u.status.code = done.error() == Errno::NOENT ? 127 : 126;
  }
  std::string text;
  if (!o.quiet) {
    if (u.status.kind == WaitStatus::Kind::Signaled) text = "Command terminated by signal " + std::to_string(u.status.code) + "\n";
    else if (u.status.code != 0) text = "Command exited with non-zero status " + std::to_string(u.status.code) + "\n";
  }
  (void)p.write(fd, text + report(format, u));
  return u.status.shell_status();
}

}  // namespace

Command time_command() { return {{"time"}, kUsage, time_main}; }

}  // namespace nacre
