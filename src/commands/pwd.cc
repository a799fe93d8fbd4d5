/// pwd - print the name of the working directory. (bash has its own builtin.)
/// Source: GNU coreutils 9 manual, "pwd invocation"; POSIX XCU pwd.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: pwd [OPTION]...\n"
    "Print the full filename of the current working directory.\n\n"
    "  -L, --logical   use PWD from environment, even if it contains symlinks\n"
    "  -P, --physical  avoid all symlinks (default)\n"
    "      --help      display this help and exit\n"
    "      --version   output version information and exit\n";

struct Options {
  bool logical = false;
};
constexpr Flag<Options> kFlags[] = {{'L', "logical", +[](Options& o) { o.logical = true; }}, {'P', "physical", +[](Options& o) { o.logical = false; }}};

// $PWD counts if it is absolute, without dot components, and names this directory.
bool usable(Process& p, std::string_view path) {
  if (path.empty() || path[0] != '/') return false;
  std::string padded = std::string(path) + "/";
  if (padded.find("/./") != std::string::npos || padded.find("/../") != std::string::npos) return false;
  auto a = p.stat(path), b = p.stat(".");
  return a && b && a->dev == b->dev && a->ino == b->ino;
}

int pwd_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (!operands.empty()) p.warn("ignoring non-option arguments");
  Output out(p);
  const char* pwd = p.getenv("PWD");
  if (o.logical && pwd && usable(p, pwd)) {
    out.line(pwd);
    return out.finish(0);
  }
  auto cwd = p.getcwd();
  if (!cwd) {
    p.warn(cwd.error(), "cannot get the working directory");
    return 1;
  }
  out.line(*cwd);
  return out.finish(0);
}

}  // namespace

Command pwd_command() { return {{"pwd"}, kUsage, pwd_main}; }

}  // namespace nacre
