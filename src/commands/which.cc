/// which - locate a command.
/// Source: debianutils which(1).
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] = "Usage: which [-as] args\nPrint the files that would be executed.\n\n  -a   print all matching files\n  -s   only the exit status\n";
struct Options {
  bool all = false, silent = false;
};
constexpr Flag<Options> kFlags[] = {{'a', "", &Options::all}, {'s', "", &Options::silent}};

int which_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names, {.error_status = 2})) return *status;
  Output out(p);
  int status = names.empty() ? 1 : 0;
  const char* path = p.getenv("PATH");
  auto usable = [&](const std::string& file) {
    auto st = p.stat(file);
    return st && st->is_regular() && p.access(file, kExecute);
  };
  for (const auto& name : names) {
    bool found = false;
    if (name.find('/') != std::string::npos) {
      found = usable(name);
      if (found && !o.silent) out.line(name);
    } else {
      std::string_view dirs = path ? path : "";
      for (size_t at = 0; at <= dirs.size();) {
        size_t end = std::min(dirs.find(':', at), dirs.size());
        std::string file = join_path(end > at ? dirs.substr(at, end - at) : ".", name);
        at = end + 1;
        if (!usable(file)) continue;
        found = true;
        if (!o.silent) out.line(file);
        if (!o.all) break;
      }
    }
    if (!found) status = 1;
  }
  return out.finish(status);
}

}  // namespace

Command which_command() { return {{"which"}, kUsage, which_main}; }

}  // namespace nacre
