/// find - search for files in a directory hierarchy.
/// Source: GNU findutils 4.9 manual; POSIX XCU find.
/// Differs: -D and -O, hints for an optimizer, change nothing.
#include <algorithm>

#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/find/expression.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/quoting.h"
#include "commands/zone.h"

namespace nacre {

std::string_view FindFile::name() const { return base_name(path); }

namespace {

constexpr char kUsage[] =
    "Usage: find [-H] [-L] [-P] [-Olevel] [-D debugopts] [path...] [expression]\n\n"
    "Default path is the current directory; default expression is -print.\n\n"
    "Operators (decreasing precedence): ( EXPR )  ! EXPR  -not EXPR  EXPR1 -a EXPR2  EXPR1 -o EXPR2  EXPR1 , EXPR2\n"
    "Positional options: -daystart -follow -nowarn -regextype -warn\n"
    "Normal options: -depth -maxdepth LEVELS -mindepth LEVELS -mount -noleaf -xdev\n"
    "Tests: -amin N -anewer FILE -atime N -cmin N -cnewer FILE -ctime N -empty -executable -false -gid N -group NAME\n"
    "  -ilname PATTERN -iname PATTERN -inum N -ipath PATTERN -iregex PATTERN -links N -lname PATTERN -mmin N -mtime N\n"
    "  -name PATTERN -newer FILE -newerXY REFERENCE -nogroup -nouser -path PATTERN -perm [-/]MODE -readable -regex PATTERN\n"
    "  -samefile FILE -size N[bcwkMG] -true -type [bcdpfls] -uid N -user NAME -writable -xtype [bcdpfls]\n"
    "Actions: -delete -exec COMMAND ; -exec COMMAND {} + -execdir -fls FILE -fprint FILE -fprint0 FILE -fprintf FILE FORMAT\n"
    "  -ls -ok COMMAND ; -okdir -print -print0 -printf FORMAT -prune -quit\n";

class Find {
 public:
  Find(Process& p, FindProgram& program, const TimeZone& zone) : p_(p), g_(program), zone_(zone), accounts_(p), now_(p.now()) {
    mark(g_.root.get());
    if (g_.day_start) {
      CivilTime c = zone.local(now_.sec);
      now_ = {zone.seconds(c.year, c.month, c.day + 1, 0, 0, 0), 0};
    }
  }

  int run(const std::vector<std::string>& starts) {
    for (const auto& s : starts) {
      if (quit_) break;
      auto st = g_.follow || g_.follow_arguments ? p_.stat(s) : p_.lstat(s);
      if (!st) st = p_.lstat(s);
      if (!st) {
        fail(st.error(), s);
        continue;
      }
      FindFile f{s, s, 0, *st};
      device_ = st->dev;
      visit(f);
    }
    flush_commands(g_.root.get());
    for (auto& o : g_.outputs) o.out->flush();
    return status_;
  }

 private:
  void fail(Errno e, const std::string& path) {
    g_.outputs[0].out->flush();
    p_.warn(e, "%s", quote(p_, path).c_str());
    status_ = 1;
  }

  // Which tests and actions need a stat.
  static void mark(FindNode* n) {
    if (!n) return;
    using N = FindNode;
    constexpr N::Op kNeed[] = {N::Size,   N::Empty,   N::Perm, N::Newer, N::Time,  N::Minutes,  N::User, N::Group,
                               N::NoUser, N::NoGroup, N::Used, N::Links, N::Inode, N::SameFile, N::Ls};
    n->needs_stat = std::find(std::begin(kNeed), std::end(kNeed), n->op) != std::end(kNeed) || (n->op == N::Printf && find_format_needs_stat(n->text));
    mark(n->a.get());
    mark(n->b.get());
  }

  // False after a message: the file is not there any more, or may not be looked at.
  bool look(FindFile& f) {
    auto st = g_.follow ? p_.stat(f.path) : p_.lstat(f.path);
    if (!st && g_.follow && st.error() != Errno::LOOP) st = p_.lstat(f.path);
    if (!st) {
      if (!g_.ignore_races || st.error() != Errno::NOENT) fail(st.error(), f.path);
      return false;
    }
    f.st = *st;
    f.known = true;
    return true;
  }

  void visit(FindFile& f) {
    p_.tick();
    if (f.st.is_dir() && g_.follow) {
      for (const auto& up : above_) {
        if (up.dev != f.st.dev || up.ino != f.st.ino) continue;
        g_.outputs[0].out->flush();
        p_.warn("File system loop detected; %s is part of the same file system loop as %s.", quote(p_, f.path).c_str(), quote(p_, up.path).c_str());
        status_ = 1;
        return;
      }
    }
    bool pruned = false;
    auto evaluate_here = [&] {
      if (f.depth < g_.min_depth) return;
      prune_ = false;
      evaluate(g_.root.get(), f);
      pruned = prune_;
    };
    if (!g_.depth_first) evaluate_here();
    if (f.st.is_dir() && !quit_ && !pruned && f.depth < g_.max_depth && !(g_.one_file_system && f.st.dev != device_)) descend(f);
    if (g_.depth_first && !quit_) evaluate_here();
  }

  void descend(FindFile& f) {
    auto entries = p_.list(f.path);
    if (!entries) return fail(entries.error(), f.path);
    // An action may have put a link in its place since its parent was listed. Looking now costs little:
    // listing it has told all about it.
    if (!f.known && !g_.follow) {
      auto st = p_.lstat(f.path);
      if (!st || !st->is_dir()) return fail(st ? Errno::NOTDIR : st.error(), f.path);
    }
    above_.push_back({f.st.dev, f.st.ino, f.path});
    for (const auto& e : *entries) {
      if (quit_) break;
      FindFile child{join_path(f.path, e.name), f.start, f.depth + 1, {}, false};
      child.st.type = e.type;
      // Which directory it is matters where links are followed (loops) and at the border of a file system.
      const bool asked = e.type == FileType::Directory ? g_.follow || g_.one_file_system : g_.follow && e.type == FileType::Symlink;
      if (asked && !look(child)) continue;
      deep_call([&] { visit(child); });
    }
    above_.pop_back();
  }

  static bool holds(const FindNode& n, uint64_t v) { return n.sign < 0 ? v < n.number : n.sign > 0 ? v > n.number : v == n.number; }

  const Timespec& time_of(const Stat& st, char which) const { return which == 'a' ? st.atime : which == 'c' ? st.ctime : which == 'B' ? st.btime : st.mtime; }

  bool age(const FindNode& n, const Stat& st) const {
    const Timespec& t = time_of(st, n.which);
    double seconds = static_cast<double>(now_.sec - t.sec) + (now_.nsec - t.nsec) / 1e9;
    // A day is told by its begin, a minute by its end; and `less' begins a second early among days, as GNU has it.
    const double unit = static_cast<double>(n.unit), want = n.amount * unit;
    const bool days = n.op == FindNode::Time;
    if (n.sign < 0) return seconds < want + (days ? 1 : 0);
    const double end = days ? want + unit : want;
    return n.sign > 0 ? seconds > end : seconds < end && seconds >= end - unit;
  }

  bool type_is(const std::string& letters, const Stat& st) const { return letters.find("fdlpcbs"[static_cast<int>(st.type)]) != std::string::npos; }

  bool evaluate(FindNode* n, FindFile& f) {
    if (n->needs_stat && !f.known && !look(f)) return false;
    switch (n->op) {
      case FindNode::And: return evaluate(n->a.get(), f) && !quit_ && evaluate(n->b.get(), f);
      case FindNode::Or: return evaluate(n->a.get(), f) || (!quit_ && evaluate(n->b.get(), f));
      case FindNode::Comma: evaluate(n->a.get(), f); return !quit_ && evaluate(n->b.get(), f);
      case FindNode::Not: return !evaluate(n->a.get(), f);
      case FindNode::True: return true;
      case FindNode::False: return false;
      case FindNode::Name: return n->glob->match(f.name());
      case FindNode::Path: return n->glob->match(f.path);
      case FindNode::LinkName: {
        if (!f.st.is_symlink()) return false;
        auto target = p_.readlink(f.path);
        return target && n->glob->match(*target);
      }
      case FindNode::RegexTest: {
        RegexSpan m[1];
        return n->regex->match(f.path, 0, m) && m[0].begin == 0 && m[0].end == f.path.size();
      }
      case FindNode::Type: return type_is(n->text, f.st);
      case FindNode::XType: {
        auto st = g_.follow ? p_.lstat(f.path) : p_.stat(f.path);
        if (!st) st = p_.lstat(f.path);
        return st && type_is(n->text, *st);
      }
      case FindNode::Size: return holds(*n, (f.st.size + n->unit - 1) / n->unit);
      case FindNode::Empty: {
        if (f.st.is_regular()) return f.st.size == 0;
        if (!f.st.is_dir()) return false;
        auto entries = p_.list(f.path);
        return entries && entries->empty();
      }
      case FindNode::Perm: {
        Mode want = static_cast<Mode>(n->number);
        if (n->which == '-') return (f.st.mode & want) == want;
        if (n->which == '/') return want == 0 || (f.st.mode & want);
        return f.st.mode == want;
      }
      case FindNode::Newer: return time_of(f.st, n->which) > n->when;
      case FindNode::Time:
      case FindNode::Minutes: return age(*n, f.st);
      case FindNode::User: return holds(*n, f.st.uid);
      case FindNode::Group: return holds(*n, f.st.gid);
      case FindNode::NoUser: return !accounts_.user(f.st.uid);
      case FindNode::NoGroup: return !accounts_.group(f.st.gid);
      case FindNode::Used: {
        Timespec used{f.st.atime.sec - f.st.ctime.sec, 0};
        auto days = static_cast<uint64_t>(std::max<int64_t>(0, used.sec) / 86400);
        return n->sign < 0 ? days < n->number : n->sign > 0 ? days > n->number : days == n->number;
      }
      case FindNode::FsType: return n->text == "tmpfs";
      case FindNode::Links: return holds(*n, f.st.nlink);
      case FindNode::Inode: return holds(*n, f.st.ino);
      case FindNode::SameFile: return f.st.dev == n->dev && f.st.ino == n->ino;
      case FindNode::Access: return p_.access(f.path, static_cast<uint32_t>(n->number)).ok();
      default: return act(n, f);
    }
  }

  bool act(FindNode* n, FindFile& f) {
    switch (n->op) {
      case FindNode::Prune: prune_ = true; return true;
      case FindNode::Quit: quit_ = true; return true;
      case FindNode::Print: g_.outputs[static_cast<size_t>(n->output)].out->line(f.path); return true;
      case FindNode::Print0: g_.outputs[static_cast<size_t>(n->output)].out->line(f.path, '\0'); return true;
      case FindNode::Printf: {
        std::string s;
        find_printf(p_, n->text, f, accounts_, zone_, s);
        g_.outputs[static_cast<size_t>(n->output)].out->write(s);
        return true;
      }
      case FindNode::Ls: list(*g_.outputs[static_cast<size_t>(n->output)].out, f); return true;
      case FindNode::Delete: {
        if (f.path == "." || f.path == "..") return true;
        auto done = f.st.is_dir() ? p_.rmdir(f.path) : p_.unlink(f.path);
        if (done) return true;
        g_.outputs[0].out->flush();
        p_.warn("cannot delete %s: %s", quote(p_, f.path).c_str(), std::string(message(done.error())).c_str());
        status_ = 1;
        return false;
      }
      case FindNode::Exec: return execute(*n, f);
      case FindNode::ExecPlus: collect(*n, f); return true;
      default: return true;
    }
  }

  void list(Output& out, const FindFile& f) {
    bool recent = f.st.mtime.sec > p_.now().sec - 31556952 / 2 && f.st.mtime <= p_.now();
    out.format("%9llu %6llu %s %3llu %-8s %-8s %8llu %s %s", static_cast<unsigned long long>(f.st.ino), static_cast<unsigned long long>((f.st.blocks + 1) / 2),
               mode_text(f.st).c_str(), static_cast<unsigned long long>(f.st.nlink), accounts_.user_name(f.st.uid).c_str(),
               accounts_.group_name(f.st.gid).c_str(), static_cast<unsigned long long>(f.st.size),
               format_time(recent ? "%b %e %H:%M" : "%b %e  %Y", zone_.local(f.st.mtime.sec), f.st.mtime.sec, 0).c_str(),
               c_quote(f.path, false, true, " ").c_str());
    if (f.st.is_symlink())
      if (auto t = p_.readlink(f.path)) out.write(" -> " + *t);
    out.put('\n');
  }

  // How a file is named to a command of -execdir.
  static std::string local_name(const FindFile& f) {
    std::string_view base = f.name();
    return base == "/" ? "/" : "./" + std::string(base);
  }

  int spawn(const std::vector<std::string>& command, const std::string& directory) {
    for (auto& o : g_.outputs) o.out->flush();
    SpawnOptions options;
    options.cwd = directory;
    auto done = p_.run(command, options);
    if (done) return done->shell_status();
    if (done.error() == Errno::AGAIN) {
      p_.warn(done.error(), "cannot fork");
      p_.exit(1);
    }
    p_.warn(done.error(), "%s", quote(p_, command[0]).c_str());
    return 1;
  }

  bool execute(FindNode& n, const FindFile& f) {
    std::string name = n.in_directory ? local_name(f) : f.path;
    std::vector<std::string> command;
    for (const auto& w : n.command) {
      std::string word = w;
      for (size_t at = 0; (at = word.find("{}", at)) != std::string::npos; at += name.size()) word.replace(at, 2, name);
      command.push_back(word);
    }
    if (n.ask) {
      for (auto& o : g_.outputs) o.out->flush();
      std::string question = "< " + command[0] + " ... " + f.path + " > ? ";
      write_error(p_, question);
      if (!is_yes(read_answer(p_, 0))) return false;
    }
    return spawn(command, n.in_directory ? std::string(dir_name(f.path)) : "") == 0;
  }

  void collect(FindNode& n, const FindFile& f) {
    std::string directory = n.in_directory ? std::string(dir_name(f.path)) : "";
    std::string name = n.in_directory ? local_name(f) : f.path;
    if (!n.pending.empty() && (directory != n.pending_directory || n.pending_size + name.size() > 120000)) flush_command(n);
    n.pending_directory = directory;
    n.pending_size += name.size() + 1;
    n.pending.push_back(std::move(name));
  }

  void flush_command(FindNode& n) {
    if (n.pending.empty()) return;
    std::vector<std::string> command = n.command;
    command.insert(command.end(), n.pending.begin(), n.pending.end());
    n.pending.clear();
    n.pending_size = 0;
    if (spawn(command, n.pending_directory) != 0) status_ = 1;
  }

  void flush_commands(FindNode* n) {
    if (!n) return;
    if (n->op == FindNode::ExecPlus) flush_command(*n);
    flush_commands(n->a.get());
    flush_commands(n->b.get());
  }

  Process& p_;
  FindProgram& g_;
  const TimeZone& zone_;
  Accounts accounts_;
  Timespec now_;
  struct Above {
    uint64_t dev, ino;
    std::string path;
  };
  std::vector<Above> above_;
  uint64_t device_ = 0;
  bool prune_ = false, quit_ = false;
  int status_ = 0;
};

int find_main(Process& p) {
  const auto& argv = p.argv();
  FindProgram program;
  size_t i = 1;
  for (; i < argv.size(); i++) {
    const std::string& a = argv[i];
    if (a == "-H") {
      program.follow_arguments = true;
      program.follow = false;
    } else if (a == "-L") program.follow = true;
    else if (a == "-P") program.follow = program.follow_arguments = false;
    else if (a.starts_with("-O")) {
      // A level of GNU's optimizer.
      const std::string_view level = std::string_view(a).substr(2);
      if (!level.empty() && level.find_first_not_of("0123456789") == std::string_view::npos) continue;
      p.warn(level.empty() ? "The -O option must be immediately followed by a decimal integer" : "Please specify a decimal number immediately after -O");
      return 1;
    } else if (a == "-D" && i + 1 == argv.size()) {
      p.warn("Missing argument after the -D option.");
      return try_help(p);
    } else if (a == "-D" && i + 1 < argv.size()) i++;   // debugging output of GNU's optimizer: there is none
    else break;
  }
  if (i < argv.size() && argv[i] == "--") i++;
  std::vector<std::string> starts;
  bool bad_names = false;
  for (; i < argv.size(); i++) {
    const std::string& a = argv[i];
    if ((a[0] == '-' && a.size() > 1) || a == "(" || a == "!") break;
    starts.push_back(a);
  }
  TimeZone zone = process_zone(p);
  const bool parsed = parse_find(p, argv, i, program, zone);
  if (!program.about.empty()) {
    std::vector<std::string> none;
    return parse_options(p, kUsage, {}, {argv[0], program.about}, {}, none, [](size_t, auto) { return std::nullopt; }).value_or(0);
  }
  if (!parsed) return 1;
  if (program.files_from && !starts.empty()) {
    p.warn("extra operand %s", quote(p, starts[0]).c_str());
    p.warn("file operands cannot be combined with -files0-from");
    return 1;
  }
  if (program.files_from) {
    auto text = read_file(p, *program.files_from);
    if (!text) {
      p.warn("cannot open %s for reading: %s", quote(p, *program.files_from).c_str(), std::string(message(text.error())).c_str());
      return 1;
    }
    size_t number = 0;
    for (size_t at = 0; at < text->size();) {
      size_t end = std::min(text->find('\0', at), text->size());
      number++;
      if (end > at) starts.push_back(text->substr(at, end - at));
      else p.warn("%s:%zu: invalid zero-length file name", quote(p, *program.files_from == "-" ? "(standard input)" : *program.files_from).c_str(), number);
      bad_names = bad_names || end == at;
      at = end + 1;
    }
  } else if (starts.empty()) {
    starts = {"."};
  }
  const int status = Find(p, program, zone).run(starts);
  return bad_names ? 1 : status;
}

}  // namespace

Command find_command() { return {{"find"}, kUsage, find_main}; }

}  // namespace nacre
