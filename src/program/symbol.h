/// Symbols: names of variables, functions and commands, interned to small
/// integers, so that running code never hashes a name it has seen before.
///
/// One table per sandbox, shared by all its shells and Programs; the fixed names
/// are there once in the process, so that a new sandbox begins with an empty one.
/// Grows only; dies with the sandbox.
/// Threads: the sandbox's own.
#pragma once
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nacre {

using Symbol = uint32_t;

// Names the shell itself asks for: interned first, so that they are constants.
// clang-format off
#define NACRE_SYMBOL_LIST(X)                                                      \
  X(None, "") X(Underscore, "_") X(IFS, "IFS") X(PATH, "PATH") X(HOME, "HOME") X(PWD, "PWD") \
  X(OLDPWD, "OLDPWD") X(OPTIND, "OPTIND") X(OPTARG, "OPTARG") X(OPTERR, "OPTERR")   \
  X(REPLY, "REPLY") X(PS1, "PS1") X(PS2, "PS2") X(PS3, "PS3") X(PS4, "PS4") X(PS0, "PS0")    \
  X(LINENO, "LINENO") X(RANDOM, "RANDOM") X(SRANDOM, "SRANDOM") X(SECONDS, "SECONDS") \
  X(EPOCHSECONDS, "EPOCHSECONDS") X(EPOCHREALTIME, "EPOCHREALTIME") X(BASHPID, "BASHPID") \
  X(PPID, "PPID") X(UID, "UID") X(EUID, "EUID") X(GROUPS, "GROUPS") X(SHELL, "SHELL")   \
  X(BASH, "BASH") X(BASH_VERSION, "BASH_VERSION") X(BASH_VERSINFO, "BASH_VERSINFO")   \
  X(BASH_SUBSHELL, "BASH_SUBSHELL") X(BASH_COMMAND, "BASH_COMMAND") X(BASH_REMATCH, "BASH_REMATCH") \
  X(BASH_SOURCE, "BASH_SOURCE") X(BASH_LINENO, "BASH_LINENO") X(FUNCNAME, "FUNCNAME") \
  X(BASH_ARGC, "BASH_ARGC") X(BASH_ARGV, "BASH_ARGV") X(BASH_ARGV0, "BASH_ARGV0") \
  X(BASH_ALIASES, "BASH_ALIASES") X(BASH_CMDS, "BASH_CMDS") X(BASH_ENV, "BASH_ENV") X(ENV, "ENV") \
  X(BASH_EXECUTION_STRING, "BASH_EXECUTION_STRING") X(BASH_XTRACEFD, "BASH_XTRACEFD") \
  X(BASHOPTS, "BASHOPTS") X(SHELLOPTS, "SHELLOPTS") X(SHLVL, "SHLVL") X(PIPESTATUS, "PIPESTATUS") \
  X(DIRSTACK, "DIRSTACK") X(CDPATH, "CDPATH") X(GLOBIGNORE, "GLOBIGNORE") X(FUNCNEST, "FUNCNEST") \
  X(EXECIGNORE, "EXECIGNORE") X(COPROC, "COPROC") X(MAPFILE, "MAPFILE") X(TMOUT, "TMOUT") \
  X(TIMEFORMAT, "TIMEFORMAT") X(PROMPT_COMMAND, "PROMPT_COMMAND") X(HISTFILE, "HISTFILE") \
  X(HISTSIZE, "HISTSIZE") X(HISTCMD, "HISTCMD") X(HISTCONTROL, "HISTCONTROL") X(HISTIGNORE, "HISTIGNORE") \
  X(HISTTIMEFORMAT, "HISTTIMEFORMAT") X(HISTFILESIZE, "HISTFILESIZE") X(POSIXLY_CORRECT, "POSIXLY_CORRECT") \
  X(LC_ALL, "LC_ALL") X(LC_CTYPE, "LC_CTYPE") X(LC_COLLATE, "LC_COLLATE") X(LC_MESSAGES, "LC_MESSAGES") \
  X(LC_NUMERIC, "LC_NUMERIC") X(LC_TIME, "LC_TIME") X(LANG, "LANG") X(TZ, "TZ") X(IGNOREEOF, "IGNOREEOF") \
  X(BASH_COMPAT, "BASH_COMPAT") X(CHILD_MAX, "CHILD_MAX") X(COLUMNS, "COLUMNS") X(LINES, "LINES") \
  X(COMP_WORDS, "COMP_WORDS") X(COMP_CWORD, "COMP_CWORD") X(COMP_LINE, "COMP_LINE") X(COMP_POINT, "COMP_POINT") \
  X(COMPREPLY, "COMPREPLY") X(COMP_WORDBREAKS, "COMP_WORDBREAKS") X(HOSTNAME, "HOSTNAME") \
  X(HOSTTYPE, "HOSTTYPE") X(MACHTYPE, "MACHTYPE") X(OSTYPE, "OSTYPE") X(TERM, "TERM") X(FIGNORE, "FIGNORE") \
  X(HOSTFILE, "HOSTFILE") X(MAIL, "MAIL") X(MAILCHECK, "MAILCHECK") X(MAILPATH, "MAILPATH") \
  X(PROMPT_DIRTRIM, "PROMPT_DIRTRIM") X(BASH_LOADABLES_PATH, "BASH_LOADABLES_PATH") X(auto_resume, "auto_resume") \
  X(histchars, "histchars") X(USER, "USER") X(LOGNAME, "LOGNAME") X(EMACS, "EMACS") X(FCEDIT, "FCEDIT") X(EDITOR, "EDITOR") X(TMPDIR, "TMPDIR") \
  X(main, "main") X(source, "source")
// clang-format on

namespace sym {
enum : Symbol {
#define X(id, text) k##id,
  NACRE_SYMBOL_LIST(X)
#undef X
      kFixedCount_
};
}  // namespace sym

class Symbols {
 public:
  Symbols() = default;
  Symbols(const Symbols& other);   ///< a forked sandbox's: same names, same numbers
  Symbols& operator=(const Symbols&) = delete;
  Symbol intern(std::string_view name);
  /// 0 (sym::kNone) when the name was never interned.
  Symbol find(std::string_view name) const;
  const std::string& name(Symbol s) const { return s < sym::kFixedCount_ ? fixed_name(s) : names_[s - sym::kFixedCount_]; }
  size_t size() const { return sym::kFixedCount_ + names_.size(); }

 private:
  static const std::string& fixed_name(Symbol s);

  std::deque<std::string> names_;   ///< of symbols from kFixedCount_ on
  std::unordered_map<std::string_view, Symbol> ids_;
};

/// [A-Za-z_][A-Za-z0-9_]*
bool is_name(std::string_view s);

}  // namespace nacre
