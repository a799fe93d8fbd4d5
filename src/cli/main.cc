// nacre: the command line.
#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include "cli/config_command.h"
#include "cli/config_source.h"
#include "cli/host_io.h"
#include "cli/line_editor.h"
#include "cli/options.h"
#include "cli/sessions.h"
#include "nacre/host.h"
#include "nacre/sandbox.h"

namespace {

using nacre::cli::Options;

using nacre::cli::fail;
using nacre::cli::write_all;

/// 0, or errno.
int read_all(int fd, std::string* out) {
  char buffer[65536];
  while (true) {
    ssize_t n = read(fd, buffer, sizeof buffer);
    if (n == 0) return 0;
    if (n > 0) out->append(buffer, static_cast<size_t>(n));
    else if (errno != EINTR) return errno;
  }
}

int read_host_file(const std::string& path, std::string* out) {
  int fd = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return errno;
  int error = read_all(fd, out);
  close(fd);
  return error;
}

/// A script that is named by its path in the sandbox is found through its mount.
std::string host_path(const Options& o, const std::vector<nacre::Mount>& mounts) {
  if (access(o.script.c_str(), F_OK) == 0) return o.script;
  for (const nacre::Mount& m : mounts) {
    if (o.script.starts_with(m.guest + "/")) return m.host + o.script.substr(m.guest.size());
  }
  return o.script;
}

int dump(const std::string& script) {
  auto ast = nacre::dump_ast(script);
  if (!ast) return fail(ast.error());
  return write_all(1, *ast) ? 0 : 1;
}

int interactive(nacre::Sandbox& sandbox, nacre::ExecOptions& run) {
  nacre::cli::LineEditor editor;
  run.last = true;
  auto read_line = editor.available() ? [&](const std::string& prompt) { return editor.read(prompt); } : std::function<std::string(const std::string&)>();
  return sandbox.interact(run, read_line).exit_code;
}

int run(const Options& o) {
  nacre::Config config;
  if (!o.dump_ast) {
    auto settings = nacre::cli::sandbox_settings(o);
    if (!settings) return fail(settings.error());
    config = std::move(settings->config);
  }
  std::string script = o.script, name = o.name;
  bool as_file = false;
  if (o.mode == Options::Mode::File) {
    script.clear();
    if (int error = read_host_file(host_path(o, config.mounts), &script)) {
      write_all(2, "nacre: " + o.script + ": " + std::strerror(error) + "\n");
      return error == ENOENT ? 127 : 126;
    }
    name = o.script;
    as_file = true;
  }
  if (o.dump_ast) {
    if (o.mode == Options::Mode::Stdin) read_all(0, &script);
    return dump(script);
  }
  auto sandbox = nacre::Sandbox::create(config);
  if (!sandbox) return fail(sandbox.error());
  nacre::ExecOptions run;
  run.name = name;
  run.args = o.args;
  run.as_file = as_file;
  run.last = true;
  run.stdin_stream = nacre::make_fd_stream(0, false);
  if (!o.json) {
    run.out_stream = nacre::make_fd_stream(1, false);
    run.err_stream = nacre::make_fd_stream(2, false);
  }
  nacre::cli::forward_signals(sandbox->get());
  if (o.mode == Options::Mode::Interactive) return interactive(**sandbox, run);
  nacre::ExecResult result;
  if (o.mode == Options::Mode::Stdin) {
    // The script comes on the same stream that its commands read.
    run.name = "bash";
    result = (*sandbox)->exec_stdin(run);
  } else {
    result = (*sandbox)->exec(script, run);
  }
  nacre::cli::forward_signals(nullptr);
  if (o.json) write_all(1, result.to_json() + "\n");
  else nacre::cli::report_end(result);
  (void)sandbox->release();   // the host takes back all its memory at once
  return result.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  nacre::set_up_heap();
  std::vector<std::string> args(argv + 1, argv + argc);
  if (!args.empty() && nacre::cli::is_config_command(args[0])) _exit(nacre::cli::config_command(args));
  if (!args.empty() && nacre::cli::is_session_command(args[0])) _exit(nacre::cli::session_command(args));
  Options options;
  std::string message;
  switch (nacre::cli::parse_options(args, isatty(0), &options, &message)) {
    case nacre::cli::Parsed::Run: break;
    case nacre::cli::Parsed::Text: return write_all(1, message) ? 0 : 1;
    case nacre::cli::Parsed::Error: return fail({"usage", message, ""});
  }
  int status = run(options);
  _exit(status);   // nothing is left to do that the host would not do faster
}
