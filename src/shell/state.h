/// ShellState: everything a subshell inherits. Copying it is cheap: tables are
/// shared until one side writes.
/// Source: bash manual, "Command Execution Environment".
#pragma once
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/ref.h"
#include "expand/expander.h"
#include "kernel/signal.h"
#include "shell/completion.h"
#include "shell/history.h"

namespace nacre {

/// A table shared until written.
template <class T>
class Cow {
 public:
  Cow() : p_(std::make_shared<T>()) {}
  const T& operator*() const { return *p_; }
  const T* operator->() const { return p_.get(); }
  T& write() {
    if (p_.use_count() > 1) p_ = std::make_shared<T>(*p_);
    return *p_;
  }

 private:
  std::shared_ptr<T> p_;
};

/// Where the lines of commands are counted from: of the file, or of the text of a substitution.
struct LineBase {
  uint32_t shift = 0;      ///< added
  bool printed = false;    ///< to the lines that the text of a $(...) has when printed
  uint32_t line_of(const ir::Command& c) const { return (printed ? c.printed_line : c.line) + shift; }
};

struct FunctionDef : RefCounted {
  std::shared_ptr<const Program> program;   ///< keeps the nodes alive
  const ir::Function* node = nullptr;
  Symbol name = 0;
  std::shared_ptr<const std::string> source;   ///< file it was defined in: BASH_SOURCE
  uint32_t line = 0;
  LineBase lines;                  ///< of the commands in its body
  bool exported = false, readonly = false, trace = false;
};

/// Trap slots: 0 = EXIT, 1.. = signals, then the three pseudo-signals.
enum TrapSlot : int { kTrapExit = 0, kTrapDebug = kSigCount, kTrapErr, kTrapReturn, kTrapSlots };
struct Trap {
  enum class Kind : uint8_t { Default, Ignore, Command } kind = Kind::Default;
  std::string command;
};

/// A function, sourced file or the main script on the call stack.
struct CallFrame {
  Symbol function = 0;      ///< FUNCNAME: sym::kmain, sym::ksource, or the function
  std::shared_ptr<const std::string> source;   ///< BASH_SOURCE; shared with the function
  uint32_t call_line = 0;   ///< BASH_LINENO: where it was called
  std::vector<std::string> args;   ///< BASH_ARGV, kept with extdebug
  std::optional<Options> options;  ///< to be put back at the end: `local -`
};

struct ShellState {
  explicit ShellState(std::shared_ptr<Symbols> symbols) : vars(std::move(symbols)) {}

  Variables vars;
  Options options;
  Cow<std::unordered_map<Symbol, Ref<FunctionDef>>> functions;
  Cow<std::map<std::string, std::string>> aliases;
  Cow<std::unordered_map<std::string, std::pair<std::string, int>>> hashed;   ///< command -> path, hits
  Cow<std::array<Trap, kTrapSlots>> traps;
  bool traps_inherited = false;     ///< in a subshell: listed by `trap`, but not run
  std::shared_ptr<const std::vector<std::string>> positional = std::make_shared<const std::vector<std::string>>();
  std::string arg0 = "bash";
  std::string last_arg;             ///< $_
  std::string shell_name = "bash";  ///< prefix of messages
  Cow<std::vector<std::string>> dir_stack;
  Cow<std::map<std::string, CompletionSpec>> completions;   ///< `complete`, by command
  Cow<std::map<std::string, std::string>> key_bindings;     ///< `bind`: keys to function, or "!" and a shell command
  Cow<std::vector<bool>> disabled;  ///< builtins turned off by `enable -n`, by table position
  std::vector<CallFrame> frames;
  int last_status = 0;
  int shell_pid = 0;                ///< $$
  int last_background = 0;          ///< $!
  int subshell_level = 0, subshell_shown = 0;   ///< BASH_SUBSHELL is their sum: a script may assign to it
  uint64_t random_seed = 0;
  Cow<History> history;
  std::shared_ptr<const std::vector<std::string>> main_args = positional;   ///< what the script was started with: BASH_ARGV
  uint32_t asked = 0;               ///< computed variables somebody has looked at, a bit each
  uint64_t line_base = 0;
  Timespec start_time{};            ///< SECONDS counts from here (realtime)
  bool interactive = false, restricted = false, from_string = false, from_stdin = false, login = false;
  std::string invocation_letters;   ///< "c", "s" of $-
};

}  // namespace nacre
