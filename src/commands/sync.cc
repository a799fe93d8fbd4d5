/// sync - write cached data to where it stays.
/// Source: GNU coreutils 9.1 manual, "sync invocation".
/// Differs: files are in memory or written through at once: there is nothing to wait for, but
/// that the named files can be opened.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: sync [OPTION] [FILE]...\n"
    "Synchronize cached writes to persistent storage.\n\n"
    "  -d, --data             sync only file data, no unneeded metadata\n"
    "  -f, --file-system      sync the file systems that contain the files\n"
    "      --help             display this help and exit\n      --version          output version information and exit\n";

struct Options {
  bool data = false, file_system = false;
};
constexpr Flag<Options> kFlags[] = {{'d', "data", &Options::data}, {'f', "file-system", &Options::file_system}};

int sync_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.data && o.file_system) {
    p.warn("cannot specify both --data and --file-system");
    return 1;
  }
  if (o.data && files.empty()) {
    p.warn("--data needs at least one argument");
    return 1;
  }
  int status = 0;
  for (const auto& f : files) {
    auto fd = p.open(f, kOpenRead);
    if (!fd) fd = p.open(f, kOpenWrite);
    if (fd) {
      (void)p.close(*fd);
      continue;
    }
    p.warn(fd.error(), "error opening %s", quote_file(p, f).c_str());
    status = 1;
  }
  return status;
}

}  // namespace

Command sync_command() { return {{"sync"}, kUsage, sync_main}; }

}  // namespace nacre
