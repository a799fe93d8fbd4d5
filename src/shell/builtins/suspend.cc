/// suspend - stop this shell until SIGCONT.
/// Source: bash manual 7.2, suspend.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int run_suspend(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "f");
  bool force = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    force = true;
  }
  if (options.index() < args.size()) {
    too_many_arguments(sh);
    sh.request_top_level();
    return 1;
  }
  if (!force) {
    if (!sh.options()[Option::Monitor]) {
      sh.builtin_error("cannot suspend: no job control");
      return 1;
    }
    if (sh.state().login) {
      sh.builtin_error("cannot suspend a login shell");
      return 1;
    }
  }
  (void)sh.process().kill(sh.process().pid(), kSigSTOP);
  return 0;
}

}  // namespace

Builtin suspend_builtin() {
  return {"suspend", run_suspend, 0, "suspend [-f]", "Stops this shell until it receives SIGCONT.\n  -f  even if it is a login shell or has no job control"};
}

}  // namespace nacre
