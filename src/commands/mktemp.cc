/// mktemp - create a temporary file or directory.
/// Source: GNU coreutils 9 manual, "mktemp invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mktemp [OPTION]... [TEMPLATE]\n"
    "Create a temporary file or directory, safely, and print its name.\n"
    "TEMPLATE must contain at least 3 consecutive 'X's in its last component (default tmp.XXXXXXXXXX in --tmpdir).\n\n"
    "  -d, --directory     create a directory, not a file\n"
    "  -u, --dry-run       do not create anything; merely print a name\n"
    "  -q, --quiet         suppress diagnostics about file/dir-creation failure\n"
    "      --suffix=SUFF   append SUFF to TEMPLATE\n"
    "  -p DIR, --tmpdir[=DIR]  interpret TEMPLATE relative to DIR, $TMPDIR, or /tmp\n"
    "  -t                  interpret TEMPLATE as a single file name component, relative to $TMPDIR, -p, or /tmp\n"
    "      --help          display this help and exit\n"
    "      --version       output version information and exit\n";

struct Options {
  bool directory = false, dry_run = false, quiet = false, component = false, in_tmp = false;
  std::optional<std::string> suffix, dir;
};
constexpr Flag<Options> kFlags[] = {
    {'d', "directory", &Options::directory},
    {'u', "dry-run", &Options::dry_run},
    {'q', "quiet", &Options::quiet},
    {0, "suffix", &Options::suffix},
    {'p', "",
     +[](Options& o, std::string_view v) {
       o.in_tmp = true;
       o.dir = std::string(v);
     }},
    {0, "tmpdir",
     +[](Options& o, std::optional<std::string_view> v) {
       o.in_tmp = true;
       if (v) o.dir = std::string(*v);
     }},
    {'t', "", +[](Options& o) { o.component = o.in_tmp = true; }},
};

int mktemp_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (operands.size() > 1) {
    p.warn("too many templates");
    return try_help(p);
  }
  std::string text = operands.empty() ? "tmp.XXXXXXXXXX" : operands[0];
  if (operands.empty()) o.in_tmp = true;
  auto fail = [&](const std::string& message) {
    if (!o.quiet) p.warn("%s", message.c_str());
    return 1;
  };
  size_t last = text.rfind('X');
  std::string suffix;
  if (o.suffix) {
    if (text.empty() || text.back() != 'X') return fail("with --suffix, template " + quote(p, text) + " must end in X");
    suffix = *o.suffix;
  } else if (last != std::string::npos) {
    suffix = text.substr(last + 1);
    text.erase(last + 1);
  }
  if (suffix.find('/') != std::string::npos) return fail("invalid suffix " + quote(p, suffix) + ", contains directory separator");
  size_t xs = 0;
  while (xs < text.size() && text[text.size() - 1 - xs] == 'X') xs++;
  if (xs < 3) return fail("too few X's in template " + quote(p, text + suffix));
  if (o.in_tmp) {
    const char* tmp = p.getenv("TMPDIR");
    std::string base = tmp && *tmp ? tmp : "/tmp";
    if (o.component) {
      if (text.find('/') != std::string::npos) return fail("invalid template, " + quote(p, text + suffix) + ", contains directory separator");
      if (!(tmp && *tmp) && o.dir) base = *o.dir;
    } else {
      if (o.dir && !o.dir->empty()) base = *o.dir;
      if (text[0] == '/') return fail("invalid template, " + quote(p, text + suffix) + "; with --tmpdir, it may not be absolute");
    }
    text = join_path(base, text);
  }
  constexpr std::string_view kLetters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  Errno e = Errno::EXIST;
  for (int attempt = 0; attempt < 100 && e == Errno::EXIST; attempt++) {
    for (size_t i = 0; i < xs; i++) text[text.size() - 1 - i] = kLetters[p.random() % kLetters.size()];
    std::string path = text + suffix;
    if (o.dry_run) {
      e = p.lstat(path) ? Errno::EXIST : Errno::OK;
    } else if (o.directory) {
      e = p.mkdir(path, 0700).error();
    } else {
      auto fd = p.open(path, kOpenReadWrite | kOpenCreate | kOpenExclusive, 0600);
      e = fd.error();
      if (fd) (void)p.close(*fd);
    }
    if (e == Errno::OK) {
      Output out(p);
      out.line(path);
      return out.finish(0);
    }
  }
  std::string shown = operands.empty() || o.in_tmp ? text.substr(0, text.size() - xs) + std::string(xs, 'X') + suffix : operands[0] + o.suffix.value_or("");
  return fail(std::string("failed to create ") + (o.directory ? "directory" : "file") + " via template " + quote(p, shown) + ": " + std::string(message(e)));
}

}  // namespace

Command mktemp_command() { return {{"mktemp"}, kUsage, mktemp_main}; }

}  // namespace nacre
