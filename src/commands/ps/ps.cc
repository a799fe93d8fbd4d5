/// ps - report a snapshot of the current processes.
/// Source: procps-ng 4.0 ps(1).
/// Differs: one thread a process, so no options about threads (H -L -m -T m); no -M Z X v s
/// formats, AIX descriptors or personalities; help texts are in our own words.
#include <algorithm>
#include <map>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/ps/columns.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n ps [options]\n\n"
    "Report a snapshot of the current processes.\n\n"
    "Selection:\n"
    " -A, -e             all processes\n"
    " -a                 all with a terminal, except session leaders\n"
    "  a                 all with a terminal\n"
    " -d                 all except session leaders\n"
    " -N, --deselect     all that the others do not select\n"
    "  r                 running processes only\n"
    "  T                 processes on this terminal\n"
    "  x                 own processes without a terminal too\n"
    " -C NAME            by command name\n"
    " -G, --Group GROUP  by real group\n"
    " -g, --group GROUP  by session or effective group\n"
    " -p, p, --pid PID   by process id; -q, q, --quick-pid likewise\n"
    "     --ppid PID     by parent\n"
    " -s, --sid SESSION  by session\n"
    " -t, t, --tty TTY   by terminal\n"
    " -u, U, --user, -U, --User USER  by user\n\n"
    "Output:\n"
    " -f, -F             full, extra full\n"
    " -l, l, -y          long; with -y RSS in place of ADDR\n"
    " -j, j              jobs\n"
    "  u                 for users\n"
    " -o, o, --format FORMAT  columns, as NAME[=HEADER],...; L lists them\n"
    " -O, O FORMAT       the usual columns and these\n"
    "  f, --forest, -H   as a tree\n"
    "  c, e, n           names only; environment too; numbers for users\n"
    "     --no-headers, h; --headers; --cols N; --lines N; -w, w\n"
    "  k, --sort KEYS    sort by [+|-]NAME,...\n\n"
    "     --help         display this help and exit\n"
    " -V, --version      output version information and exit\n";

constexpr char kShortUsage[] =
    "\nUsage:\n ps [options]\n\n Try 'ps --help <simple|list|output|threads|misc|all>'\n  or 'ps --help <s|l|o|t|m|a>'\n"
    " for additional help text.\n\nFor more details see ps(1).\n";

struct Shown {
  const PsColumn* column;
  std::string header;
  int width;
};

struct Options {
  bool every = false, terminals = false, no_leaders = false, negate = false, running = false, this_terminal = false;
  bool bsd_all = false, bsd_x = false, bsd = false;
  bool full = false, extra_full = false, longer = false, jobs = false, bsd_long = false, bsd_jobs = false, bsd_user = false, no_address = false;
  bool forest = false, hierarchy = false, headers = true, list_columns = false;
  bool names_only = false, env = false, numeric = false;
  int wide = 0;
  std::optional<int64_t> columns;
  std::vector<Shown> format;
  std::string preloaded;                       ///< -O
  std::vector<std::pair<const PsColumn*, bool>> sort;   ///< descending?
  struct Want {
    char by;
    int64_t number;
    std::string text;
  };
  std::vector<Want> wanted;
};

class Reader {
 public:
  Reader(Process& p, Options& o) : p_(p), o_(o), accounts_(p) {}

  /// A status: done, or wrong.
  std::optional<int> read() {
    const auto& argv = p_.argv();
    for (at_ = 1; at_ < argv.size();) {
      const std::string& word = argv[at_++];
      std::optional<int> status;
      if (word.starts_with("--")) status = gnu(word.substr(2));
      else if (word.starts_with('-') && word.size() > 1) status = dashed(word);
      else if (!word.empty() && ascii_digit(word[0])) status = bare_ids(word);
      else status = bsd(word);
      if (status) return status;
    }
    return std::nullopt;
  }

  int fail(const std::string& why) {
    write_error(p_, "error: " + why + "\n" + kShortUsage);
    return 1;
  }
  std::optional<int> columns(std::string_view text, std::vector<Shown>& to) {
    while (!text.empty()) {
      size_t end = text.find_first_of(", =");
      std::string_view name = text.substr(0, end);
      bool renamed = end != std::string_view::npos && text[end] == '=';
      if (name.empty()) return fail("improper format list");
      const PsColumn* c = find_ps_column(name);
      if (!c) return fail("unknown user-defined format specifier \"" + std::string(name) + "\"");
      Shown shown{c, std::string(c->header), c->width};
      if (renamed) {
        text.remove_prefix(end + 1);
        end = text.find(',');
        shown.header = std::string(text.substr(0, end));
        shown.width = std::max<int>(c->width, static_cast<int>(shown.header.size()));
      }
      to.push_back(shown);
      if (end == std::string_view::npos) break;
      text.remove_prefix(end + 1);
    }
    return std::nullopt;
  }

 private:
  void bsd_used() { o_.bsd = true; }

  /// Process ids end the options.
  std::optional<int> bare_ids(const std::string& first) {
    bsd_used();
    auto status = list('p', first, "process ID");
    while (!status && at_ < p_.argv().size()) status = list('p', p_.argv()[at_++], "process ID");
    return status;
  }

  std::optional<int> version() { return print_version(p_); }

  /// The rest of the word, or the next one.
  std::optional<std::string> value(std::string_view rest) {
    if (!rest.empty()) return std::string(rest);
    if (at_ < p_.argv().size()) return p_.argv()[at_++];
    return std::nullopt;
  }

  std::optional<int> list(char by, const std::string& text, const char* what) {
    std::string_view rest = text;
    for (;;) {
      size_t end = std::min(rest.find_first_of(", \t"), rest.size());
      std::string word(rest.substr(0, end));
      if (word.empty()) return fail(std::string(what) + " list syntax error");
      Options::Want want{by, 0, word};
      auto n = parse_int(word);
      if (by == 'u') {
        if (const User* u = accounts_.user(word)) want.number = u->uid;
        else if (n && *n >= 0) want.number = *n;
        else return fail("user name does not exist");
      } else if (by == 'G' || (by == 'g' && !n)) {
        const Group* g = accounts_.group(word);
        if (!g && !n) return fail("group name does not exist");
        want.by = 'G';
        want.number = g ? g->gid : *n;
      } else if (by == 't') {
        want.number = terminal_number(word);
        if (want.number < 0) return fail("TTY could not be found");
      } else if (by != 'C') {
        if (!n) return fail(std::string(what) + " list syntax error");
        if (*n < (by == 'p' || by == 'P' ? 1 : 0) || *n > INT32_MAX) return fail(std::string(what) + " out of range");
        want.number = *n;
      }
      o_.wanted.push_back(want);
      if (end == rest.size()) return std::nullopt;
      rest.remove_prefix(end + 1);
    }
  }

  std::optional<int> sort(std::string_view text) {
    while (!text.empty()) {
      size_t end = std::min(text.find_first_of(", "), text.size());
      std::string_view key = text.substr(0, end);
      bool descending = key.starts_with('-');
      if (descending || key.starts_with('+')) key.remove_prefix(1);
      const PsColumn* c = find_ps_column(key);
      if (!c) return fail("unknown sort specifier");
      o_.sort.emplace_back(c, descending);
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::nullopt;
  }

  struct ListOption {
    char letter;
    char by;
    const char* long_name;
    const char* missing;
    const char* what;
  };
  static constexpr ListOption kLists[] = {
      {'C', 'C', "", "list of command names must follow -C", "command name"},
      {'G', 'G', "Group", "list of real groups must follow -G", "group"},
      {'g', 'g', "group", "list of session leaders OR effective group IDs must follow -g", "group"},
      {'p', 'p', "pid", "list of process IDs must follow -p", "process ID"},
      {'q', 'p', "quick-pid", "list of process IDs must follow -q", "process ID"},
      {'s', 's', "sid", "list of session IDs must follow -s", "process ID"},
      {'t', 't', "tty", "list of terminals (pty, tty...) must follow -t", "TTY"},
      {'u', 'u', "user", "list of users must follow -u", "user"},
      {'U', 'u', "User", "list of real users must follow -U", "user"},
      {0, 'P', "ppid", "list of process IDs must follow --ppid", "process ID"},
  };

  std::optional<int> dashed(const std::string& word) {
    for (size_t i = 1; i < word.size(); i++) {
      std::string_view rest = std::string_view(word).substr(i + 1);
      char c = word[i];
      for (const ListOption& l : kLists) {
        if (l.letter != c) continue;
        // "-aux" means "aux" unless there is a user "x".
        if (c == 'u' && !rest.empty() && !accounts_.user(rest) && !parse_int(rest) && rest.find_first_not_of("aux") == std::string_view::npos)
          return bsd(word.substr(1));
        auto v = value(rest);
        if (!v && c == 'u') return bsd("u");
        return v && !v->empty() ? list(l.by, *v, l.what) : fail(l.missing);
      }
      if (c == 'o' || c == 'O') {
        auto v = value(rest);
        if (!v || v->empty()) return fail(c == 'o' ? "format specification must follow -o" : "format or sort specification must follow -O");
        return format(c, *v);
      }
      switch (c) {
        case 'A':
        case 'e': o_.every = true; break;
        case 'a': o_.terminals = true; break;
        case 'd': o_.no_leaders = true; break;
        case 'N': o_.negate = true; break;
        case 'f': o_.full = true; break;
        case 'F': o_.full = o_.extra_full = true; break;
        case 'l': o_.longer = true; break;
        case 'j': o_.jobs = true; break;
        case 'H': o_.hierarchy = true; break;
        case 'y': o_.no_address = true; break;
        case 'w': o_.wide++; break;
        case 'n': o_.numeric = true; break;
        case 'V': return version();
        default: return fail("unsupported SysV option");
      }
    }
    return std::nullopt;
  }

  std::optional<int> format(char letter, const std::string& text) {
    if (letter == 'o') return columns(text, o_.format);
    o_.preloaded += (o_.preloaded.empty() ? "" : ",") + text;
    return std::nullopt;
  }

  std::optional<int> bsd(const std::string& word) {
    bsd_used();
    for (size_t i = 0; i < word.size(); i++) {
      std::string_view rest = std::string_view(word).substr(i + 1);
      switch (word[i]) {
        case 'a': o_.bsd_all = true; break;
        case 'x': o_.bsd_x = true; break;
        case 'u': o_.bsd_user = true; break;
        case 'l': o_.bsd_long = true; break;
        case 'j': o_.bsd_jobs = true; break;
        case 'f': o_.forest = true; break;
        case 'c': o_.names_only = true; break;
        case 'e': o_.env = true; break;
        case 'n': o_.numeric = true; break;
        case 'h': o_.headers = false; break;
        case 'r': o_.running = true; break;
        case 'T': o_.this_terminal = true; break;
        case 'w': o_.wide++; break;
        case 'L': o_.list_columns = true; break;
        case 'V': return version();
        case 'p':
        case 'q':
        case 't':
        case 'U': {
          auto v = value(rest);
          if (!v && word[i] == 't') {
            o_.this_terminal = true;
            return std::nullopt;
          }
          if (!v) return fail(std::string(word[i] == 'U' ? "list of users must follow " : "list of process IDs must follow ") + word[i]);
          return list(word[i] == 'q' ? 'p' : word[i] == 'U' ? 'u' : word[i], *v, word[i] == 't' ? "TTY" : word[i] == 'U' ? "user" : "process ID");
        }
        case 'o':
        case 'O': {
          auto v = value(rest);
          if (!v || v->empty()) return fail(std::string("format specification must follow ") + word[i]);
          return format(word[i], *v);
        }
        case 'k': {
          auto v = value(rest);
          return v ? sort(*v) : fail("long sort specification must follow 'k'");
        }
        default: return fail("unsupported option (BSD syntax)");
      }
    }
    return std::nullopt;
  }

  std::optional<int> gnu(const std::string& word) {
    size_t eq = word.find('=');
    std::string name = word.substr(0, eq);
    std::optional<std::string> given;
    if (eq != std::string::npos) given = word.substr(eq + 1);
    auto argument = [&]() -> std::optional<std::string> { return given ? given : value(""); };
    for (const ListOption& l : kLists) {
      if (!*l.long_name || name != l.long_name) continue;
      auto v = argument();
      return v ? list(l.by, *v, l.what)
               : fail("list of " +
                      std::string(l.by == 'u'   ? "users"
                                  : l.by == 'G' ? "real groups"
                                  : l.by == 't' ? "terminals"
                                  : l.by == 's' ? "session IDs"
                                                : "process IDs") +
                      " must follow --" + name);
    }
    if (name == "format") {
      auto v = argument();
      return v && !v->empty() ? format('o', *v) : fail("format specification must follow --format");
    }
    if (name == "sort") {
      auto v = argument();
      return v ? sort(*v) : fail("long sort specification must follow --sort");
    }
    if (name == "cols" || name == "columns" || name == "width" || name == "lines" || name == "rows") {
      auto v = argument();
      auto n = v ? parse_int(*v) : std::nullopt;
      if (!n || *n <= 0)
        return fail(name == "lines" || name == "rows" ? "number of rows must follow --rows or --lines"
                                                      : "number of columns must follow --cols, --width, or --columns");
      if (name != "lines" && name != "rows") o_.columns = *n;
      return std::nullopt;
    }
    if (given) return fail("option --" + name + " does not take an argument");
    if (name == "forest") o_.forest = true;
    else if (name == "no-headers" || name == "no-header" || name == "noheaders" || name == "noheader" || name == "no-heading" || name == "noheadings")
      o_.headers = false;
    else if (name == "headers" || name == "header" || name == "headings") o_.headers = true;
    else if (name == "deselect") o_.negate = true;
    else if (name == "version") return version();
    else if (name == "help") {
      Output out(p_);
      out.write(kUsage);
      return out.finish(0);
    } else return fail("unknown gnu long option");
    return std::nullopt;
  }

  Process& p_;
  Options& o_;
  Accounts accounts_;
  size_t at_ = 1;
};

/// The columns that the options ask for, by name.
std::string usual_columns(const Options& o) {
  if (o.bsd_user) return "user,pid,%cpu,%mem,vsz,rss,tname,stat,start_time,bsdtime,args";
  if (o.bsd_jobs) return "ppid,pid,pgid,sid,tname,tpgid,stat,uid,bsdtime,args";
  if (o.bsd_long) return std::string(o.no_address ? "" : "f,") + "uid,pid,ppid,pri,ni,vsz,rss,wchan,stat,tname,bsdtime,args";
  bool full = o.full;
  std::string stat = o.bsd ? "stat," : "", time = o.bsd && !full ? "bsdtime" : "time";
  if (o.longer) {
    return std::string(o.no_address ? "s," : "f,s,") + (full ? "uid_hack" : "uid") + ",pid,ppid," + (o.jobs ? "pgid,sid," : "") + "c,opri,ni," +
           (o.no_address ? "rss," : "addr,") + "sz,wchan," +
           (!o.extra_full  ? ""
            : o.no_address ? "psr,"
                           : "rss,psr,") +
           (full ? "stime," : "") + "tname," + time + (full ? ",cmd" : ",ucmd");
  }
  if (full)
    return std::string("uid_hack,pid,ppid,") + (o.jobs ? "pgid,sid," : "") + "c," + (o.extra_full ? "sz,rss,psr," : "") + "stime,tname," + stat + time + ",cmd";
  if (o.jobs) return "pid,pgid,sid,tname,time,ucmd";
  return "pid,tname," + stat + time + (o.bsd ? ",args" : ",ucmd");
}

// ADDR of -l is no column of its own: it shows - for every process.
constexpr PsColumn kAddress{"addr", "ADDR", 1, PsAlign::Left, +[](PsWorld&, const ProcessInfo&) -> std::string { return "-"; }, nullptr};

std::vector<Shown> named_columns(std::string_view names) {
  std::vector<Shown> out;
  while (!names.empty()) {
    size_t end = std::min(names.find(','), names.size());
    const PsColumn* c = names.substr(0, end) == "addr" ? &kAddress : find_ps_column(names.substr(0, end));
    if (c) out.push_back({c, std::string(c->header), c->width});
    names.remove_prefix(std::min(end + 1, names.size()));
  }
  return out;
}

class Printer {
 public:
  Printer(PsWorld& world, const std::vector<Shown>& columns, int64_t width, Output& out) : w_(world), columns_(columns), width_(width), out_(out) {}

  void header() {
    bool any = false;
    for (const Shown& c : columns_) any = any || !c.header.empty();
    if (!any) return;
    line([](const Shown& c) { return c.header; }, false);
  }
  void process(const ProcessInfo& info, const std::string& tree) {
    line(
        [&](const Shown& c) {
          std::string text = c.column->text(w_, info);
          return c.column->align == PsAlign::Free ? tree + text : text;
        },
        true);
  }

 private:
  template <class Text>
  void line(Text text, bool cut) {
    std::string out;
    int64_t due = 0, at = 0;   // where this column should begin, and does
    for (size_t i = 0; i < columns_.size(); i++) {
      const Shown& c = columns_[i];
      bool last = i + 1 == columns_.size();
      std::string s = text(c);
      if (cut && c.column->align == PsAlign::Free) {
        int64_t room = last ? (width_ ? std::max<int64_t>(0, width_ - std::max(due, at + (i > 0))) : INT64_MAX) : c.width;
        if (static_cast<int64_t>(s.size()) > room) s.resize(static_cast<size_t>(room));
      }
      bool right = c.column->align == PsAlign::Right || (c.column->align == PsAlign::User && !s.empty() && ascii_digit(s[0]));
      int64_t pad = right ? std::max<int64_t>(0, c.width - static_cast<int64_t>(s.size())) : 0;
      int64_t space = due - at + pad;
      if (space < 1) space = i > 0;
      out.append(static_cast<size_t>(space), ' ').append(s);
      at += space + static_cast<int64_t>(s.size());
      due += c.width + 1;
    }
    out_.line(out);
  }

  PsWorld& w_;
  const std::vector<Shown>& columns_;
  int64_t width_;
  Output& out_;
};

bool wanted(const Options& o, const ProcessInfo& i, const ProcessInfo& self) {
  bool chosen = false, asked = !o.wanted.empty();
  for (const auto& want : o.wanted) {
    switch (want.by) {
      case 'p': chosen = chosen || i.pid == want.number; break;
      case 'P': chosen = chosen || i.ppid == want.number; break;
      case 's':
      case 'g': chosen = chosen || i.session == want.number; break;
      case 't': chosen = chosen || i.tty == want.number; break;
      case 'u': chosen = chosen || i.uid == static_cast<uint32_t>(want.number); break;
      case 'G': chosen = chosen || i.gid == static_cast<uint32_t>(want.number); break;
      case 'C': chosen = chosen || i.command == want.text.substr(0, 15); break;
      default: break;
    }
  }
  bool own = i.uid == self.uid;
  if (o.every) asked = chosen = true;
  if (o.terminals) asked = true, chosen = chosen || (i.tty && i.session != i.pid);
  if (o.no_leaders) asked = true, chosen = chosen || i.session != i.pid;
  if (o.this_terminal) asked = true, chosen = chosen || i.tty == self.tty;
  if (o.bsd_all || o.bsd_x) asked = true, chosen = chosen || ((o.bsd_all || own) && (o.bsd_x || i.tty));
  if (!asked) chosen = o.bsd ? own && i.tty && (i.tty == self.tty) : own && i.tty == self.tty;
  if (o.negate) chosen = !chosen;
  return chosen && (!o.running || i.state == 'R' || i.state == 'D');
}

void sort_processes(PsWorld& w, const Options& o, std::vector<const ProcessInfo*>& list) {
  if (o.sort.empty()) return;
  std::stable_sort(list.begin(), list.end(), [&](const ProcessInfo* a, const ProcessInfo* b) {
    for (const auto& [column, descending] : o.sort) {
      int order;
      if (column->key) {
        int64_t x = column->key(w, *a), y = column->key(w, *b);
        order = x < y ? -1 : x > y;
      } else {
        order = column->text(w, *a).compare(column->text(w, *b));
      }
      if (order != 0) return descending ? order > 0 : order < 0;
    }
    return false;
  });
}

/// Each process below its parent, with what is drawn before its name.
class Forest {
 public:
  Forest(const std::vector<const ProcessInfo*>& list, bool branches) : branches_(branches) {
    std::map<int, bool> there;
    for (const auto* i : list) there[i->pid] = true;
    for (const auto* i : list) children_[there.contains(i->ppid) && i->ppid != i->pid ? i->ppid : 0].push_back(i);
  }
  /// In order of printing. An explicit stack: chains of parents may be long.
  std::vector<std::pair<const ProcessInfo*, std::string>> walk() {
    std::vector<std::pair<const ProcessInfo*, std::string>> out;
    struct Step {
      const ProcessInfo* info;
      std::string prefix;
      bool last;
      bool root;
    };
    std::vector<Step> todo;
    auto push = [&](int parent, const std::string& prefix, bool root) {
      auto found = children_.find(parent);
      if (found == children_.end()) return;
      for (size_t k = found->second.size(); k-- > 0;) todo.push_back({found->second[k], prefix, k + 1 == found->second.size(), root});
    };
    push(0, "", true);
    while (!todo.empty()) {
      Step s = std::move(todo.back());
      todo.pop_back();
      out.emplace_back(s.info, s.root ? "" : s.prefix + (branches_ ? " \\_ " : "  "));
      push(s.info->pid, s.root ? "" : s.prefix + (!branches_ ? "  " : s.last ? "    " : " |  "), false);
    }
    return out;
  }

 private:
  bool branches_;
  std::map<int, std::vector<const ProcessInfo*>> children_;
};

/// Columns of the screen; 0: no limit.
int64_t screen_width(Process& p, const Options& o) {
  if (o.columns) return *o.columns;
  if (o.wide >= 2) return 0;
  int64_t width = p.isatty(1) ? 80 : 0;
  if (const char* c = p.getenv("COLUMNS"))
    if (auto n = parse_int(c); n && *n > 0) width = *n;
  return width && o.wide == 1 ? std::max<int64_t>(width, 132) : width;
}

int ps_main(Process& p) {
  Options o;
  Reader reader(p, o);
  if (auto status = reader.read()) return *status;
  Output out(p);
  if (o.list_columns) {
    for (const PsColumn& c : ps_columns()) out.format("%-12.12s %-8.8s\n", std::string(c.name).c_str(), std::string(c.header).c_str());
    return out.finish(0);
  }
  std::vector<Shown> columns = std::move(o.format);
  if (o.no_address && (!columns.empty() || !o.preloaded.empty())) return reader.fail("can not use output modifiers with user-defined output");
  if (columns.empty()) {
    if (o.no_address && !o.longer && !o.bsd_long) return reader.fail("modifier -y without format -l makes no sense");
    columns = named_columns(!o.preloaded.empty() ? "pid" : usual_columns(o));
    if (!o.preloaded.empty()) {
      if (auto status = reader.columns(o.preloaded, columns)) return *status;
      auto rest = named_columns(o.bsd ? "state,tname,bsdtime,args" : "state,tname,time,args");
      columns.insert(columns.end(), rest.begin(), rest.end());
    }
  }
  PsWorld world(p);
  world.show_env = o.env;
  world.real_names = o.names_only;
  world.numeric = o.numeric;
  auto all = list_processes(p, o.env);
  const ProcessInfo* self = nullptr;
  for (const auto& i : all)
    if (i.pid == p.pid()) self = &i;
  if (!self) return 1;
  std::vector<const ProcessInfo*> list;
  for (const auto& i : all)
    if (wanted(o, i, *self)) list.push_back(&i);
  sort_processes(world, o, list);
  Printer printer(world, columns, screen_width(p, o), out);
  if (o.headers) printer.header();
  if (o.forest || o.hierarchy)
    for (const auto& [info, tree] : Forest(list, o.forest).walk()) printer.process(*info, tree);
  else
    for (const auto* info : list) printer.process(*info, "");
  return out.finish(list.empty() ? 1 : 0);
}

}  // namespace

Command ps_command() { return {{"ps"}, kUsage, ps_main, MessageName::Short}; }

}  // namespace nacre
