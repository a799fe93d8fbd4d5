/// rm - remove files or directories.
/// Source: GNU coreutils 9 manual, "rm invocation"; POSIX XCU rm.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/quoting.h"
#include "commands/remove_tree.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: rm [OPTION]... [FILE]...\n"
    "Remove (unlink) the FILE(s). Directories only with -r or -d.\n\n"
    "  -f, --force           ignore nonexistent files and arguments, never prompt\n"
    "  -i                    prompt before every removal\n"
    "  -I                    prompt once before removing more than three files, or recursively\n"
    "      --interactive[=WHEN]  prompt according to WHEN: never, once (-I), or always (-i)\n"
    "      --one-file-system  with -r, skip directories on other file systems\n"
    "      --no-preserve-root  do not treat '/' specially\n"
    "      --preserve-root[=all]  do not remove '/' (default)\n"
    "  -r, -R, --recursive   remove directories and their contents\n"
    "  -d, --dir             remove empty directories\n"
    "  -v, --verbose         explain what is being done\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n";

enum class Ask { Never, Protected, Once, Always };
struct Options {
  bool force = false, recursive = false, dirs = false, verbose = false, preserve_root = true, preserve_mounts = false, one_fs = false;
  Ask ask = Ask::Protected;
  std::optional<std::string> when;
};
constexpr Flag<Options> kFlags[] = {
    {'f', "force",
     +[](Options& o) {
       o.force = true;
       o.ask = Ask::Never;
       o.when.reset();
     }},
    {'i', "",
     +[](Options& o) {
       o.ask = Ask::Always;
       o.force = false;
       o.when.reset();
     }},
    {'I', "",
     +[](Options& o) {
       o.ask = Ask::Once;
       o.force = false;
       o.when.reset();
     }},
    {0, "interactive", +[](Options& o, std::optional<std::string_view> v) { o.when = std::string(v.value_or("always")); }},
    {0, "one-file-system", &Options::one_fs},
    {0, "no-preserve-root", +[](Options& o) { o.preserve_root = false; }},
    {0, "preserve-root",
     +[](Process& p, Options& o, std::optional<std::string_view> v) -> std::optional<int> {
       o.preserve_root = true;
       if (!v) return std::nullopt;
       o.preserve_mounts = *v == "all";
       if (o.preserve_mounts) return std::nullopt;
       p.warn("unrecognized --preserve-root argument: %s", quote_file(p, *v).c_str());
       return 1;
     }},
    {'r', "recursive", &Options::recursive},
    {'R', "", &Options::recursive},
    {'d', "dir", &Options::dirs},
    {'v', "verbose", &Options::verbose},
};
constexpr Choice kWhen[] = {{"never", 0}, {"no", 0}, {"none", 0}, {"once", 1}, {"always", 2}, {"yes", 2}};

const char* kind_of(const Stat& st) {
  switch (st.type) {
    case FileType::Regular: return st.size == 0 ? "regular empty file" : "regular file";
    case FileType::Directory: return "directory";
    case FileType::Symlink: return "symbolic link";
    case FileType::Fifo: return "fifo";
    case FileType::CharDevice: return "character special file";
    case FileType::BlockDevice: return "block special file";
    case FileType::Socket: return "socket";
  }
  return "file";
}

class Rm {
 public:
  Rm(Process& p, const Options& o) : p_(p), o_(o), out_(p), tree_{p} {
    tree_.one_file_system = o.one_fs;
    if (o.ask != Ask::Never) tree_.ask = [this](const std::string& path, const Stat& st, bool descend) { return ask(path, st, descend); };
    if (o.verbose) {
      tree_.removed = [this](const std::string& path, bool dir) { out_.line((dir ? "removed directory " : "removed ") + quote_file(p_, path)); };
    }
  }

  void remove(const std::string& file) {
    auto st = p_.lstat(file);
    if (!st) {
      if (o_.force && (st.error() == Errno::NOENT || st.error() == Errno::NOTDIR || st.error() == Errno::INVAL)) return;
      fail(st.error(), file);
      return;
    }
    if (is_dot_or_dotdot(base_name(file)) && (o_.recursive || (o_.dirs && is_empty(file)))) {
      p_.warn("refusing to remove '.' or '..' directory: skipping %s", quote_file(p_, file).c_str());
      status_ = 1;
      return;
    }
    if (st->is_dir()) {
      if (!o_.recursive && !o_.dirs) return fail(Errno::ISDIR, file);
      if (o_.recursive && o_.preserve_root && is_root(*st)) {
        bool slash = without_trailing_slashes(file) == "/";
        p_.warn("it is dangerous to operate recursively on %s%s", quote_file(p_, file).c_str(), slash ? "" : " (same as '/')");
        p_.warn("use --no-preserve-root to override this failsafe");
        status_ = 1;
        return;
      }
      if (o_.recursive && o_.preserve_mounts) {
        auto above = p_.lstat(join_path(file, ".."));
        if (above && above->dev != st->dev) {
          p_.warn("skipping %s, since it's on a different device", quote_file(p_, file).c_str());
          p_.warn("and --preserve-root=all is in effect");
          status_ = 1;
          return;
        }
      }
      if (!o_.recursive) {
        auto entries = p_.list(file);
        if (entries && !entries->empty()) return fail(Errno::NOTEMPTY, file);
      }
    }
    tree_.device = st->dev;
    if (!tree_.remove(file, *st)) status_ = declined_ ? status_ : 1;
    declined_ = false;
  }
  int finish() { return out_.finish(status_); }

 private:
  bool is_empty(const std::string& dir) {
    auto entries = p_.list(dir);
    return entries && entries->empty();
  }
  void fail(Errno e, const std::string& file) {
    out_.flush();
    p_.warn(e, "cannot remove %s", quote_file(p_, file).c_str());
    status_ = 1;
  }

  bool is_root(const Stat& st) {
    auto root = p_.lstat("/");
    return root && root->dev == st.dev && root->ino == st.ino;
  }

  bool ask(const std::string& path, const Stat& st, bool descend) {
    bool guarded = o_.ask == Ask::Protected && !st.is_symlink() && p_.isatty(0) && !p_.access(path, kWrite);
    if (o_.ask != Ask::Always && !guarded) return true;
    std::string name = quote_file(p_, path);
    std::string question =
        descend ? "descend into directory " + name + "? " : std::string("remove ") + (guarded ? "write-protected " : "") + kind_of(st) + " " + name + "? ";
    if (ask_yes_no(p_, question)) return true;
    declined_ = true;
    return false;
  }

  Process& p_;
  const Options& o_;
  Output out_;
  RemoveTree tree_;
  int status_ = 0;
  bool declined_ = false;
};

/// A wrong option may be a file whose name begins with a dash.
void tell_of_dashes(Process& p) {
  for (size_t i = 1; i < p.argv().size(); i++) {
    const std::string& arg = p.argv()[i];
    if (arg.size() < 2 || arg[0] != '-' || !p.lstat(arg)) continue;
    write_error(p, "Try '" + std::string(p.called()) + " ./" + quote_name(p, arg) + "' to remove the file " + quote_file(p, arg) + ".\n");
    return;
  }
}

int rm_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  for (size_t i = 1; i < p.argv().size() && p.argv()[i] != "--"; i++) {
    constexpr std::string_view kLong = "--no-preserve-root";
    const std::string& arg = p.argv()[i];
    if (arg.size() < 3 || arg == kLong || !kLong.starts_with(arg)) continue;
    p.warn("you may not abbreviate the --no-preserve-root option");
    return 1;
  }
  if (auto status = parse(p, kUsage, kFlags, o, files, {.hint = tell_of_dashes})) return *status;
  if (o.when) {
    auto when = choose(p, "--interactive", *o.when, kWhen);
    if (!when) return try_help(p);
    o.ask = *when == 0 ? Ask::Never : *when == 1 ? Ask::Once : Ask::Always;
  }
  if (files.empty()) {
    if (o.force) return 0;
    return missing_operand(p);
  }
  if (o.ask == Ask::Once && (o.recursive || files.size() > 3)) {
    std::string n = std::to_string(files.size());
    std::string question = "remove " + n + (files.size() == 1 ? " argument" : " arguments") + (o.recursive ? " recursively? " : "? ");
    if (!ask_yes_no(p, question)) return 0;
  }
  Rm run(p, o);
  for (const auto& f : files) run.remove(f);
  return run.finish();
}

}  // namespace

Command rm_command() { return {{"rm"}, kUsage, rm_main}; }

}  // namespace nacre
