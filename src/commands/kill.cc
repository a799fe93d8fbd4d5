/// kill - send signals to processes.
/// Source: procps-ng 4.0 kill(1); POSIX XCU kill.
/// Differs: the value of -q is checked but reaches nobody: virtual processes cannot ask for it.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n kill [options] <pid> [...]\n\n"
    "Options:\n"
    " <pid> [...]            send signal to every <pid> listed\n"
    " -<signal>, -s, --signal <signal>\n"
    "                        specify the <signal> to be sent\n"
    " -q, --queue <value>    integer value to be sent with the signal\n"
    " -l, --list=[<signal>]  list all signal names, or convert one to a name\n"
    " -L, --table            list all signal names in a nice table\n\n"
    " -h, --help     display this help and exit\n"
    " -V, --version  output version information and exit\n\n"
    "For more details see kill(1).\n";

constexpr int kLast = 31;   // real-time signals are not listed

std::string name_of(int sig) { return sig == 29 ? "POLL" : signal_name(sig); }

int usage_error(Process& p) {
  write_error(p, kUsage);
  return 1;
}

int list(Process& p, std::string_view which) {
  Output out(p);
  if (which.empty()) {
    for (int sig = 1; sig <= kLast; sig++) out.write(name_of(sig) + (sig == 16 || sig == kLast ? "\n" : " "));
    return out.finish(0);
  }
  if (auto number = parse_int(which); number && *number >= 0) {
    int sig = static_cast<int>(*number & 0x7f);
    std::string name = sig > 0 && *number <= 64 ? name_of(sig) : "";
    if (!name.empty()) {
      out.line(name);
      return out.finish(0);
    }
  } else if (int sig = signal_number(which); sig > 0) {
    out.line(std::to_string(sig));
    return out.finish(0);
  }
  p.warn("unknown signal name %s", std::string(which).c_str());
  return 0;
}

int table(Process& p) {
  Output out(p);
  for (int sig = 1; sig <= kLast; sig++) {
    if (sig % 7) out.format("%2d %-8s", sig, name_of(sig).c_str());
    else out.format("%2d %s\n", sig, name_of(sig).c_str());
  }
  out.put('\n');
  return out.finish(0);
}

// -9, -KILL, -SIGKILL as the first argument.
std::optional<int> signal_word(std::string_view word) {
  if (auto n = parse_int(word); n && ascii_digit(word[0])) return *n >= 0 && *n < kSigCount ? std::optional<int>(static_cast<int>(*n)) : std::nullopt;
  int sig = signal_number(word);
  return sig > 0 ? std::optional<int>(sig) : std::nullopt;
}

struct Request {
  int sig = kSigTERM;
  std::optional<std::string> list;
  bool table = false, version = false, help = false;
};

// Options in any place, as long as they are no numbers: those are process groups.
std::optional<int> read_arguments(Process& p, Request& r, std::vector<std::string>& pids) {
  const auto& argv = p.argv();
  bool has_signal = false;
  for (size_t i = 1; i < argv.size(); i++) {
    const std::string& a = argv[i];
    auto value = [&](std::string_view name) -> std::optional<std::string> {
      if (a.size() > name.size()) return a.substr(name.size() + (name.size() > 2));
      if (i + 1 < argv.size()) return argv[++i];
      return std::nullopt;
    };
    if (a == "--") {
      pids.insert(pids.end(), argv.begin() + static_cast<long>(i) + 1, argv.end());
      return std::nullopt;
    }
    if (a.size() < 2 || a[0] != '-') {
      pids.push_back(a);
      continue;
    }
    if (!has_signal) {
      if (auto sig = signal_word(std::string_view(a).substr(1))) {
        r.sig = *sig;
        has_signal = true;
        continue;
      }
    }
    if (ascii_digit(a[1])) {
      pids.push_back(a);
      continue;
    }
    if (a == "-h" || a == "--help") r.help = true;
    else if (a == "-V" || a == "--version") r.version = true;
    else if (a == "-L" || a == "--table") r.table = true;
    else if (a == "-l" || a == "--list") r.list = i + 1 < argv.size() ? argv[++i] : "";
    else if (a.starts_with("-l")) r.list = a.substr(2);
    else if (a.starts_with("--list=")) r.list = a.substr(7);
    else if (a == "-s" || a.starts_with("--signal") || (a[1] == 's' && a.size() > 2 && a[0] == '-')) {
      auto name = value(a.starts_with("--signal") ? "--signal" : "-s");
      if (!name) {
        p.warn("invalid argument s");
        return usage_error(p);
      }
      r.sig = signal_word(*name).value_or(-1);
      has_signal = true;
    } else if (a[1] == 'q' || a.starts_with("--queue")) {
      auto number = value(a[1] == 'q' ? "-q" : "--queue");
      if (!number || !parse_int(*number)) {
        p.warn("argument must be an integer: '%s'", number.value_or("").c_str());
        return 1;
      }
    } else {
      p.warn("invalid argument %c", a[1]);
      return usage_error(p);
    }
  }
  return std::nullopt;
}

int kill_main(Process& p) {
  Request r;
  std::vector<std::string> pids;
  if (auto status = read_arguments(p, r, pids)) return *status;
  if (r.version) return print_version(p);
  if (r.help) {
    Output out(p);
    out.write(kUsage);
    return out.finish(0);
  }
  if (r.list) return list(p, *r.list);
  if (r.table) return table(p);
  if (pids.empty()) return usage_error(p);
  int status = 0;
  for (const auto& word : pids) {
    auto pid = parse_int(word);
    if (!pid || *pid < INT32_MIN || *pid > INT32_MAX) {
      p.warn("failed to parse argument: '%s'", word.c_str());
      return 1;
    }
    auto done = p.kill(static_cast<int>(*pid), r.sig);
    if (done) continue;
    p.warn(done.error(), "(%lld)", static_cast<long long>(*pid));
    status = 1;
  }
  return status;
}

}  // namespace

Command kill_command() { return {{"kill"}, kUsage, kill_main}; }

}  // namespace nacre
