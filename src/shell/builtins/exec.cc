/// exec - replace the shell by a program, or make redirections last.
/// Source: bash manual 4.1, exec.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

int fail(Shell& sh, int status) {
  if (sh.state().subshell_level > 0 || (!sh.state().interactive && !sh.options()[Option::ExecFail])) sh.request(Flow::Exit);
  return status;
}

/// From the root: the directory the shell stands in is named, too.
std::string whole_path(Shell& sh, std::string_view path) {
  if (path.starts_with('/')) return std::string(path);
  while (path.starts_with("./")) path.remove_prefix(std::min(path.find_first_not_of('/', 1), path.size()));
  const std::string* pwd = sh.expander().value_of(sym::kPWD);
  return pwd && pwd->starts_with('/') ? *pwd + (pwd->ends_with('/') ? "" : "/") + std::string(path) : std::string(path);
}

int run_exec(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "cla:");
  bool clean = false, login = false;
  std::optional<std::string> name;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'c') clean = true;
    if (c == 'l') login = true;
    if (c == 'a') name = options.value();
  }
  sh.keep_redirects();
  if (options.index() >= args.size()) return 0;
  if (sh.state().restricted) {
    sh.builtin_error("restricted");
    return 1;
  }
  std::vector<std::string> argv(args.words.begin() + static_cast<ptrdiff_t>(options.index()), args.words.end());
  bool not_executable = false;
  std::string path = sh.find_command(argv[0], &not_executable);
  if (path.empty()) {
    sh.builtin_error(argv[0] + ": not found");
    return fail(sh, 127);
  }
  path = whole_path(sh, path);
  if (name) argv[0] = *name;
  if (login) argv[0].insert(0, 1, '-');
  auto env = clean ? std::make_shared<const EnvList>() : sh.environment(path);
  return fail(sh, sh.exec_program(path, std::move(argv), std::move(env)));
}

}  // namespace

Builtin exec_builtin() {
  return {"exec", run_exec, kSpecial, "exec [-cl] [-a name] [command [argument ...]] [redirection ...]",
          "Replaces this shell by COMMAND. Without one, the redirections stay in force for the shell.\n"
          "  -a NAME  pass NAME as argument zero\n"
          "  -c       with an empty environment\n"
          "  -l       put a dash before argument zero, as login does"};
}

}  // namespace nacre
