/// cp - copy files and directories.
/// Source: GNU coreutils 9 manual, "cp invocation"; POSIX XCU cp.
/// Differs: no --sparse; --reflink=always is refused, there are no clones; contexts and
/// extended attributes do not exist.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/copy_tree.h"
#include "commands/make_dirs.h"
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
    "      --reflink=WHEN           control clone copies: auto or never\n"
    "      --remove-destination     remove each existing destination file before attempting to open it\n"
    "      --strip-trailing-slashes  remove any trailing slashes from each SOURCE argument\n"
    "  -s, --symbolic-link          make symbolic links instead of copying\n"
    "  -S, --suffix=SUFFIX          override the usual backup suffix\n"
    "  -t, --target-directory=DIRECTORY  copy all SOURCE arguments into DIRECTORY\n"
    "  -T, --no-target-directory    treat DEST as a normal file\n"
    "  -u, --update                 copy only when the SOURCE file is newer than the destination file\n"
    "  -v, --verbose                explain what is being done\n"
    "  -x, --one-file-system        stay on this file system\n"
    "      --help                   display this help and exit\n"
    "      --version                output version information and exit\n";

struct Options : CopyOptions {
  TargetOptions target;
  bool parents = false, strip = false;
  std::vector<std::string> preserve_list;
};
using O = Options;

std::optional<int> preserve(Process& p, O& o, std::string_view list, bool on) {
  for (size_t at = 0; at <= list.size();) {
    size_t end = std::min(list.find(',', at), list.size());
    std::string_view w = list.substr(at, end - at);
    constexpr Choice kAttributes[] = {{"mode", 1}, {"timestamps", 2}, {"ownership", 3}, {"links", 4}, {"context", 5}, {"xattr", 6}, {"all", 7}};
    auto c = choose(p, on ? "--preserve" : "--no-preserve", w, kAttributes);
    if (!c) return try_help(p);
    if (*c == 1 || *c == 7) {
      o.preserve_mode = on;
      if (!on) o.no_mode = true;
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
  o.follow_set = true;
}

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
    {'b', "", +[](O& o) { o.backup.wanted = true; }},
    {0, "copy-contents", +[](O& o) { o.copy_contents = true; }},
    {'d', "",
     +[](O& o) {
       set_follow(o, CopyOptions::Links::Never);
       o.preserve_links = true;
     }},
    {'f', "force", +[](O& o) { o.force = true; }},
    {'i', "interactive",
     +[](O& o) {
       o.interactive = true;
       o.no_clobber = false;
     }},
    {'H', "", +[](O& o) { set_follow(o, CopyOptions::Links::CommandLine); }},
    {'l', "link", +[](O& o) { o.hard_link = true; }},
    {'L', "dereference", +[](O& o) { set_follow(o, CopyOptions::Links::Always); }},
    {'n', "no-clobber",
     +[](O& o) {
       o.no_clobber = true;
       o.interactive = false;
     }},
    {'P', "no-dereference", +[](O& o) { set_follow(o, CopyOptions::Links::Never); }},
    {'p', "", +[](O& o) { o.preserve_mode = o.preserve_owner = o.preserve_times = true; }},
    {0, "preserve",
     +[](O& o, std::optional<std::string_view> v) {
       if (!v) o.preserve_mode = o.preserve_owner = o.preserve_times = true;
       else o.preserve_list.push_back(std::string(*v));
     }},
    {0, "no-preserve", +[](Process& p, O& o, std::string_view v) { return preserve(p, o, v, false); }},
    {0, "parents", +[](O& o) { o.parents = true; }},
    {'R', "recursive", +[](O& o) { o.recursive = true; }},
    {'r', "", +[](O& o) { o.recursive = true; }},
    // "auto" asks for a plain copy where no clone can be made, which is everywhere here.
    {0, "reflink",
     +[](Process& p, O&, std::string_view v) -> std::optional<int> {
       if (v == "auto" || v == "never") return std::nullopt;
       p.warn("files cannot be cloned here: --reflink=%s", std::string(v).c_str());
       return 1;
     }},
    {0, "remove-destination", +[](O& o) { o.remove_destination = true; }},
    {0, "strip-trailing-slashes", +[](O& o) { o.strip = true; }},
    {'s', "symbolic-link", +[](O& o) { o.symbolic_link = true; }},
    {'S', "suffix",
     +[](O& o, std::string_view v) {
       o.backup.wanted = true;
       o.backup.suffix = std::string(v);
     }},
    {'t', "target-directory", +[](O& o, std::string_view v) { o.target.directory = std::string(v); }},
    {'T', "no-target-directory", +[](O& o) { o.target.no_directory = true; }},
    {'u', "update", +[](O& o) { o.update = true; }},
    {'v', "verbose", +[](O& o) { o.verbose = true; }},
    {'x', "one-file-system", +[](O& o) { o.one_file_system = true; }},
};

// --parents: the whole source name under the directory.
bool add_parents(Process& p, TargetPair& pair, const O& o) {
  std::string dir = o.target.directory ? *o.target.directory : std::string(dir_name(pair.to));
  std::string_view name = without_trailing_slashes(pair.from);
  while (!name.empty() && name[0] == '/') name.remove_prefix(1);
  pair.to = join_path(dir, name);
  Errno e = make_parents(p, pair.to, [](const std::string&) {});
  if (e == Errno::OK) return true;
  p.warn(e, "cannot make directory %s", quote_file(p, std::string(dir_name(pair.to))).c_str());
  return false;
}

int cp_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  for (const auto& list : o.preserve_list)
    if (auto status = preserve(p, o, list, true)) return *status;
  if (!o.follow_set && (o.recursive || o.hard_link) && !o.symbolic_link) o.follow = CopyOptions::Links::Never;
  if (!resolve_backup(p, o.backup)) return 1;
  if (o.hard_link && o.symbolic_link) {
    p.warn("cannot make both hard and symbolic links");
    return try_help(p);
  }
  auto pairs = resolve_targets(p, o.target, operands);
  if (!pairs) return 1;
  Output out(p);
  CopyTree tree(p, o, [&](const std::string& text) { out.line(text); });
  int status = 0;
  for (auto& pair : *pairs) {
    if (o.strip) pair.from = without_trailing_slashes(pair.from);
    if (o.parents && !add_parents(p, pair, o)) {
      status = 1;
      continue;
    }
    if (!tree.copy(pair.from, pair.to)) status = 1;
    out.flush();
  }
  return out.finish(status);
}

}  // namespace

Command cp_command() { return {{"cp"}, kUsage, cp_main}; }

}  // namespace nacre
