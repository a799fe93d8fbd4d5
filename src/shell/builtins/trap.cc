/// trap - commands to run when signals and other events arrive.
/// Source: bash manual 4.1, trap.
#include <algorithm>

#include "algo/quote.h"
#include "shell/builtins/signal_list.h"

namespace nacre {
namespace {

std::string trap_line(Shell& sh, int slot) {
  const Trap& t = (*sh.state().traps)[static_cast<size_t>(slot)];
  if (t.kind == Trap::Kind::Default) return "";
  std::string name = Shell::trap_name(slot);
  // Numbers without a name stand for themselves; POSIX mode leaves the prefix out.
  if (name == "SIG") name = std::to_string(slot);
  if (sh.options()[Option::Posix] && name.starts_with("SIG")) name.erase(0, 3);
  return "trap -- " + single_quote(t.command) + " " + name + "\n";
}

int show(Shell& sh, const Args& args, size_t at) {
  std::string out;
  int status = 0;
  if (at >= args.size()) {
    for (int slot = 0; slot < kTrapSlots; slot++) out += trap_line(sh, slot);
  }
  for (; at < args.size(); at++) {
    auto slot = signal_operand(args[at]);
    if (!slot) {
      sh.out(std::exchange(out, ""));
      invalid_signal(sh, args[at]);
      status = 1;
      continue;
    }
    out += trap_line(sh, *slot);
  }
  return sh.out(out) ? status : 1;
}

bool all_digits(const std::string& s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos; }

/// A first operand that is a signal itself: all operands go back to their defaults.
bool resets(Shell& sh, const Args& args, size_t at) {
  const std::string& first = args[at];
  if (!signal_operand(first)) return false;
  return all_digits(first) || (at + 1 == args.size() && !sh.options()[Option::Posix]);
}

int run_trap(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "lp");
  bool list = false, print = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'l') list = true;
    if (c == 'p') print = true;
  }
  size_t at = options.index();
  if (list) return sh.out(signal_table(false)) ? 0 : 1;
  if (print || at >= args.size()) return show(sh, args, at);
  const std::string* command = nullptr;
  if (!resets(sh, args, at)) {
    if (args[at] != "-") command = &args[at];
    if (++at >= args.size()) return sh.usage();
  }
  int status = 0;
  for (; at < args.size(); at++) {
    if (auto slot = signal_operand(args[at])) {
      sh.set_trap(*slot, command);
    } else {
      invalid_signal(sh, args[at]);
      status = 1;
    }
  }
  return status;
}

}  // namespace

Builtin trap_builtin() {
  return {"trap", run_trap, kSpecial, "trap [-lp] [[arg] signal_spec ...]",
          "Has ARG run as a command when one of the signals arrives.\n"
          "An empty ARG ignores the signals, `-' or no ARG at all restores what the shell began with.\n"
          "Besides signals: EXIT (0) when the shell ends, DEBUG before each simple command,\n"
          "RETURN when a function or sourced file ends, ERR when a command fails where set -e would leave.\n"
          "Without operands, prints the traps that are set.\n"
          "  -l  list signal names and numbers\n"
          "  -p  print the traps of the given signals, or all, so that they can be read back"};
}

}  // namespace nacre
