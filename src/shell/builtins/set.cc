/// set - options of the shell and positional parameters; lists variables.
/// Source: bash manual 4.3.1.
#include "shell/builtins/operands.h"
#include "shell/builtins/option_lists.h"
#include "shell/builtins/variable_text.h"
#include "shell/shell_options.h"

namespace nacre {
namespace {

int list_everything(Shell& sh) {
  std::string out;
  for (Symbol s : sh.vars().sorted()) out += set_line(sh, s);
  if (!sh.options()[Option::Posix]) {
    for (const auto& f : sorted_functions(sh)) out += function_text(sh, *f);
  }
  return sh.out(out) ? 0 : 1;
}

void wrong_letter(Shell& sh, char sign, char letter) {
  sh.builtin_error(std::string(1, sign) + letter + ": invalid option");
  sh.usage();
}

/// Every option letter, up to an `o', is looked at before any takes effect.
bool check_letters(Shell& sh, const Args& args) {
  for (size_t i = 1; i < args.size(); i++) {
    const std::string& a = args[i];
    if (a == "+") continue;
    if (a.size() < 2 || (a[0] != '-' && a[0] != '+') || a == "--") return true;
    for (size_t k = 1; k < a.size(); k++) {
      if (a[k] == 'o') {
        if (i + 1 < args.size() && find_set_option(args[i + 1])) i++;
        break;
      }
      if (option_by_letter(a[k]) || (a[k] == 'r' && a[0] == '-')) continue;
      if (a == "--help") {
        sh.print_help();
        return false;
      }
      wrong_letter(sh, a[0], a[k]);
      return false;
    }
  }
  return true;
}

bool may_change(Shell& sh, Option o) { return !(sh.state().restricted && o == Option::RestrictedShell); }

/// -o / +o at args[i]. -1: go on, else the status to return.
int named_option(Shell& sh, const Args& args, size_t& i, bool on) {
  if (i + 1 >= args.size() || args[i + 1].empty() || args[i + 1][0] == '-' || args[i + 1][0] == '+') {
    return list_options(sh, set_options(), !on ? OptionFormat::SetCommand : OptionFormat::Table, std::nullopt) ? -1 : 1;
  }
  auto o = find_set_option(args[++i]);
  if (!o) {
    sh.builtin_error(args[i] + ": invalid option name");
    return 2;
  }
  if (may_change(sh, *o)) sh.set_option(*o, on);
  return -1;
}

int run_set(Shell& sh, Args& args) {
  if (args.size() == 1) return list_everything(sh);
  if (!check_letters(sh, args)) return sh.state().restricted && args[1] == "+r" ? 1 : 2;
  size_t i = 1;
  bool replace = false;
  for (; i < args.size(); i++) {
    const std::string& a = args[i];
    if (a == "--") {
      replace = true;
      i++;
      break;
    }
    if (a == "-") {
      // A single dash: end of options, and tracing off.
      sh.set_option(Option::XTrace, false);
      sh.set_option(Option::Verbose, false);
      replace = i + 1 < args.size();
      i++;
      break;
    }
    if (a == "+") continue;   // as bash: a flag that sets nothing
    if (a[0] != '-' && a[0] != '+') break;
    bool on = a[0] == '-';
    for (size_t k = 1; k < a.size(); k++) {
      if (a[k] == 'o') {
        if (int status = named_option(sh, args, i, on); status >= 0) return status;
        continue;
      }
      if (a[k] == 'r' && on) {
        if (sh.state().from_string) sh.state().restricted = true;   // bash -c leaves PATH and its like writable
        else sh.restrict();
        continue;
      }
      const auto option = option_by_letter(a[k]);
      if (!option) return wrong_letter(sh, a[0], a[k]), 1;   // behind an `o', where check_letters does not look
      sh.set_option(*option, on);
    }
  }
  // Nothing after `set -n' runs, what is on the same line included.
  if (sh.options()[Option::NoExec] && !sh.state().interactive) sh.request(Flow::Discard);
  if (replace || i < args.size()) {
    std::vector<std::string> parameters;
    if (i < args.size()) {
      // The words become the parameters where they are: there may be very many.
      const std::string last = args.words.back();   // for $_
      args.drop(i);
      parameters = std::move(args.words);
      args.words.assign(1, last);
    }
    sh.set_positional(std::move(parameters));
  }
  return 0;
}

}  // namespace

Builtin set_builtin() {
  return {"set", run_set, kSpecial, "set [-abefhkmnptuvxBCEHPT] [-o option-name] [--] [-] [arg ...]",
          "Sets options (-X, -o NAME) or clears them (+X, +o NAME), and the positional parameters to ARGS.\n"
          "Without arguments, lists variables and functions; -o and +o alone list the options.\n"
          "  -a allexport    export what is assigned        -m monitor      job control\n"
          "  -b notify       report jobs at once            -n noexec       read, do not run\n"
          "  -e errexit      leave when a command fails     -p privileged   restrict what is inherited\n"
          "  -f noglob       no pathname expansion          -t onecmd       one command, then leave\n"
          "  -h hashall      remember where commands are    -u nounset      unset variables are errors\n"
          "  -k keyword      all assignments are exported   -v verbose      print lines as read\n"
          "  -x xtrace       print commands as run          -B braceexpand  brace expansion\n"
          "  -C noclobber    > does not overwrite           -E errtrace     functions inherit ERR\n"
          "  -H histexpand   ! history expansion            -P physical     cd follows no links\n"
          "  -T functrace    functions inherit DEBUG, RETURN\n"
          "  -o only: emacs history ignoreeof interactive-comments nolog pipefail posix vi\n"
          "  --  the rest are positional parameters, even none\n"
          "  -   the same, and -x and -v are turned off"};
}

}  // namespace nacre
