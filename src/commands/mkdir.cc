/// mkdir - make directories.
/// Source: GNU coreutils 9 manual, "mkdir invocation"; POSIX XCU mkdir.
/// Differs: -Z is accepted and without effect: there are no security contexts.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/make_dirs.h"
#include "commands/mode.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mkdir [OPTION]... DIRECTORY...\n"
    "Create the DIRECTORY(ies), if they do not already exist.\n\n"
    "  -m, --mode=MODE  set file mode (as in chmod), not a=rwx - umask\n"
    "  -p, --parents    no error if existing, make parent directories as needed\n"
    "  -v, --verbose    print a message for each created directory\n"
    "  -Z               set the security context to the default\n"
    "      --context[=C]  like -Z, or to C\n"
    "      --help       display this help and exit\n"
    "      --version    output version information and exit\n";

struct Options {
  std::optional<std::string> mode;
  bool parents = false, verbose = false;
};
constexpr Flag<Options> kFlags[] = {
    {'m', "mode", &Options::mode},
    {'p', "parents", &Options::parents},
    {'v', "verbose", &Options::verbose},
    {'Z', "", +[](Options&) {}},
    {0, "context",
     +[](Process& p, Options&, std::optional<std::string_view> v) -> std::optional<int> {
       if (v) p.warn("warning: ignoring --context; it requires an SELinux/SMACK-enabled kernel");
       return std::nullopt;
     }},
};

int mkdir_main(Process& p) {
  Options o;
  std::vector<std::string> dirs;
  if (auto status = parse(p, kUsage, kFlags, o, dirs)) return *status;
  if (dirs.empty()) return missing_operand(p);
  std::optional<ModeChange> change;
  if (o.mode && !(change = ModeChange::parse(*o.mode))) {
    p.warn("invalid mode %s", quote(p, *o.mode).c_str());
    return 1;
  }
  Output out(p);
  int status = 0;
  auto created = [&](const std::string& dir) {
    if (o.verbose) out.line(std::string(p.called()) + ": created directory " + quote_file(p, dir));
  };
  for (const auto& dir : dirs) {
    bool made = false;
    std::string culprit = dir;
    Errno e = o.parents ? make_parents(p, dir, created, &culprit) : Errno::OK;
    if (e == Errno::OK) culprit = dir;
    if (e == Errno::OK && !made) {
      auto done = p.mkdir(dir);
      e = done.error();
      if (e == Errno::OK) {
        created(dir);
        made = true;
      } else if (o.parents && e == Errno::EXIST) {
        auto st = p.stat(dir);
        if (st && st->is_dir()) e = Errno::OK;
      }
    }
    if (e != Errno::OK) {
      out.flush();
      p.warn(e, "cannot create directory %s", quote(p, culprit).c_str());
      status = 1;
    } else if (change && made) {
      auto st = p.stat(dir);
      if (st) (void)p.chmod(dir, change->apply(0777, true, p.umask()));
    }
  }
  return out.finish(status);
}

}  // namespace

Command mkdir_command() { return {{"mkdir"}, kUsage, mkdir_main}; }

}  // namespace nacre
