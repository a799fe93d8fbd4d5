/// link, unlink - call the link and unlink functions.
/// Source: GNU coreutils 9.1 manual, "link invocation", "unlink invocation"; POSIX XCU link, unlink.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kLinkUsage[] =
    "Usage: link FILE1 FILE2\n  or:  link OPTION\n"
    "Call the link function to create a link named FILE2 to an existing FILE1.\n\n"
    "      --help       display this help and exit\n      --version    output version information and exit\n";
constexpr char kUnlinkUsage[] =
    "Usage: unlink FILE\n  or:  unlink OPTION\n"
    "Call the unlink function to remove the specified FILE.\n\n"
    "      --help       display this help and exit\n      --version    output version information and exit\n";

int link_main(Process& p) {
  std::vector<std::string> files;
  if (auto status = parse_plain(p, kLinkUsage, files)) return *status;
  if (files.empty()) return missing_operand(p);
  if (files.size() == 1) return missing_operand_after(p, files[0]);
  if (files.size() > 2) return extra_operand(p, files[2]);
  auto done = p.link(files[0], files[1]);
  if (done) return 0;
  p.warn(done.error(), "cannot create link %s to %s", quote_file(p, files[1]).c_str(), quote_file(p, files[0]).c_str());
  return 1;
}

int unlink_main(Process& p) {
  std::vector<std::string> files;
  if (auto status = parse_plain(p, kUnlinkUsage, files)) return *status;
  if (files.empty()) return missing_operand(p);
  if (files.size() > 1) return extra_operand(p, files[1]);
  auto done = p.unlink(files[0]);
  if (done) return 0;
  p.warn(done.error(), "cannot unlink %s", quote_file(p, files[0]).c_str());
  return 1;
}

}  // namespace

Command link_command() { return {{"link"}, kLinkUsage, link_main}; }
Command unlink_command() { return {{"unlink"}, kUnlinkUsage, unlink_main}; }

}  // namespace nacre
