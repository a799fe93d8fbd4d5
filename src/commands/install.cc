/// install - copy files and set their attributes.
/// Source: GNU coreutils 9.1 manual, "install invocation".
/// Differs: there is no strip here to run with -s, but for one that --strip-program names.
#include <algorithm>

#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/backup.h"
#include "commands/command.h"
#include "commands/cp/copy_data.h"
#include "commands/make_dirs.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/targets.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: install [OPTION]... [-T] SOURCE DEST\n  or:  install [OPTION]... SOURCE... DIRECTORY\n"
    "  or:  install [OPTION]... -t DIRECTORY SOURCE...\n  or:  install [OPTION]... -d DIRECTORY...\n"
    "Copy files and set attributes, or create directories.\n\n"
    "      --backup[=CONTROL]  make a backup of each existing destination file\n"
    "  -b                    like --backup but does not accept an argument\n"
    "  -C, --compare         do not copy what is the same already\n"
    "  -d, --directory       treat all arguments as directory names; create all components of them\n"
    "  -D                    create all leading components of DEST except the last, or all of -t DIRECTORY\n"
    "  -g, --group=GROUP     set group ownership, instead of process' current group\n"
    "  -m, --mode=MODE       set permission mode (as in chmod), instead of rwxr-xr-x\n"
    "  -o, --owner=OWNER     set ownership\n"
    "  -p, --preserve-timestamps  apply access/modification times of SOURCE files\n"
    "  -s, --strip           run strip on what was copied\n"
    "      --strip-program=PROGRAM  the program for that\n"
    "  -S, --suffix=SUFFIX   override the usual backup suffix\n"
    "  -t, --target-directory=DIRECTORY  copy all SOURCE arguments into DIRECTORY\n"
    "  -T, --no-target-directory  treat DEST as a normal file\n"
    "  -v, --verbose         print the name of each created file or directory\n"
    "  -Z, --context[=CTX], --preserve-context  for other systems: there are no security contexts here\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n";

struct Options {
  bool directories = false, leading = false, compare = false, preserve_times = false, strip = false, preserve_context = false, verbose = false;
  std::string mode = "755";
  std::optional<std::string> strip_program;
  std::optional<std::string> owner, group;
  TargetOptions target;
  BackupOptions backup;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {0, "backup",
     +[](O& o, std::optional<std::string_view> v) {
       o.backup.wanted = true;
       if (v) o.backup.control = std::string(*v);
     }},
    {'b', "", +[](O& o) { o.backup.wanted = true; }},
    {'c', "", +[](O&) {}},   // ignored by GNU's too
    {'C', "compare", &O::compare},
    {'d', "directory", &O::directories},
    {'D', "", &O::leading},
    {'g', "group", &O::group},
    {'m', "mode", &O::mode},
    {'o', "owner", &O::owner},
    {'p', "preserve-timestamps", &O::preserve_times},
    {'s', "strip", &O::strip},
    {0, "strip-program", &O::strip_program},
    {'S', "suffix",
     +[](O& o, std::string_view v) {
       o.backup.suffix = std::string(v);
       o.backup.wanted = true;
     }},
    {'t', "target-directory", +[](Process& p, O& o, std::string_view v) { return set_target_directory(p, o.target, v); }},
    {'T', "no-target-directory", +[](O& o) { o.target.no_directory = true; }},
    {'v', "verbose", &O::verbose},
    {'Z', "", +[](O&) {}},   // GNU's does as little where there are no contexts
    {0, "context",
     +[](Process& p, O&, std::optional<std::string_view> v) -> std::optional<int> {
       if (v) p.warn("warning: ignoring --context; it requires an SELinux-enabled kernel");
       return std::nullopt;
     }},
    {0, "preserve-context", &O::preserve_context},
};

class Install {
 public:
  Install(Process& p, const O& o, ModeChange mode, Owner owner) : p_(p), o_(o), mode_(std::move(mode)), owner_(owner), out_(p) {}

  void directory(const std::string& path) {
    Errno e = make_all(path);
    if (e != Errno::OK) return fail(e, "cannot create directory " + quote(p_, path));
    attributes(path, true, nullptr);
  }

  void file(const std::string& from, const std::string& to) {
    auto st = p_.stat(from);
    if (!st) return fail(st.error(), "cannot stat " + quote_file(p_, from));
    if (st->is_dir()) {
      out_.flush();
      p_.warn("omitting directory %s", quote_file(p_, from).c_str());
      status_ = 1;
      return;
    }
    if (o_.leading && !o_.target.directory) {
      Errno e = make_all(std::string(dir_name(to)));
      if (e != Errno::OK) return fail(e, "cannot create directory " + quote_file(p_, dir_name(to)));
    }
    if (o_.compare && same(from, *st, to)) return;
    copy(from, to, *st);
  }

  bool make_target_directory() {
    Errno e = make_all(*o_.target.directory);
    if (e == Errno::OK) return true;
    fail(e, "cannot create directory " + quote_file(p_, *o_.target.directory));
    return false;
  }

  int finish() { return out_.finish(status_); }

 private:
  void fail(Errno e, const std::string& message) {
    out_.flush();
    p_.warn(e, "%s", message.c_str());
    status_ = 1;
  }

  // A directory and all above it.
  Errno make_all(const std::string& path) {
    auto say = [&](const std::string& made) {
      if (o_.verbose) out_.line(std::string(p_.called()) + ": creating directory " + quote_file(p_, made));
    };
    Errno e = make_parents(p_, path, say);
    if (e != Errno::OK) return e;
    auto done = p_.mkdir(path, 0755);
    if (done) {
      say(path);
      return Errno::OK;
    }
    auto st = p_.stat(path);
    return done.error() == Errno::EXIST && st && st->is_dir() ? Errno::OK : done.error();
  }

  bool same(const std::string& from, const Stat& st, const std::string& to) {
    auto old = p_.lstat(to);
    if (!old || !old->is_regular() || old->size != st.size || old->mode != mode_.apply(0, false, 0)) return false;
    if ((owner_.uid && *owner_.uid != old->uid) || (owner_.gid && *owner_.gid != old->gid)) return false;
    auto a = read_file(p_, from), b = read_file(p_, to);
    return a && b && *a == *b;
  }

  void copy(const std::string& from, const std::string& to, const Stat& st) {
    std::string backup;
    if (auto old = p_.lstat(to)) {
      if (old->is_dir()) {
        out_.flush();
        p_.warn("cannot overwrite directory %s with non-directory", quote_file(p_, to).c_str());
        status_ = 1;
        return;
      }
      auto target = p_.stat(to);
      if (target && target->dev == st.dev && target->ino == st.ino) {
        out_.flush();
        p_.warn("%s and %s are the same file", quote_file(p_, from).c_str(), quote_file(p_, to).c_str());
        status_ = 1;
        return;
      }
      auto made = make_backup(p_, o_.backup, to);
      if (!made) {
        status_ = 1;
        return;
      }
      backup = *made;
      if (backup.empty()) {
        auto gone = p_.unlink(to);
        if (!gone) return fail(gone.error(), "cannot remove " + quote_file(p_, to));
        if (o_.verbose) out_.line("removed " + quote_file(p_, to));
      }
    }
    if (o_.verbose) {
      out_.line(quote_file(p_, from) + " -> " + quote_file(p_, to) + (backup.empty() ? "" : " (backup: " + quote_file(p_, backup) + ")"));
      out_.flush();
    }
    CopyOptions options;
    bool fresh = true;
    if (!copy_data({p_, out_}, options, from, st, to, 0600, fresh)) {
      status_ = 1;
      return;
    }
    if (o_.strip && !strip(to)) return;
    attributes(to, false, &st);
  }

  // Runs the program; a file that it did not like is removed.
  bool strip(const std::string& file) {
    const std::string program = o_.strip_program.value_or("strip");
    auto done = p_.run({program, file});
    if (!done) p_.warn(done.error(), "cannot run %s", quote_file(p_, program).c_str());
    if (done && done->shell_status() == 0) return true;
    p_.warn("strip process terminated abnormally");
    (void)p_.unlink(file);
    status_ = 1;
    return false;
  }

  void attributes(const std::string& path, bool dir, const Stat* times) {
    if (times && o_.preserve_times) (void)p_.utimens(path, &times->atime, &times->mtime, false);
    if (owner_.uid || owner_.gid) {
      auto done = p_.chown(path, owner_.uid.value_or(UINT32_MAX), owner_.gid.value_or(UINT32_MAX));
      if (!done) fail(done.error(), "cannot change ownership of " + quote_file(p_, path));
    }
    auto done = p_.chmod(path, mode_.apply(0, dir, 0));
    if (!done) fail(done.error(), "cannot change permissions of " + quote_file(p_, path));
  }

  Process& p_;
  const O& o_;
  ModeChange mode_;
  Owner owner_;
  Output out_;
  int status_ = 0;
};

bool read_owner(Process& p, const O& o, Owner& owner) {
  Accounts accounts(p);
  auto number = [](const std::string& s) { return parse_int(s).value_or(-1); };
  if (o.owner) {
    const User* u = accounts.user(*o.owner);
    if (!u && number(*o.owner) < 0) {
      p.warn("invalid user %s", quote(p, *o.owner).c_str());
      return false;
    }
    owner.uid = u ? u->uid : static_cast<uint32_t>(number(*o.owner));
  }
  if (o.group) {
    const Group* g = accounts.group(*o.group);
    if (!g && number(*o.group) < 0) {
      p.warn("invalid group %s", quote(p, *o.group).c_str());
      return false;
    }
    owner.gid = g ? g->gid : static_cast<uint32_t>(number(*o.group));
  }
  return true;
}

int install_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.preserve_context) p.warn("WARNING: ignoring --preserve-context; this kernel is not SELinux-enabled");
  if (o.directories && o.strip) {
    p.warn("the strip option may not be used when installing a directory");
    return 1;
  }
  if (o.directories && o.target.directory) {
    p.warn("target directory not allowed when installing a directory");
    return 1;
  }
  if (o.compare && o.preserve_times) {
    p.warn("options --compare (-C) and --preserve-timestamps are mutually exclusive");
    return try_help(p);
  }
  if (o.compare && o.strip) {
    p.warn("options --compare (-C) and --strip are mutually exclusive");
    return try_help(p);
  }
  if (!resolve_backup(p, o.backup)) return 1;
  auto mode = ModeChange::parse(o.mode);
  if (!mode) {
    p.warn("invalid mode %s", quote(p, o.mode).c_str());
    return 1;
  }
  if (o.strip_program && !o.strip) p.warn("WARNING: ignoring --strip-program option as -s option was not specified");
  Owner owner;
  if (!read_owner(p, o, owner)) return 1;
  Install run(p, o, *mode, owner);
  if (o.directories) {
    if (files.empty()) {
      p.warn("missing file operand");
      return try_help(p);
    }
    for (const auto& f : files) run.directory(f);
    return run.finish();
  }
  if (o.leading && o.target.directory && !run.make_target_directory()) return 1;
  if (o.target.directory) {
    if (auto st = p.stat(*o.target.directory); !st) {
      p.warn(st.error(), "failed to access %s", quote_file(p, *o.target.directory).c_str());
      return 1;
    }
  }
  // -D SOURCE DEST: DEST is a name, even where no directory is there yet.
  auto targets = resolve_targets(p, o.target, files);
  if (!targets) return 1;
  for (const auto& pair : targets->pairs) run.file(pair.from, pair.to);
  return run.finish();
}

}  // namespace

Command install_command() { return {{"install"}, kUsage, install_main}; }

}  // namespace nacre
