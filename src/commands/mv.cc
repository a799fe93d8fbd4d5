/// mv - move (rename) files.
/// Source: GNU coreutils 9 manual, "mv invocation"; POSIX XCU mv.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/cp/copy_tree.h"
#include "commands/cp/overwrite.h"
#include "commands/cp/same_file.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/remove_tree.h"
#include "commands/targets.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mv [OPTION]... [-T] SOURCE DEST\n  or:  mv [OPTION]... SOURCE... DIRECTORY\n  or:  mv [OPTION]... -t DIRECTORY SOURCE...\n"
    "Rename SOURCE to DEST, or move SOURCE(s) to DIRECTORY.\n\n"
    "      --backup[=CONTROL], -b   make a backup of each existing destination file\n"
    "  -f, --force                  do not prompt before overwriting\n"
    "  -i, --interactive            prompt before overwrite\n"
    "  -n, --no-clobber             do not overwrite an existing file\n"
    "      --strip-trailing-slashes  remove any trailing slashes from each SOURCE argument\n"
    "  -S, --suffix=SUFFIX          override the usual backup suffix\n"
    "  -t, --target-directory=DIRECTORY  move all SOURCE arguments into DIRECTORY\n"
    "  -T, --no-target-directory    treat DEST as a normal file\n"
    "  -u, --update                 move only when the SOURCE file is newer than the destination file\n"
    "  -v, --verbose                explain what is being done\n"
    "  -Z, --context                set the security context to the default type\n"
    "      --help                   display this help and exit\n"
    "      --version                output version information and exit\n";

struct Options {
  TargetOptions target;
  BackupOptions backup;
  bool interactive = false, force = false, no_clobber = false, strip = false, update = false, verbose = false;
};
using O = Options;
constexpr Flag<O> kFlags[] = {
    {0, "backup",
     +[](O& o, std::optional<std::string_view> v) {
       o.backup.wanted = true;
       if (v) o.backup.control = std::string(*v);
     }},
    {'b', "", +[](O& o) { o.backup.wanted = true; }},
    {'f', "force",
     +[](O& o) {
       o.force = true;
       o.interactive = o.no_clobber = false;
     }},
    {'i', "interactive",
     +[](O& o) {
       o.interactive = true;
       o.force = o.no_clobber = false;
     }},
    {'n', "no-clobber",
     +[](O& o) {
       o.no_clobber = true;
       o.interactive = o.force = false;
     }},
    {0, "strip-trailing-slashes", &O::strip},
    {'S', "suffix",
     +[](O& o, std::string_view v) {
       o.backup.wanted = true;
       o.backup.suffix = std::string(v);
     }},
    {'t', "target-directory", +[](Process& p, O& o, std::string_view v) { return set_target_directory(p, o.target, v); }},
    {'T', "no-target-directory", +[](O& o) { o.target.no_directory = true; }},
    {'u', "update", &O::update},
    {'v', "verbose", &O::verbose},
    {'Z', "context", +[](O&) {}},
};

class Mv {
 public:
  Mv(Process& p, const O& o) : p_(p), o_(o), out_(p) { copy_.backup = o.backup; }
  int finish() { return out_.finish(status_); }

  /// `as_directory`: a source that is none fails as it does with a slash behind it.
  void move(const std::string& from, const std::string& to, bool as_directory) {
    if (!move_one(from, to, as_directory)) status_ = 1;
    out_.flush();
  }

 private:
  std::string name(const std::string& s) { return quote_file(p_, s); }

  bool move_one(const std::string& from, const std::string& to, bool as_directory) {
    auto st = p_.lstat(from);
    if (!st) {
      p_.warn(st.error(), "cannot stat %s", name(from).c_str());
      return false;
    }
    std::string backup;
    if (auto old = p_.lstat(to)) {
      Onto onto = onto_existing(p_, copy_, {from, *st, to, *old, CopyOptions::Links::Never, true});
      if (onto == Onto::SameFile && st->is_dir() && !same_entry(p_, from, to)) return into_itself(from, to);
      if (onto == Onto::SameFile && !o_.no_clobber) {
        p_.warn("%s and %s are the same file", name(from).c_str(), name(to).c_str());
        return false;
      }
      if (o_.no_clobber || (o_.update && !(st->mtime > old->mtime))) return true;
      bool writable = old->is_symlink() || p_.access(to, kWrite);
      bool guarded = !o_.force && !o_.interactive && p_.isatty(0) && !writable;
      if ((o_.interactive || guarded) && !ask_overwrite(p_, name(to), *old, true, writable)) return true;
      if (!make_room(from, *st, to, *old, backup)) return false;
    }
    auto done = as_directory && !st->is_dir() ? Result<void>(Errno::NOTDIR) : p_.rename(from, to);
    if (done) {
      say("renamed", from, to, backup);
      return true;
    }
    if (done.error() == Errno::INVAL) return into_itself(from, to);
    if (done.error() != Errno::XDEV) {
      if (done.error() == Errno::NOTDIR && to.ends_with('/') && p_.lstat(std::string(without_trailing_slashes(to))))
        p_.warn(done.error(), "cannot stat %s", name(to).c_str());
      else p_.warn(done.error(), "cannot move %s to %s", name(from).c_str(), name(to).c_str());
      return false;
    }
    return copy_and_remove(from, to, *st, backup);
  }

  // A backup makes room for whatever it is.
  bool make_room(const std::string& from, const Stat& st, const std::string& to, const Stat& old, std::string& backup) {
    bool backs_up = o_.backup.kind != BackupOptions::None && !is_dot_or_dotdot(base_name(from));
    if (!backs_up && old.is_dir() != st.is_dir()) {
      if (old.is_dir()) p_.warn("cannot overwrite directory %s with non-directory", name(to).c_str());
      else p_.warn("cannot overwrite non-directory %s with directory %s", name(to).c_str(), name(from).c_str());
      return false;
    }
    if (!backs_up) return true;
    if (would_destroy(p_, o_.backup, from, st, to)) {
      p_.warn("backing up %s might destroy source;  %s not moved", name(to).c_str(), name(from).c_str());
      return false;
    }
    auto made = make_backup(p_, o_.backup, to);
    if (made) backup = *made;
    return made.has_value();
  }

  bool into_itself(const std::string& from, const std::string& to) {
    p_.warn("cannot move %s to a subdirectory of itself, %s", name(from).c_str(), name(to).c_str());
    return false;
  }

  void say(const char* what, const std::string& from, const std::string& to, const std::string& backup) {
    if (!o_.verbose) return;
    out_.line(std::string(what) + " " + name(from) + " -> " + name(to) + (backup.empty() ? "" : " (backup: " + name(backup) + ")"));
  }

  bool copy_and_remove(const std::string& from, const std::string& to, const Stat& st, const std::string& backup) {
    CopyOptions c;
    c.follow = CopyOptions::Links::Never;
    c.recursive = c.preserve_mode = c.preserve_owner = c.preserve_times = c.preserve_links = c.remove_destination = true;
    c.as_regular = false;
    if (!CopyTree(p_, c, out_).copy(from, to)) return false;
    say("copied", from, to, backup);
    RemoveTree tree{p_};
    if (o_.verbose) tree.removed = [this](const std::string& path, bool dir) { out_.line((dir ? "removed directory " : "removed ") + name(path)); };
    return tree.remove(from, st);
  }

  Process& p_;
  const O& o_;
  CopyOptions copy_;   ///< for what it shares with cp
  Output out_;
  int status_ = 0;
};

int mv_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (o.no_clobber && o.backup.wanted && operands.size() > 1) {
    p.warn("options --backup and --no-clobber are mutually exclusive");
    return try_help(p);
  }
  if (!resolve_backup(p, o.backup)) return 1;
  auto targets = resolve_targets(p, o.target, operands);
  if (!targets) return 1;
  Mv run(p, o);
  for (auto& pair : targets->pairs) {
    // Of two operands GNU's tries the rename before it strips, and reports how that failed.
    const bool tried = operands.size() == 2 && pair.to == operands[1] && !o.target.no_directory && !p.lstat(pair.to);
    const std::string given = pair.from;
    if (o.strip) pair.from = without_trailing_slashes(pair.from);
    run.move(pair.from, pair.to, tried && given != pair.from);
  }
  return run.finish();
}

}  // namespace

Command mv_command() { return {{"mv"}, kUsage, mv_main}; }

}  // namespace nacre
