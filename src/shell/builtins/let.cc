/// let - evaluate arithmetic expressions.
/// Source: bash manual 4.2, let; 6.5.
#include "shell/shell.h"

namespace nacre {
namespace {

int run_let(Shell& sh, Args& args) {
  size_t at = args.size() > 1 && args[1] == "--" ? 2 : 1;
  if (at >= args.size()) {
    sh.builtin_error("expression expected");
    return 1;
  }
  int64_t value = 0;
  sh.arith_name_ = "let";
  for (; at < args.size(); at++) {
    if (!sh.expander().arith(args[at], &value)) {
      // An error in an expression ends let, not what is around it; one in a subscript does.
      if (sh.expander().failure() == Expander::Failure::Discard) sh.expander().clear_failure();
      value = 0;
      break;
    }
  }
  sh.arith_name_.clear();
  return value == 0 ? 1 : 0;
}

}  // namespace

Builtin let_builtin() {
  return {"let", run_let, 0, "let arg [arg ...]", "Evaluates each argument as an arithmetic expression. Status 1 if the last is zero, else 0."};
}

}  // namespace nacre
