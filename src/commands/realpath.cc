/// realpath - print the resolved path.
/// Source: GNU coreutils 9 manual, "realpath invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/canonical.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/relative.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: realpath [OPTION]... FILE...\n"
    "Print the resolved absolute file name; all but the last component must exist.\n\n"
    "  -e, --canonicalize-existing  all components of the path must exist\n"
    "  -m, --canonicalize-missing   no path components need exist or be a directory\n"
    "  -L, --logical                resolve '..' components before symlinks\n"
    "  -P, --physical               resolve symlinks as encountered (default)\n"
    "  -q, --quiet                  suppress most error messages\n"
    "      --relative-to=DIR        print the resolved path relative to DIR\n"
    "      --relative-base=DIR      print absolute paths unless paths below DIR\n"
    "  -s, --strip, --no-symlinks   don't expand symlinks\n"
    "  -z, --zero                   end each output line with NUL, not newline\n"
    "      --help                   display this help and exit\n"
    "      --version                output version information and exit\n";

struct Options {
  Canonical mode = Canonical::AllButLast;
  bool links = true, logical = false, quiet = false, zero = false;
  std::optional<std::string> relative_to, relative_base;
};
constexpr Flag<Options> kFlags[] = {
    {'e', "canonicalize-existing", +[](Options& o) { o.mode = Canonical::Existing; }},
    {'m', "canonicalize-missing", +[](Options& o) { o.mode = Canonical::Missing; }},
    {'L', "logical",
     +[](Options& o) {
       o.links = true;
       o.logical = true;
     }},
    {'s', "strip",
     +[](Options& o) {
       o.links = false;
       o.logical = true;
     }},
    {'s', "no-symlinks",
     +[](Options& o) {
       o.links = false;
       o.logical = true;
     }},
    {'P', "physical",
     +[](Options& o) {
       o.links = true;
       o.logical = false;
     }},
    {'q', "quiet", &Options::quiet},
    {'z', "zero", &Options::zero},
    {0, "relative-to", &Options::relative_to},
    {0, "relative-base", &Options::relative_base},
};

int realpath_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (files.empty()) return missing_operand(p);
  // Where no link is looked at, nothing need be there.
  if (!o.links && o.mode == Canonical::AllButLast) o.mode = Canonical::Missing;
  auto resolve_option = [&](std::optional<std::string>& dir) -> bool {
    if (!dir) return true;
    auto r = canonical_path(p, *dir, o.mode, o.links, o.logical);
    if (!r) {
      p.warn(r.error(), "%s", quote_name(p, *dir).c_str());
      return false;
    }
    dir = *r;
    return true;
  };
  if (!o.relative_to && o.relative_base) o.relative_to = o.relative_base;
  if (!resolve_option(o.relative_to) || !resolve_option(o.relative_base)) return 1;
  if (o.relative_base && o.relative_to && !path_below(*o.relative_to, *o.relative_base)) {
    o.relative_to.reset();
    o.relative_base.reset();
  }
  Output out(p);
  int status = 0;
  for (const auto& f : files) {
    auto r = canonical_path(p, f, o.mode, o.links, o.logical);
    if (!r) {
      status = 1;
      if (!o.quiet) p.warn(r.error(), "%s", quote_name(p, f).c_str());
      continue;
    }
    bool relative = o.relative_to && (!o.relative_base || path_below(*r, *o.relative_base));
    out.line(relative ? relative_path(*r, *o.relative_to) : *r, o.zero ? '\0' : '\n');
  }
  return out.finish(status);
}

}  // namespace

Command realpath_command() { return {{"realpath"}, kUsage, realpath_main}; }

}  // namespace nacre
