/// shift - drop the first positional parameters.
/// Source: bash manual 4.1, shift.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int run_shift(Shell& sh, Args& args) {
  size_t at = args.size() > 1 && args[1] == "--" ? 2 : 1;
  int64_t count = 1;
  if (at < args.size()) {
    auto n = whole_number(args[at]);
    if (!n) {
      need_number(sh, args[at]);
      return 1;
    }
    if (at + 1 < args.size()) {
      too_many_arguments(sh);
      sh.request_top_level();
      return 1;
    }
    count = *n;
  }
  const std::vector<std::string>& old = sh.positional();
  if (count < 0 || static_cast<uint64_t>(count) > old.size()) {
    if (count < 0 || sh.options()[Option::ShiftVerbose]) sh.builtin_error((at < args.size() ? args[at] + ": " : std::string()) + "shift count out of range");
    return 1;
  }
  if (count) sh.set_positional(std::vector<std::string>(old.begin() + count, old.end()));
  return 0;
}

}  // namespace

Builtin shift_builtin() { return {"shift", run_shift, kSpecial, "shift [n]", "Drops the first N (1) positional parameters; fails if there are fewer."}; }

}  // namespace nacre
