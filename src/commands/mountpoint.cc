/// mountpoint - see if a directory is a mount point.
/// Source: util-linux 2.38, mountpoint(1).
/// Differs: there are no block devices, so -x finds none.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/mounts.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: mountpoint [-qd] PATH\n"
    "       mountpoint -x DEVICE\n"
    "Check whether a directory or file is a mount point.\n\n"
    "  -q, --quiet      print nothing, only return an exit status\n"
    "      --nofollow   do not follow a symbolic link\n"
    "  -d, --fs-devno   print the device number of the file system\n"
    "  -x, --devno      print the device number of the block device\n"
    "  -h, --help       display this help and exit\n"
    "  -V, --version    output version information and exit\n";

struct Options {
  bool quiet = false, no_follow = false, fs_device = false, device = false;
};
constexpr Flag<Options> kFlags[] = {
    {'q', "quiet", &Options::quiet}, {0, "nofollow", &Options::no_follow}, {'d', "fs-devno", &Options::fs_device}, {'x', "devno", &Options::device}};

constexpr int kNot = 32;

int mountpoint_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.letters = true})) return *status;
  if (o.no_follow && o.device) {
    p.warn("--devno and --nofollow are mutually exclusive");
    return 1;
  }
  if (operands.size() != 1) {
    p.warn("bad usage");
    return try_help(p);
  }
  const std::string& path = operands[0];
  auto st = o.no_follow ? p.lstat(path) : p.stat(path);
  if (!st) {
    if (!o.quiet) p.warn(st.error(), "%s", path.c_str());
    return 1;
  }
  if (o.device) {
    if (!o.quiet) p.warn("%s: not a block device", path.c_str());
    return kNot;
  }
  auto real = p.realpath(path);
  const std::vector<MountInfo>& all = p.vfs().mounts();
  auto at = std::find_if(all.rbegin(), all.rend(), [&](const MountInfo& m) { return real && m.path == *real; });
  const bool is = at != all.rend() && !(o.no_follow && st->is_symlink());
  Output out(p);
  if (o.fs_device && is) out.line("0:" + std::to_string(at->id));
  else if (!o.quiet && !o.fs_device) out.line(path + (is ? " is a mountpoint" : " is not a mountpoint"));
  else if (!o.quiet && !is) out.line(path + " is not a mountpoint");
  return out.finish(is ? 0 : kNot);
}

}  // namespace

Command mountpoint_command() { return {{"mountpoint"}, kUsage, mountpoint_main, MessageName::Short}; }

}  // namespace nacre
