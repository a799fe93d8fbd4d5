/// ln - make links between files.
/// Source: GNU coreutils 9 manual, "ln invocation"; POSIX XCU ln.
/// Differs: none known.
#include "commands/args.h"
#include "commands/backup.h"
#include "commands/canonical.h"
#include "commands/command.h"
#include "commands/cp/same_file.h"
#include "commands/paths.h"
#include "commands/prompt.h"
#include "commands/quoting.h"
#include "commands/relative.h"
#include "commands/targets.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: ln [OPTION]... [-T] TARGET LINK_NAME\n  or:  ln [OPTION]... TARGET\n  or:  ln [OPTION]... TARGET... DIRECTORY\n"
    "  or:  ln [OPTION]... -t DIRECTORY TARGET...\n"
    "Create hard links by default, symbolic links with --symbolic.\n\n"
    "      --backup[=CONTROL], -b   make a backup of each existing destination file\n"
    "  -d, -F, --directory         allow the superuser to attempt to hard link directories\n"
    "  -f, --force                 remove existing destination files\n"
    "  -i, --interactive           prompt whether to remove destinations\n"
    "  -L, --logical               dereference TARGETs that are symbolic links\n"
    "  -n, --no-dereference        treat LINK_NAME as a normal file if it is a symbolic link to a directory\n"
    "  -P, --physical              make hard links directly to symbolic links\n"
    "  -r, --relative              with -s, create links relative to link location\n"
    "  -s, --symbolic              make symbolic links instead of hard links\n"
    "  -S, --suffix=SUFFIX         override the usual backup suffix\n"
    "  -t, --target-directory=DIRECTORY  specify the DIRECTORY in which to create the links\n"
    "  -T, --no-target-directory   treat LINK_NAME as a normal file always\n"
    "  -v, --verbose               print name of each linked file\n"
    "      --help                  display this help and exit\n"
    "      --version               output version information and exit\n";

struct Options {
  TargetOptions target;
  BackupOptions backup;
  bool force = false, interactive = false, logical = false, no_dereference = false, relative = false, symbolic = false, verbose = false, directory = false;
};
using O = Options;
constexpr Flag<O> kFlags[] = {
    {0, "backup",
     +[](O& o, std::optional<std::string_view> v) {
       o.backup.wanted = true;
       if (v) o.backup.control = std::string(*v);
     }},
    {'b', "", +[](O& o) { o.backup.wanted = true; }},
    {'d', "directory", &O::directory},
    {'F', "", &O::directory},
    {'f', "force",
     +[](O& o) {
       o.force = true;
       o.interactive = false;
     }},
    {'i', "interactive",
     +[](O& o) {
       o.interactive = true;
       o.force = false;
     }},
    {'L', "logical", &O::logical},
    {'n', "no-dereference", &O::no_dereference},
    {'P', "physical", +[](O& o) { o.logical = false; }},
    {'r', "relative", &O::relative},
    {'S', "suffix",
     +[](O& o, std::string_view v) {
       o.backup.wanted = true;
       o.backup.suffix = std::string(v);
     }},
    {'s', "symbolic", &O::symbolic},
    {'t', "target-directory", +[](Process& p, O& o, std::string_view v) { return set_target_directory(p, o.target, v); }},
    {'T', "no-target-directory", +[](O& o) { o.target.no_directory = true; }},
    {'v', "verbose", &O::verbose},
};

class Ln {
 public:
  Ln(Process& p, const O& o) : p_(p), o_(o), out_(p) {}
  int finish() { return out_.finish(status_); }

  void link(std::string from, const std::string& to) {
    if (!link_one(std::move(from), to)) status_ = 1;
  }

 private:
  std::string name(const std::string& s) { return quote_file(p_, s); }

  bool link_one(std::string from, const std::string& to) {
    if (!o_.symbolic) {
      auto st = o_.logical ? p_.stat(from) : p_.lstat(from);
      if (!st) {
        p_.warn(st.error(), "failed to access %s", name(from).c_str());
        return false;
      }
      if (st->is_dir() && !o_.directory) {
        p_.warn("%s: hard link not allowed for directory", quote_name(p_, from).c_str());
        return false;
      }
    } else if (o_.relative) {
      auto target = canonical_path(p_, from, Canonical::Missing);
      auto place = canonical_path(p_, std::string(dir_name(to)), Canonical::Missing);
      if (target && place) from = relative_path(*target, *place);
    }
    std::string backup, source = from;
    // What takes the place of a link that it was reached by.
    if (o_.logical && !o_.symbolic)
      if (auto real = p_.realpath(from)) source = *real;
    auto old = p_.lstat(to);
    if (old && !clear(from, to, *old, backup)) return false;
    if (declined_) {
      declined_ = false;
      return true;
    }
    // What is replaced stays until the link is there to take its place.
    const std::string made = std::exchange(replaces_, false) ? join_path(dir_name(to), "Cu" + std::to_string(p_.random() % 1'000'000'000)) : to;
    auto done = o_.symbolic ? p_.symlink(from, made) : p_.link(source, made, o_.logical ? Follow::Yes : Follow::No);
    if (done && made != to) {
      done = p_.rename(made, to);
      (void)p_.unlink(made);   // still there when both are names of one file
    }
    if (!done) {
      if (o_.symbolic && (from.empty() || done.error() == Errno::NAMETOOLONG))
        p_.warn(done.error(), "failed to create symbolic link %s -> %s", name(to).c_str(), name(from).c_str());
      else if (o_.symbolic) p_.warn(done.error(), "failed to create symbolic link %s", name(to).c_str());
      else if (done.error() == Errno::EXIST) p_.warn(done.error(), "failed to create hard link %s", name(to).c_str());
      else p_.warn(done.error(), "failed to create hard link %s => %s", name(to).c_str(), name(from).c_str());
      return false;
    }
    if (o_.verbose) out_.line((backup.empty() ? "" : name(backup) + " ~ ") + name(to) + (o_.symbolic ? " -> " : " => ") + name(from));
    return true;
  }

  // Makes room for the new link where that was asked for.
  bool clear(const std::string& from, const std::string& to, const Stat& old, std::string& backup) {
    bool wants = o_.force || o_.interactive || o_.backup.kind != BackupOptions::None;
    if (!wants) return true;
    if (old.is_dir()) {
      p_.warn("%s: cannot overwrite directory", quote_name(p_, to).c_str());
      return false;
    }
    // A link in the place of what it names would lead to itself.
    // The only name that something has, or the same name, cannot make room for a link to it.
    auto st = o_.symbolic || o_.logical ? p_.stat(from) : p_.lstat(from);
    bool kept = o_.symbolic && o_.backup.kind != BackupOptions::None;
    const bool same = st && same_inode(*st, old) && (st->nlink == 1 || same_entry(p_, from, to));
    if (!kept && !o_.interactive && same) {
      p_.warn("%s and %s are the same file", name(from).c_str(), name(to).c_str());
      return false;
    }
    if (o_.interactive && !ask_yes_no(p_, "replace " + name(to) + "? ")) {
      declined_ = true;
      return true;
    }
    if (o_.backup.kind != BackupOptions::None) {
      auto made = make_backup(p_, o_.backup, to);
      if (!made) return false;
      backup = *made;
      return true;
    }
    return replaces_ = true;
  }

  Process& p_;
  const O& o_;
  Output out_;
  int status_ = 0;
  bool declined_ = false, replaces_ = false;
};

int ln_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (!resolve_backup(p, o.backup)) return 1;
  if (o.relative && !o.symbolic) {
    p.warn("cannot do --relative without --symbolic");
    return 1;
  }
  if (operands.size() == 1 && !o.target.directory && !o.target.no_directory) o.target.directory = ".";
  auto targets = resolve_targets(p, o.target, operands, !o.no_dereference);
  if (!targets) return 1;
  Ln run(p, o);
  for (const auto& pair : targets->pairs) run.link(pair.from, pair.to);
  return run.finish();
}

}  // namespace

Command ln_command() { return {{"ln"}, kUsage, ln_main}; }

}  // namespace nacre
