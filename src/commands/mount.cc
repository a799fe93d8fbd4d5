/// mount - show what is mounted.
/// Source: util-linux 2.38, mount(8); POSIX has none.
/// Differs: a sandbox's mounts are made with it, so that mounting is refused as to any user who is not root.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mounts.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mount [-lhV] [-t TYPES]\n"
    "       mount [OPTION]... SOURCE DIRECTORY\n"
    "List the mounts. Nothing can be mounted from inside the sandbox.\n\n"
    "  -a, --all               mount all file systems mentioned in fstab (there are none)\n"
    "  -B, --bind, -R, --rbind, -M, --move   show a directory elsewhere, or move a mount\n"
    "  -f, --fake              dry run\n"
    "  -l, --show-labels       show labels too (there are none)\n"
    "  -n, --no-mtab           do not write to /etc/mtab\n"
    "  -o, --options LIST      mount options\n"
    "  -r, --read-only         mount read-only\n"
    "  -t, --types LIST        only these types, or with \"no\" before the list all others\n"
    "      --source SOURCE, --target DIRECTORY   the operands\n"
    "  -v, --verbose           say what is being done\n"
    "  -w, --rw, --read-write  mount read-write\n"
    "  -h, --help              display this help and exit\n"
    "  -V, --version           output version information and exit\n";

struct Options {
  bool all = false, labels = false, fake = false, verbose = false, no_table = false, read_only = false, read_write = false, bind = false, move = false;
  std::string types, options, source, target;
};
using O = Options;
constexpr Flag<Options> kFlags[] = {{'a', "all", &O::all},
                                    {'B', "bind", &O::bind},
                                    {'R', "rbind", &O::bind},
                                    {'M', "move", &O::move},
                                    {'f', "fake", &O::fake},
                                    {'l', "show-labels", &O::labels},
                                    {'n', "no-mtab", &O::no_table},
                                    {'o', "options", &O::options},
                                    {'r', "read-only", &O::read_only},
                                    {'t', "types", &O::types},
                                    {0, "source", &O::source},
                                    {0, "target", &O::target},
                                    {'v', "verbose", &O::verbose},
                                    {'w', "read-write", &O::read_write},
                                    {0, "rw", &O::read_write}};

constexpr int kFailed = 32;

/// What mount(2) would say to one who is not root, on the directory that it would be about.
int refuse(Process& p, const O& o, const std::string& source, const std::string& directory) {
  auto real = p.realpath(directory);
  const std::string name = real ? *real : directory;
  if (o.fake) {
    Output out(p);
    if (o.verbose) out.line("mount: " + (source.empty() ? "none" : source) + (o.move ? " moved to " : o.bind ? " bound on " : " mounted on ") + name + ".");
    return out.finish(0);
  }
  p.warn("%s: %s.\n       dmesg(1) may have more information after failed mount system call.", name.c_str(),
         real ? "must be superuser to use mount" : "mount point does not exist");
  return kFailed;
}

bool remounts(std::string_view options) {
  while (true) {
    const std::string_view one = options.substr(0, options.find(','));
    if (one == "remount") return true;
    if (one.size() == options.size()) return false;
    options.remove_prefix(one.size() + 1);
  }
}

/// A file system that is named by its label or the like: there are no devices to look on.
bool is_tag(std::string_view source) {
  for (std::string_view tag : {"LABEL=", "UUID=", "PARTLABEL=", "PARTUUID=", "ID="})
    if (source.starts_with(tag)) return true;
  return false;
}

/// One operand: a mount that fstab describes, or one that there is already.
int one(Process& p, const O& o, const std::string& what) {
  if (o.bind || o.move || remounts(o.options)) return refuse(p, o, "", what);
  auto real = p.realpath(what);
  const std::string name = real && o.options.empty() ? *real : what;
  if (!o.source.empty()) p.warn("%s: can't find mount source %s in /etc/fstab.", name.c_str(), name.c_str());
  else if (!o.target.empty()) p.warn("%s: can't find mount point in /etc/fstab.", name.c_str());
  else p.warn("%s: can't find in /etc/fstab.", name.c_str());
  return 1;
}

int mount_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.letters = true})) return *status;
  if (o.all) return 0;   // of an empty fstab
  if (!o.source.empty()) operands.insert(operands.begin(), o.source);
  if (!o.target.empty()) operands.push_back(o.target);
  if (operands.size() == 1) return one(p, o, operands[0]);
  if (operands.size() == 2) {
    if (!is_tag(operands[0])) return refuse(p, o, operands[0], operands[1]);
    p.warn("%s: can't find %s.", operands[1].c_str(), operands[0].c_str());
    return 1;
  }
  if (!operands.empty() || !o.options.empty() || o.read_only || o.read_write || o.bind || o.move) {
    p.warn("bad usage");
    return try_help(p);
  }
  // --fake, --verbose, --show-labels and --no-mtab make no difference to a list.
  Output out(p);
  for (const MountInfo& m : p.vfs().mounts()) {
    if (!o.types.empty() && !in_type_list(o.types, m.type)) continue;
    out.line(m.source + " on " + m.path + " type " + m.type + " (" + mount_options(m) + ")");
  }
  return out.finish(0);
}

}  // namespace

Command mount_command() { return {{"mount"}, kUsage, mount_main, MessageName::Short}; }

}  // namespace nacre
