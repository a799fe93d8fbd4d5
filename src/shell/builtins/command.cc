/// command - run a command passing over functions, or say what it is.
/// Source: bash manual 4.2, command; POSIX XCU command.
#include "shell/builtins/describe.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int run_command(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "pvV");
  DescribeOptions describe;
  bool only_describe = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'p') describe.default_path = true;
    else only_describe = true, describe.reusable = c == 'v';
  }
  size_t at = options.index();
  if (at >= args.size()) return 0;
  if (sh.state().restricted && describe.default_path) {
    sh.builtin_error("-p: restricted");
    return 1;
  }
  if (only_describe) {
    bool any = false;
    for (size_t i = at; i < args.size(); i++) {
      if (describe_command(sh, args[i], describe)) any = true;
      else if (!describe.reusable) sh.builtin_error(args[i] + ": not found");
    }
    return any ? 0 : 1;
  }
  args.drop(at);
  Flow flow = sh.run_words(args, true, describe.default_path);
  sh.request(flow, sh.loop_count());
  return sh.status();
}

}  // namespace

Builtin command_builtin() {
  return {"command", run_command, kRunsCommands, "command [-pVv] command [arg ...]",
          "Runs a command as if there were no functions.\n"
          "  -p  search the standard PATH\n"
          "  -v  print what would run, in a form that can be used again    -V  the same in words"};
}

}  // namespace nacre
