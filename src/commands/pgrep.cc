/// pgrep, pkill - look up or signal processes by name and other attributes.
/// Source: procps-ng 4.0 pgrep(1).
/// Differs: all processes share their namespaces and the root control group, so --ns and --cgroup
/// match all or none; the value of -q reaches nobody (no program here reads one); help texts are
/// in our own words.
#include <algorithm>

#include "algo/regex.h"
#include "algo/unicode.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/process_list.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

#define SHARED_HELP                                                                        \
  " -c, --count              print how many match\n"                                       \
  " -f, --full               match against command lines\n"                                \
  " -x, --exact              match whole names (lines with -f)\n"                          \
  " -i, --ignore-case        case does not matter\n"                                       \
  " -n, --newest             only the one started last\n"                                  \
  " -o, --oldest             only the one started first\n"                                 \
  " -O, --older SECONDS      only those older than that\n"                                 \
  " -P, --parent PPID,...    children of these\n"                                          \
  " -g, --pgroup PGID,...    of these process groups (0: own)\n"                           \
  " -s, --session SID,...    of these sessions (0: own)\n"                                 \
  " -t, --terminal TTY,...   on these terminals\n"                                         \
  " -u, --euid ID,...        of these effective users\n"                                   \
  " -U, --uid ID,...         of these real users\n"                                        \
  " -G, --group GID,...      of these real groups\n"                                       \
  " -F, --pidfile FILE       only the process whose id FILE holds\n"                       \
  " -L, --logpidfile         fail if that file is not locked\n"                            \
  " -r, --runstates STATE    in one of these states\n"                                     \
  " -A, --ignore-ancestors   not those that lead to this one\n"                            \
  "     --cgroup NAME,...    of these control groups\n"                                    \
  "     --ns PID             in the same namespaces as PID\n"                              \
  "     --nslist NAME,...    which of them --ns compares: ipc, mnt, net, pid, user, uts\n" \
  " -h, --help               display this help and exit\n"                                 \
  " -V, --version            output version information and exit\n"
constexpr char kListUsage[] =
    "\nUsage:\n pgrep [options] <pattern>\n\n"
    "Print the ids of processes whose names match a regular expression.\n\nOptions:\n"
    " -d, --delimiter STRING   between process ids (a newline)\n"
    " -l, --list-name          show names too\n"
    " -a, --list-full          show command lines too\n"
    " -v, --inverse            those that do not match\n"
    " -w, --lightweight        ids of threads: a process here has one\n" SHARED_HELP;
constexpr char kKillUsage[] =
    "\nUsage:\n pkill [options] <pattern>\n\n"
    "Signal processes whose names match a regular expression.\n\nOptions:\n"
    " -SIGNAL, --signal SIGNAL the signal to send (TERM)\n"
    " -q, --queue VALUE        send with sigqueue(3) and this integer\n"
    " -e, --echo               say what is signalled\n" SHARED_HELP;
#undef SHARED_HELP

/// The number a text begins with, as atoi(3) reads it; `end` is where it ends.
std::optional<int> leading_number(std::string_view text, size_t* end = nullptr) {
  size_t begin = 0;
  while (begin < text.size() && ascii_space(text[begin])) begin++;
  size_t at = begin + (begin < text.size() && (text[begin] == '+' || text[begin] == '-'));
  while (at < text.size() && ascii_digit(text[at])) at++;
  if (end) *end = at;
  auto n = parse_int(text.substr(begin + (begin < text.size() && text[begin] == '+'), at - begin));
  return n && *n >= INT32_MIN && *n <= INT32_MAX ? std::optional(static_cast<int>(*n)) : std::nullopt;
}

struct Criteria {
  std::vector<int64_t> parents, groups, sessions, terminals, euids, uids, gids;
  std::string states;
  std::optional<int64_t> older;
  std::optional<std::string> pid_file;
  bool locked = false;                ///< the file of -F has to be
  std::optional<int> file_pid;        ///< what it holds
  std::optional<int> namespaces;      ///< of this process
  bool foreign_group = false;         ///< --cgroup without the root group
  bool any = false;
};
struct Options : Criteria {
  std::string delimiter = "\n";
  bool names = false, lines = false, inverse = false, count = false, full = false, exact = false, fold = false, newest = false, oldest = false;
  bool no_ancestors = false, echo = false, help = false, version = false;
  int signal = kSigTERM;
};

enum class ListKind : uint8_t { Number, Group, Session, Terminal, User, GroupName };

std::optional<int> bad(Process& p, const char* what, std::string_view word) {
  p.warn("%s: %s", what, std::string(word).c_str());
  return 2;
}

template <ListKind kind>
std::optional<int> read_list(Process& p, Options& o, std::vector<int64_t>& to, std::string_view text) {
  Accounts accounts(p);
  o.any = true;
  while (!text.empty()) {
    size_t end = std::min(text.find(','), text.size());
    std::string_view word = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    auto n = parse_int(word);
    if (kind == ListKind::User) {
      const User* u = accounts.user(word);
      if (u) n = u->uid;
      else if (!n) return bad(p, "invalid user name", word);
    } else if (kind == ListKind::GroupName) {
      const Group* g = accounts.group(word);
      if (g) n = g->gid;
      else if (!n) return bad(p, "invalid group name", word);
    } else if (kind == ListKind::Terminal) {
      n = terminal_number(word);
    } else if (!n) {
      return bad(p, kind == ListKind::Group ? "invalid process group" : kind == ListKind::Session ? "invalid session id" : "not a number", word);
    } else if (*n == 0 && kind == ListKind::Group) {
      n = p.pgid();
    } else if (*n == 0 && kind == ListKind::Session) {
      n = p.sid();
    }
    to.push_back(*n);
  }
  return std::nullopt;
}

/// Every process is in the group "/".
std::optional<int> set_groups(Process& p, Options& o, std::string_view names) {
  if (names.empty()) {
    write_error(p, p.name() == "pkill" ? kKillUsage : kListUsage);
    return 2;
  }
  o.any = true;
  o.foreign_group = ("," + std::string(names) + ",").find(",/,") == std::string::npos;
  return std::nullopt;
}

void set_namespaces(Options& o, std::string_view v) {
  o.any = true;
  o.namespaces = leading_number(v).value_or(0);
}

/// A name that is none ends the command without a word.
std::optional<int> check_namespaces(std::string_view list) {
  static constexpr std::string_view kNames[] = {"ipc", "mnt", "net", "pid", "user", "uts"};
  for (size_t at = 0; at <= list.size();) {
    size_t end = std::min(list.find(',', at), list.size());
    if (std::find(std::begin(kNames), std::end(kNames), list.substr(at, end - at)) == std::end(kNames)) return 2;
    at = end + 1;
  }
  return std::nullopt;
}

#define LIST(kind, member) +[](Process& p, Options& o, std::string_view v) { return read_list<ListKind::kind>(p, o, o.member, v); }
#define SHARED_FLAGS                                                                                                                                 \
  {'c', "count", &Options::count}, {'f', "full", &Options::full}, {'g', "pgroup", LIST(Group, groups)}, {'G', "group", LIST(GroupName, gids)},       \
      {'i', "ignore-case", &Options::fold}, {'n', "newest", +[](Options& o) { o.newest = o.any = true; }},                                           \
      {'o', "oldest", +[](Options& o) { o.oldest = o.any = true; }},                                                                                 \
      {'O', "older",                                                                                                                                 \
       +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {                                                                       \
         (void)p;                                                                                                                                    \
         o.older = parse_int(v).value_or(0);   /* whatever is no number counts as 0 there */                                                           \
         o.any = true;                                                                                                                               \
         return std::nullopt;                                                                                                                        \
       }},                                                                                                                                           \
      {'P', "parent", LIST(Number, parents)}, {'s', "session", LIST(Session, sessions)}, {'t', "terminal", LIST(Terminal, terminals)},               \
      {'u', "euid", LIST(User, euids)}, {'U', "uid", LIST(User, uids)}, {'x', "exact", &Options::exact},                                             \
      {'r', "runstates",                                                                                                                             \
       +[](Options& o, std::string_view v) {                                                                                                         \
         o.states = std::string(v);                                                                                                                  \
         o.any = true;                                                                                                                               \
       }},                                                                                                                                           \
      {'F', "pidfile",                                                                                                                               \
       +[](Options& o, std::string_view v) {                                                                                                         \
         o.pid_file = std::string(v);                                                                                                                \
         o.any = true;                                                                                                                               \
       }},                                                                                                                                           \
      {'L', "logpidfile", &Options::locked}, {0, "cgroup", set_groups}, {0, "ns", set_namespaces},                                                   \
      {0, "nslist", +[](Process&, Options&, std::string_view v) { return check_namespaces(v); }}, {'A', "ignore-ancestors", &Options::no_ancestors}, \
      {'h', "help", &Options::help}, {                                                                                                               \
    'V', "version", &Options::version                                                                                                                \
  }
constexpr Flag<Options> kListFlags[] = {{'d', "delimiter", &Options::delimiter}, {'l', "list-name", &Options::names},    {'a', "list-full", &Options::lines},
                                        {'v', "inverse", &Options::inverse},     {'w', "lightweight", +[](Options&) {}}, SHARED_FLAGS};
constexpr Flag<Options> kKillFlags[] = {{'e', "echo", &Options::echo},
                                        {'q', "queue", +[](Options&, std::string_view) {}},
                                        {0, "signal",
                                         +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                           o.signal = signal_number(v);
                                           return o.signal >= 0 ? std::nullopt : bad(p, "unknown signal", v);
                                         }},
                                        SHARED_FLAGS};
#undef SHARED_FLAGS
#undef LIST

bool among(const std::vector<int64_t>& list, int64_t n) { return list.empty() || std::find(list.begin(), list.end(), n) != list.end(); }

bool fits(const Options& o, const ProcessInfo& i, double up) {
  return (!o.file_pid || i.pid == *o.file_pid) && among(o.parents, i.ppid) && among(o.groups, i.pgrp) && among(o.sessions, i.session) &&
         among(o.terminals, i.tty) && among(o.euids, i.uid) && among(o.uids, i.uid) && among(o.gids, i.gid) &&
         (o.states.empty() || o.states.find(i.state) != std::string::npos) &&
         (!o.older || up - static_cast<double>(i.start_ticks) / kTicksPerSecond >= static_cast<double>(*o.older));
}

int no_criteria(Process& p, const char* text, int status = 2) {
  std::string name(p.name());
  write_error(p, name + ": " + text + "\nTry `" + name + " --help' for more information.\n");
  return status;
}

/// The number that a file begins with; none if it is no such file, or not locked with -L.
std::optional<int> read_pid_file(Process& p, const Options& o) {
  auto fd = p.open(*o.pid_file, kOpenRead);
  if (!fd) return std::nullopt;
  auto text = read_file(p, *o.pid_file);
  bool locked = !o.locked || !p.flock(*fd, LockKind::Shared, true);
  (void)p.close(*fd);
  if (!text || !locked) return std::nullopt;
  size_t end = 0;
  auto pid = leading_number(*text, &end);
  return pid && *pid > 0 && (end == text->size() || ascii_space((*text)[end])) ? pid : std::nullopt;
}

std::vector<const ProcessInfo*> select(Process& p, const Options& o, const Regex* pattern, const std::vector<ProcessInfo>& all) {
  std::vector<int> ancestors;
  if (o.no_ancestors) {
    for (int pid = p.ppid(); pid > 0;) {
      ancestors.push_back(pid);
      auto parent = std::find_if(all.begin(), all.end(), [&](const auto& i) { return i.pid == pid; });
      pid = parent == all.end() ? 0 : parent->ppid;
    }
  }
  auto has = [&](int pid) { return std::any_of(all.begin(), all.end(), [&](const auto& i) { return i.pid == pid; }); };
  const bool none = o.foreign_group || (o.namespaces && !has(*o.namespaces));
  double up = seconds_since_boot(p);
  std::vector<const ProcessInfo*> found;
  for (const auto& i : all) {
    if (i.pid == p.pid() || std::find(ancestors.begin(), ancestors.end(), i.pid) != ancestors.end()) continue;
    bool match = !none && fits(o, i, up);
    if (match && pattern) {
      std::string line = o.full && !i.args.empty() ? i.command_line() : i.command;
      RegexSpan span;
      match = pattern->match(line, 0, {&span, 1}) && (!o.exact || (span.begin == 0 && span.end == line.size()));
    }
    if (match == o.inverse) continue;
    if ((o.newest || o.oldest) && !found.empty()) {
      bool later = i.start_ticks != found[0]->start_ticks ? i.start_ticks > found[0]->start_ticks : i.pid > found[0]->pid;
      if (later == o.newest) found[0] = &i;
      continue;
    }
    found.push_back(&i);
  }
  return found;
}

/// -KILL, -9 and the like, taken out of argv before the options are read.
std::vector<std::string> take_signal(const std::vector<std::string>& argv, int& signal) {
  std::vector<std::string> out;
  bool taken = false;
  for (const auto& word : argv) {
    int sig = !taken && word.size() > 1 && word[0] == '-' ? signal_number(std::string_view(word).substr(1)) : -1;
    bool is_name = word.size() > 2 || (word.size() == 2 && ascii_digit(word[1]));
    if (sig >= 0 && is_name) {
      signal = sig;
      taken = true;
    } else {
      out.push_back(word);
    }
  }
  return out;
}

int pgrep_main(Process& p) {
  bool kills = p.name() == "pkill";
  std::string_view usage = kills ? kKillUsage : kListUsage;
  Options o;
  std::vector<std::string> patterns;
  ParseStyle style{.error_status = 2, .help_version = false, .short_help = true};
  auto status = kills ? parse_argv(p, usage, kKillFlags, o, take_signal(p.argv(), o.signal), patterns, style) : parse(p, usage, kListFlags, o, patterns, style);
  if (status) return *status;
  if (o.version) return print_version(p);
  Output out(p);
  if (o.help) {
    out.write(usage);
    return out.finish(0);
  }
  if (o.locked && !o.pid_file) return no_criteria(p, "-L without -F makes no sense");
  if (o.pid_file && !(o.file_pid = read_pid_file(p, o))) return no_criteria(p, "pidfile not valid", 1);
  if (patterns.size() > 1) return no_criteria(p, "only one pattern can be provided");
  if (patterns.empty() && !o.any) return no_criteria(p, "no matching criteria specified");
  std::unique_ptr<Regex> regex;
  if (!patterns.empty()) {
    std::string error;
    std::string text = o.exact ? "^(" + patterns[0] + ")$" : patterns[0];
    regex = Regex::compile(text, kRegexExtended | (o.fold ? kRegexFoldCase : 0) | (p.utf8() ? kRegexUtf8 : 0), &error);
    if (!regex) {
      p.warn("regex error: %s", error.c_str());
      return 2;
    }
  }
  auto all = list_processes(p);
  auto found = select(p, o, regex.get(), all);
  size_t count = 0;
  for (const auto* i : found) {
    if (!kills) {
      if (!o.count) {
        if (count) out.write(o.delimiter);
        out.write(std::to_string(i->pid));
        if (o.lines) out.write(" " + (i->args.empty() ? i->command : i->command_line()));
        else if (o.names) out.write(" " + i->command);
      }
      count++;
      continue;
    }
    auto done = p.kill(i->pid, o.signal);
    if (done) {
      count++;
      if (o.echo) out.line((patterns.empty() ? "" : i->command) + " killed (pid " + std::to_string(i->pid) + ")");
    } else if (done.error() != Errno::SRCH) {
      out.flush();
      p.warn(done.error(), "killing pid %d failed", i->pid);
    }
  }
  if (o.count) out.line(std::to_string(count));
  else if (!kills && count) out.put('\n');
  return out.finish(count ? 0 : 1);
}

}  // namespace

Command pgrep_command() { return {{"pgrep"}, kListUsage, pgrep_main, MessageName::Short}; }
Command pkill_command() { return {{"pkill"}, kKillUsage, pgrep_main, MessageName::Short}; }

}  // namespace nacre
