// The bash and sh programs: invocation, start-up, the input loop.
// Source: bash manual 6.1 "Invoking Bash", 6.2 "Bash Startup Files".
#include <algorithm>

#include "shell/dump_strings.h"
#include "shell/pretty_print.h"
#include "shell/scopes.h"
#include "shell/shell.h"
#include "shell/shell_options.h"
#include "syntax/print.h"

namespace nacre {
namespace {

struct Invocation {
  bool command = false, from_stdin = false, interactive = false, login = false;
  bool norc = false, noprofile = false, posix = false, restricted = false;
  bool dump = false, dump_po = false, debugger = false;   // -D, --dump-po-strings
  bool pretty = false;                  // --pretty-print
  std::string rcfile = "~/.bashrc";
  std::vector<std::pair<Option, bool>> options;
  size_t operands = 1;
};

constexpr char kVersion[] = "GNU bash compatible shell (nacre 0.1.0), language level 5.2.15(1)-release (x86_64-pc-linux-gnu)\n";
constexpr char kHelp[] =
    "Usage:\tbash [GNU long option] [option] ...\n\tbash [GNU long option] [option] script-file ...\n"
    "GNU long "
    "options:\n\t--debug\n\t--debugger\n\t--dump-po-strings\n\t--dump-strings\n\t--help\n\t--init-file\n\t--login\n\t--noediting\n\t--noprofile\n\t--norc\n\t--"
    "posix\n\t--"
    "pretty-print\n\t--rcfile\n\t--restricted\n\t--verbose\n\t--version\n"
    "Shell options:\n\t-ilrsD or -c command or -O shopt_option\t\t(invocation only)\n\t-abefhkmnptuvxBCEHPT or -o option\n";

/// The script's lines from descriptor 0, one byte beyond none: commands in the
/// script may read the rest.
class FdLines : public LineSource {
 public:
  FdLines(Shell& sh, int fd) : sh_(sh), fd_(fd) {}
  bool next_line(std::string& out, bool) override {
    Process& p = sh_.process();
    // Where the descriptor can seek, whole blocks are read and the rest given back.
    auto here = p.lseek(fd_, 0, Whence::Current);
    size_t start = out.size();
    if (here) {
      char block[512];
      while (true) {
        auto n = p.read(fd_, block);
        if (!n || *n == 0) break;
        std::string_view got(block, *n);
        size_t nl = got.find('\n');
        if (nl == got.npos) {
          out += got;
          continue;
        }
        out += got.substr(0, nl + 1);
        (void)p.lseek(fd_, -static_cast<int64_t>(got.size() - nl - 1), Whence::Current);
        return true;
      }
      return out.size() > start;
    }
    char c;
    while (true) {
      auto n = p.read(fd_, {&c, 1});
      if (!n && n.error() == Errno::INTR) continue;
      if (!n || *n == 0) return out.size() > start;
      out += c;
      if (c == '\n') return true;
    }
  }

 private:
  Shell& sh_;
  int fd_;
};

/// Lines of an interactive shell, with prompts.
class PromptLines : public LineSource {
 public:
  explicit PromptLines(Shell& sh) : sh_(sh), plain_(sh, 0) {}
  bool next_line(std::string& out, bool continuation) override {
    const std::string* ps = sh_.expander().value_of(continuation ? sym::kPS2 : sym::kPS1);
    std::string prompt = ps ? sh_.prompt_string(*ps) : "";
    if (auto line = sh_.interactive_line(prompt)) {
      out += *line;
      return !line->empty();
    }
    (void)sh_.process().write(2, prompt);
    return plain_.next_line(out, continuation);
  }

 private:
  Shell& sh_;
  FdLines plain_;
};

bool set_o(Shell& sh, Invocation& in, const std::string& name, bool on) {
  auto o = find_set_option(name);
  if (!o) {
    (void)sh.process().write(2, sh.state().shell_name + ": line 0: " + sh.state().shell_name + ": " + name + ": invalid option name\n");
    return false;
  }
  in.options.push_back({*o, on});
  return true;
}

/// False: status is set and the shell ends.
bool parse_invocation(Shell& sh, const std::vector<std::string>& argv, Invocation& in, int* status) {
  Process& p = sh.process();
  size_t i = 1;
  bool letters = false;   // seen: names come before them
  for (; i < argv.size(); i++) {
    const std::string& a = argv[i];
    if (a == "--" || a == "-") {
      i++;
      break;
    }
    if (a.size() < 2 || (a[0] != '-' && a[0] != '+')) break;
    if (a[0] == '-' && !letters) {   // long names may have one dash
      std::string name = a.substr(a[1] == '-' ? 2 : 1);
      if (name == "help") return (void)p.write(1, kHelp), *status = 0, false;
      if (name == "version") return (void)p.write(1, kVersion), *status = 0, false;
      bool known = true;
      if (name == "login") in.login = true;
      else if (name == "norc") in.norc = true;
      else if (name == "noprofile") in.noprofile = true;
      else if (name == "posix") in.posix = true;
      else if (name == "restricted") in.restricted = true;
      else if (name == "verbose") in.options.push_back({Option::Verbose, true});
      else if (name == "dump-strings") in.dump = true;
      else if (name == "dump-po-strings") in.dump = in.dump_po = true;
      else if (name == "pretty-print") in.pretty = true;
      else if (name == "debugger") in.debugger = true;
      else if (name == "noediting" || name == "debug") {   // no line editor, and nothing of bash's own memory to see
      } else if (name == "rcfile" || name == "init-file") {
        if (i + 1 >= argv.size()) return (void)p.write(2, sh.state().shell_name + ": " + name + ": option requires an argument\n"), *status = 2, false;
        in.rcfile = argv[++i];
      } else if (a[1] == '-') {
        (void)p.write(2, sh.state().shell_name + ": " + a + ": invalid option\n" + kHelp);
        *status = 2;
        return false;
      } else {
        known = false;
      }
      if (known) continue;
    }
    bool on = a[0] == '-';
    letters = true;
    for (size_t k = 1; k < a.size(); k++) {
      char c = a[k];
      if (c == 'c') in.command = true;
      else if (c == 's' && on) in.from_stdin = true;
      else if (c == 'i' && on) in.interactive = true;
      else if (c == 'l' && on) in.login = true;
      else if (c == 'r' && on) in.restricted = true;
      else if (c == 'D' && on) in.dump = true;
      else if (c == 'o' || c == 'O') {
        if (i + 1 >= argv.size()) {
          Args args;
          args.words = {c == 'o' ? "set" : "shopt", on ? "-o" : "+o"};
          if (c == 'O') args.words = {"shopt"};
          (void)find_builtin(args.words[0])->run(sh, args);   // listed, and the shell goes on
          continue;
        }
        const std::string& name = argv[++i];
        if (c == 'o') {
          if (!set_o(sh, in, name, on)) return *status = 2, false;
        } else {
          auto o = find_shopt_option(name);
          if (!o) return (void)p.write(2, sh.state().shell_name + ": line 0: " + name + ": invalid shell option name\n"), *status = 2, false;
          in.options.push_back({*o, on});
        }
      } else if (auto o = option_by_letter(c)) {
        in.options.push_back({*o, on});
      } else {
        (void)p.write(2, sh.state().shell_name + ": " + std::string(1, a[0]) + c + ": invalid option\n" + kHelp);
        *status = 2;
        return false;
      }
    }
  }
  in.operands = i;
  return true;
}

void run_startup_file(Shell& sh, const std::string& path) {
  std::string full = path;
  if (full.starts_with("~/")) {
    bool found = false;
    full = sh.home_of("", &found) + full.substr(1);
  }
  if (auto st = sh.process().stat(full); st && st->is_regular()) (void)sh.run_file(full, nullptr);
}

void startup_files(Shell& sh, const Invocation& in) {
  if (in.login && !in.noprofile) {
    run_startup_file(sh, "/etc/profile");
    for (const char* f : {"~/.bash_profile", "~/.bash_login", "~/.profile"}) {
      bool found = false;
      if (sh.process().stat(sh.home_of("", &found) + std::string(f).substr(1))) {
        run_startup_file(sh, f);
        break;
      }
    }
  } else if (sh.state().interactive && !in.norc && !in.posix) {
    run_startup_file(sh, in.rcfile);
  }
  if (sh.state().interactive && in.posix) {
    const std::string* env = sh.expander().value_of(sym::kENV);
    if (env && !env->empty()) run_startup_file(sh, sh.expander().expand_text(std::string(*env)));
  }
  if (!sh.state().interactive && !in.posix && !sh.options()[Option::Privileged]) {
    const std::string* env = sh.expander().value_of(sym::kBASH_ENV);
    if (env && !env->empty()) run_startup_file(sh, sh.expander().expand_text(std::string(*env)));
  }
}

/// --debugger: what bash's debugger would do is in a file that a machine may have.
void start_debugger(Shell& sh) {
  constexpr char kFile[] = "/usr/share/bashdb/bashdb-main.inc";
  Process& p = sh.process();
  auto here = p.access(kFile, kRead);
  if (here) {
    sh.set_option(Option::ExtDebug, true);
    (void)sh.run_file(kFile, nullptr);
    return;
  }
  const std::string& name = sh.state().shell_name;
  (void)p.write(2,
                name + ": " + kFile + ": " + std::string(message(here.error())) + "\n" + name + ": warning: cannot start debugger; debugging mode disabled\n");
}

/// Standard input to its end.
std::string read_stdin(Process& p) {
  std::string text;
  std::vector<char> buffer(65536);
  for (auto n = p.read(0, buffer); n ? *n > 0 : n.error() == Errno::INTR; n = p.read(0, buffer))
    if (n) text.append(buffer.data(), *n);
  return text;
}

int open_script(Shell& sh, const std::string& name, std::string* text) {
  Process& p = sh.process();
  std::string path = name;
  auto fd = p.open(path, kOpenRead);
  if (!fd && name.find('/') == name.npos) {
    bool unused = false;
    std::string found = sh.find_command(name, &unused);
    if (!found.empty()) fd = p.open(path = found, kOpenRead);
  }
  // What can be opened is the shell's name by now.
  auto fail = [&](const std::string& why, int status) {
    (void)p.write(2, (fd ? path : sh.state().shell_name) + ": " + path + ": " + why + "\n");
    return status;
  };
  if (!fd) return fail(std::string(message(fd.error())), fd.error() == Errno::NOENT ? 127 : 126);
  if (auto st = p.fstat(*fd); st && st->is_dir()) return fail("Is a directory", 126);
  std::vector<char> buffer(65536);
  while (true) {
    auto n = p.read(*fd, buffer);
    if (!n) return fail(std::string(message(n.error())), 126);
    if (*n == 0) break;
    text->append(buffer.data(), *n);
    if (uint64_t most = p.budget().limits().script_bytes; most && text->size() > most) {
      p.budget().exhaust(Budget::Stop::Script, text->size(), most);
      p.kernel().check_alive(p);
    }
  }
  (void)p.close(*fd);
  if (Shell::is_binary(*text)) return fail("cannot execute binary file", 126);
  return 0;
}

}  // namespace

/// PROMPT_COMMAND, an array or not. $? stays.
static void run_prompt_commands(Shell& sh) {
  const Variable* v = sh.expander().lookup(sh.symbols().intern("PROMPT_COMMAND"));
  if (!v) return;
  std::vector<std::string> commands;
  if (const IndexedArray* a = v->indexed_or_null()) {
    for (const IndexedArray::Element& e : a->elements()) commands.push_back(e.value);
  } else if (v->is_set()) {
    commands.push_back(v->text());
  }
  int status = sh.status();
  for (const std::string& command : commands) {
    if (command.empty()) continue;
    (void)sh.run_text(command, 1);
    sh.set_status(status);
  }
}

void interactive_loop(Shell& sh) {
  PromptLines lines(sh);
  Parser parser(lines, sh.parse_options(), sh.alias_lookup());
  HistoryLines history(sh, parser);
  while (true) {
    sh.report_jobs();
    run_prompt_commands(sh);
    parser.options() = sh.parse_options();
    Flow flow = sh.run_one(parser);
    if (flow == Flow::Exit) break;
    // A Ctrl-C that ended a program, or the line that was typed, reached the shell too: it is over with that.
    sh.kernel().take_events(sh.process());
    if (sh.process().has_caught() && sh.run_pending_traps() == Flow::Exit) break;
    if (sh.take_interrupted()) (void)sh.process().write(2, "\n");
  }
}

void Shell::begin_run(const std::string& name, const std::vector<std::string>& args, bool as_file) {
  state_.arg0 = state_.shell_name = name;
  state_.from_string = !as_file;
  state_.invocation_letters = as_file ? "" : "c";
  left_ = by_exit_ = false;
  line_ = 1;
  requested_ = Flow::Next;
  expander_.clear_failure();
  state_.frames.clear();
  if (as_file) define_frame_main(name);
  vars().unset(sym::kBASH_EXECUTION_STRING);
  set_positional(args);
  state_.main_args = state_.positional;
}

int Shell::run_stdin() {
  state_.from_stdin = true;
  state_.from_string = false;
  state_.invocation_letters = "s";
  FdLines lines(*this, 0);
  Parser parser(lines, parse_options(), alias_lookup());
  (void)run_parser(parser, false);
  return leave();
}

int Shell::end_run() {
  if (process_->has_caught()) (void)run_pending_traps();   // of a signal that ended the last command
  arith_name_.clear();
  return state_.last_status;
}

void Shell::adopt(const ShellState& state, std::shared_ptr<Symbols> symbols) {
  int pid = process_->pid();
  state_ = state;
  state_.vars.set_symbols(std::move(symbols));
  builtin_places_ = std::make_shared<std::vector<uint8_t>>();
  state_.shell_pid = pid;
  expander_.refresh();
}

void Shell::begin(const std::vector<std::string>& argv) {
  state_.arg0 = argv.empty() ? "bash" : argv[0];
  state_.shell_name = state_.arg0;
  size_t slash = state_.shell_name.rfind('/');
  if (slash != std::string::npos && state_.shell_name.starts_with("-")) state_.shell_name.erase(0, 1);
  state_.shell_pid = process_->pid();
  state_.start_time = process_->now();
  for (const OptionInfo& o : shopt_options()) state_.options.set(o.option, o.initial);
  for (Option o : {Option::BraceExpand, Option::HashAll, Option::InteractiveComments}) state_.options.set(o, true);
  for (int sig = 1; sig < kSigCount; sig++) {
    if (process_->action(sig) == SignalAction::Ignore) state_.traps.write()[static_cast<size_t>(sig)].kind = Trap::Kind::Ignore;
  }
  init_variables(process_->env());
  if (state_.last_arg.empty()) state_.last_arg = "/usr/bin/" + state_.arg0.substr(state_.arg0.rfind('/') + 1);
  refresh_option_vars();
}

int bash_main(Process& p, std::shared_ptr<Symbols> symbols) {
  Shell sh(p, std::move(symbols));
  std::vector<std::string> argv = p.argv();
  sh.begin(argv);
  Invocation in;
  std::string base = sh.state().arg0.substr(sh.state().arg0.rfind('/') + 1);
  if (base == "sh" || base == "-sh") in.posix = true;
  if (!argv.empty() && !argv[0].empty() && argv[0][0] == '-') in.login = true;
  int status = 0;
  if (!parse_invocation(sh, argv, in, &status)) return status;
  if (in.posix) sh.set_option(Option::Posix, true);
  for (auto [o, on] : in.options) sh.set_option(o, on);
  std::vector<std::string> rest(argv.begin() + static_cast<ptrdiff_t>(std::min(in.operands, argv.size())), argv.end());
  ShellState& st = sh.state();
  bool script = !in.command && !in.from_stdin && !rest.empty();
  st.interactive = in.interactive || (!in.command && !script && p.isatty(0) && p.isatty(2));
  if (st.interactive) sh.become_interactive();
  st.login = in.login;
  st.options.set(Option::LoginShell, in.login);
  std::string text;
  if (in.command) {
    if (rest.empty()) {
      (void)p.write(2, st.shell_name + ": -c: option requires an argument\n");
      return 2;
    }
    text = rest[0];
    rest.erase(rest.begin());
    st.invocation_letters = "c";
    st.from_string = true;
    sh.vars().writable(sym::kBASH_EXECUTION_STRING).set_text(std::string_view(text));
    if (!rest.empty()) {
      st.arg0 = st.shell_name = rest[0];
      rest.erase(rest.begin());
    }
  } else if (script) {
    if (int failed = open_script(sh, rest[0], &text)) return failed;
    st.arg0 = st.shell_name = rest[0];
    rest.erase(rest.begin());
    sh.define_frame_main(st.arg0);
  } else {
    st.invocation_letters = "s";
  }
  sh.set_positional(std::move(rest));
  st.main_args = st.positional;
  sh.refresh_option_vars();
  startup_files(sh, in);
  if (in.restricted || base == "rbash") {
    sh.set_option(Option::RestrictedShell, true);
    sh.restrict();
  }
  if (in.debugger) start_debugger(sh);
  if (in.dump && !st.interactive) {
    if (!in.command && !script) text = read_stdin(p);
    std::string out;
    SyntaxError error;
    bool ok = dump_strings(text, sh.parse_options(), in.command ? "-c" : st.arg0, in.dump_po, &out, &error);
    (void)p.write(1, out);
    if (!ok) {
      (void)sh.set_text_name(in.command ? "-c" : nullptr);
      sh.report(error);
    }
    return ok ? 0 : sh.status();
  }
  if (in.pretty && !st.interactive && !in.command) {
    FdLines lines(sh, 0);
    std::optional<Parser> parser;
    if (script) parser.emplace(text, sh.parse_options());
    else parser.emplace(lines, sh.parse_options());
    std::string out;
    SyntaxError error;
    bool ok = pretty_print(*parser, &out, &error);
    (void)p.write(1, out);
    if (ok) return 0;
    sh.report(error);
    return 1;
  }
  if (in.command) {
    (void)sh.run_text(text, 1, true);
  } else if (script) {
    Parser parser(text, sh.parse_options(), sh.alias_lookup());
    (void)sh.run_parser(parser, false);
  } else if (st.interactive) {
    interactive_loop(sh);
  } else {
    return sh.run_stdin();
  }
  return sh.leave();
}

/// One complete command of an interactive shell.
Flow Shell::run_one(Parser& parser) {
  ParseResult r = parser.next();
  if (r.status == ParseResult::Status::End) return Flow::Exit;
  if (r.status == ParseResult::Status::Error) {
    report(r.error);
    return Flow::Next;
  }
  LowerOptions lo{state_.options[Option::BraceExpand], state_.options[Option::Posix]};
  Flow flow = run_program(lower(r.tree, symbols(), lo));
  expander_.clear_failure();
  arith_name_.clear();
  return flow;
}

void Shell::become_interactive() {
  set_option(Option::ExpandAliases, true);
  set_option(Option::History, true);
  set_option(Option::HistExpand, true);
  set_option(Option::Emacs, true);
  auto set_default = [&](Symbol s, const char* value) {
    const Variable* v = vars().find(s);
    if (!v || !v->is_set()) vars().writable(s).set_text(std::string_view(value));
  };
  set_default(sym::kPS1, "\\s-\\v\\$ ");
  set_default(sym::kPS2, "> ");
  process_->set_action(kSigTERM, SignalAction::Ignore);
  process_->set_action(kSigINT, SignalAction::Catch);
}

/// Reads a whole file for `source`. Its buffer is gone before the file runs, which may source others.
static Errno read_source(Process& p, const std::string& path, std::string* text) {
  auto fd = p.open(path, kOpenRead);
  if (!fd) return fd.error();
  std::vector<char> buffer(65536);
  while (true) {
    auto n = p.read(*fd, buffer);
    if (!n && n.error() == Errno::INTR) continue;
    if (!n || *n == 0) {
      (void)p.close(*fd);
      return n ? Errno::OK : n.error();
    }
    text->append(buffer.data(), *n);
    p.check_memory(text->size());
    p.tick(static_cast<uint32_t>(1 + *n / 1024));
  }
}

Flow Shell::run_file(const std::string& path, const std::vector<std::string>* args) {
  std::string text;
  if (Errno e = read_source(*process_, path, &text); e != Errno::OK) {
    error(path + ": " + std::string(message(e)));
    (void)return_trap(false);   // sees $? as it was
    special_failed_ = true;
    set_status(1);
    return Flow::Next;
  }
  if (text.starts_with(kImageMagic)) {
    builtin_error(path + ": cannot execute binary file");
    set_status(126);
    return Flow::Next;
  }
  auto saved_args = state_.positional;
  state_.frames.push_back({sym::ksource, std::make_shared<const std::string>(path), line_, {}});
  if (args) set_positional(*args);
  Raised depth(source_depth_);
  Restore<int> loops(loop_depth_, std::exchange(loop_depth_, 0));
  uint32_t line = line_;
  set_status(0);
  Parser parser(text, parse_options(), alias_lookup());
  Flow flow = run_parser(parser, true);
  state_.frames.pop_back();
  // Parameters that the file itself set with `set` stay, unless arguments were given.
  if (args) state_.positional = saved_args;
  line_ = line;
  bool by_return = flow == Flow::Return;
  if (by_return) flow = Flow::Next;
  if (flow == Flow::Next) flow = return_trap(by_return);
  if (state_.last_status == kBadSyntax) set_status(2);
  return flow;
}

void Shell::import_function(const std::string& name, const std::string& text) {
  std::string source = name + " " + text;
  ParseOptions po = parse_options();
  Parser parser(source, po);
  ParseResult r = parser.next();
  if (r.status != ParseResult::Status::Command || r.tree->list->items.size() != 1 || r.tree->list->items[0].command->kind != ast::CommandKind::Function) {
    bool more = r.status == ParseResult::Status::Command && r.tree->list->items.size() > 1;
    std::string text = more ? state_.shell_name + ": warning: " + name + ": ignoring function definition attempt\n" : "";
    (void)process_->write(2, text + state_.shell_name + ": error importing function definition for `" + name + "'\n");
    return;
  }
  (void)run_program(lower(r.tree, symbols(), {}));
  if (Ref<FunctionDef> f = function(name)) {
    f->exported = true;
    f->source = std::make_shared<const std::string>("environment");
    has_exported_functions_ = true;
  }
}

}  // namespace nacre
