/// Options: `set -o` and `shopt` switches, one bit each.
/// Source: bash manual, "The Set Builtin", "The Shopt Builtin".
#pragma once
#include <bitset>
#include <cstdint>
#include <string_view>

namespace nacre {

// id, name, letter (0 = none)
// clang-format off
#define NACRE_SET_OPTIONS(X)                                                              \
  X(AllExport, "allexport", 'a') X(BraceExpand, "braceexpand", 'B') X(Emacs, "emacs", 0)       \
  X(ErrExit, "errexit", 'e') X(ErrTrace, "errtrace", 'E') X(FuncTrace, "functrace", 'T')       \
  X(HashAll, "hashall", 'h') X(HistExpand, "histexpand", 'H') X(History, "history", 0)         \
  X(IgnoreEof, "ignoreeof", 0) X(InteractiveComments, "interactive-comments", 0)               \
  X(Keyword, "keyword", 'k') X(Monitor, "monitor", 'm') X(NoClobber, "noclobber", 'C')         \
  X(NoExec, "noexec", 'n') X(NoGlob, "noglob", 'f') X(NoLog, "nolog", 0) X(Notify, "notify", 'b') \
  X(NoUnset, "nounset", 'u') X(OneCmd, "onecmd", 't') X(Physical, "physical", 'P')             \
  X(PipeFail, "pipefail", 0) X(Posix, "posix", 0) X(Privileged, "privileged", 'p')             \
  X(Verbose, "verbose", 'v') X(Vi, "vi", 0) X(XTrace, "xtrace", 'x')
// clang-format on

// id, name, on at start
// clang-format off
#define NACRE_SHOPT_OPTIONS(X)                                                             \
  X(AutoCd, "autocd", 0) X(AssocExpandOnce, "assoc_expand_once", 0) X(CdableVars, "cdable_vars", 0)   \
  X(CdSpell, "cdspell", 0) X(CheckHash, "checkhash", 0) X(CheckJobs, "checkjobs", 0)                  \
  X(CheckWinSize, "checkwinsize", 1) X(CmdHist, "cmdhist", 1) X(Compat31, "compat31", 0)              \
  X(Compat32, "compat32", 0) X(Compat40, "compat40", 0) X(Compat41, "compat41", 0) X(Compat42, "compat42", 0) \
  X(Compat43, "compat43", 0) X(Compat44, "compat44", 0) X(CompleteFullQuote, "complete_fullquote", 1) \
  X(DirExpand, "direxpand", 0) X(DirSpell, "dirspell", 0) X(DotGlob, "dotglob", 0)                    \
  X(ExecFail, "execfail", 0) X(ExpandAliases, "expand_aliases", 0) X(ExtDebug, "extdebug", 0)         \
  X(ExtGlob, "extglob", 0) X(ExtQuote, "extquote", 1) X(FailGlob, "failglob", 0)                      \
  X(ForceFignore, "force_fignore", 1) X(GlobAsciiRanges, "globasciiranges", 1) X(GlobSkipDots, "globskipdots", 1) \
  X(GlobStar, "globstar", 0) X(GnuErrFmt, "gnu_errfmt", 0) X(HistAppend, "histappend", 0)             \
  X(HistReedit, "histreedit", 0) X(HistVerify, "histverify", 0) X(HostComplete, "hostcomplete", 1)    \
  X(HupOnExit, "huponexit", 0) X(InheritErrExit, "inherit_errexit", 0)                                \
  X(InteractiveCommentsShopt, "interactive_comments", 1) X(LastPipe, "lastpipe", 0) X(LitHist, "lithist", 0) \
  X(LocalVarInherit, "localvar_inherit", 0) X(LocalVarUnset, "localvar_unset", 0) X(LoginShell, "login_shell", 0) \
  X(MailWarn, "mailwarn", 0) X(NoEmptyCmdCompletion, "no_empty_cmd_completion", 0)                    \
  X(NoCaseGlob, "nocaseglob", 0) X(NoCaseMatch, "nocasematch", 0) X(NoExpandTranslation, "noexpand_translation", 0) \
  X(NullGlob, "nullglob", 0) X(PatSubReplacement, "patsub_replacement", 1) X(ProgComp, "progcomp", 1) \
  X(ProgCompAlias, "progcomp_alias", 0) X(PromptVars, "promptvars", 1) X(RestrictedShell, "restricted_shell", 0) \
  X(ShiftVerbose, "shift_verbose", 0) X(SourcePath, "sourcepath", 1) X(VarRedirClose, "varredir_close", 0) \
  X(XpgEcho, "xpg_echo", 0)
// clang-format on

enum class Option : uint8_t {
#define X(id, name, more) id,
  NACRE_SET_OPTIONS(X) NACRE_SHOPT_OPTIONS(X)
#undef X
      Count
};

class Options {
 public:
  bool operator[](Option o) const { return bits_[static_cast<size_t>(o)]; }
  void set(Option o, bool on) { bits_[static_cast<size_t>(o)] = on; }

 private:
  std::bitset<static_cast<size_t>(Option::Count)> bits_;
};

}  // namespace nacre
