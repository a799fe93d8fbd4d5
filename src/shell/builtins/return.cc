/// return - leave a function or a sourced file.
/// Source: bash manual 4.1, return.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int run_return(Shell& sh, Args& args) {
  bool discard = false;
  int status = exit_operand(sh, args, 1, &discard);
  if (discard) {
    sh.request_top_level();
    return status;
  }
  if (!sh.in_function() && !sh.in_source()) {
    sh.builtin_error("can only `return' from a function or sourced script");
    sh.fail_special();
    return 2;
  }
  sh.request(Flow::Return);
  return status;
}

}  // namespace

Builtin return_builtin() {
  return {"return", run_return, kSpecial, "return [n]", "Leaves the running function or sourced file with status N, or that of the last command."};
}

}  // namespace nacre
