// exec: this process becomes a program. Source: bash manual 4.1, exec.
#include "shell/shell.h"

namespace nacre {

int Shell::exec_program(const std::string& path, std::vector<std::string> argv, std::shared_ptr<const EnvList> env) {
  Errno e = process_->exec(path, argv, env);
  if (e == Errno::NOEXEC && readable_script(*process_, path)) {
    argv[0] = path;
    argv.insert(argv.begin(), "bash");
    e = process_->exec("/bin/bash", argv, env);
  }
  int status = exec_error(*process_, path, e);
  if (status != 127) builtin_error(path + ": cannot execute: " + (is_directory(path, true) ? "Is a directory" : std::string(message(e))));
  return status;
}

}  // namespace nacre
