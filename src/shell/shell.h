/// Shell: runs Programs. One Shell is one shell process: the session's, a
/// `bash -c`, a subshell, a pipeline stage.
///
/// Control flow travels as a returned Flow, never as an exception; the status of
/// the last command is in status().
/// Threads: the sandbox's own. Source: bash manual, chapters 3 and 4.
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/kernel.h"
#include "kernel/process.h"
#include "shell/builtin.h"
#include "shell/jobs.h"
#include "shell/state.h"
#include "syntax/parser.h"

namespace nacre {

/// How a command ended for what stands around it.
enum class Flow : uint8_t {
  Next,       ///< normally
  Break,
  Continue,   ///< count in Shell::loop_count()
  Return,     ///< from a function or sourced file
  Exit,       ///< the shell ends
  Discard,    ///< an expansion failed: back to the top level
};

class Regex;

class Shell : public ExpandHost {
 public:
  Shell(Process& process, std::shared_ptr<Symbols> symbols);
  /// A subshell of parent, in its own process.
  Shell(Process& process, const Shell& parent);
  ~Shell() override;

  // ---- parts
  Process& process() { return *process_; }
  void set_process(Process& p) { process_ = &p; }
  Kernel& kernel() { return process_->kernel(); }
  ShellState& state() { return state_; }
  Variables& vars() { return state_.vars; }
  Symbols& symbols() { return state_.vars.symbols(); }
  Options& options() { return state_.options; }
  Expander& expander() { return expander_; }
  Jobs& jobs() { return jobs_; }
  int status() const { return state_.last_status; }
  void set_status(int s) { state_.last_status = s & 255; }

  // ---- running
  /// Reads and runs commands until the end; the status is in status().
  Flow run_parser(Parser& parser, bool stop_on_error);
  /// $? in the RETURN trap of a sourced file that ended in a syntax error, as in bash; 2 after it.
  static constexpr int kBadSyntax = 257;
  /// A text in this shell: eval, trap, -c, PROMPT_COMMAND. Cached when it can be.
  Flow run_text(std::string_view text, uint32_t first_line, bool is_main = false);
  Flow run_list(const ir::List& list);
  Flow run_command(const ir::Command& c);
  /// Runs a function with arguments (args[0] is its name).
  Flow call_function(Ref<FunctionDef> f, std::vector<std::string> args);
  /// `source FILE args`.
  /// No script: a NUL in the first line, an ELF file, an image of the sandbox.
  static bool is_binary(std::string_view text);
  Flow run_file(const std::string& path, const std::vector<std::string>* args);
  /// Runs words as a simple command: `command`, `builtin`, xargs-like callers. `skip_functions` as `command` does.
  Flow run_words(Args& args, bool skip_functions, bool default_path = false);
  /// What the process of a subshell does; returns its exit status.
  int run_subshell(const std::function<Flow()>& body);
  /// EXIT trap, then the status to leave with.
  int leave();
  /// Starts body in a child process on its own fiber, as `&` does.
  Process& fork();
  Process& start_subshell(std::function<Flow(Shell&)> body, std::function<void(Process&)> prepare);
  ParseOptions parse_options() const;
  AliasLookup alias_lookup();
  /// Reports a syntax error as bash does and sets the status to 2.
  void report(const SyntaxError& e);

  // ---- flow of builtins: set these and return; the caller turns them into a Flow
  /// What runs is given up, and the texts around it (eval, source, traps) but for the script itself.
  void request_top_level() {
    request(Flow::Discard);
    to_top_level_ = true;
  }
  void request(Flow flow, int count = 0) {
    requested_ = flow;
    loop_count_ = count;
    if (flow == Flow::Return) status_before_return_ = state_.last_status;
  }
  /// Names the text run_text() is about to read, for its syntax errors; returns the name before.
  const char* set_text_name(const char* name) { return std::exchange(text_name_, name); }
  /// Whose messages errors are from now on; returns who it was.
  const char* set_builtin_name(const char* name) { return std::exchange(builtin_name_, name); }
  int loop_depth() const { return loop_depth_; }
  int loop_count() const { return loop_count_; }
  /// Runs a builtin inside another (`builtin`, `command`): messages carry its name.
  int call_builtin(const Builtin& b, Args& args);
  /// $?, or inside a trap what it was before: what `exit` and `return` without a number leave with.
  int exit_status_before_trap() const { return running_trap_ >= 0 && running_trap_ != kTrapDebug ? trap_status_ : state_.last_status; }
  bool in_function() const { return function_depth_ > 0; }
  bool in_source() const { return source_depth_ > 0; }
  int source_depth() const { return source_depth_; }

  // ---- output and messages
  /// Writes to fd 1. False after "NAME: write error: ..." was reported.
  bool out(std::string_view text);
  /// A name as messages show it: $'...' when it has control characters or bytes that are no characters.
  std::string printable(const std::string& name) const;
  /// "bash: line N: " + text.
  void error(const std::string& text) override;
  bool report(const std::string& text) override;
  /// "bash: line N: NAME: " + text.
  void builtin_error(const std::string& text);
  /// "NAME: usage: ..." of the running builtin; returns 2.
  int usage();
  /// A special builtin failed in a way that ends a non-interactive POSIX shell.
  /// set -x for what export and readonly assign.
  void trace_assigned(const std::string& name, const std::string& value);
  void fail_special() { special_failed_ = true; }
  /// NAME --help.
  void print_help();
  /// "-x: invalid option" and the usage line; returns 2.
  int invalid_option(char c);
  std::string prefix() const;
  uint32_t line() const { return line_; }
  void set_line(uint32_t l) { line_ = l; }

  // ---- functions, aliases, commands
  Ref<FunctionDef> function(Symbol name) const;
  Ref<FunctionDef> function(std::string_view name) const;
  void define_function(const ir::Function& f);
  bool unset_function(const std::string& name);
  void set_function_attribute(Symbol name, bool FunctionDef::* member, bool on);
  /// `local -`: the options of `set` come back when the running function ends.
  void save_options_of_function();
  void restore_options_of_function();
  /// `unset NAME`, effects of special variables included.
  void unset_variable(Symbol s);
  const Builtin* builtin(std::string_view name) const;   ///< null if disabled
  const Builtin* builtin(Symbol name) const;             ///< the same, looked up by text once
  const Builtin* enabled(const Builtin* b) const;         ///< b, or null while `enable -n` holds
  /// Full path of an external command by PATH (hash table used and filled); "" if none.
  /// *not_executable: found, but may not be run.
  std::string find_command(const std::string& name, bool* not_executable, bool default_path = false);
  std::vector<std::string> find_all_commands(const std::string& name);
  static bool is_keyword(std::string_view word);

  // ---- positional parameters
  const std::vector<std::string>& positional() override { return *state_.positional; }
  void set_positional(std::vector<std::string> args) { state_.positional = std::make_shared<const std::vector<std::string>>(std::move(args)); }

  // ---- traps (trap.cc)
  /// Sets a trap. Null command: default; "" : ignore.
  void set_trap(int slot, const std::string* command);
  /// Runs traps of signals that came in. Flow: what the trap asked for (exit).
  Flow run_pending_traps();
  Flow run_trap(int slot, bool keep_status = true);
  Flow return_trap(bool by_return);
  /// Before waiting for something that a trapped signal may interrupt.
  bool signal_pending() const { return process_->has_caught(); }
  static int trap_slot(std::string_view name);         ///< -1: no such signal
  static std::string trap_name(int slot);
  void reset_traps_for_subshell();

  // ---- start (main.cc)
  /// First state of a shell that is no subshell: options, variables, ignored signals.
  void begin(const std::vector<std::string>& argv);
  void become_interactive();
  /// A further run in a live session: $0, arguments, where messages say they come from.
  void begin_run(const std::string& name, const std::vector<std::string>& args, bool as_file);
  /// Reads the script from descriptor 0; ends the shell.
  int run_stdin();
  /// Its end: what belongs to one run goes. Returns its status.
  int end_run();
  /// Takes over another shell's state (a forked sandbox).
  void adopt(const ShellState& state, std::shared_ptr<Symbols> symbols);
  /// Will the shell end with this run (and run its EXIT trap), or live on?
  void set_ends_with_run(bool on) { ends_with_run_ = on; }
  bool syntax_error() const { return syntax_error_; }
  void clear_syntax_error() { syntax_error_ = false; }
  Flow run_one(Parser& parser);

  // ---- jobs (job_control.cc)
  /// Tells of jobs that ended or stopped, and forgets those that ended.
  void report_jobs();
  void poll_jobs() { jobs_.poll(*process_, state_.interactive || state_.options[Option::Monitor]); }
  /// A script hears of background jobs only where a signal killed them.
  void report_killed(Job& job);
  /// The job is in the foreground: waits until it ends or stops; its status.
  int wait_for_job(int id);

  // ---- options and special variables (shell_options.cc, special_vars.cc)
  void set_option(Option o, bool on);
  std::string option_letters() const;
  void refresh_option_vars();
  void init_variables(const EnvList& env);
  void init_dynamic();

  // ---- ExpandHost
  const std::string& arg0() override { return state_.arg0; }
  std::string special(char c) override;
  const Variable& dynamic(Symbol s, const Variable& v) override;
  /// As lists of variables show it: what it was when somebody asked last, arrays without elements and no value until then.
  const Variable& last_computed(Symbol s, const Variable& v);
  void assigned(Symbol s, Variable& v) override;
  bool command_substitution(const ir::Part& part, std::string* out) override;
  bool process_substitution(const ir::Part& part, std::string* path) override;
  std::string command_name() override { return !arith_name_.empty() ? arith_name_ : builtin_name_ ? builtin_name_ : ""; }
  std::string home_of(std::string_view user, bool* found) override;
  std::string prompt_string(const std::string& text) override;
  bool list_dir(const std::string& path, std::vector<DirItem>* out) override;
  bool path_exists(const std::string& path) override;
  bool is_directory(const std::string& path, bool follow) override;
  void tick(uint32_t n) override { process_->tick(n); }
  /// One step. False: the process is dying and has to leave by returning; its next call of the kernel
  /// throws again. An exception through thousands of nested calls would take many times as long.
  bool step() {
    try {
      process_->tick(1);
      return true;
    } catch (const ProcessDeath&) {
      return false;
    }
  }
  void charge(size_t bytes) override;
  void check_memory(size_t transient) override;
  void after_scope();

  // ---- redirections (redirect.cc)
  /// What redirections replaced, to be put back in reverse. Restores itself.
  class SavedFds;
  /// Applies to the descriptors of `target` (this process, or a child before exec). False: reported.
  bool redirect(ir::Seq<ir::Redirect> list, Process& target, SavedFds* undo);

  /// Name the arithmetic errors carry ("((", "let").
  std::string arith_name_;
  /// getopts: position within a group of letters, and the OPTIND it belongs to.
  size_t getopts_at_ = 0;
  int64_t getopts_index_ = 0;
  const History& history() const { return *state_.history; }
  History& writable_history() { return state_.history.write(); }
  /// A restricted shell from now on: PATH and its like are read only.
  void restrict();
  /// The command that runs is the last entry of the history: `history -s` and fc replace it.
  bool line_remembered() const { return line_remembered_; }
  void set_line_remembered(bool on) { line_remembered_ = on; }
  /// Forgets that entry. False: there is none any more (`history -c` ran).
  bool forget_line();
  /// A coprocess that ended and was waited for: its descriptors and variables go.
  void dispose_coproc();
  /// Redirections of this command stay: `exec` without a command.
  void keep_redirects() { keep_redirects_ = true; }
  /// Sets that some function is exported: environment() then looks for them.
  void note_exported_function() { has_exported_functions_ = true; }
  std::shared_ptr<const EnvList> environment(const std::string& path);
  /// Says why a program could not be run; 126 or 127.
  int exec_error(Process& p, const std::string& path, Errno e);
  bool readable_script(Process& p, const std::string& path);
  WaitStatus wait_for_child(int pid, bool untraced = false);
  const ir::Command* current_command() const { return current_command_; }
  void set_interactive_line(std::function<std::optional<std::string>(const std::string& prompt)> f) { read_line_ = std::move(f); }
  std::optional<std::string> interactive_line(const std::string& prompt) { return read_line_ ? read_line_(prompt) : std::nullopt; }
  bool take_interrupted() { return std::exchange(interrupted_, false); }
  void define_frame_main(std::string source) { state_.frames.push_back({sym::kmain, std::make_shared<const std::string>(std::move(source)), 0, {}, {}}); }
  /// Enters and leaves a sourced file; counts for `return`.
  int& source_depth_counter() { return source_depth_; }
  void clear_substitution_state() { substitution_fds_.clear(); }
  /// Ends `exec`: this process becomes the program.
  int exec_program(const std::string& path, std::vector<std::string> argv, std::shared_ptr<const EnvList> env);

 private:
  struct CachedText;
  using TextCache = std::unordered_map<std::string, CachedText>;
  static std::shared_ptr<TextCache> make_text_cache();

  // run.cc
  Flow run_program(std::shared_ptr<const Program> program);
  bool within_nesting(int depth);
  bool discard_here(bool script = false);
  bool errexit_now() const { return state_.options[Option::ErrExit] && errexit_suspended_ == 0; }
  Flow run_and_or(const ir::AndOr& c);
  Flow run_compound(const ir::Command& c);
  Flow fail_expansion();
  bool command_string_ends() const;
  Flow errexit_check(bool trapped = true);
  Flow take_request(Flow fallback);

  // run_compound.cc, select.cc, regex_match.cc
  Flow run_if(const ir::If& c);
  Flow run_loop(const ir::Loop& c);
  Flow run_for(const ir::For& c);
  Flow run_select(const ir::For& c);
  Flow run_arith_for(const ir::ArithFor& c);
  Flow run_case(const ir::Case& c);
  Flow run_cond(const ir::CondCommand& c);
  Flow run_arith(const ir::ArithCommand& c);
  Flow run_group_subshell(const ir::Group& c);
  Flow run_coproc(const ir::Coproc& c);
  bool after_body(Flow& flow);
  bool cond(const ir::Cond& c, bool* value);
  bool cond_binary(const ir::Cond& c, bool* value);
  bool cond_regex(const std::string& text, const std::string& pattern, bool* value);

  // run_simple.cc
  Flow run_simple(const ir::Simple& c);
  bool expand_arguments(const ir::Simple& c, Args& args);
  bool expand_declared(const ir::Assignment& a, Args& args);
  bool declaration_command(Symbol command_word, const Args& args) const;
  bool path_is_empty();
  void warn(const ParseResult& r);
  void echo_input(std::string_view source);
  Flow after_syntax_error(const SyntaxError& e);
  bool job_name_command(const ir::Simple& c, Args& args);
  void set_compatibility_option(Option o, bool on);
  void set_compatibility(std::string value);
  // keyword_assignments.cc
  bool has_keyword_assignments(const ir::Simple& c) const;
  Flow run_with_keywords(const ir::Simple& c);
  Flow assign_only(const ir::Simple& c);
  bool assign_traced(const ir::Assignment& a);
  Flow dispatch(const ir::Simple& c, Args& args);
  Flow run_builtin(const Builtin& b, Args& args, ir::Seq<ir::Redirect> redirects, ir::Seq<ir::Assignment> env);
  Flow run_function(Ref<FunctionDef> f, Args& args, ir::Seq<ir::Redirect> redirects, ir::Seq<ir::Assignment> env);
  /// `replace`: nothing comes after it in this process, so the program takes it over.
  Flow run_external(Args& args, ir::Seq<ir::Redirect> redirects, ir::Seq<ir::Assignment> env, bool default_path = false, bool replace = false);
  Result<Body> load_program(Process& child, const std::string& path, std::vector<std::string>& argv);
  Flow replace_by_program(const std::string& path, Args& args, ir::Seq<ir::Redirect> redirects);
  Flow command_not_found(Ref<FunctionDef> f, Args& args, ir::Seq<ir::Redirect> redirects);
  WaitStatus exec_child(Process& child, const std::string& path, std::vector<std::string> argv, std::shared_ptr<const EnvList> env);
  Flow fail_assignments();
  bool temporary_assignments(ir::Seq<ir::Assignment> env, bool for_program = false);
  void report_signal(const WaitStatus& st, int pid, const ast::Command* command = nullptr);
  void report_signal(const Job& job);
  WaitStatus run_in_group(Process& child, const Body& body);
  void job_stopped(Job& job);
  void set_tail(const ir::Command& c);
  void set_tail(const ir::List& list);
  bool any_trap() const;

  // trace.cc
  std::string trace_prefix();
  void trace(const std::string& text);
  void trace_declared(Args& args);
  void trace_simple(const Args& args);
  void trace_assignment(const ir::Assignment& a, const std::string& value);
  void trace_arith(const ir::ArithText& t);
  /// [[ op a ]] (b null) or [[ a op b ]].
  void trace_cond(std::string_view op, const std::string& a, const std::string* b);
  Flow trace_for(const ir::For& c);
  std::string traced_elements(const ir::Assignment& a);

  // trap.cc
  Flow debug_trap(const ir::Command& c);
  Flow err_trap();
  class HiddenTraps;
  void update_exit_signals();

  // pipeline.cc, substitution.cc
  Flow run_pipeline(const ir::Pipeline& c);
  Flow run_stages(const ir::Pipeline& c);
  Flow run_stage(const ir::Command& c);
  Process& start_stage(const ir::Command& stage, int errexit, const std::function<void(Process&)>& prepare);
  Flow stage_debug_trap(const ir::Command& c);
  Flow run_background_stages(const ir::Pipeline& c);
  void detach(Process& p, const ir::Command& c);
  void began_job(const std::vector<Jobs::Started>& started, const ir::Command& c, int pgid);
  Flow run_background(const ir::Command& c);
  void set_pipestatus(const std::vector<int>& list);
  void set_pipestatus(int status);
  void print_times(const ir::Pipeline& c, Timespec real, Timespec user);
  bool file_substitution(const ir::List& list, std::string* out, bool* handled);
  bool report_embedded(const ast::Part& part);
  void close_substitutions(size_t keep);

  // special_vars.cc
  void init_pwd();
  void import_options(Symbol s, std::string_view list);
  void warn_locale(Symbol s, const std::string& name);
  void import_function(const std::string& name, const std::string& text);

  Process* process_;
  ShellState state_;
  Expander expander_;
  Jobs jobs_;
  std::shared_ptr<TextCache> text_cache_;
  /// By Symbol: 0 = not looked up yet, 1 = no builtin, else its place in the table + 2. Shared with subshells.
  std::shared_ptr<std::vector<uint8_t>> builtin_places_ = std::make_shared<std::vector<uint8_t>>();
  std::shared_ptr<const Program> program_;   ///< being run: function definitions keep it
  const ir::Command* current_command_ = nullptr;
  const ir::ArithText* current_arith_ = nullptr;   ///< the expression of for (( )) that is evaluated
  const char* builtin_name_ = nullptr;
  const char* text_name_ = nullptr;   ///< what syntax errors are reported in: "-c", "eval", "exit trap"
  uint32_t line_ = 1;
  const Args* untraced_ = nullptr;   ///< a command that is traced when the assignments before it have been
  const ir::Command* before_program_ = nullptr;   ///< the last command that ran before the text that runs, and its line
  uint32_t line_before_program_ = 0;
  LineBase lines_;               ///< how the commands that run are counted
  int no_errexit_ = 0;           ///< > 0: inside a condition
  int errexit_suspended_ = 0;    ///< > 0: inside eval, source or command that stand in one: `set -e` sleeps
  bool to_top_level_ = false;    ///< with Flow::Discard: leaves all texts up to the script
  int loop_depth_ = 0, loop_count_ = 0;
  int function_depth_ = 0, source_depth_ = 0, trap_depth_ = 0, trace_depth_ = 0, text_depth_ = 0;
  int command_number_ = 0;       ///< complete commands read: \\# of prompts
  int running_trap_ = -1;
  int trap_status_ = 0;          ///< $? when the running trap began
  int status_before_return_ = 0; ///< $? when the last `return` was met
  std::array<int, 3> pseudo_running_{};      ///< DEBUG, ERR, RETURN traps being run: they do not nest in themselves
  const ir::Command* debugged_ = nullptr;    ///< its DEBUG trap ran in the parent, before the stage was started
  Process* redirected_ = nullptr;            ///< whose descriptors redirections are being applied to
  bool skip_command_ = false;    ///< extdebug: the DEBUG trap refused the next command
  bool skips() { return __builtin_expect(skip_command_, 0) && std::exchange(skip_command_, false) && (set_status(0), true); }
  bool in_substitution_ = false;             ///< of $(...): tells of no signals
  bool left_ = false;
  bool by_exit_ = false;         ///< the builtin `exit` is what ends this shell
  bool ends_with_run_ = true;    ///< not so for a session that lives on
  bool syntax_error_ = false;    ///< the main text did not parse
  bool keep_redirects_ = false;
  bool special_failed_ = false;  ///< a special builtin was used wrongly
  bool has_exported_functions_ = false;
  bool interrupted_ = false;
  bool line_remembered_ = false;
  struct Coproc {
    int pid = 0;
    Symbol name = 0;
    int out = -1, in = -1;
  } coproc_;   ///< the last one
  bool cond_arith_ = false;      ///< the error in [[ ]] was arithmetic: status 1, no abort
  int cond_status_ = 1;
  Flow requested_ = Flow::Next;
  int substitution_status_ = -1; ///< of the last $(...) in a command without words
  std::vector<int> substitution_fds_;        ///< of process substitutions, closed after the command
  const ir::Command* stage_ = nullptr;       ///< this process was made for it, a stage of a pipeline or a background command
  const ir::Command* tail_ = nullptr;        ///< the last command of this subshell: may take over its process
  std::vector<int> pipestatus_;
  int single_pipestatus_ = -1;   ///< -1: no command has run
  std::vector<std::unique_ptr<Variable>> dynamic_;   ///< values lent by dynamic(), by Variable::dynamic
  uint32_t last_random_ = 0;
  bool random_seeded_ = false;
  size_t created_ = 0;           ///< bytes of values made since memory was last measured
  std::unique_ptr<Regex> regex_;             ///< the last =~ pattern, compiled
  std::string regex_key_;
  std::function<std::optional<std::string>(const std::string&)> read_line_;
};

/// The `bash` and `sh` images: options, script, -c, stdin, interactive.
int bash_main(Process& p, std::shared_ptr<Symbols> symbols);
/// PROMPT_COMMAND, jobs that ended, read, run, again, until the end of input or `exit`.
void interactive_loop(Shell& sh);

}  // namespace nacre
