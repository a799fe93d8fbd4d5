/// eval - run arguments as a command.
/// Source: bash manual 4.1, eval.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

/// Blank lines and comments only: nothing runs, the status becomes 0.
bool has_no_command(std::string_view text) {
  while (!text.empty()) {
    size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    size_t first = line.find_first_not_of(" \t");
    if (first != line.npos && line[first] != '#') return false;
    if (end == text.npos) break;
    text.remove_prefix(end + 1);
  }
  return true;
}

int run_eval(Shell& sh, Args& args) {
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  std::string joined;
  if (at + 1 < args.size()) {
    for (size_t i = at; i < args.size(); i++) {
      if (i > at) joined += ' ';
      joined += args[i];
    }
  }
  std::string_view text = at + 1 < args.size() ? joined : at < args.size() ? args[at] : std::string_view();
  if (has_no_command(text)) return 0;
  const char* outer = sh.set_text_name("eval");
  Flow flow = sh.run_text(text, sh.line());
  (void)sh.set_text_name(outer);
  sh.request(flow, sh.loop_count());
  return sh.status();
}

}  // namespace

Builtin eval_builtin() {
  return {"eval", run_eval, kSpecial | kRunsCommands, "eval [arg ...]", "Joins its arguments with spaces and runs the result as commands of this shell."};
}

}  // namespace nacre
