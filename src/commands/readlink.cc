/// readlink - print resolved symbolic links or canonical file names.
/// Source: GNU coreutils 9 manual, "readlink invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/canonical.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: readlink [OPTION]... FILE...\n"
    "Print value of a symbolic link or canonical file name.\n\n"
    "  -f, --canonicalize           follow every symlink; all but the last component must exist\n"
    "  -e, --canonicalize-existing  the same; all components must exist\n"
    "  -m, --canonicalize-missing   the same, without requirements on existence\n"
    "  -n, --no-newline             do not output the trailing delimiter\n"
    "  -q, --quiet\n"
    "  -s, --silent                 suppress most error messages (default)\n"
    "  -v, --verbose                report error messages\n"
    "  -z, --zero                   end each output line with NUL, not newline\n"
    "      --help                   display this help and exit\n"
    "      --version                output version information and exit\n";

struct Options {
  std::optional<Canonical> mode;
  bool no_newline = false, verbose = false, zero = false;
};
constexpr Flag<Options> kFlags[] = {
    {'f', "canonicalize", +[](Options& o) { o.mode = Canonical::AllButLast; }},
    {'e', "canonicalize-existing", +[](Options& o) { o.mode = Canonical::Existing; }},
    {'m', "canonicalize-missing", +[](Options& o) { o.mode = Canonical::Missing; }},
    {'n', "no-newline", &Options::no_newline},
    {'q', "quiet", +[](Options& o) { o.verbose = false; }},
    {'s', "silent", +[](Options& o) { o.verbose = false; }},
    {'v', "verbose", &Options::verbose},
    {'z', "zero", &Options::zero},
};

int readlink_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (files.empty()) return missing_operand(p);
  if (files.size() > 1 && o.no_newline) {
    p.warn("ignoring --no-newline with multiple arguments");
    o.no_newline = false;
  }
  Output out(p);
  int status = 0;
  for (const auto& f : files) {
    auto text = o.mode ? canonical_path(p, f, *o.mode) : p.readlink(f);
    if (!text) {
      status = 1;
      if (o.verbose) p.warn(text.error(), "%s", quote_name(p, f).c_str());
      continue;
    }
    out.write(*text);
    if (!o.no_newline) out.put(o.zero ? '\0' : '\n');
  }
  return out.finish(status);
}

}  // namespace

Command readlink_command() { return {{"readlink"}, kUsage, readlink_main}; }

}  // namespace nacre
