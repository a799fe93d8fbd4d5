/// source, . - run the commands of a file in this shell.
/// Source: bash manual 4.1 (.), 4.2 (source).
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

/// The file `source NAME` means: by PATH unless it has a slash, then as given. "" if there is none.
std::string find_source(Shell& sh, const std::string& name) {
  Process& p = sh.process();
  if (name.find('/') != name.npos) return name;
  if (sh.options()[Option::SourcePath]) {
    const std::string* path = sh.expander().value_of(sym::kPATH);
    std::string_view rest = path ? std::string_view(*path) : std::string_view();
    while (path) {
      size_t colon = rest.find(':');
      std::string full(rest.substr(0, colon));
      full = (full.empty() ? "." : full) + "/" + name;
      auto st = p.stat(full);
      if (st && !st->is_dir() && p.access(full, kRead)) return full;
      if (colon == rest.npos) break;
      rest.remove_prefix(colon + 1);
    }
  }
  // Only POSIX mode does not look in the working directory.
  if (sh.options()[Option::Posix]) return "";
  return name;
}

int run_source(Shell& sh, Args& args) {
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  if (at >= args.size()) {
    sh.builtin_error("filename argument required");
    return sh.usage();
  }
  if (sh.state().restricted && args[at].find('/') != std::string::npos) {
    sh.builtin_error(args[at] + ": restricted");
    return 1;
  }
  std::string path = find_source(sh, args[at]);
  if (path.empty()) {
    sh.builtin_error(args[at] + ": file not found");
    sh.fail_special();
    return 1;
  }
  auto st = sh.process().stat(path);
  if (st && st->is_dir()) {
    sh.builtin_error(path + ": is a directory");
    (void)sh.return_trap(false);
    return 1;
  }
  std::vector<std::string> operands(args.words.begin() + static_cast<ptrdiff_t>(at) + 1, args.words.end());
  Flow flow = sh.run_file(path, operands.empty() ? nullptr : &operands);
  sh.request(flow, sh.loop_count());
  return sh.status();
}

constexpr char kHelp[] =
    "Runs the commands of FILENAME in this shell. A name without a slash is looked up in PATH, then in the\n"
    "working directory. ARGUMENTS become the positional parameters while it runs.";

}  // namespace

Builtin source_builtin() { return {"source", run_source, kSpecial | kRunsCommands, "source filename [arguments]", kHelp}; }
Builtin dot_builtin() { return {".", run_source, kSpecial | kRunsCommands, ". filename [arguments]", kHelp}; }

}  // namespace nacre
