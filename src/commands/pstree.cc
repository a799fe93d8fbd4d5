/// pstree - display a tree of processes.
/// Source: psmisc 23.6 pstree(1).
/// Differs: no threads, and all processes share their namespaces (-t, -T and -S change nothing);
/// no -N and -Z; help texts are in our own words.
#include <algorithm>
#include <map>

#include "base/deep_call.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/process_list.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: pstree [-acglpsStTu] [ -h | -H PID ] [ -n ] [ -A | -G | -U ] [ PID | USER ]\n"
    "   or: pstree -V\n\n"
    "Display a tree of processes.\n\n"
    "  -a, --arguments     show command lines\n"
    "  -A, --ascii         draw with ASCII characters\n"
    "  -c, --compact-not   do not fold identical subtrees into one\n"
    "  -C, --color=TYPE    color names by TYPE, which is: age\n"
    "  -g, --show-pgids    show process groups; implies -c\n"
    "  -G, --vt100         draw with VT100 line drawing characters\n"
    "  -h, --highlight-all highlight this process and those that lead to it\n"
    "  -H PID, --highlight-pid=PID  highlight that process and those that lead to it\n"
    "  -l, --long          do not cut long lines\n"
    "  -n, --numeric-sort  sort by process id\n"
    "  -p, --show-pids     show process ids; implies -c\n"
    "  -s, --show-parents  show what leads to the process, too\n"
    "  -S, --ns-changes    show where namespaces change: nowhere\n"
    "  -t, --thread-names  accepted: there are no threads\n"
    "  -T, --hide-threads  accepted: there are no threads\n"
    "  -u, --uid-changes   show where the user changes\n"
    "  -U, --unicode       draw with line drawing characters\n"
    "  -V, --version       display version information\n\n"
    "  PID    start there; default is 1\n"
    "  USER   only trees that begin with processes of this user\n";

struct Options {
  bool arguments = false, ascii = false, no_fold = false, groups = false, highlight = false, long_lines = false, by_pid = false, pids = false, parents = false;
  bool users = false, unicode = false, vt100 = false, by_age = false, version = false;
  std::optional<std::string> highlight_pid;
};
constexpr Flag<Options> kFlags[] = {{'a', "arguments", &Options::arguments},
                                    {'A', "ascii",
                                     +[](Options& o) {
                                       o.ascii = true;
                                       o.unicode = o.vt100 = false;
                                     }},
                                    {'c', "compact-not", &Options::no_fold},
                                    {'C', "color",
                                     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       o.by_age = v == "age";
                                       if (o.by_age) return std::nullopt;
                                       write_error(p, kUsage);
                                       return 1;
                                     }},
                                    {'g', "show-pgids", &Options::groups},
                                    {'G', "vt100",
                                     +[](Options& o) {
                                       o.vt100 = true;
                                       o.ascii = o.unicode = false;
                                     }},
                                    {'h', "highlight-all", &Options::highlight},
                                    {'H', "highlight-pid", &Options::highlight_pid},
                                    {'l', "long", &Options::long_lines},
                                    {'n', "numeric-sort", &Options::by_pid},
                                    {'p', "show-pids", &Options::pids},
                                    {'s', "show-parents", &Options::parents},
                                    {'S', "ns-changes", +[](Options&) {}},
                                    {'t', "thread-names", +[](Options&) {}},
                                    {'T', "hide-threads", +[](Options&) {}},
                                    {'u', "uid-changes", &Options::users},
                                    {'U', "unicode",
                                     +[](Options& o) {
                                       o.unicode = true;
                                       o.ascii = o.vt100 = false;
                                     }},
                                    {'V', "version", &Options::version}};

struct Marks {
  const char *only, *first, *branch, *last, *bar, *a_branch, *a_last;
};
constexpr Marks kAscii{"---", "-+-", " |-", " `-", " | ", "|-", "`-"};
#define VT100(text) "\033(0\017" text "\033(B"
constexpr Marks kVt100{VT100("qqq"), VT100("qwq"), " " VT100("tq"), " " VT100("mq"), " " VT100("x") " ", VT100("tq"), VT100("mq")};
#undef VT100
constexpr Marks kUnicode{"───", "─┬─", " ├─", " └─", " │ ", "├─", "└─"};

class Tree {
 public:
  Tree(Process& p, const Options& o, std::vector<ProcessInfo> all, Output& out) : p_(p), o_(o), all_(std::move(all)), accounts_(p), out_(out) {
    marks_ = o.vt100 ? &kVt100 : o.unicode || (!o.ascii && p.utf8() && p.isatty(1)) ? &kUnicode : &kAscii;
    up_ = seconds_since_boot(p);
    for (size_t i = 0; i < all_.size(); i++) index_[all_[i].pid] = i;
    for (size_t i = 0; i < all_.size(); i++)
      if (all_[i].ppid != all_[i].pid) children_[all_[i].ppid].push_back(i);
    for (auto& [pid, list] : children_) {
      std::sort(list.begin(), list.end(), [&](size_t a, size_t b) {
        if (!o_.by_pid && all_[a].command != all_[b].command) return all_[a].command < all_[b].command;
        return all_[a].pid < all_[b].pid;
      });
    }
    fold_ = !o.no_fold && !o.pids && !o.groups && !o.arguments;
    width_ = o.long_lines ? SIZE_MAX : p.isatty(1) ? 80 : 132;
    if (const char* c = p.getenv("COLUMNS"); c && !o.long_lines)
      if (auto n = parse_int(c); n && *n > 0) width_ = static_cast<size_t>(*n);
  }

  const ProcessInfo* find(int pid) const {
    auto at = index_.find(pid);
    return at == index_.end() ? nullptr : &all_[at->second];
  }
  void highlight(int pid) {
    for (const ProcessInfo* i = find(pid); i; i = i->ppid == i->pid ? nullptr : find(i->ppid)) bold_.push_back(i->pid);
  }
  /// The tree below a process; with -s the line that leads to it comes first.
  void print(const ProcessInfo& from) {
    const ProcessInfo* root = &from;
    if (o_.parents) {
      for (const ProcessInfo* up = find(from.ppid); up; up = find(up->ppid)) {
        only_[up->pid] = root->pid;
        root = up;
      }
    }
    if (o_.arguments) lines(*root, nullptr, "", "");
    else tree(*root, nullptr, "", "", 1);
  }
  void print_user(uint32_t uid) {
    for (const auto& i : all_) {
      const ProcessInfo* parent = find(i.ppid);
      if (i.uid == uid && (!parent || parent->uid != uid)) print(i);
    }
  }

 private:
  std::string name(const ProcessInfo& i, const ProcessInfo* parent) {
    std::string text = i.command;
    std::string ids;
    auto add = [&](const std::string& s) { ids += (ids.empty() ? "" : ",") + s; };
    if (o_.pids) add(std::to_string(i.pid));
    if (o_.groups) add(std::to_string(i.pgrp));
    if (o_.users && parent && parent->uid != i.uid) add(accounts_.user_name(i.uid));
    if (o_.arguments) {
      if (!ids.empty()) text += "," + ids;
      for (size_t k = 1; k < i.args.size(); k++) {
        text += ' ';
        for (char c : i.args[k]) text += static_cast<unsigned char>(c) < ' ' ? ' ' : c;
      }
    } else if (!ids.empty()) {
      text += "(" + ids + ")";
    }
    return text;
  }

  std::vector<size_t> children(const ProcessInfo& i) {
    auto at = children_.find(i.pid);
    if (at == children_.end()) return {};
    if (auto one = only_.find(i.pid); one != only_.end()) return {index_[one->second]};
    return at->second;
  }

  /// What a subtree looks like, for folding.
  std::string shape(const ProcessInfo& i, const ProcessInfo* parent) {
    return deep_call([&] {
      p_.tick();
      std::string s = name(i, parent);
      for (size_t c : children(i)) s += "(" + shape(all_[c], &i) + ")";
      return s;
    });
  }

  /// A line, its end cut off where it is longer than the width; colors are written all the same.
  void emit(std::string line) {
    if (cells(line) > width_) {
      size_t keep = 0;
      while (cells(std::string_view(line).substr(0, keep + 1)) < width_) keep++;
      std::string rest = line.substr(keep);
      line.resize(keep);
      line += '+';
      for (size_t at = 0; (at = rest.find("\033[", at)) != std::string::npos; at++) line += rest.substr(at, rest.find('m', at) + 1 - at);
    }
    out_.line(line);
  }

  /// Columns as pstree counts them: colors take none, the letters that switch a VT100's characters do.
  static size_t cells(std::string_view s) {
    size_t n = 0;
    bool escape = false;
    for (size_t i = 0; i < s.size(); i++) {
      char c = s[i];
      if (c == '\033' && s.substr(i + 1).starts_with('[')) escape = true;
      if (!escape && (static_cast<unsigned char>(c) & 0xc0) != 0x80) n++;
      if (escape && c == 'm') escape = false;
    }
    return n;
  }

  std::string painted(const ProcessInfo& i, std::string text) const {
    if (std::find(bold_.begin(), bold_.end(), i.pid) != bold_.end()) text = "\033[1m" + text + "\033[0m";
    if (!o_.by_age) return text;
    double age = up_ - static_cast<double>(i.start_ticks) / kTicksPerSecond;
    return (age < 60 ? "\033[32m" : age < 3600 ? "\033[33m" : "\033[31m") + text + "\033[0m";
  }

  /// `head`: the text of this line before the name; `indent`: what goes before lines below it.
  void tree(const ProcessInfo& i, const ProcessInfo* parent, const std::string& head, const std::string& indent, size_t times) {
    deep_call([&] {
      p_.tick();
      std::string before = times > 1 ? std::to_string(times) + "*[" : "";
      std::string line = head + before + painted(i, name(i, parent));
      std::string under = indent + std::string(cells(before + name(i, parent)), ' ');
      auto list = children(i);
      if (list.empty()) {
        line += std::string(closing_ + (times > 1), ']');
        emit(line);
        return 0;
      }
      closing_ += times > 1;
      std::vector<std::pair<size_t, size_t>> groups;   // first of each, how many alike
      if (fold_) {
        std::map<std::string, size_t> seen;
        for (size_t c : list) {
          auto [at, fresh] = seen.emplace(shape(all_[c], &i), groups.size());
          if (fresh) groups.emplace_back(c, 1);
          else groups[at->second].second++;
        }
      } else {
        for (size_t c : list) groups.emplace_back(c, 1);
      }
      for (size_t k = 0; k < groups.size(); k++) {
        const ProcessInfo& child = all_[groups[k].first];
        bool last = k + 1 == groups.size();
        const char* mark = groups.size() == 1 ? marks_->only : k == 0 ? marks_->first : last ? marks_->last : marks_->branch;
        tree(child, &i, (k == 0 ? line : under) + mark, under + (last ? "   " : marks_->bar), groups[k].second);
      }
      closing_ -= times > 1;
      return 0;
    });
  }

  /// -a: a line each.
  void lines(const ProcessInfo& i, const ProcessInfo* parent, const std::string& head, const std::string& indent) {
    deep_call([&] {
      p_.tick();
      std::string line = head + painted(i, name(i, parent));
      if (cells(line) > width_ && width_ > 3) line = line.substr(0, width_ - 3) + "...";
      out_.line(line);
      auto list = children(i);
      for (size_t k = 0; k < list.size(); k++) {
        bool last = k + 1 == list.size();
        std::string bar = last ? "    " : std::string("  ") + (marks_ == &kUnicode ? "│ " : marks_ == &kVt100 ? "\033(0\017x\033(B " : "| ");
        lines(all_[list[k]], &i, indent + "  " + (last ? marks_->a_last : marks_->a_branch), indent + bar);
      }
      return 0;
    });
  }

  Process& p_;
  const Options& o_;
  std::vector<ProcessInfo> all_;
  Accounts accounts_;
  Output& out_;
  const Marks* marks_;
  std::map<int, size_t> index_;
  std::map<int, std::vector<size_t>> children_;
  std::map<int, int> only_;        ///< -s: the one child that is shown
  std::vector<int> bold_;
  bool fold_ = true;
  double up_ = 0;
  size_t width_, closing_ = 0;
};

int pstree_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.short_help = true})) return *status;
  if (o.version) return print_version(p);
  if (operands.size() > 1) {
    write_error(p, kUsage);
    return 1;
  }
  if (o.highlight_pid && !p.getenv("TERM")) {
    write_error(p, "TERM is not set\n");
    return 1;
  }
  Output out(p);
  Tree tree(p, o, list_processes(p), out);
  if (o.highlight && p.getenv("TERM")) tree.highlight(p.pid());
  if (o.highlight_pid) {
    auto pid = parse_int(*o.highlight_pid);
    if (!pid) {
      write_error(p, kUsage);
      return 1;
    }
    tree.highlight(static_cast<int>(*pid));
  }
  if (!operands.empty() && !parse_int(operands[0])) {
    Accounts accounts(p);
    const User* user = accounts.user(operands[0]);
    if (!user) {
      write_error(p, "No such user name: " + operands[0] + "\n");
      return 1;
    }
    tree.print_user(user->uid);
    return out.finish(0);
  }
  int64_t pid = operands.empty() ? 1 : *parse_int(operands[0]);
  if (const ProcessInfo* from = tree.find(static_cast<int>(pid))) tree.print(*from);
  return out.finish(0);
}

}  // namespace

Command pstree_command() { return {{"pstree"}, kUsage, pstree_main, MessageName::Short}; }

}  // namespace nacre
