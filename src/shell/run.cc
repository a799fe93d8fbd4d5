// Running lists and commands, reading texts, functions, leaving: what calls itself through all of these.
#include <algorithm>
#include <utility>

#include "algo/regex.h"
#include "base/deep_call.h"
#include "base/run_watch.h"
#include "shell/scopes.h"
#include "shell/shell.h"
#include "shell/shell_options.h"
#include "syntax/print.h"

namespace nacre {

Shell::Shell(Process& process, std::shared_ptr<Symbols> symbols)
    : process_(&process), state_(std::move(symbols)), expander_(state_.vars, state_.options, *this), text_cache_(make_text_cache()) {}

/// The list of exported variables is kept with them: made here, it is shared by every subshell of a loop
/// instead of being made in each.
static const ShellState& with_environment(const ShellState& state) {
  (void)state.vars.environment();
  return state;
}

Shell::Shell(Process& process, const Shell& parent)
    : process_(&process), state_(with_environment(parent.state_)), expander_(state_.vars, state_.options, *this), text_cache_(parent.text_cache_) {
  builtin_places_ = parent.builtin_places_;
  line_ = parent.line_;
  no_errexit_ = parent.no_errexit_;
  errexit_suspended_ = parent.errexit_suspended_;
  function_depth_ = parent.function_depth_;
  source_depth_ = parent.source_depth_;
  // A loop outside the subshell cannot be left from inside it, but `break` there is no error either.
  loop_depth_ = parent.loop_depth_;
  running_trap_ = parent.running_trap_;
  program_ = parent.program_;
  builtin_name_ = parent.builtin_name_;
  has_exported_functions_ = parent.has_exported_functions_;
  pseudo_running_ = parent.pseudo_running_;
  debugged_ = parent.debugged_;
  trap_depth_ = parent.trap_depth_;
  text_depth_ = parent.text_depth_;
  command_number_ = parent.command_number_;
  pipestatus_ = parent.pipestatus_;
  single_pipestatus_ = parent.single_pipestatus_;
  current_command_ = parent.current_command_;
  lines_ = parent.lines_;
  trace_depth_ = parent.trace_depth_;
  getopts_at_ = parent.getopts_at_;
  getopts_index_ = parent.getopts_index_;
  state_.subshell_level++;
  state_.interactive = false;
  state_.options.set(Option::Monitor, false);
  expander_.copy_settings(parent.expander_);
  jobs_.inherit(parent.jobs_);
  reset_traps_for_subshell();
}

Shell::~Shell() = default;

// ---------------------------------------------------------------- lists

Flow Shell::run_list(const ir::List& list) {
  Flow flow = Flow::Next;
  for (const ir::Item& item : list.items) {
    if (item.background) flow = run_background(*item.command);
    else flow = run_command(*item.command);
    if (flow != Flow::Next) return flow;
  }
  return flow;
}

Flow Shell::run_command(const ir::Command& c) {
  if (!step()) return Flow::Exit;
  if (__builtin_expect(process_->has_caught(), 0)) {
    Flow flow = run_pending_traps();
    if (flow != Flow::Next) return flow;
  }
  using Kind = ast::CommandKind;
  switch (c.kind) {
    case Kind::Simple: {
      auto& simple = static_cast<const ir::Simple&>(c);
      // The call of a function that sets an ERR trap is not itself subject to it.
      bool trapped = (*state_.traps)[kTrapErr].kind == Trap::Kind::Command;
      Flow flow = deep_call([&] { return run_simple(simple); });
      return flow == Flow::Next && state_.last_status != 0 ? errexit_check(trapped) : flow;
    }
    case Kind::AndOr: return run_and_or(static_cast<const ir::AndOr&>(c));
    case Kind::Pipeline: {
      auto& pipeline = static_cast<const ir::Pipeline&>(c);
      Flow flow = deep_call([&] { return run_pipeline(pipeline); });
      if (flow != Flow::Next || state_.last_status == 0 || pipeline.negated) return flow;
      // A single stage has already been looked at.
      return pipeline.stages.size() > 1 ? errexit_check() : flow;
    }
    default: return deep_call([&] { return run_compound(c); });
  }
}

/// `set -e` and the ERR trap, after a command that counts has failed.
Flow Shell::errexit_check(bool trapped) {
  if (no_errexit_ > 0) return Flow::Next;
  if (Flow flow = trapped ? err_trap() : Flow::Next; flow != Flow::Next) return flow;
  return state_.options[Option::ErrExit] ? Flow::Exit : Flow::Next;
}

Flow Shell::run_and_or(const ir::AndOr& c) {
  Flow flow;
  {
    Raised guard(no_errexit_);
    flow = run_command(*c.first);
  }
  for (size_t i = 0; i < c.rest.size() && flow == Flow::Next; i++) {
    bool ok = state_.last_status == 0;
    if (ok != (c.rest[i].op == ast::Connector::And)) continue;
    if (i + 1 == c.rest.size()) return run_command(*c.rest[i].command);
    Raised guard(no_errexit_);
    flow = run_command(*c.rest[i].command);
  }
  return flow;
}

Flow Shell::run_compound(const ir::Command& c) {
  using Kind = ast::CommandKind;
  uint32_t line_before = line_;
  // An error of their redirections is told with the line that was reached, by reading or by running, before.
  const bool keeps_line = c.kind == Kind::BraceGroup || c.kind == Kind::Subshell || c.kind == Kind::If || c.kind == Kind::While || c.kind == Kind::Until ||
                          c.kind == Kind::For || c.kind == Kind::Select || c.kind == Kind::Case || c.kind == Kind::Function;
  if (!keeps_line) line_ = lines_.line_of(c);
  SavedFds saved(*process_);
  size_t substitutions = substitution_fds_.size();
  if (!c.redirects.empty() && c.kind != Kind::Subshell && c.kind != Kind::Function && c.kind != Kind::Coproc) {
    if (!redirect(c.redirects, *process_, &saved)) {
      if (expander_.failure() != Expander::Failure::None) return fail_expansion();
      set_status(1);
      // The ERR trap tells the line of the last command that ran.
      line_ = current_command_ == before_program_ ? line_before_program_ : line_before;
      return errexit_check();
    }
  }
  if (c.kind == Kind::For || c.kind == Kind::Select || c.kind == Kind::Case) line_ = lines_.line_of(c);
  Flow flow = Flow::Next;
  switch (c.kind) {
    case Kind::BraceGroup: flow = run_list(*static_cast<const ir::Group&>(c).body); break;
    case Kind::Subshell: flow = run_group_subshell(static_cast<const ir::Group&>(c)); break;
    case Kind::If: flow = run_if(static_cast<const ir::If&>(c)); break;
    case Kind::While:
    case Kind::Until: flow = run_loop(static_cast<const ir::Loop&>(c)); break;
    case Kind::For: flow = run_for(static_cast<const ir::For&>(c)); break;
    case Kind::Select: flow = run_select(static_cast<const ir::For&>(c)); break;
    case Kind::ArithFor: flow = run_arith_for(static_cast<const ir::ArithFor&>(c)); break;
    case Kind::Case: flow = run_case(static_cast<const ir::Case&>(c)); break;
    case Kind::Arith: flow = run_arith(static_cast<const ir::ArithCommand&>(c)); break;
    case Kind::Cond: flow = run_cond(static_cast<const ir::CondCommand&>(c)); break;
    case Kind::Coproc: flow = run_coproc(static_cast<const ir::Coproc&>(c)); break;
    case Kind::Function:
      define_function(static_cast<const ir::Function&>(c));
      flow = take_request(Flow::Next);
      if (flow == Flow::Next && state_.last_status != 0) flow = errexit_check();
      break;
    default: break;
  }
  close_substitutions(substitutions);
  return flow;
}

// ---------------------------------------------------------------- failures

/// An error that ends this shell ends that of `bash -c` too, or a simple command it forked: the status is another then.
bool Shell::command_string_ends() const {
  const bool simple_stage = state_.subshell_level == 1 && stage_ && stage_->kind == ast::CommandKind::Simple;
  return state_.from_string && (state_.subshell_level == 0 || simple_stage);
}

/// After an expansion failed: what becomes of the command and what is around it.
Flow Shell::fail_expansion() {
  Expander::Failure f = expander_.failure();
  expander_.clear_failure();
  arith_name_.clear();
  if (state_.last_status == 0 || f != Expander::Failure::Command)
    set_status(f == Expander::Failure::Exit && !state_.interactive && command_string_ends() && !state_.options[Option::ErrExit] ? 127 : 1);
  if (f == Expander::Failure::Exit) return state_.interactive ? Flow::Discard : Flow::Exit;
  to_top_level_ = f == Expander::Failure::TopLevel;
  if (f == Expander::Failure::Discard || f == Expander::Failure::TopLevel) return Flow::Discard;
  return Flow::Next;
}

Flow Shell::take_request(Flow fallback) {
  Flow f = requested_;
  requested_ = Flow::Next;
  if (f == Flow::Exit) by_exit_ = true;
  return f == Flow::Next ? fallback : f;
}

// ---------------------------------------------------------------- texts

struct Shell::CachedText {
  std::vector<std::shared_ptr<const Program>> programs;
  size_t bytes = 0;
};

std::shared_ptr<std::unordered_map<std::string, Shell::CachedText>> Shell::make_text_cache() {
  return std::make_shared<std::unordered_map<std::string, CachedText>>();
}

ParseOptions Shell::parse_options() const {
  ParseOptions o;
  const Options& s = state_.options;
  o.extglob = s[Option::ExtGlob];
  o.posix = s[Option::Posix];
  o.expand_aliases = s[Option::ExpandAliases];
  o.interactive = state_.interactive;
  o.interactive_comments = s[Option::InteractiveCommentsShopt];
  o.nesting = process_->budget().limits().nesting;
  return o;
}

AliasLookup Shell::alias_lookup() {
  return [this](std::string_view name) -> const std::string* {
    auto it = state_.aliases->find(std::string(name));
    return it == state_.aliases->end() ? nullptr : &it->second;
  };
}

void Shell::report(const SyntaxError& e) {
  // Parsing was given up because the run has to end: that is for the kernel to say.
  if (should_stop()) process_->tick(1 << 16);
  for (const SyntaxError::Line& l : e.lines) {
    line_ = l.line;
    std::string where = prefix();
    // Texts that are no file are named: "bash: -c: line 1: ".
    if (text_name_)
      where = (state_.frames.empty() ? state_.shell_name : *state_.frames.back().source) + ": " + text_name_ + ": line " + std::to_string(line_) + ": ";
    (void)process_->write(2, where + l.text + "\n");
    if (errexit_now()) break;
  }
  // For eval and source, which are special in POSIX mode.
  special_failed_ = true;
  if (e.kind == SyntaxError::Kind::Nesting) {
    process_->budget().exhaust(Budget::Stop::Nesting, process_->budget().limits().nesting + 1, process_->budget().limits().nesting);
    kernel().stop_run();
  }
  set_status(2);
}

/// set -v
void Shell::echo_input(std::string_view source) {
  if (!state_.options[Option::Verbose] || source.empty()) return;
  std::string text(source);
  if (text.back() != '\n') text += '\n';
  (void)process_->write(2, text);
}

void Shell::warn(const ParseResult& r) {
  for (const SyntaxError::Line& l : r.warnings) {
    line_ = l.line;
    error(l.text);
  }
}

/// A reported syntax error: Next ends its text, Discard its command, Exit the shell.
Flow Shell::after_syntax_error(const SyntaxError& e) {
  if (state_.interactive || e.reach == SyntaxError::Reach::Text) return Flow::Next;
  bool ends = e.reach == SyntaxError::Reach::Shell;
  ends = ends || state_.options[Option::Posix];
  set_status(ends && state_.from_string && state_.subshell_level == 0 ? 127 : 1);
  return ends ? Flow::Exit : Flow::Discard;
}

/// Ends the run when calls or texts nest deeper than its limit. False then: what runs has to return.
bool Shell::within_nesting(int depth) {
  uint32_t limit = process_->budget().limits().nesting;
  if (limit == 0 || static_cast<uint32_t>(depth) <= limit) return true;
  error("maximum nesting level exceeded (" + std::to_string(limit) + ")");   // first, for then nothing can be written
  process_->budget().exhaust(Budget::Stop::Nesting, static_cast<uint64_t>(depth), limit);
  kernel().stop_run();
  return false;
}

/// Ends the run when a text to be parsed is longer than its limit.
static void limit_script(Process& p, size_t bytes) {
  uint64_t limit = p.budget().limits().script_bytes;
  if (limit == 0 || bytes <= limit) return;
  p.budget().exhaust(Budget::Stop::Script, bytes, limit);
  p.kernel().check_alive(p);
}

Flow Shell::run_program(std::shared_ptr<const Program> program) {
  if (!program->list) return Flow::Next;
  std::shared_ptr<const Program> outer = std::exchange(program_, program);
  Restore<std::shared_ptr<const Program>> restore(program_, outer);
  // A text that runs itself: eval, source and traps nest like calls.
  Raised depth(text_depth_);
  if (!within_nesting(text_depth_)) return Flow::Exit;
  if (text_depth_ == 1 && !state_.from_string) command_number_++;
  // Inside eval or a trap, messages are no longer the builtin's.
  Restore<const char*> name(builtin_name_, std::exchange(builtin_name_, nullptr));
  Restore<LineBase> lines(lines_, std::exchange(lines_, {}));
  if (state_.options[Option::NoExec] && !state_.interactive) return Flow::Next;
  before_program_ = current_command_;
  line_before_program_ = std::exchange(line_, program->tree->end_line);
  return run_list(*program->list);
}

/// After an error inside [[ ]] bash takes its input to be over: the status is that
/// of the last command, or 2 where none failed and nothing stood behind the error.
static int status_at_end(const SyntaxError& e, int before) { return before ? before : e.kind == SyntaxError::Kind::UnexpectedEof ? 2 : 0; }

/// A quote or bracket that nothing closes leaves the status of a command that failed before it.
static int status_after(const SyntaxError& e, int before) {
  return before && !e.in_substitution && !e.lines.empty() && e.lines[0].text.starts_with("unexpected EOF") ? before : 2;
}

Flow Shell::run_parser(Parser& parser, bool stop_on_error) {
  std::optional<HistoryLines> history;
  if (!stop_on_error) history.emplace(*this, parser);
  Restore<const char*> name(text_name_, std::exchange(text_name_, nullptr));
  while (true) {
    parser.options() = parse_options();
    ParseResult r = parser.next();
    warn(r);
    if (r.status == ParseResult::Status::End) return Flow::Next;
    if (r.status == ParseResult::Status::Error) {
      int before = state_.last_status;
      echo_input(r.tree->source);
      report(r.error);
      if (errexit_now()) return Flow::Exit;
      if (!stop_on_error && r.error.ends_input && !state_.interactive) {
        syntax_error_ = true;
        set_status(status_at_end(r.error, before));
        return Flow::Next;
      }
      if (Flow flow = after_syntax_error(r.error); flow == Flow::Exit && stop_on_error) return flow;
      else if (flow == Flow::Discard && discard_here(!stop_on_error)) continue;
      else if (flow == Flow::Discard) return flow;
      syntax_error_ |= !stop_on_error;
      if (!stop_on_error) set_status(status_after(r.error, before));
      else if (!r.error.lines.empty() && r.error.lines[0].text.starts_with("syntax error")) state_.last_status = kBadSyntax;
      if (stop_on_error || !state_.interactive) return Flow::Next;
      continue;
    }
    echo_input(r.tree->source);
    LowerOptions lo{state_.options[Option::BraceExpand], state_.options[Option::Posix]};
    Flow flow = run_program(lower(r.tree, symbols(), lo));
    if (flow == Flow::Discard && discard_here(!stop_on_error)) continue;
    if (flow != Flow::Next) return flow;
    if (state_.options[Option::OneCmd] && !stop_on_error) return Flow::Exit;
  }
}

/// A command was given up: true when the text it stands in goes on with its
/// next line. A subshell ends instead; some errors end all texts but the `script`.
bool Shell::discard_here(bool script) {
  if (state_.subshell_level > 0 || (to_top_level_ && !script)) return false;
  to_top_level_ = false;
  expander_.clear_failure();
  return true;
}

Flow Shell::run_text(std::string_view text, uint32_t first_line, bool is_main) {
  limit_script(*process_, text.size());
  process_->tick(static_cast<uint32_t>(text.size() / 32));
  Restore<const char*> name(text_name_, text_name_);
  if (is_main) text_name_ = "-c", to_top_level_ = false;
  ParseOptions po = parse_options();
  po.first_line = first_line;
  // Texts that depend on nothing but themselves are parsed once.
  std::string key;
  bool cacheable = !po.expand_aliases && text.size() < 4096 && !state_.options[Option::Verbose] && !(is_main && state_.options[Option::History]);
  if (cacheable) {
    key.reserve(text.size() + 8);
    key += static_cast<char>('0' + po.extglob + 2 * po.posix + 4 * state_.options[Option::BraceExpand]);
    key += std::to_string(first_line) + ":";
    key += text;
    auto it = text_cache_->find(key);
    if (it != text_cache_->end()) {
      std::vector<std::shared_ptr<const Program>> programs = it->second.programs;
      for (const auto& program : programs) {
        Flow flow = run_program(program);
        if (flow == Flow::Discard && discard_here()) continue;
        if (flow != Flow::Next) return flow;
      }
      return Flow::Next;
    }
  }
  Parser parser(text, po, alias_lookup());
  std::optional<HistoryLines> history;
  if (is_main) history.emplace(*this, parser);
  CachedText cached;
  while (true) {
    uint32_t line = parser.options().first_line;
    parser.options() = parse_options();
    parser.options().first_line = line;
    ParseResult r = parser.next();
    warn(r);
    cacheable = cacheable && r.warnings.empty();
    if (r.status == ParseResult::Status::End) break;
    if (r.status == ParseResult::Status::Error) {
      int before = state_.last_status;
      echo_input(r.tree->source);
      report(r.error);
      if (errexit_now()) return Flow::Exit;
      Flow flow = after_syntax_error(r.error);
      if (is_main && r.error.ends_input) {
        syntax_error_ = true;
        set_status(status_at_end(r.error, before));
        return Flow::Exit;
      }
      if (flow == Flow::Discard && discard_here()) continue;
      if (is_main && flow == Flow::Next) {
        syntax_error_ = true;
        set_status(status_after(r.error, before));
      }
      return is_main && flow == Flow::Next ? Flow::Exit : flow;
    }
    echo_input(r.tree->source);
    LowerOptions lo{state_.options[Option::BraceExpand], state_.options[Option::Posix]};
    auto program = lower(r.tree, symbols(), lo);
    cacheable = cacheable && !r.tree->used_alias;
    // What a command changes in the parser's settings shows in the key of the next run, not here.
    if (cacheable) cached.programs.push_back(program), cached.bytes += program->arena.bytes();
    bool ext = state_.options[Option::ExtGlob], alias = state_.options[Option::ExpandAliases];
    Flow flow = run_program(program);
    if (state_.options[Option::History] || ext != state_.options[Option::ExtGlob] || alias != state_.options[Option::ExpandAliases]) cacheable = false;
    if (flow == Flow::Discard && discard_here()) continue;
    if (flow != Flow::Next) return flow;
  }
  if (cacheable && cached.bytes < 256 * 1024) {
    if (text_cache_->size() >= 64) text_cache_->clear();
    text_cache_->emplace(std::move(key), std::move(cached));
  }
  return Flow::Next;
}

// ---------------------------------------------------------------- functions

void Shell::define_function(const ir::Function& f) {
  Ref<FunctionDef> old = function(f.name);
  if (old && old->readonly) {
    error(symbols().name(f.name) + ": readonly function");
    set_status(1);
    return;
  }
  const bool posix_name = !state_.options[Option::Posix] || is_name(symbols().name(f.name));
  if (!posix_name || symbols().name(f.name).find_first_of("$\"'\\") != std::string::npos) {
    error("`" + symbols().name(f.name) + "': not a valid identifier");
    set_status(posix_name ? 1 : 2);
    if (!posix_name && !state_.interactive) request(Flow::Exit);
    return;
  }
  const Builtin* special = state_.options[Option::Posix] ? find_builtin(symbols().name(f.name)) : nullptr;
  if (special && (special->flags & kSpecial)) {
    error("`" + symbols().name(f.name) + "': is a special builtin");
    set_status(2);
    if (!state_.interactive) request(Flow::Exit);
    return;
  }
  auto def = make_ref<FunctionDef>();
  def->program = program_;
  def->node = &f;
  def->name = f.name;
  def->source = state_.frames.empty() ? std::make_shared<const std::string>("environment") : state_.frames.back().source;
  def->line = lines_.line_of(f);
  def->lines = lines_;
  if (old) def->exported = old->exported;
  state_.functions.write()[f.name] = def;
  set_status(0);
}

Ref<FunctionDef> Shell::function(Symbol name) const {
  auto it = state_.functions->find(name);
  return it == state_.functions->end() ? Ref<FunctionDef>() : it->second;
}

Ref<FunctionDef> Shell::function(std::string_view name) const {
  Symbol s = state_.vars.symbols().find(name);
  return s ? function(s) : Ref<FunctionDef>();
}

void Shell::set_function_attribute(Symbol name, bool FunctionDef::* member, bool on) {
  Ref<FunctionDef> f = function(name);
  if (!f) return;
  // Definitions are shared with other shells: the changed one is a copy.
  auto copy = make_ref<FunctionDef>(*f);
  (*copy).*member = on;
  if (copy->exported) has_exported_functions_ = true;
  state_.functions.write()[name] = copy;
}

void Shell::save_options_of_function() {
  if (!state_.frames.empty() && !state_.frames.back().options) state_.frames.back().options = state_.options;
}

void Shell::restore_options_of_function() {
  if (state_.frames.empty() || !state_.frames.back().options) return;
  for (const OptionInfo& o : set_options()) {
    bool on = (*state_.frames.back().options)[o.option];
    if (state_.options[o.option] != on) set_option(o.option, on);
  }
}

bool Shell::unset_function(const std::string& name) {
  Symbol s = symbols().find(name);
  return s && state_.functions.write().erase(s) > 0;
}

/// DEBUG, RETURN and ERR traps that a function does not inherit: out of force while it runs.
/// What the function sets itself stays.
class Shell::HiddenTraps {
 public:
  HiddenTraps(Shell& sh, bool traced, bool errors) : sh_(sh) {
    if (!traced) hide(kTrapDebug), hide(kTrapReturn);
    if (!errors) hide(kTrapErr);
  }
  ~HiddenTraps() {
    for (auto& [slot, trap] : hidden_) {
      if ((*sh_.state_.traps)[slot].kind == Trap::Kind::Default) sh_.state_.traps.write()[slot] = std::move(trap);
    }
  }
  HiddenTraps(const HiddenTraps&) = delete;

 private:
  void hide(size_t slot) {
    if ((*sh_.state_.traps)[slot].kind == Trap::Kind::Default) return;
    hidden_.emplace_back(slot, std::exchange(sh_.state_.traps.write()[slot], Trap{}));
  }

  Shell& sh_;
  std::vector<std::pair<size_t, Trap>> hidden_;
};

Flow Shell::call_function(Ref<FunctionDef> f, std::vector<std::string> args) {
  int nest = 0;
  if (const std::string* v = expander_.value_of(sym::kFUNCNEST); v && !v->empty()) nest = std::atoi(v->c_str());
  if (nest > 0 && function_depth_ >= nest) {
    error(symbols().name(f->name) + ": maximum function nesting level exceeded (" + std::to_string(nest) + ")");
    set_status(1);
    return Flow::Discard;
  }
  if (!within_nesting(function_depth_ + 1)) return Flow::Exit;
  uint32_t call_line = line_;
  args.erase(args.begin());
  CallFrame& frame = state_.frames.emplace_back();
  frame.function = f->name;
  frame.source = f->source;
  frame.call_line = call_line;
  if (state_.options[Option::ExtDebug]) frame.args = args;
  FunctionScope scope(*this, std::exchange(state_.positional, std::make_shared<const std::vector<std::string>>(std::move(args))));
  Restore<std::shared_ptr<const Program>> restore(program_, std::exchange(program_, f->program));
  int loops = std::exchange(loop_depth_, 0);
  Restore<int> restore_loops(loop_depth_, loops);
  Raised depth(function_depth_);
  Restore<LineBase> lines(lines_, std::exchange(lines_, f->lines));
  line_ = f->line;
  Flow flow;
  // DEBUG and RETURN traps are not inherited unless traced.
  HiddenTraps hidden(*this, state_.options[Option::FuncTrace] || f->trace, state_.options[Option::ErrTrace]);
  if (__builtin_expect((*state_.traps)[kTrapDebug].kind == Trap::Kind::Command, 0) && current_command_) {
    // A traced function: once more on its first line.
    if (Flow stopped = debug_trap(*current_command_); stopped != Flow::Next) return stopped == Flow::Return ? Flow::Next : stopped;
  }
  flow = run_command(*f->node->body);
  // `exit` runs the EXIT trap where it stands: locals and redirections of the function still hold.
  if (flow == Flow::Exit && by_exit_ && ends_with_run_) (void)leave();
  bool by_return = flow == Flow::Return;
  if (by_return || flow == Flow::Break || flow == Flow::Continue) flow = Flow::Next;
  // Functions that a DEBUG trap calls end without it.
  if (flow == Flow::Next && !pseudo_running_[0]) flow = return_trap(by_return);
  line_ = call_line;
  return flow;
}

// ---------------------------------------------------------------- subshells, leaving

int Shell::run_subshell(const std::function<Flow()>& body) {
  Flow flow = body();
  (void)flow;
  return leave();
}

int Shell::leave() {
  if (left_) return state_.last_status;
  if (process_->has_caught()) (void)run_pending_traps();
  left_ = true;
  const Trap& t = (*state_.traps)[kTrapExit];
  if (t.kind == Trap::Kind::Command && !state_.traps_inherited) {
    int status = state_.last_status;
    std::string command = t.command;
    state_.traps.write()[kTrapExit] = Trap{};
    requested_ = Flow::Next;
    expander_.clear_failure();
    running_trap_ = kTrapExit;
    trap_status_ = status;
    const char* outer = set_text_name("exit trap");
    Flow flow = run_text(command, 1);
    (void)set_text_name(outer);
    running_trap_ = -1;
    // `exit N` in the trap decides; falling off its end keeps the status.
    if (flow != Flow::Exit) set_status(status);
  }
  return state_.last_status;
}

}  // namespace nacre
