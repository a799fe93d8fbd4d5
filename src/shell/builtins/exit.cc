/// exit, logout - leave the shell.
/// Source: bash manual 4.1, exit; 4.2, logout.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

/// ~/.bash_logout, once.
void run_logout_file(Shell& sh) {
  sh.state().login = false;
  bool found = false;
  const std::string path = sh.home_of("", &found) + "/.bash_logout";
  if (auto st = sh.process().stat(path); st && st->is_regular()) (void)sh.run_file(path, nullptr);
}

int run_exit(Shell& sh, Args& args) {
  if (sh.state().interactive) (void)sh.process().write(2, sh.state().login ? "logout\n" : "exit\n");
  bool discard = false;
  int status = exit_operand(sh, args, 1, &discard);
  if (discard) return sh.request_top_level(), status;
  if (sh.state().login && sh.state().subshell_level == 0) run_logout_file(sh);
  sh.request(Flow::Exit);
  return status;
}

int run_logout(Shell& sh, Args& args) {
  if (!sh.state().login) {
    sh.builtin_error("not login shell: use `exit'");
    return 1;
  }
  return run_exit(sh, args);
}

}  // namespace

Builtin exit_builtin() {
  return {"exit", run_exit, kSpecial, "exit [n]", "Ends the shell with status N, or that of the last command. The EXIT trap runs first."};
}
Builtin logout_builtin() { return {"logout", run_logout, 0, "logout [n]", "Ends a login shell with status N; an error in any other."}; }

}  // namespace nacre
