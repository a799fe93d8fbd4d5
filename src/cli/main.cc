// nacre: the command line.
#include <csignal>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>
#include <string>
#include <unistd.h>

#include "cli/line_editor.h"
#include "cli/options.h"
#include "nacre/host.h"
#include "nacre/sandbox.h"

namespace {

using nacre::cli::Options;

nacre::Sandbox* running = nullptr;
void on_signal(int sig) {
  if (running) running->interrupt(sig);
}

int fail(const nacre::Error& e) {
  std::string text = "nacre: " + e.message + (e.hint.empty() ? "" : "; " + e.hint) + "\n";
  (void)!write(2, text.data(), text.size());
  return 2;
}

bool read_host_file(const std::string& path, std::string* out, int* error) {
  errno = 0;
  std::ifstream in(path, std::ios::binary);
  if (!in) {
    *error = errno;
    return false;
  }
  std::ostringstream text;
  text << in.rdbuf();
  *error = errno;
  *out = text.str();
  return !in.bad();
}

/// A script that is named by its path in the sandbox is found through its mount.
std::string host_path(const Options& o) {
  if (access(o.script.c_str(), F_OK) == 0) return o.script;
  for (const nacre::Mount& m : o.config.mounts) {
    if (o.script.starts_with(m.guest + "/")) return m.host + o.script.substr(m.guest.size());
  }
  return o.script;
}

std::string read_all_stdin() {
  std::string out;
  char buffer[65536];
  ssize_t n;
  while ((n = read(0, buffer, sizeof buffer)) > 0) out.append(buffer, static_cast<size_t>(n));
  return out;
}

int dump(const std::string& script) {
  auto ast = nacre::dump_ast(script);
  if (!ast) return fail(ast.error());
  std::cout << *ast;
  return 0;
}

int interactive(nacre::Sandbox& sandbox, nacre::ExecOptions& run) {
  nacre::cli::LineEditor editor;
  run.last = true;
  auto read_line = editor.available() ? [&](const std::string& prompt) { return editor.read(prompt); } : std::function<std::string(const std::string&)>();
  return sandbox.interact(run, read_line).exit_code;
}

int run(const Options& o) {
  std::string script = o.script, name = o.name;
  bool as_file = false;
  if (o.mode == Options::Mode::File) {
    int error = 0;
    if (!read_host_file(host_path(o), &script, &error)) {
      std::string text = "nacre: " + o.script + ": " + std::strerror(error) + "\n";
      (void)!write(2, text.data(), text.size());
      return error == ENOENT ? 127 : 126;
    }
    name = o.script;
    as_file = true;
  }
  if (o.dump_ast) return dump(o.mode == Options::Mode::Stdin ? read_all_stdin() : script);
  auto sandbox = nacre::Sandbox::create(o.config);
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
  running = sandbox->get();
  struct sigaction action {};
  action.sa_handler = on_signal;
  for (int sig : {SIGINT, SIGTERM, SIGHUP}) sigaction(sig, &action, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  if (o.mode == Options::Mode::Interactive) return interactive(**sandbox, run);
  nacre::ExecResult result;
  if (o.mode == Options::Mode::Stdin) {
    // The script comes on the same stream that its commands read.
    run.name = "bash";
    result = (*sandbox)->exec_stdin(run);
  } else {
    result = (*sandbox)->exec(script, run);
  }
  running = nullptr;
  if (o.json) std::cout << result.to_json() << "\n";
  else if (result.end.reason == nacre::End::Reason::Limit || result.end.reason == nacre::End::Reason::Timeout) {
    std::string text = "nacre: run ended: limit " + result.end.limit + ": used " + std::to_string(result.end.used) + ", allowed " + std::to_string(result.end.allowed) +
                       "; raise it with --limit " + result.end.limit + "=VALUE\n";
    (void)!write(2, text.data(), text.size());
  }
  std::cout.flush();
  std::fflush(nullptr);
  return result.exit_code;
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args(argv + 1, argv + argc);
  Options options;
  std::string message;
  switch (nacre::cli::parse_options(args, isatty(0), &options, &message)) {
    case nacre::cli::Parsed::Run: break;
    case nacre::cli::Parsed::Text: std::cout << message; return 0;
    case nacre::cli::Parsed::Error: std::cerr << "nacre: " << message << "\n"; return 2;
  }
  int status = run(options);
  std::cout.flush();
  _exit(status);   // nothing is left to do that the host would not do faster
}
