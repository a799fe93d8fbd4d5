/// mkfifo - make named pipes.
/// Source: GNU coreutils 9 manual, "mkfifo invocation"; POSIX XCU mkfifo.
/// Differs: there are no security contexts, so -Z changes nothing, as where the kernel has none.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mode.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mkfifo [OPTION]... NAME...\nCreate named pipes (FIFOs) with the given NAMEs.\n\n"
    "  -m, --mode=MODE  set file permission bits to MODE, not a=rw - umask\n"
    "  -Z               set the security context to the default one\n"
    "      --context[=C]  like -Z, or to C\n"
    "      --help       display this help and exit\n      --version    output version information and exit\n";

struct Options {
  std::optional<std::string> mode;
};
constexpr Flag<Options> kFlags[] = {{'m', "mode", &Options::mode},
                                    {'Z', "", +[](Options&) {}},
                                    {0, "context", +[](Process& p, Options&, std::optional<std::string_view> v) -> std::optional<int> {
                                       if (v) p.warn("warning: ignoring --context; it requires an SELinux/SMACK-enabled kernel");
                                       return std::nullopt;
                                     }}};

int mkfifo_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names)) return *status;
  if (names.empty()) return missing_operand(p);
  std::optional<Mode> mode;
  if (o.mode) {
    auto change = ModeChange::parse(*o.mode);
    if (!change) {
      p.warn("invalid mode");
      return 1;
    }
    mode = change->apply(0666, false, p.umask());
    if (*mode & ~0777u) {
      p.warn("mode must specify only file permission bits");
      return 1;
    }
  }
  int status = 0;
  for (const auto& name : names) {
    auto done = p.mkfifo(name, mode.value_or(0666));
    if (done && mode) done = p.chmod(name, *mode);
    if (done) continue;
    p.warn(done.error(), "cannot create fifo %s", quote_file(p, name).c_str());
    status = 1;
  }
  return status;
}

}  // namespace

Command mkfifo_command() { return {{"mkfifo"}, kUsage, mkfifo_main}; }

}  // namespace nacre
