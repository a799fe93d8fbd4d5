// Runs scripts for tools/run_tests --runner, each in a sandbox of its own, all in this process:
// a process per script would cost more than most scripts do, under sanitizers above all.
//
// Standard input:  "BYTES\n", then the script; again and again.
// Standard output: "STATUS OUT ERR\n", then OUT bytes of its output and ERR of its error output.
#include <fcntl.h>

#include <cstdio>
#include <string>

#include "nacre/host.h"
#include "nacre/sandbox.h"

int main() {
  const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  size_t bytes;
  while (std::scanf("%zu", &bytes) == 1 && std::getchar() == '\n') {
    std::string script(bytes, '\0');
    if (std::fread(script.data(), 1, bytes, stdin) != bytes) return 1;
    nacre::Config config;
    config.env = {{"LC_ALL", "C.UTF-8"}, {"TZ", "UTC"}};
    auto sandbox = nacre::Sandbox::create(config);
    if (!sandbox) {
      std::fprintf(stderr, "case_runner: %s\n", sandbox.error().message.c_str());
      return 1;
    }
    nacre::ExecOptions run;
    run.last = true;
    run.stdin_stream = nacre::make_fd_stream(null, false);
    nacre::ExecResult result = (*sandbox)->exec(script, run);
    std::printf("%d %zu %zu\n", result.exit_code, result.out.size(), result.err.size());
    std::fwrite(result.out.data(), 1, result.out.size(), stdout);
    std::fwrite(result.err.data(), 1, result.err.size(), stdout);
    std::fflush(stdout);
  }
}
