/// cp - copy files and directories.
/// Source: GNU coreutils 9.1 manual, "cp invocation"; POSIX XCU cp.
/// Differs: there are no clones, so --reflink=always fails as it does on most file systems; security
/// contexts and extended attributes do not exist.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/cp/copy_tree.h"
#include "commands/cp/parents.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/targets.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cp [OPTION]... [-T] SOURCE DEST\n  or:  cp [OPTION]... SOURCE... DIRECTORY\n  or:  cp [OPTION]... -t DIRECTORY SOURCE...\n"
    "Copy SOURCE to DEST, or multiple SOURCE(s) to DIRECTORY.\n\n"
    "  -a, --archive                same as -dR --preserve=all\n"
    "      --attributes-only        don't copy the file data, just the attributes\n"
    "      --backup[=CONTROL], -b   make a backup of each existing destination file\n"
    "      --copy-contents          copy contents of special files when recursive\n"
    "  -d                           same as --no-dereference --preserve=links\n"
    "  -f, --force                  if a destination file cannot be opened, remove it and try again\n"
    "  -i, --interactive            prompt before overwrite\n"
    "  -H                           follow command-line symbolic links in SOURCE\n"
    "  -l, --link                   hard link files instead of copying\n"
    "  -L, --dereference            always follow symbolic links in SOURCE\n"
    "  -n, --no-clobber             do not overwrite an existing file\n"
    "  -P, --no-dereference         never follow symbolic links in SOURCE\n"
    "  -p                           same as --preserve=mode,ownership,timestamps\n"
    "      --preserve[=ATTR_LIST]   preserve the specified attributes: mode, ownership, timestamps, links, all\n"
    "      --no-preserve=ATTR_LIST  don't preserve the specified attributes\n"
    "      --parents                use full source file name under DIRECTORY\n"
    "  -R, -r, --recursive          copy directories recursively\n"
    "      --reflink[=WHEN]         clone the data: always (as without WHEN), auto or never\n"
    "      --remove-destination     remove each existing destination file before attempting to open it\n"
    "      --sparse=WHEN            make holes: auto (where the source has some), always or never\n"
    "      --strip-trailing-slashes  remove any trailing slashes from each SOURCE argument\n"
    "  -s, --symbolic-link          make symbolic links instead of copying\n"
    "  -S, --suffix=SUFFIX          override the usual backup suffix\n"
    "  -t, --target-directory=DIRECTORY  copy all SOURCE arguments into DIRECTORY\n"
    "  -T, --no-target-directory    treat DEST as a normal file\n"
    "  -u, --update                 copy only when the SOURCE file is newer than the destination file\n"
    "  -v, --verbose                explain what is being done\n"
    "  -x, --one-file-system        stay on this file system\n"
    "  -Z, --context[=CTX]          for other systems: there are no security contexts here\n"
    "      --help                   display this help and exit\n"
    "      --version                output version information and exit\n";

struct Options : CopyOptions {
  TargetOptions target;
  bool parents = false, strip = false, copy_contents = false, follow_given = false;
};
using O = Options;

std::optional<int> preserve(Process& p, O& o, std::string_view list, bool on) {
  o.require_preserve = o.require_preserve || on;
  for (size_t at = 0; at <= list.size();) {
    size_t end = std::min(list.find(',', at), list.size());
    std::string_view w = list.substr(at, end - at);
    constexpr Choice kAttributes[] = {{"mode", 1}, {"timestamps", 2}, {"ownership", 3}, {"links", 4}, {"context", 5}, {"xattr", 6}, {"all", 7}};
    auto c = choose(p, on ? "--preserve" : "--no-preserve", w, kAttributes);
    if (!c) return try_help(p);
    if (*c == 1 || *c == 7) {
      o.preserve_mode = on;
      o.no_mode = !on;
    }
    if (*c == 2 || *c == 7) o.preserve_times = on;
    if (*c == 3 || *c == 7) o.preserve_owner = on;
    if (*c == 4 || *c == 7) o.preserve_links = on;
    at = end + 1;
  }
  return std::nullopt;
}

void set_follow(O& o, CopyOptions::Links how) {
  o.follow = how;
  o.follow_given = true;
}

void preserve_most(O& o) { o.preserve_mode = o.preserve_owner = o.preserve_times = o.require_preserve = true; }

std::optional<int> set_sparse(Process& p, O& o, std::string_view v) {
  using S = CopyOptions::Sparse;
  constexpr Choice kWhen[] = {{"never", static_cast<int>(S::Never)}, {"auto", static_cast<int>(S::Auto)}, {"always", static_cast<int>(S::Always)}};
  auto c = choose(p, "--sparse", v, kWhen);
  if (!c) return try_help(p);
  o.sparse = static_cast<S>(*c);
  return std::nullopt;
}

std::optional<int> set_clone(Process& p, O& o, std::optional<std::string_view> v) {
  constexpr Choice kWhen[] = {{"auto", 0}, {"always", 1}, {"never", 2}};
  auto c = choose(p, "--reflink", v.value_or("always"), kWhen);
  if (!c) return try_help(p);
  o.clone = *c == 1;
  return std::nullopt;
}

/// In the order in which messages list them.
constexpr Flag<O> kFlags[] = {
    {'a', "archive",
     +[](O& o) {
       set_follow(o, CopyOptions::Links::Never);
       o.recursive = o.preserve_mode = o.preserve_owner = o.preserve_times = o.preserve_links = true;
     }},
    {0, "attributes-only", +[](O& o) { o.attributes_only = true; }},
    {0, "backup",
     +[](O& o, std::optional<std::string_view> v) {
       o.backup.wanted = true;
       if (v) o.backup.control = std::string(*v);
     }},
    {0, "copy-contents", +[](O& o) { o.copy_contents = true; }},
    {'L', "dereference", +[](O& o) { set_follow(o, CopyOptions::Links::Always); }},
    {'f', "force", +[](O& o) { o.force = true; }},
    {'i', "interactive",
     +[](O& o) {
       o.interactive = true;
       o.no_clobber = false;
     }},
    {'l', "link", +[](O& o) { o.hard_link = true; }},
    {'n', "no-clobber",
     +[](O& o) {
       o.no_clobber = true;
       o.interactive = false;
     }},
    {'P', "no-dereference", +[](O& o) { set_follow(o, CopyOptions::Links::Never); }},
    {0, "no-preserve", +[](Process& p, O& o, std::string_view v) { return preserve(p, o, v, false); }},
    {'T', "no-target-directory", +[](O& o) { o.target.no_directory = true; }},
    {'x', "one-file-system", +[](O& o) { o.one_file_system = true; }},
    {0, "parents", +[](O& o) { o.parents = true; }},
    {0, "preserve",
     +[](Process& p, O& o, std::optional<std::string_view> v) -> std::optional<int> {
       if (v) return preserve(p, o, *v, true);
       preserve_most(o);
       return std::nullopt;
     }},
    {'R', "recursive", +[](O& o) { o.recursive = true; }},
    {0, "remove-destination", +[](O& o) { o.remove_destination = true; }},
    {0, "sparse", set_sparse},
    {0, "reflink", set_clone},
    {0, "strip-trailing-slashes", +[](O& o) { o.strip = true; }},
    {'S', "suffix",
     +[](O& o, std::string_view v) {
       o.backup.wanted = true;
       o.backup.suffix = std::string(v);
     }},
    {'s', "symbolic-link", +[](O& o) { o.symbolic_link = true; }},
    {'t', "target-directory", +[](Process& p, O& o, std::string_view v) { return set_target_directory(p, o.target, v); }},
    {'u', "update", +[](O& o) { o.update = true; }},
    {'v', "verbose", +[](O& o) { o.verbose = true; }},
    {0, "context",
     +[](Process& p, O&, std::optional<std::string_view> v) -> std::optional<int> {
       if (v) p.warn("warning: ignoring --context; it requires an SELinux-enabled kernel");
       return std::nullopt;
     }},
    {'b', "", +[](O& o) { o.backup.wanted = true; }},
    {'d', "",
     +[](O& o) {
       set_follow(o, CopyOptions::Links::Never);
       o.preserve_links = true;
     }},
    {'H', "", +[](O& o) { set_follow(o, CopyOptions::Links::CommandLine); }},
    {'p', "", preserve_most},
    {'r', "", +[](O& o) { o.recursive = true; }},
    {'Z', "", +[](O&) {}},   // GNU's does as little where there are no contexts
};

/// What follows from all options together; a status after a message.
std::optional<int> settle(Process& p, O& o) {
  auto wrong = [&](const char* text) {
    p.warn("%s", text);
    return try_help(p);
  };
  if (o.hard_link && o.symbolic_link) return wrong("cannot make both hard and symbolic links");
  if (o.no_clobber) o.update = false;
  if (o.no_clobber && o.backup.wanted) return wrong("options --backup and --no-clobber are mutually exclusive");
  if (o.clone && o.sparse != CopyOptions::Sparse::Auto) return wrong("--reflink can be used only with --sparse=auto");
  if (!resolve_backup(p, o.backup)) return 1;
  if (!o.follow_given && o.recursive && !o.hard_link) o.follow = CopyOptions::Links::Never;
  if (o.recursive) o.as_regular = o.copy_contents;
  if (o.force && (o.hard_link || o.symbolic_link)) o.remove_destination = true;
  o.through_dangling = p.getenv("POSIXLY_CORRECT") != nullptr;
  return std::nullopt;
}

class Cp {
 public:
  Cp(Process& p, const O& o) : p_(p), o_(o), out_(p), report_{p, out_}, tree_(p, o, out_), parents_(report_, o) {}

  bool copy(TargetPair& pair, const std::optional<std::string>& directory) {
    if (o_.strip && directory) pair.from = without_trailing_slashes(pair.from);
    if (!o_.parents) return directory ? tree_.copy(pair.from, pair.to) : copy_file(pair);
    std::string_view below = without_trailing_slashes(pair.from);
    below.remove_prefix(std::min(below.size(), below.find_first_not_of('/')));
    if (!parents_.make(*directory, pair.from)) return false;
    bool good = tree_.copy(pair.from, join_path(*directory, below));
    return parents_.finish() && good;
  }
  int finish(int status) { return out_.finish(status); }

 private:
  // `cp --force --backup FILE FILE` makes the backup by copying.
  bool copy_file(const TargetPair& pair) {
    auto st = o_.force && o_.backs_up() && pair.from == pair.to ? p_.stat(pair.to) : Result<Stat>(Errno::NOENT);
    if (!st || !st->is_regular()) return tree_.copy(pair.from, pair.to);
    CopyOptions plain = o_;
    plain.backup.kind = BackupOptions::None;
    return CopyTree(p_, plain, out_).copy(pair.from, backup_name(p_, o_.backup, pair.to));
  }

  Process& p_;
  const O& o_;
  Output out_;
  CopyReport report_;
  CopyTree tree_;
  CopyParents parents_;
};

int cp_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (auto status = settle(p, o)) return *status;
  auto targets = resolve_targets(p, o.target, operands);
  if (!targets) return 1;
  if (o.parents && !targets->directory) {
    p.warn("with --parents, the destination must be a directory");
    return try_help(p);
  }
  Cp run(p, o);
  int status = 0;
  for (auto& pair : targets->pairs)
    if (!run.copy(pair, targets->directory)) status = 1;
  return run.finish(status);
}

}  // namespace

Command cp_command() { return {{"cp"}, kUsage, cp_main}; }

}  // namespace nacre
