/// break, continue - leave loops, or go on with the next round of one.
/// Source: bash manual 4.1.
#include <algorithm>

#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int leave_loops(Shell& sh, Args& args, Flow flow) {
  size_t at = args.size() > 1 && args[1] == "--" ? 2 : 1;
  if (sh.loop_depth() == 0) {
    if (!sh.options()[Option::Posix]) sh.builtin_error("only meaningful in a `for', `while', or `until' loop");
    return 0;
  }
  int64_t count = 1;
  if (at < args.size()) {
    auto n = whole_number(args[at]);
    if (!n) {
      need_number(sh, args[at]);
      sh.request(sh.state().interactive ? Flow::Discard : Flow::Exit);
      return sh.status() | 128;
    }
    if (at + 1 < args.size()) {
      too_many_arguments(sh);
      sh.request_top_level();
      return 1;
    }
    count = *n;
  }
  if (count <= 0) {
    sh.builtin_error(args[at] + ": loop count out of range");
    sh.request(Flow::Break, sh.loop_depth());
    return 1;
  }
  sh.request(flow, static_cast<int>(std::min<int64_t>(count, sh.loop_depth())));
  return 0;
}

int run_break(Shell& sh, Args& args) { return leave_loops(sh, args, Flow::Break); }
int run_continue(Shell& sh, Args& args) { return leave_loops(sh, args, Flow::Continue); }

}  // namespace

Builtin break_builtin() { return {"break", run_break, kSpecial, "break [n]", "Leaves the innermost loop, or N loops (N >= 1)."}; }
Builtin continue_builtin() {
  return {"continue", run_continue, kSpecial, "continue [n]", "Begins the next round of the innermost loop, or of the N-th around."};
}

}  // namespace nacre
