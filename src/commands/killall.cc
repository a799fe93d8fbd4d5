/// killall - signal processes by name.
/// Source: psmisc 23.6 killall(1), checked against the tool.
/// Differs: no namespaces and security contexts (-n, -Z); -w does not wait for those that ended
/// and that their parents have not asked for; usage text is in our own words.
#include <algorithm>
#include <set>

#include "algo/regex.h"
#include "algo/unicode.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/process_list.h"
#include "commands/prompt.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: killall [OPTION]... [--] NAME...\n"
    "       killall -l, --list\n"
    "       killall -V, --version\n"
    "Signal processes by name.\n\n"
    "  -e, --exact            names of 15 bytes or more have to be the same in full\n"
    "  -I, --ignore-case      case does not matter\n"
    "  -g, --process-group    signal the groups of the processes, each once\n"
    "  -y, --younger-than TIME  only processes younger than TIME\n"
    "  -o, --older-than TIME  only processes older than TIME: a number and s, m, h, d, w, M or y\n"
    "  -i, --interactive      ask before each\n"
    "  -l, --list             list the names of signals\n"
    "  -q, --quiet            do not complain when there is no such process\n"
    "  -r, --regexp           NAME is an extended regular expression\n"
    "  -s, --signal SIGNAL    the signal to send (TERM); also as -SIGNAL\n"
    "  -u, --user USER        only processes of USER\n"
    "  -v, --verbose          say what was signalled\n"
    "  -w, --wait             wait until they are gone\n"
    "  -V, --version          output version information and exit\n";

struct Options {
  bool exact = false, fold = false, groups = false, ask = false, list = false, quiet = false, regex = false, verbose = false, wait = false, version = false;
  std::optional<std::string> signal, user;
  std::optional<double> younger, older;   ///< seconds
};

template <std::optional<double> Options::* to>
std::optional<int> read_age(Process& p, Options& o, std::string_view v) {
  constexpr std::pair<char, double> kUnits[] = {{'s', 1}, {'m', 60}, {'h', 3600}, {'d', 86400}, {'w', 604800}, {'M', 2629800}, {'y', 31557600}};
  auto n = v.empty() ? std::nullopt : parse_int(v.substr(0, v.size() - 1));
  auto unit = std::find_if(std::begin(kUnits), std::end(kUnits), [&](auto& u) { return !v.empty() && u.first == v.back(); });
  if (n && *n >= 0 && unit != std::end(kUnits)) return o.*to = static_cast<double>(*n) * unit->second, std::nullopt;
  write_error(p, std::string("Invalid time format\n") + kUsage);
  return 1;
}

constexpr Flag<Options> kFlags[] = {{'e', "exact", &Options::exact},
                                    {'I', "ignore-case", &Options::fold},
                                    {'g', "process-group", &Options::groups},
                                    {'y', "younger-than", read_age<&Options::younger>},
                                    {'o', "older-than", read_age<&Options::older>},
                                    {'i', "interactive", &Options::ask},
                                    {'l', "list", &Options::list},
                                    {'q', "quiet", &Options::quiet},
                                    {'r', "regexp", &Options::regex},
                                    {'s', "signal", &Options::signal},
                                    {'u', "user", &Options::user},
                                    {'v', "verbose", &Options::verbose},
                                    {'w', "wait", &Options::wait},
                                    {'V', "version", &Options::version}};

constexpr char kSignals[] =
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT\n"
    "CHLD CONT STOP TSTP TTIN TTOU URG XCPU XFSZ VTALRM PROF WINCH POLL PWR SYS\n";
constexpr size_t kShortName = 15;   // what the kernel keeps of a name

class Killer {
 public:
  Killer(Process& p, const Options& o, int signal) : p_(p), o_(o), signal_(signal), all_(list_processes(p)), up_(seconds_since_boot(p)) {}

  /// False: the expression is none.
  bool add(const std::string& name) {
    std::unique_ptr<Regex> regex;
    if (o_.regex) {
      std::string error;
      regex = Regex::compile(name, kRegexExtended | (o_.fold ? kRegexFoldCase : 0) | (p_.utf8() ? kRegexUtf8 : 0), &error);
      if (!regex) return p_.warn("Bad regular expression: %s", name.c_str()), false;
    }
    wanted_.push_back({name, std::move(regex)});
    return true;
  }

  int run(std::optional<uint32_t> uid) {
    std::vector<bool> found(wanted_.size());
    for (const ProcessInfo& i : all_) {
      if (i.pid == p_.pid() || (uid && i.uid != *uid)) continue;
      double age = up_ - static_cast<double>(i.start_ticks) / kTicksPerSecond;
      if ((o_.younger && age > *o_.younger) || (o_.older && age < *o_.older)) continue;
      if (wanted_.empty()) {
        (void)signal(i);
        continue;
      }
      for (size_t k = 0; k < wanted_.size(); k++) {
        if (!matches(wanted_[k], i)) continue;
        if (signal(i)) found[k] = true;
        break;
      }
    }
    int status = 0;
    for (size_t k = 0; k < wanted_.size(); k++) {
      if (found[k]) continue;
      if (!o_.quiet) write_error(p_, wanted_[k].name + ": no process found\n");
      status = 1;
    }
    if (o_.wait) wait_for_all();
    return status;
  }

 private:
  struct Wanted {
    std::string name;
    std::unique_ptr<Regex> regex;
  };

  /// The name in full, where the kernel's may be cut and the first argument tells more.
  static std::string full_name(const ProcessInfo& i) {
    if (i.command.size() < kShortName || i.args.empty()) return i.command;
    std::string name(base_name(i.args[0]));
    return name.starts_with(i.command) ? name : i.command;
  }

  bool matches(const Wanted& want, const ProcessInfo& i) {
    if (want.regex) {
      RegexSpan span;
      return want.regex->match(full_name(i), 0, {&span, 1});
    }
    if (want.name.find('/') != std::string::npos) {
      auto program = p_.realpath("/proc/" + std::to_string(i.pid) + "/exe"), asked = p_.realpath(want.name);
      return program && asked && *program == *asked;
    }
    const std::string name = full_name(i);
    if (o_.exact && i.command.size() >= kShortName && name.size() == kShortName && want.name.size() >= kShortName) {
      if (o_.verbose) p_.warn("skipping partial match %s(%d)", i.command.c_str(), i.pid);
      return false;
    }
    return o_.fold ? fold(name) == fold(want.name) : name == want.name;
  }
  static std::string fold(std::string_view s) {
    std::string out(s);
    for (char& c : out) c = ascii_lower(c);
    return out;
  }

  bool signal(const ProcessInfo& i) {
    const int id = o_.groups ? i.pgrp : i.pid;
    if (o_.groups && groups_.count(id)) return true;
    const std::string who = full_name(i) + "(" + (o_.groups ? "pgid " : "") + std::to_string(id) + ")";
    if (o_.ask && !answered_yes((signal_ == 0 || signal_ != kSigTERM ? "Signal " : "Kill ") + who + " ? (y/N) ")) return false;
    auto done = p_.kill(o_.groups ? -id : id, signal_);
    if (!done) {
      if (done.error() != Errno::SRCH) write_error(p_, who + ": " + std::string(message(done.error())) + "\n");
      return false;
    }
    if (o_.verbose) write_error(p_, "Killed " + who + " with signal " + std::to_string(signal_) + "\n");
    groups_.insert(id);
    return true;
  }

  bool answered_yes(const std::string& question) {
    (void)p_.write(1, question);
    return is_yes(read_answer(p_, 0));
  }

  void wait_for_all() {
    while (true) {
      bool any = false;
      for (const ProcessInfo& i : list_processes(p_)) any = any || (i.state != 'Z' && groups_.count(o_.groups ? i.pgrp : i.pid) && i.pid != p_.pid());
      if (!any) return;
      p_.sleep({0, 100'000'000});
    }
  }

  Process& p_;
  const Options& o_;
  int signal_;
  std::vector<ProcessInfo> all_;
  double up_;
  std::vector<Wanted> wanted_;
  std::set<int> groups_;   ///< processes or groups that were signalled
};

bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

/// -KILL, -9 and the like, taken out of argv before the options are read.
std::vector<std::string> take_signal(Process& p, Options& o) {
  std::vector<std::string> out;
  bool ended = false;
  for (const auto& word : p.argv()) {
    ended = ended || word == "--";
    const bool upper = word.size() > 2 && word[0] == '-' && is_capital(word[1]) && is_capital(word[2]);
    const bool number = word.size() > 1 && word[0] == '-' && ascii_digit(word[1]);
    if (!ended && (upper || number)) o.signal = word.substr(1);
    else out.push_back(word);
  }
  return out;
}

int killall_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  auto argv = take_signal(p, o);
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, names, {.help_version = false, .short_help = true})) return *status;
  if (o.version) return print_version(p);
  Output out(p);
  if (o.list) {
    out.write(kSignals);
    return out.finish(0);
  }
  std::optional<uint32_t> uid;
  if (o.user) {
    Accounts accounts(p);
    const User* user = accounts.user(*o.user);
    if (!user) return write_error(p, "Cannot find user " + *o.user + "\n"), 1;
    uid = user->uid;
  }
  if (names.empty() && !uid) return write_error(p, kUsage), 1;
  int signal = kSigTERM;
  if (o.signal) {
    auto number = parse_int(*o.signal);
    std::string_view word = *o.signal;
    if (word.starts_with("SIG")) word.remove_prefix(3);
    signal = number ? static_cast<int>(std::clamp<int64_t>(*number, 0, 1000)) : signal_number(word);
    if (signal < 0) return write_error(p, std::string(word) + ": unknown signal; killall -l lists signals.\n"), 1;
  }
  Killer killer(p, o, signal);
  for (const auto& name : names)
    if (!killer.add(name)) return 1;
  return killer.run(uid);
}

}  // namespace

Command killall_command() { return {{"killall"}, kUsage, killall_main}; }

}  // namespace nacre
