/// which - locate a command.
/// Source: debianutils which(1).
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] = "Usage: which [-a] args\nPrint the files that would be executed.\n\n  -a   print all matching files\n";

/// As getopts(1) does it: the first operand ends the options. False: a wrong one was reported.
bool read_options(Process& p, bool& all, std::vector<std::string>& names) {
  const auto& argv = p.argv();
  size_t at = 1;
  for (; at < argv.size() && argv[at].size() > 1 && argv[at][0] == '-'; at++) {
    if (argv[at] == "--") {
      at++;
      break;
    }
    for (char c : std::string_view(argv[at]).substr(1)) {
      if (c == 'a') all = true;
      else {
        write_error(p, std::string("Illegal option -") + c + "\n");
        Output out(p);
        out.line("Usage: /usr/bin/which [-a] args");
        out.flush();
        return false;
      }
    }
  }
  names.assign(argv.begin() + static_cast<ptrdiff_t>(std::min(at, argv.size())), argv.end());
  return true;
}

int which_main(Process& p) {
  bool all = false;
  std::vector<std::string> names;
  const auto& argv = p.argv();
  if (argv.size() > 1 && (argv[1] == "--help" || argv[1] == "--version")) return *parse_plain(p, kUsage, names);
  if (!read_options(p, all, names)) return 2;
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
      if (found) out.line(name);
    } else {
      std::string_view dirs = path ? path : "";
      for (size_t at = 0; at <= dirs.size();) {
        size_t end = std::min(dirs.find(':', at), dirs.size());
        std::string file = join_path(end > at ? dirs.substr(at, end - at) : ".", name);
        at = end + 1;
        if (!usable(file)) continue;
        found = true;
        out.line(file);
        if (!all) break;
      }
    }
    if (!found) status = 1;
  }
  return out.finish(status);
}

}  // namespace

Command which_command() { return {{"which"}, kUsage, which_main, MessageName::Short}; }

}  // namespace nacre
