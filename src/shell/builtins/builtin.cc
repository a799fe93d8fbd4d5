/// builtin - run a shell builtin, whatever functions are named like it.
/// Source: bash manual 4.2, builtin.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int run_builtin(Shell& sh, Args& args) {
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  if (at >= args.size()) return 0;
  const Builtin* b = sh.builtin(args[at]);
  if (!b) {
    sh.builtin_error(args[at] + ": not a shell builtin");
    return 1;
  }
  args.drop(at);
  return sh.call_builtin(*b, args);
}

}  // namespace

Builtin builtin_builtin() {
  return {"builtin", run_builtin, 0, "builtin [shell-builtin [arg ...]]", "Runs a shell builtin with its arguments, passing over functions of the same name."};
}

}  // namespace nacre
