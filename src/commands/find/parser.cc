#include "algo/unicode.h"
#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/find/expression.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

using Op = FindNode::Op;
using Node = std::unique_ptr<FindNode>;

Node make(Op op) {
  auto n = std::make_unique<FindNode>();
  n->op = op;
  return n;
}

class FindParser {
 public:
  FindParser(Process& p, const std::vector<std::string>& argv, size_t at, FindProgram& out, const TimeZone& zone)
      : p_(p), v_(argv), at_(at), out_(out), zone_(zone), start_(at), warns_(p.isatty(0)) {}

  bool run() {
    if (at_ < v_.size()) {
      out_.root = comma();
      if (ok_ && at_ < v_.size() && v_[at_] == ")") fail("you have too many ')'");
      if (ok_ && at_ < v_.size()) (void)misplaced(v_[at_]);
    }
    if (ok_ && out_.has_delete && out_.has_prune && !out_.depth_given)
      fail(
          "The -delete action automatically turns on -depth, but -prune does nothing when -depth is in effect.  If you want to carry on anyway, just "
          "explicitly use the -depth option.");
    if (!ok_) return false;
    if (!out_.has_action) {
      auto both = make(Op::And);
      both->a = std::move(out_.root);
      both->b = make(Op::Print);
      both->b->output = 0;
      if (!both->a) out_.root = std::move(both->b);
      else out_.root = std::move(both);
    }
    return true;
  }

 private:
  Node fail(const std::string& message) {
    if (ok_) p_.warn("%s", message.c_str());
    ok_ = false;
    return make(Op::False);
  }
  // A word that is a file may come of a pattern that the shell expanded.
  Node misplaced(const std::string& word) {
    Node n = fail("paths must precede expression: `" + word + "'");
    const std::string& predicate = &word == &name_ ? before_ : name_;
    if (!predicate.empty() && p_.access(word, 0)) p_.warn("possible unquoted pattern after predicate `%s'?", predicate.c_str());
    return n;
  }
  bool is(const char* w) const { return at_ < v_.size() && v_[at_] == w; }
  bool more() const { return ok_ && at_ < v_.size(); }

  Node pair(Op op, Node a, Node b) {
    auto n = make(op);
    n->a = std::move(a);
    n->b = std::move(b);
    return n;
  }

  Node comma() {
    Node a = disjunction();
    while (more() && is(",")) {
      note(v_[at_++]);
      a = pair(Op::Comma, std::move(a), disjunction());
    }
    return a;
  }
  Node disjunction() {
    Node a = conjunction();
    while (more() && (is("-o") || is("-or"))) {
      note(v_[at_++]);
      a = pair(Op::Or, std::move(a), conjunction());
    }
    return a;
  }
  Node conjunction() {
    Node a = factor();
    while (more() && !is("-o") && !is("-or") && !is(",") && !is(")")) {
      if (is("-a") || is("-and")) note(v_[at_++]);
      a = pair(Op::And, std::move(a), factor());
    }
    return a;
  }
  Node factor() {
    if (!more()) {
      std::string last = v_[at_ - 1];
      return fail(last == "(" ? "invalid expression; I was expecting to find a ')' somewhere but did not see one."
                              : "expected an expression after '" + last + "'");
    }
    if (is("!") || is("-not")) {
      note(v_[at_++]);
      auto n = make(Op::Not);
      n->a = deep_call([&] { return factor(); });
      return n;
    }
    if (is("(")) {
      note(v_[at_++]);
      if (is(")")) return fail("invalid expression; empty parentheses are not allowed.");
      Node n = deep_call([&] { return comma(); });
      if (!ok_) return n;
      if (!is(")")) return fail("invalid expression; I was expecting to find a ')' somewhere but did not see one.");
      at_++;
      return n;
    }
    for (const char* op : {"-o", "-or", "-a", "-and", ","})
      if (is(op)) return fail(std::string("invalid expression; you have used a binary operator '") + op + "' with nothing before it.");
    if (is(")")) return fail("invalid expression; you have used a binary operator '" + v_[at_ - 1] + "' with nothing before it.");
    return primary();
  }

  bool argument(std::string& to) {
    if (at_ >= v_.size()) {
      fail("missing argument to `" + name_ + "'");
      return false;
    }
    to = v_[at_++];
    return true;
  }

  Node number_test(Op op, uint64_t unit = 1) {
    auto n = make(op);
    std::string s;
    if (!argument(s)) return n;
    n->unit = unit;
    std::string digits = s;
    if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) {
      n->sign = digits[0] == '+' ? 1 : -1;
      digits.erase(0, 1);
    }
    auto v = parse_int(digits);
    if (!v || *v < 0) {
      // -mtime 1.5 and the like.
      char* end;
      n->amount = std::strtod(digits.c_str(), &end);
      if (digits.empty() || *end || (op != Op::Time && op != Op::Minutes))
        return fail(op == Op::Used ? "Invalid argument " + s + " to -used" : "invalid argument `" + s + "' to `" + name_ + "'");
      return n;
    }
    n->number = static_cast<uint64_t>(*v);
    n->amount = static_cast<double>(*v);
    return n;
  }

  Node size_test() {
    std::string s;
    if (!argument(s)) return make(Op::Size);
    auto n = make(Op::Size);
    n->unit = 512;
    std::string digits = s;
    if (!digits.empty()) {
      constexpr std::string_view letters = "bcwkMG";
      constexpr uint64_t units[] = {512, 1, 2, 1024, 1 << 20, 1 << 30};
      size_t k = letters.find(digits.back());
      if (k != std::string_view::npos) {
        n->unit = units[k];
        digits.pop_back();
      }
      if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) {
        n->sign = digits[0] == '+' ? 1 : -1;
        digits.erase(0, 1);
      }
    }
    auto v = parse_int(digits);
    if (!v && !s.empty() && !ascii_digit(s.back()) && std::string_view("bcwkMG").find(s.back()) == std::string_view::npos)
      return fail(std::string("invalid -size type `") + s.back() + "'");
    if (!v) return fail("invalid argument `" + s + "' to `-size'");
    n->number = static_cast<uint64_t>(*v);
    return n;
  }

  // Patterns that can match nothing.
  void check_pattern(Op op, bool fold, const std::string& pattern) {
    if (pattern.empty()) return;
    if (warns_ && op == Op::Name && pattern.find('/') != std::string::npos) {
      p_.warn(
          "warning: %s matches against basenames only, but the given pattern contains a directory separator (%s), thus the expression will evaluate to false "
          "all the time.  Did you mean %s?",
          quote(p_, name_).c_str(), quote(p_, "/").c_str(), quote(p_, fold ? "-iwholename" : "-wholename").c_str());
    }
    const bool starts_so = std::any_of(v_.begin() + 1, v_.begin() + static_cast<long>(start_), [](const std::string& w) { return w.ends_with('/'); });
    if (op == Op::Path && pattern.ends_with('/') && !starts_so)
      p_.warn("warning: %s %s will not match anything because it ends with /.", name_.c_str(), pattern.c_str());
  }

  Node glob_test(Op op, bool fold) {
    auto n = make(op);
    std::string s;
    if (argument(s)) check_pattern(op, fold, s);
    if (ok_) n->glob = Glob::compile(s, (fold ? kGlobFoldCase : 0u) | (p_.utf8() ? kGlobUtf8 : 0u));
    return n;
  }

  Node regex_test(bool fold) {
    auto n = make(Op::RegexTest);
    std::string s, error;
    if (!argument(s)) return n;
    uint32_t flags = (fold ? kRegexFoldCase : 0) | (p_.utf8() ? kRegexUtf8 : 0) | (extended_ ? kRegexExtended : 0);
    // Emacs syntax: + and ? are operators, \( \) \| group; groups and braces are BRE's.
    std::string pattern = extended_ || basic_ ? s : emacs(s);
    n->regex = Regex::compile(pattern, flags, &error);
    if (!n->regex) return fail("failed to compile regular expression '" + pattern + "': " + error);
    return n;
  }
  static std::string emacs(const std::string& s) {
    std::string out;
    bool bracket = false;
    for (size_t i = 0; i < s.size(); i++) {
      if (bracket) {
        if (s[i] == ']') bracket = false;
        out += s[i];
        continue;
      }
      if (s[i] == '[') {
        bracket = true;
        out += s[i];
        if (i + 1 < s.size() && s[i + 1] == ']') out += s[++i];
        continue;
      }
      if (s[i] == '\\' && i + 1 < s.size()) {
        out += s[i];
        out += s[++i];
        if (s[i] == '+' || s[i] == '?') {
          out.erase(out.size() - 2, 1);
        }
        continue;
      }
      if (s[i] == '+' || s[i] == '?') out += '\\';
      out += s[i];
    }
    return out;
  }

  Node type_test(Op op) {
    auto n = make(op);
    if (!argument(n->text)) return n;
    std::string letters;
    if (n->text.ends_with(',')) return fail("Last file type in list argument to " + name_ + " is missing, i.e., list is ending on: ','");
    for (size_t i = 0; i < n->text.size(); i++) {
      if (i % 2 == 1) {
        if (n->text[i] != ',') return fail("Must separate multiple arguments to " + name_ + " using: ','");
        continue;
      }
      if (std::string_view("bcdpfls").find(n->text[i]) == std::string_view::npos) return fail("Unknown argument to " + name_ + ": " + n->text[i]);
      letters += n->text[i];
    }
    if (letters.empty()) return fail("Arguments to " + name_ + " should contain at least one letter");
    n->text = letters;
    return n;
  }

  Node perm_test() {
    auto n = make(Op::Perm);
    std::string s;
    if (!argument(s)) return n;
    std::string mode = s;
    if (!mode.empty() && (mode[0] == '-' || mode[0] == '/')) {
      n->which = mode[0];
      mode.erase(0, 1);
    }
    auto change = ModeChange::parse(mode);
    if (!change || (mode.size() > 1 && mode[0] == '+' && ascii_digit(mode[1]))) return fail("invalid mode " + quote(p_, s));
    n->number = change->apply(0, false, 0);
    if (n->which == '/' && n->number == 0) {
      p_.warn(
          "warning: you have specified a mode pattern %s (which is equivalent to /000). The meaning of -perm /000 has now been changed to be consistent with "
          "-perm -000; that is, while it used to match no files, it now matches all files.",
          s.c_str());
    }
    return n;
  }

  Node newer_test(char mine, char theirs) {
    auto n = make(Op::Newer);
    std::string s;
    if (!argument(s)) return n;
    n->which = mine;
    if (theirs == 't') {
      Timespec now = p_.now();
      auto d = parse_date(s, now.sec, now.nsec, zone_);
      if (!d) return fail("I cannot figure out how to interpret " + quote(p_, s) + " as a date or time");
      n->when = {d->seconds, d->nanoseconds};
      return n;
    }
    auto st = out_.follow ? p_.stat(s) : p_.lstat(s);
    if (!st) return fail(quote(p_, s) + ": " + std::string(message(st.error())));
    n->when = theirs == 'a' ? st->atime : theirs == 'c' ? st->ctime : theirs == 'B' ? st->btime : st->mtime;
    return n;
  }

  Node owner_test(Op op) {
    auto n = make(op);
    std::string s;
    if (!argument(s)) return n;
    Accounts accounts(p_);
    if (op == Op::User) {
      if (const User* u = accounts.user(s)) {
        n->number = u->uid;
        return n;
      }
    } else if (const Group* g = accounts.group(s)) {
      n->number = g->gid;
      return n;
    }
    auto v = parse_int(s);
    if (!v) return fail(quote(p_, s) + " is not the name of " + (op == Op::User ? "a known user" : "an existing group"));
    n->number = static_cast<uint64_t>(*v);
    return n;
  }

  // -execdir runs where anyone may have put a file of a command's name.
  bool safe_path() {
    const char* value = p_.getenv("PATH");
    for (std::string_view rest = value ? value : "/";;) {
      const std::string_view entry = rest.substr(0, rest.find(':'));
      if (entry.empty() || entry == ".") {
        fail("The current directory is included in the PATH environment variable, which is insecure in combination with the " + name_ +
             " action of find.  Please remove the current directory from your $PATH (that is, remove \".\", doubled colons, or leading or trailing colons)");
        return false;
      }
      if (entry[0] != '/') {
        fail("The relative path " + quote(p_, entry) + " is included in the PATH environment variable, which is insecure in combination with the " + name_ +
             " action of find.  Please remove that entry from $PATH");
        return false;
      }
      if (entry.size() == rest.size()) return true;
      rest.remove_prefix(entry.size() + 1);
    }
  }

  Node exec_action(bool in_directory, bool ask) {
    auto n = make(Op::Exec);
    n->in_directory = in_directory;
    n->ask = ask;
    out_.has_action = true;
    if (in_directory && !safe_path()) return n;
    while (at_ < v_.size()) {
      const std::string& w = v_[at_++];
      if (w == ";") {
        if (n->command.empty()) return fail("invalid argument `;' to `" + name_ + "'");
        return n;
      }
      if (w == "+" && !n->command.empty() && n->command.back() == "{}" && !ask) {
        n->op = Op::ExecPlus;
        n->command.pop_back();
        for (const auto& c : n->command)
          if (c.find("{}") != std::string::npos) return fail("Only one instance of {} is supported with " + name_ + " ... +");
        return n;
      }
      n->command.push_back(w);
    }
    return fail("missing argument to `" + name_ + "'");
  }

  // Output of -fprint and its like.
  int output(const std::string& file) {
    for (size_t i = 0; i < out_.outputs.size(); i++)
      if (out_.outputs[i].name == file) return static_cast<int>(i);
    auto fd = file == "/dev/stdout" ? Result<int>(1) : file == "/dev/stderr" ? Result<int>(2) : p_.open(file, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!fd) {
      fail(quote(p_, file) + ": " + std::string(message(fd.error())));
      return 0;
    }
    out_.outputs.push_back({file, std::make_unique<Output>(p_, *fd)});
    return static_cast<int>(out_.outputs.size()) - 1;
  }

  Node print_action(Op op, bool to_file) {
    auto n = make(op);
    out_.has_action = true;
    n->output = 0;
    std::string file;
    if (to_file && argument(file)) n->output = output(file);
    if (op == Op::Printf && argument(n->text) && !check_find_format(p_, n->text)) ok_ = false;
    return n;
  }

  Node option_value(int64_t& to) {
    std::string s;
    if (!argument(s)) return make(Op::True);
    auto v = parse_int(s);
    if (!v || *v < 0) return fail("Expected a positive decimal integer argument to " + name_ + ", but got " + quote(p_, s));
    to = *v;
    return make(Op::True);
  }

  Node primary() {
    before_ = std::exchange(name_, v_[at_++]);
    const std::string& w = name_;
    if (w.empty() || w[0] != '-' || w.size() < 2) return misplaced(w);
    if (Node n = option(w)) return n;
    note(w);
    if (Node n = test(w)) return n;
    if (Node n = action(w)) return n;
    return fail((w.starts_with("-newer") && w.size() == 8 ? "invalid predicate `" : "unknown predicate `") + w + "'");
  }

  Node test(const std::string& w) {
    if (w == "-name" || w == "-iname") return glob_test(Op::Name, w[1] == 'i');
    if (w == "-path" || w == "-wholename" || w == "-ipath" || w == "-iwholename") return glob_test(Op::Path, w[1] == 'i');
    if (w == "-lname" || w == "-ilname") return glob_test(Op::LinkName, w[1] == 'i');
    if (w == "-regex" || w == "-iregex") return regex_test(w[1] == 'i');
    if (w == "-type") return type_test(Op::Type);
    if (w == "-xtype") return type_test(Op::XType);
    if (w == "-size") return size_test();
    if (w == "-empty") return make(Op::Empty);
    if (w == "-perm") return perm_test();
    if (w == "-newer") return newer_test('m', 'm');
    if (w == "-anewer" || w == "-cnewer") return newer_test(w[1], 'm');
    if (w.size() == 8 && w.rfind("-newer", 0) == 0 && std::string_view("aBcm").find(w[6]) != std::string_view::npos &&
        std::string_view("aBcmt").find(w[7]) != std::string_view::npos)
      return newer_test(w[6], w[7]);
    if (w == "-mtime" || w == "-atime" || w == "-ctime") {
      auto n = number_test(Op::Time, 86400);
      n->which = w[1];
      return n;
    }
    if (w == "-mmin" || w == "-amin" || w == "-cmin") {
      auto n = number_test(Op::Minutes, 60);
      n->which = w[1];
      return n;
    }
    if (w == "-user") return owner_test(Op::User);
    if (w == "-group") return owner_test(Op::Group);
    if (w == "-uid") return number_test(Op::User);
    if (w == "-gid") return number_test(Op::Group);
    if (w == "-nouser") return make(Op::NoUser);
    if (w == "-nogroup") return make(Op::NoGroup);
    if (w == "-used") return number_test(Op::Used, 86400);
    if (w == "-fstype") {
      auto n = make(Op::FsType);
      argument(n->text);
      return n;
    }
    if (w == "-links") return number_test(Op::Links);
    if (w == "-inum") return number_test(Op::Inode);
    if (w == "-true") return make(Op::True);
    if (w == "-false") return make(Op::False);
    if (w == "-readable" || w == "-writable" || w == "-executable") {
      auto n = make(Op::Access);
      n->number = w == "-readable" ? kRead : w == "-writable" ? kWrite : kExecute;
      return n;
    }
    if (w == "-samefile") {
      auto n = make(Op::SameFile);
      std::string s;
      if (!argument(s)) return n;
      auto st = out_.follow ? p_.stat(s) : p_.lstat(s);
      if (!st) return fail(quote(p_, s) + ": " + std::string(message(st.error())));
      n->dev = st->dev;
      n->ino = st->ino;
      return n;
    }
    return nullptr;
  }

  Node action(const std::string& w) {
    if (w == "-print") return print_action(Op::Print, false);
    if (w == "-print0") return print_action(Op::Print0, false);
    if (w == "-printf") return print_action(Op::Printf, false);
    if (w == "-ls") return print_action(Op::Ls, false);
    if (w == "-fprint") return print_action(Op::Print, true);
    if (w == "-fprint0") return print_action(Op::Print0, true);
    if (w == "-fprintf") return print_action(Op::Printf, true);
    if (w == "-fls") return print_action(Op::Ls, true);
    if (w == "-prune") {
      out_.has_prune = true;
      return make(Op::Prune);
    }
    if (w == "-quit") {
      auto n = make(Op::Quit);
      return n;
    }
    if (w == "-delete") {
      out_.has_action = out_.depth_first = out_.has_delete = true;
      return make(Op::Delete);
    }
    if (w == "-exec" || w == "-execdir") return exec_action(w == "-execdir", false);
    if (w == "-ok" || w == "-okdir") return exec_action(w == "-okdir", true);
    return nullptr;
  }

  // What stands before it and is no option matters to nobody but the reader of an option of the whole.
  void note(const std::string& w) {
    if (first_.empty()) first_ = w;
  }
  void check_position(const std::string& w) {
    static constexpr std::string_view kGlobal[] = {"-d",     "-depth",  "-files0-from", "-ignore_readdir_race",  "-maxdepth", "-mindepth",
                                                   "-mount", "-noleaf", "-xdev",        "-noignore_readdir_race"};
    if (!warns_ || first_.empty() || std::find(std::begin(kGlobal), std::end(kGlobal), w) == std::end(kGlobal)) return;
    p_.warn(
        "warning: you have specified the global option %s after the argument %s, but global options are not positional, i.e., %s affects tests specified "
        "before it as well as those specified after it.  Please specify global options before other arguments.",
        w.c_str(), first_.c_str(), w.c_str());
  }

  Node option(const std::string& w) {
    check_position(w);
    if (w == "-d" && warns_) p_.warn("warning: the -d option is deprecated; please use -depth instead, because the latter is a POSIX-compliant feature.");
    if (w == "-warn" || w == "-nowarn") {
      warns_ = w == "-warn";
      return make(Op::True);
    }
    if (w == "-depth" || w == "-d") {
      out_.depth_first = out_.depth_given = true;
      return make(Op::True);
    }
    if (w == "-files0-from") {
      std::string file;
      if (argument(file)) out_.files_from = file;
      return make(Op::True);
    }
    if (w == "-help" || w == "--help" || w == "-version" || w == "--version") {
      out_.about = w.ends_with("help") ? "--help" : "--version";
      at_ = v_.size();
      return make(Op::True);
    }
    if (w == "-context") return fail("invalid predicate -context: SELinux is not enabled.");
    if (w == "-maxdepth") return option_value(out_.max_depth);
    if (w == "-mindepth") return option_value(out_.min_depth);
    if (w == "-mount" || w == "-xdev") {
      out_.one_file_system = true;
      return make(Op::True);
    }
    if (w == "-follow") {
      out_.follow = true;
      return make(Op::True);
    }
    if (w == "-daystart") {
      out_.day_start = true;
      return make(Op::True);
    }
    if (w == "-ignore_readdir_race") {
      out_.ignore_races = true;
      return make(Op::True);
    }
    if (w == "-noignore_readdir_race" || w == "-noleaf") return make(Op::True);
    if (w == "-regextype") {
      std::string s;
      if (!argument(s)) return make(Op::True);
      extended_ = s == "posix-extended" || s == "egrep" || s == "posix-egrep" || s == "awk" || s == "gnu-awk" || s == "posix-awk";
      basic_ = s == "posix-basic" || s == "grep" || s == "sed" || s == "ed" || s == "posix-minimal-basic";
      std::string types = "; valid types are ";
      const char* separator = "";
      for (const char* type : {"findutils-default", "ed", "emacs", "gnu-awk", "grep", "posix-awk", "awk", "posix-basic", "posix-egrep", "egrep",
                               "posix-extended", "posix-minimal-basic", "sed"}) {
        types += std::exchange(separator, ", ") + quote(p_, type);
      }
      types += ".";
      if (!extended_ && !basic_ && s != "emacs" && s != "findutils-default") return fail("Unknown regular expression type " + quote(p_, s) + types);
      return make(Op::True);
    }
    return nullptr;
  }

  Process& p_;
  const std::vector<std::string>& v_;
  size_t at_;
  FindProgram& out_;
  const TimeZone& zone_;
  std::string name_, before_;   ///< the predicate being read, and that before it
  std::string first_;           ///< the first word that is no option
  size_t start_;                ///< where the expression begins
  bool warns_;
  bool ok_ = true, extended_ = false, basic_ = false;
};

}  // namespace

bool parse_find(Process& p, const std::vector<std::string>& argv, size_t at, FindProgram& out, const TimeZone& zone) {
  out.outputs.push_back({"/dev/stdout", std::make_unique<Output>(p)});
  return FindParser(p, argv, at, out, zone).run();
}

}  // namespace nacre
