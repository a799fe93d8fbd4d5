// Simple commands: assignments, functions, builtins, programs.
// Source: bash manual 3.7.1 "Simple Command Expansion", 3.7.2 "Command Search and Execution".
#include <algorithm>

#include "base/deep_call.h"
#include "shell/unknown_command.h"
#include "shell/scopes.h"
#include "syntax/print.h"

namespace nacre {

/// The command word, interned when the program was lowered; kNone if it is not constant.
static Symbol command_word(const ir::Simple& c) {
  const ir::Word* head = c.words[0].word;
  return head && head->literal ? head->symbol : static_cast<Symbol>(sym::kNone);
}

bool Shell::expand_arguments(const ir::Simple& c, Args& args) {
  for (const ir::Argument& a : c.words) {
    if (a.assignment && !args.words.empty() && declaration_command(command_word(c), args)) {
      if (a.assignment->compound) {
        if (!expand_declared(*a.assignment, args)) return false;
        continue;
      }
      // name=value: one word, the value neither split nor globbed.
      std::string word(a.assignment->ast->name);
      if (a.assignment->index) {
        // The subscript is evaluated by the builtin; expansions in it happen now.
        std::string sub;
        if (a.assignment->key && !expander_.string(*a.assignment->key, &sub)) return false;
        bool literal = a.assignment->key->literal;
        word += "[" + (literal ? std::string(a.assignment->ast->index->raw) : sub) + "]";
      }
      word += a.assignment->append ? "+=" : "=";
      std::string value;
      if (a.assignment->value && !expander_.string(*a.assignment->value, &value)) return false;
      args.words.push_back(std::move(word += value));
      continue;
    }
    if (!a.word) {
      // name=(...) for let, eval and alias, which take it as text.
      args.words.push_back(symbols().name(a.assignment->symbol) + "=(" + traced_elements(*a.assignment) + ")");
      continue;
    }
    if (!expander_.fields(*a.word, &args.words)) return false;
  }
  return true;
}

/// name=(...) after a declaration builtin: expanded before the builtin runs, as the words are.
bool Shell::expand_declared(const ir::Assignment& a, Args& args) {
  const Variable* v = vars().find(a.symbol);
  bool assoc = v && v->has(kAssoc);
  for (size_t i = 1; i < args.size() && args[i][0] == '-'; i++) assoc = assoc || args[i].find('A') != args[i].npos;
  args.compound.resize(args.words.size());
  args.compound.push_back({&a, {}});
  if (!expander_.expand_compound(a.elements, assoc, true, &args.compound.back().value)) return false;
  args.words.push_back(symbols().name(a.symbol));
  return true;
}

/// The command word so far means a declaration builtin: `declare`, or `command declare`, `builtin declare`.
bool Shell::declaration_command(Symbol command_word, const Args& args) const {
  size_t i = 0;
  while (i + 1 < args.size() && (args[i] == "command" || args[i] == "builtin")) i++;
  const Builtin* b = i || !command_word ? builtin(args[i]) : builtin(command_word);
  return b && (b->flags & kAssignment);
}

Flow Shell::run_simple(const ir::Simple& c) {
  if (__builtin_expect(state_.options[Option::Keyword], 0) && has_keyword_assignments(c)) return run_with_keywords(c);
  if (c.line) line_ = lines_.line_of(c);
  if (__builtin_expect((*state_.traps)[kTrapDebug].kind == Trap::Kind::Command, 0)) {
    if (Flow f = debug_trap(c); f != Flow::Next) return f;
    if (skips()) return Flow::Next;
  } else if (running_trap_ < 0) {
    current_command_ = &c;
  }
  size_t substitutions = substitution_fds_.size();
  substitution_status_ = -1;
  Flow flow;
  if (c.words.empty()) {
    flow = assign_only(c);
    state_.last_arg.clear();
  } else {
    Args args;
    args.words.reserve(c.words.size());
    if (!expand_arguments(c, args) || expander_.failure() != Expander::Failure::None) {
      flow = fail_expansion();
    } else if (args.words.empty()) {
      flow = assign_only(c);
      state_.last_arg.clear();
    } else {
      if (args.words.size() >= 4096) process_->tick(static_cast<uint32_t>(args.words.size() / 64));
      flow = dispatch(c, args);
      // Functions and programs have taken their words, and set it.
      if (!args.words.empty()) state_.last_arg = std::move(args.words.back());
    }
  }
  if (__builtin_expect(substitution_fds_.size() != substitutions, 0)) close_substitutions(substitutions);
  if (flow == Flow::Next) set_pipestatus(state_.last_status);
  return flow;
}

/// With a line of the trace before it.
bool Shell::assign_traced(const ir::Assignment& a) {
  if (!state_.options[Option::XTrace]) return expander_.assignment(a);
  const Expander::BeforeAssigning trace = [&](const std::string& value) { trace_assignment(a, value); };
  return expander_.assignment(a, &trace);
}

/// No command word: assignments (and redirections, made and undone).
Flow Shell::assign_only(const ir::Simple& c) {
  for (const ir::Assignment& a : c.assignments) {
    if (!assign_traced(a)) {
      if (expander_.failure() != Expander::Failure::None) return fail_expansion();
      set_status(1);
      // A failed assignment ends a non-interactive POSIX shell, and the line elsewhere.
      if (!state_.options[Option::Posix] || state_.interactive) return Flow::Discard;
      expander_.fail(Expander::Failure::Exit, "");
      return fail_expansion();
    }
  }
  int status = substitution_status_ >= 0 ? substitution_status_ : 0;
  if (!c.redirects.empty()) {
    SavedFds saved(*process_);
    if (!redirect(c.redirects, *process_, &saved)) {
      if (expander_.failure() != Expander::Failure::None) return fail_expansion();
      status = 1;
    }
  }
  set_status(status);
  return Flow::Next;
}

Flow Shell::dispatch(const ir::Simple& c, Args& args) {
  if (__builtin_expect(state_.options[Option::XTrace], 0)) {
    // The assignments before a command are traced first.
    trace_declared(args);
    if (c.assignments.empty()) trace_simple(args);
    else untraced_ = &args;
  }
  if (job_name_command(c, args)) return run_builtin(*find_builtin("fg"), args, {}, {});
  const Symbol constant = command_word(c);
  Symbol s = constant ? constant : symbols().find(args[0]);
  if (Ref<FunctionDef> f = s ? function(s) : nullptr) {
    const Builtin* special = state_.options[Option::Posix] ? builtin(args[0]) : nullptr;
    if (!special || !(special->flags & kSpecial)) {
      std::string last = args.words.back();
      Flow flow = run_function(std::move(f), args, c.redirects, c.assignments);
      args.words.clear();
      state_.last_arg = std::move(last);
      return flow;
    }
  }
  if (const Builtin* b = s ? builtin(s) : builtin(args[0])) return run_builtin(*b, args, c.redirects, c.assignments);
  return run_external(args, c.redirects, c.assignments, false, &c == tail_);
}

/// %1 alone is `fg %1`, but for a stage of a pipeline.
bool Shell::job_name_command(const ir::Simple& c, Args& args) {
  if (args[0][0] != '%' || &c == stage_) return false;
  args.words.insert(args.words.begin(), "fg");
  return true;
}

/// NAME=value before a command: in a scope that ends with it.
bool Shell::temporary_assignments(ir::Seq<ir::Assignment> env, bool for_program) {
  for (const ir::Assignment& a : env) {
    std::string value;
    if (a.index) {
      error("`" + symbols().name(a.symbol) + "[" + std::string(a.index->source) + "]': not a valid identifier");
      continue;
    }
    if (!expander_.check_writable(a.symbol)) {
      // Reported; the command runs all the same, but in POSIX mode.
      if (state_.options[Option::Posix]) return false;
      continue;
    }
    // An array cannot be passed on: its text is.
    if (a.compound) value = "(" + traced_elements(a) + ")";
    if (a.value && !expander_.string(*a.value, &value)) return false;
    if (state_.options[Option::XTrace]) trace_assignment(a, value);
    std::string old;
    const Variable* before = vars().find(a.symbol);
    if (a.append && before && before->is_set()) old = before->text();
    bool integer = before && before->has(kInteger);
    // What a program is given has no effect on this shell.
    bool watched = before && before->watched && !for_program;
    Variable& v = vars().make_temporary(a.symbol);
    // An integer's value is taken as it is written, but for what is added to one.
    v.attrs = kExported | (integer && a.append ? kInteger : 0u);
    v.watched = watched;
    if (a.append) v.set_text(old);
    if (!expander_.assign(a.symbol, value, Expander::kNoNameref | (a.append ? Expander::kAppend : 0))) return false;
    if (integer) vars().writable(a.symbol).attrs |= kInteger;
    vars().touch_environment();
  }
  if (untraced_) trace_simple(*std::exchange(untraced_, nullptr));
  return true;
}

/// Assignments before a command could not be made: it does not run, and in POSIX mode its line ends with it.
Flow Shell::fail_assignments() {
  if (expander_.failure() != Expander::Failure::None) return fail_expansion();
  set_status(1);
  return state_.options[Option::Posix] ? Flow::Discard : Flow::Next;
}

Flow Shell::run_builtin(const Builtin& b, Args& args, ir::Seq<ir::Redirect> redirects, ir::Seq<ir::Assignment> env) {
  bool special = (b.flags & kSpecial) && state_.options[Option::Posix];
  SavedFds saved(*process_);
  if (!redirects.empty() && !redirect(redirects, *process_, &saved)) {
    if (expander_.failure() != Expander::Failure::None) return fail_expansion();
    set_status(1);
    return special && !state_.interactive ? Flow::Exit : Flow::Next;
  }
  std::optional<VariableScope> scope;
  if (!env.empty()) {
    if (special) {
      // Assignments before a special builtin stay, in POSIX mode.
      for (const ir::Assignment& a : env) {
        if (!assign_traced(a)) {
          expander_.fail(Expander::Failure::Exit, "");
          return fail_expansion();
        }
        vars().writable(a.symbol).attrs |= kExported;
        vars().touch_environment();
      }
      if (untraced_) trace_simple(*std::exchange(untraced_, nullptr));
    } else {
      scope.emplace(*this, b.flags & kAssignment ? Variables::ScopeKind::Declaration : Variables::ScopeKind::Temporary);
      if (!temporary_assignments(env)) return fail_assignments();
    }
  }
  const char* outer = std::exchange(builtin_name_, b.name);
  requested_ = Flow::Next;
  const ir::Command* command = current_command_;
  Restore<int> suspended(errexit_suspended_, errexit_suspended_);
  if (no_errexit_ > 0 && (b.flags & kRunsCommands)) errexit_suspended_++;
  int status = b.run(*this, args);
  // What eval and source ran is not what failed.
  current_command_ = command;
  builtin_name_ = outer;
  set_status(status);
  if (keep_redirects_) {
    // `exec` without a command.
    saved.keep();
    keep_redirects_ = false;
  }
  if (expander_.failure() != Expander::Failure::None) {
    Flow f = fail_expansion();
    if (f != Flow::Next) return f;
  }
  Flow flow = take_request(Flow::Next);
  if (flow == Flow::Next && special && status != 0 && special_failed_ && !state_.interactive) flow = Flow::Exit;
  special_failed_ = false;
  return flow;
}

Flow Shell::run_function(Ref<FunctionDef> f, Args& args, ir::Seq<ir::Redirect> redirects, ir::Seq<ir::Assignment> env) {
  SavedFds saved(*process_);
  if (!redirects.empty() && !redirect(redirects, *process_, &saved)) {
    if (expander_.failure() != Expander::Failure::None) return fail_expansion();
    set_status(1);
    return Flow::Next;
  }
  std::optional<VariableScope> temporary;
  if (!env.empty()) {
    temporary.emplace(*this, Variables::ScopeKind::Call);
    if (!temporary_assignments(env)) return fail_assignments();
  }
  VariableScope scope(*this, Variables::ScopeKind::Function);
  if (!f->node->body->redirects.empty() && f->node->body->kind == ast::CommandKind::Function) return Flow::Next;
  return deep_call([&] { return call_function(std::move(f), std::move(args.words)); });
}

// ---------------------------------------------------------------- programs

std::string Shell::find_command(const std::string& name, bool* not_executable, bool default_path) {
  *not_executable = false;
  if (name.find('/') != name.npos) return name;
  if (name.empty()) return "";
  std::string path = "/usr/local/bin:/usr/bin:/bin";
  if (!default_path) {
    const std::string* p = expander_.value_of(sym::kPATH);
    path = p ? *p : "";
    if (!p) path = "";
    auto it = state_.hashed->find(name);
    if (it != state_.hashed->end()) {
      if (!state_.options[Option::CheckHash] || process_->access(it->second.first, kExecute)) {
        state_.hashed.write()[name].second++;
        return it->second.first;
      }
      state_.hashed.write().erase(name);
    }
  }
  std::string candidate;
  size_t at = 0;
  while (true) {
    size_t colon = path.find(':', at);
    std::string dir = path.substr(at, colon == path.npos ? path.npos : colon - at);
    std::string full = (dir.empty() ? "." : dir) + (dir.ends_with('/') ? "" : "/") + name;
    if (auto st = process_->stat(full); st && !st->is_dir()) {
      if (process_->access(full, kExecute)) {
        if (!default_path && state_.options[Option::HashAll] && !dir.empty() && dir != ".") state_.hashed.write()[name] = {full, 1};
        return full;
      }
      if (candidate.empty()) candidate = full;
    }
    if (colon == path.npos) break;
    at = colon + 1;
  }
  if (!candidate.empty()) *not_executable = true;
  return candidate;
}

std::vector<std::string> Shell::find_all_commands(const std::string& name) {
  std::vector<std::string> out;
  auto runnable = [&](const std::string& full) {
    auto st = process_->stat(full);
    return st && !st->is_dir() && process_->access(full, kExecute).ok();
  };
  if (name.find('/') != name.npos) {
    if (runnable(name)) out.push_back(name);
    return out;
  }
  const std::string* p = expander_.value_of(sym::kPATH);
  std::string path = p ? *p : "";
  size_t at = 0;
  while (!path.empty()) {
    size_t colon = path.find(':', at);
    std::string dir = path.substr(at, colon == path.npos ? path.npos : colon - at);
    std::string full = (dir.empty() ? "." : dir) + "/" + name;
    if (runnable(full) && std::find(out.begin(), out.end(), full) == out.end()) out.push_back(full);
    if (colon == path.npos) break;
    at = colon + 1;
  }
  return out;
}

/// No PATH, or an empty one: a missing command is then a missing file.
bool Shell::path_is_empty() {
  const std::string* path = expander_.value_of(sym::kPATH);
  return !path || path->empty();
}

Flow Shell::run_external(Args& args, ir::Seq<ir::Redirect> redirects, ir::Seq<ir::Assignment> env, bool default_path, bool replace) {
  std::optional<VariableScope> scope;
  if (!env.empty()) {
    scope.emplace(*this, Variables::ScopeKind::Temporary);
    if (!temporary_assignments(env, true)) return fail_assignments();
  }
  if (state_.restricted && args[0].find('/') != std::string::npos) {
    error(args[0] + ": restricted: cannot specify `/' in command names");
    set_status(1);
    return Flow::Next;
  }
  // Found by a PATH of its own, it is neither looked up in the table nor kept there.
  bool own_path = std::any_of(env.begin(), env.end(), [](const ir::Assignment& a) { return a.symbol == sym::kPATH; });
  if (own_path) state_.hashed.write().clear();
  bool not_executable = false;
  std::string path = find_command(args[0], &not_executable, default_path);
  if (own_path) state_.hashed.write().clear();
  if (path.empty()) {
    if (Ref<FunctionDef> f = function("command_not_found_handle"); f) return command_not_found(std::move(f), args, redirects);
  }
  if (replace && !path.empty() && !any_trap()) return replace_by_program(path, args, redirects);
  Process& child = fork();
  if (!redirects.empty()) {
    bool ok = redirect(redirects, child, nullptr);
    if (!ok) {
      kernel().discard(child);
      // It was the child that failed: what that would have ended goes on.
      if (expander_.failure() != Expander::Failure::None) (void)fail_expansion(), to_top_level_ = false;
      else set_status(1);
      return Flow::Next;
    }
  }
  if (path.empty()) {
    std::string text = prefix() + printable(args[0]) + ": command not found\n";
    if (args[0].find('/') != std::string::npos || path_is_empty()) text = prefix() + args[0] + ": No such file or directory\n";
    else text += note_unknown_command(*this, args[0]);
    // The child never ran: a signal may not end it on this stack.
    child.set_action(kSigPIPE, SignalAction::Ignore);
    auto said = child.write(2, text);
    kernel().discard(child);
    set_status(!said && said.error() == Errno::PIPE ? 128 + kSigPIPE : 127);
    dispose_coproc();
    return Flow::Next;
  }
  int pid = child.pid();
  std::string last = args.words.back();
  WaitStatus st = exec_child(child, path, std::move(args.words), environment(path));
  args.words.clear();
  state_.last_arg = std::move(last);
  set_status(st.shell_status());
  report_signal(st, pid);
  if (!jobs_.all().empty() && !state_.interactive) report_jobs(), dispose_coproc();
  return Flow::Next;
}

Flow Shell::command_not_found(Ref<FunctionDef> f, Args& args, ir::Seq<ir::Redirect> redirects) {
  Process& child = fork();
  args.words.insert(args.words.begin(), "command_not_found_handle");
  WaitStatus st = kernel().call(child, [&](Process& p) {
    Shell sub(p, *this);
    return sub.run_subshell([&] {
      if (!sub.redirect(redirects, p, nullptr)) return Flow::Exit;
      VariableScope scope(sub, Variables::ScopeKind::Function);
      return sub.call_function(std::move(f), args.words);
    });
  });
  set_status(st.shell_status());
  return Flow::Next;
}

/// Environment of a program: exported variables, exported functions, and `_`.
std::shared_ptr<const EnvList> Shell::environment(const std::string& path) {
  auto base = vars().environment();
  auto env = std::make_shared<EnvList>();
  env->reserve(base->size() + 1);
  for (const std::string& e : *base) {
    if (!e.starts_with("_=")) env->push_back(e);
  }
  if (has_exported_functions_) {
    for (const auto& [name, def] : *state_.functions) {
      if (def->exported) env->push_back("BASH_FUNC_" + symbols().name(name) + "%%=" + print_exported(static_cast<const ast::Function&>(*def->node->ast)));
    }
  }
  env->push_back("_=" + path);
  return env;
}

/// What a child is to run: a program, or a text file without an interpreter line in a shell of the same kind.
Result<Body> Shell::load_program(Process& child, const std::string& path, std::vector<std::string>& argv) {
  std::vector<std::string> args = argv;
  auto body = kernel().load(child, path, args);
  if (!body && body.error() == Errno::NOEXEC && readable_script(child, path)) {
    args = argv;
    args[0] = path;
    args.insert(args.begin(), "bash");
    body = kernel().load(child, "/bin/bash", args);
  }
  argv = std::move(args);
  return body;
}

/// Runs a program in a child that is ready for it, and waits.
WaitStatus Shell::exec_child(Process& child, const std::string& path, std::vector<std::string> argv, std::shared_ptr<const EnvList> env) {
  auto body = load_program(child, path, argv);
  if (!body) {
    int status = exec_error(child, path, body.error());
    kernel().discard(child);
    return {WaitStatus::Kind::Exited, status};
  }
  child.fds().close_on_exec();
  kernel().set_args(child, std::move(argv), std::move(env));
  kernel().reset_caught(child);
  if (state_.options[Option::Monitor]) return run_in_group(child, *body);
  return kernel().call(child, *body);
}

/// Not binary: no NUL in the first line. Source: bash's check_binary_file.
bool Shell::readable_script(Process& child, const std::string& path) {
  auto fd = child.open(path, kOpenRead);
  if (!fd) return false;
  char head[128];
  auto n = child.read(*fd, head);
  (void)child.close(*fd);
  if (!n) return false;
  return !is_binary({head, *n});
}

bool Shell::is_binary(std::string_view text) {
  text = text.substr(0, 80);
  return text.starts_with("\177ELF") || text.starts_with(kImageMagic) || text.substr(0, text.find('\n')).find('\0') != text.npos;
}

/// Says why a program could not be run. 126 or 127.
int Shell::exec_error(Process& p, const std::string& path, Errno e) {
  std::string text = prefix() + path + ": ";
  auto st = p.stat(path);
  int status = 126;
  if (st && st->is_dir()) {
    text += "Is a directory";
  } else if (st && st->type != FileType::Regular) {
    text += message(Errno::ACCES);
  } else if (st && e == Errno::NOENT) {
    text += "cannot execute: required file not found";
    status = 127;
  } else if (e == Errno::NOEXEC) {
    text += "cannot execute binary file: Exec format error";
  } else {
    text += message(e);
    if (e == Errno::NOENT) status = 127;
    if (e == Errno::NOTDIR) status = 126;
  }
  (void)p.write(2, text + "\n");
  return status;
}

Flow Shell::run_words(Args& args, bool skip_functions, bool default_path) {
  if (!skip_functions) {
    if (Ref<FunctionDef> f = function(args[0])) return run_function(std::move(f), args, {}, {});
  }
  if (const Builtin* b = builtin(args[0])) {
    Builtin plain = *b;
    plain.flags &= ~static_cast<uint32_t>(kSpecial);   // `command` takes away the special status
    return run_builtin(plain, args, {}, {});
  }
  return run_external(args, {}, {}, default_path);
}

}  // namespace nacre
