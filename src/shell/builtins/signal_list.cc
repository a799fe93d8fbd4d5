#include "shell/builtins/signal_list.h"

#include "shell/builtins/operands.h"

namespace nacre {

std::string signal_table(bool one_line) {
  std::string out;
  int column = 0;
  for (int sig = 1; sig < kSigCount; sig++) {
    std::string name = signal_name(sig);
    if (name.empty()) continue;
    if (one_line) {
      out += (out.empty() ? "" : " ") + name;
      continue;
    }
    out += (sig < 10 ? " " : "") + std::to_string(sig) + ") SIG" + name;
    column = (column + 1) % 5;
    out += column ? '\t' : '\n';
  }
  if (one_line || column) out += '\n';
  return out;
}

std::optional<int> signal_operand(std::string_view word) {
  if (auto n = whole_number(word)) {
    if (*n >= 0 && *n < kSigCount) return static_cast<int>(*n);
    return std::nullopt;
  }
  int slot = Shell::trap_slot(word);
  if (slot < 0) return std::nullopt;
  return slot;
}

void invalid_signal(Shell& sh, const std::string& word) { sh.builtin_error(word + ": invalid signal specification"); }

}  // namespace nacre
