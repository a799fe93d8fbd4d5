/// rmdir - remove empty directories.
/// Source: GNU coreutils 9 manual, "rmdir invocation"; POSIX XCU rmdir.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: rmdir [OPTION]... DIRECTORY...\n"
    "Remove the DIRECTORY(ies), if they are empty.\n\n"
    "      --ignore-fail-on-non-empty  ignore each failure that is solely because a directory is not empty\n"
    "  -p, --parents   remove DIRECTORY and its ancestors; 'rmdir -p a/b' is 'rmdir a/b a'\n"
    "  -v, --verbose   output a diagnostic for every directory processed\n"
    "      --help      display this help and exit\n"
    "      --version   output version information and exit\n";

struct Options {
  bool ignore = false, parents = false, verbose = false;
};
constexpr Flag<Options> kFlags[] = {
    {0, "ignore-fail-on-non-empty", &Options::ignore}, {'p', "parents", &Options::parents}, {'v', "verbose", &Options::verbose}};

class Rmdir {
 public:
  Rmdir(Process& p, const Options& o) : p_(p), o_(o), out_(p) {}

  void remove(const std::string& dir) {
    if (!remove_one(dir, "failed to remove ")) return;
    if (!o_.parents) return;
    std::string path(without_trailing_slashes(dir));
    for (size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0; slash = path.rfind('/')) {
      path.erase(slash);
      path = without_trailing_slashes(path);
      if (!remove_one(path, "failed to remove directory ")) return;
    }
  }
  int finish() { return out_.finish(status_); }

 private:
  bool remove_one(const std::string& dir, const char* what) {
    if (o_.verbose) out_.line(std::string(p_.called()) + ": removing directory, " + quote_file(p_, dir));
    auto done = p_.rmdir(dir);
    if (done) return true;
    if (o_.ignore && (done.error() == Errno::NOTEMPTY || done.error() == Errno::EXIST)) return false;
    out_.flush();
    p_.warn(done.error(), "%s%s", what, quote_file(p_, dir).c_str());
    status_ = 1;
    return false;
  }

  Process& p_;
  const Options& o_;
  Output out_;
  int status_ = 0;
};

int rmdir_main(Process& p) {
  Options o;
  std::vector<std::string> dirs;
  if (auto status = parse(p, kUsage, kFlags, o, dirs)) return *status;
  if (dirs.empty()) return missing_operand(p);
  Rmdir run(p, o);
  for (const auto& d : dirs) run.remove(d);
  return run.finish();
}

}  // namespace

Command rmdir_command() { return {{"rmdir"}, kUsage, rmdir_main}; }

}  // namespace nacre
