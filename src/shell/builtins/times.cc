/// times, caller - time used; the call stack.
/// Source: bash manual 4.1, times; 4.2, caller.
#include <cstdio>

#include "shell/builtins/operands.h"

namespace nacre {
namespace {

std::string minutes(const Timespec& t) {
  char text[48];
  std::snprintf(text, sizeof text, "%lldm%lld.%03ds", static_cast<long long>(t.sec / 60), static_cast<long long>(t.sec % 60), t.nsec / 1'000'000);
  return text;
}

int run_times(Shell& sh, Args& args) {
  if (operands_only(sh, args) == 0) return 2;
  // All of a process's time counts as user time; there is no kernel to spend the rest in.
  std::string own = minutes(sh.process().cpu_time()) + " 0m0.000s\n";
  return sh.out(own + "0m0.000s 0m0.000s\n") ? 0 : 1;
}

int run_caller(Shell& sh, Args& args) {
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  const auto& frames = sh.state().frames;
  if (frames.empty()) return 1;
  if (at >= args.size()) {
    std::string source = frames.size() > 1 ? *frames[frames.size() - 2].source : "NULL";
    return sh.out(std::to_string(frames.back().call_line) + " " + source + "\n") ? 0 : 1;
  }
  auto n = whole_number(args[at]);
  if (!n) {
    sh.builtin_error(args[at] + ": invalid number");
    return sh.usage();
  }
  if (*n < 0 || static_cast<uint64_t>(*n) + 1 >= frames.size()) return 1;
  const CallFrame& callee = frames[frames.size() - 1 - static_cast<size_t>(*n)];
  const CallFrame& outer = frames[frames.size() - 2 - static_cast<size_t>(*n)];
  return sh.out(std::to_string(callee.call_line) + " " + sh.symbols().name(outer.function) + " " + *outer.source + "\n") ? 0 : 1;
}

}  // namespace

Builtin times_builtin() { return {"times", run_times, kSpecial, "times", "Prints the user and system time used by the shell, and by its children."}; }
Builtin caller_builtin() {
  return {"caller", run_caller, 0, "caller [expr]",
          "Prints line and file of the call of the running function; with N, also the function, of the N-th call up."};
}

}  // namespace nacre
