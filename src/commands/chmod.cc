/// chmod - change file mode bits.
/// Source: GNU coreutils 9 manual, "chmod invocation"; POSIX XCU chmod.
/// Differs: none known.
#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: chmod [OPTION]... MODE[,MODE]... FILE...\n  or:  chmod [OPTION]... OCTAL-MODE FILE...\n"
    "  or:  chmod [OPTION]... --reference=RFILE FILE...\n"
    "Change the mode of each FILE to MODE, or to that of RFILE.\n\n"
    "  -c, --changes          like verbose but report only when a change is made\n"
    "  -f, --silent, --quiet  suppress most error messages\n"
    "  -v, --verbose          output a diagnostic for every file processed\n"
    "      --no-preserve-root  do not treat '/' specially (the default)\n"
    "      --preserve-root    fail to operate recursively on '/'\n"
    "      --reference=RFILE  use RFILE's mode instead of MODE values\n"
    "  -R, --recursive        change files and directories recursively\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n\n"
    "Each MODE is of the form '[ugoa]*([-+=]([rwxXst]*|[ugo]))+|[-+=][0-7]+'.\n";

struct Options {
  bool changes = false, quiet = false, verbose = false, recursive = false, preserve_root = false;
  std::optional<std::string> reference;
};

constexpr Flag<Options> kFlags[] = {
    {'c', "changes", &Options::changes},
    {'f', "silent", &Options::quiet},
    {'f', "quiet", &Options::quiet},
    {'v', "verbose", &Options::verbose},
    {'R', "recursive", &Options::recursive},
    {0, "no-preserve-root", +[](Options& o) { o.preserve_root = false; }},
    {0, "preserve-root", &Options::preserve_root},
    {0, "reference", &Options::reference},
};

class Chmod {
 public:
  Chmod(Process& p, const Options& o, const ModeChange& change, bool from_option) : p_(p), o_(o), change_(change), from_option_(from_option), out_(p) {}

  void change(const std::string& file, bool top) {
    p_.tick();
    auto link = p_.lstat(file);
    if (!link) {
      fail(link.error(), "cannot access", file);
      return not_reached(file);
    }
    if (link->is_symlink() && !top) return;
    auto st = p_.stat(file);
    if (!st) {
      if (st.error() != Errno::NOENT) {
        fail(st.error(), "cannot access", file);
        return not_reached(file);
      }
      if (!o_.quiet) p_.warn("cannot operate on dangling symlink %s", quote_file(p_, file).c_str());
      status_ = 1;
      return not_reached(file);
    }
    if (o_.recursive && o_.preserve_root && file == "/") {
      p_.warn("it is dangerous to operate recursively on '/'");
      p_.warn("use --no-preserve-root to override this failsafe");
      status_ = 1;
      return;
    }
    Mode mode = change_.apply(st->mode, st->is_dir(), p_.umask());
    auto done = p_.chmod(file, mode);
    if (!done) fail(done.error(), "changing permissions of", file);
    else if (o_.verbose || (o_.changes && mode != st->mode)) report(file, *st, mode);
    if (done) check_umask(file, *st, mode);
    if (o_.recursive && st->is_dir()) {
      auto entries = p_.list(file);
      if (!entries) return fail(entries.error(), "cannot read directory", file);
      for (const auto& e : *entries) deep_call([&] { change(join_path(file, e.name), false); });
    }
  }
  int finish() { return out_.finish(status_); }

 private:
  void fail(Errno e, const char* what, const std::string& file) {
    out_.flush();
    if (!o_.quiet) p_.warn(e, "%s %s", what, quote_file(p_, file).c_str());
    status_ = 1;
  }
  void not_reached(const std::string& file) {
    if (o_.verbose) out_.format("%s could not be accessed\n", quote_file(p_, file).c_str());
  }

  void report(const std::string& file, const Stat& st, Mode mode) {
    Stat after = st;
    after.mode = mode;
    std::string name = quote_file(p_, file);
    if (mode == st.mode) {
      out_.format("mode of %s retained as %04o (%s)\n", name.c_str(), mode, mode_text(st).substr(1).c_str());
    } else {
      out_.format("mode of %s changed from %04o (%s) to %04o (%s)\n", name.c_str(), st.mode, mode_text(st).substr(1).c_str(), mode,
                  mode_text(after).substr(1).c_str());
    }
  }

  // `chmod -w` that the umask keeps from clearing everything asked for is an error.
  void check_umask(const std::string& file, const Stat& st, Mode mode) {
    if (!from_option_) return;
    Mode naive = change_.apply(st.mode, st.is_dir(), 0);
    if (!(mode & ~naive)) return;
    Stat a = st, b = st;
    a.mode = mode;
    b.mode = naive;
    out_.flush();
    p_.warn("%s: new permissions are %s, not %s", quote_name(p_, file).c_str(), mode_text(a).substr(1).c_str(), mode_text(b).substr(1).c_str());
    status_ = 1;
  }

  Process& p_;
  const Options& o_;
  const ModeChange& change_;
  bool from_option_;
  Output out_;
  int status_ = 0;
};

// -w, -rwx and so on are modes, not options: they are taken out first.
std::vector<std::string> take_mode(const std::vector<std::string>& argv, std::optional<std::string>& mode) {
  std::vector<std::string> rest = {argv[0]};
  bool over = false;
  for (size_t i = 1; i < argv.size(); i++) {
    const std::string& a = argv[i];
    if (a == "--") over = true;
    bool is_mode = !over && a.size() > 1 && a[0] == '-' && std::string_view("rwxXstugoa,+=-01234567").find(a[1]) != std::string_view::npos && a[1] != '-';
    if (is_mode) mode = mode ? *mode + "," + a : a;
    else rest.push_back(a);
  }
  return rest;
}

int chmod_main(Process& p) {
  Options o;
  std::optional<std::string> mode;
  std::vector<std::string> files;
  std::vector<std::string> argv = take_mode(p.argv(), mode);
  bool from_option = mode.has_value();
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files)) return *status;
  std::optional<ModeChange> change;
  if (o.reference) {
    auto st = p.stat(*o.reference);
    if (!st) {
      p.warn(st.error(), "failed to get attributes of %s", quote_file(p, *o.reference).c_str());
      return 1;
    }
    char text[8];
    std::snprintf(text, sizeof text, "%05o", st->mode);
    change = ModeChange::parse(text);
  } else {
    if (!mode) {
      if (files.empty()) return missing_operand(p);
      mode = files.front();
      files.erase(files.begin());
    }
    change = ModeChange::parse(*mode);
    if (files.empty()) return missing_operand_after(p, *mode);
    if (!change) {
      p.warn("invalid mode: %s", quote(p, *mode).c_str());
      return try_help(p);
    }
  }
  if (files.empty()) return missing_operand(p);
  Chmod run(p, o, *change, from_option);
  for (const auto& f : files) run.change(f, true);
  return run.finish();
}

}  // namespace

Command chmod_command() { return {{"chmod"}, kUsage, chmod_main}; }

}  // namespace nacre
