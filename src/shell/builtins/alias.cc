/// alias, unalias - names that stand for text.
/// Source: bash manual 4.2; POSIX XCU alias, unalias.
#include "algo/quote.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

std::string line(const std::string& name, const std::string& value, bool command) {
  std::string prefix = command ? std::string("alias ") + (name[0] == '-' ? "-- " : "") : "";
  return prefix + name + "=" + single_quote(value) + "\n";
}

bool valid_name(const std::string& name) { return !name.empty() && name.find_first_of(" \t\n/\\'\"`$|&;()<>") == name.npos; }

int run_alias(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "p");
  bool print = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    print = true;
  }
  bool command = !sh.options()[Option::Posix] || print;
  std::string out;
  if (print || options.index() >= args.size()) {
    for (const auto& [name, value] : *sh.state().aliases) out += line(name, value, command);
  }
  int status = 0;
  for (size_t i = options.index(); i < args.size(); i++) {
    size_t eq = args[i].find('=');
    if (eq != std::string::npos && eq > 0) {
      std::string name = args[i].substr(0, eq);
      if (!valid_name(name)) {
        sh.builtin_error("`" + name + "': invalid alias name");
        status = 1;
        continue;
      }
      sh.state().aliases.write()[name] = args[i].substr(eq + 1);
      args[i].resize(eq);   // what $_ shows: bash cuts the word in two
      continue;
    }
    auto it = sh.state().aliases->find(args[i]);
    if (it != sh.state().aliases->end()) {
      out += line(it->first, it->second, command);
      continue;
    }
    (void)sh.out(out);
    out.clear();
    sh.builtin_error(args[i] + ": not found");
    status = 1;
  }
  return sh.out(out) ? status : 1;
}

int run_unalias(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "a");
  bool all = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    all = true;
  }
  if (all) {
    sh.state().aliases.write().clear();
    return 0;
  }
  if (options.index() >= args.size()) return sh.usage();
  int status = 0;
  for (size_t i = options.index(); i < args.size(); i++) {
    if (sh.state().aliases.write().erase(args[i])) continue;
    sh.builtin_error(args[i] + ": not found");
    status = 1;
  }
  return status;
}

}  // namespace

Builtin alias_builtin() {
  return {"alias", run_alias, 0, "alias [-p] [name[=value] ... ]",
          "Defines NAME to stand for VALUE as the first word of a command, or shows what NAME stands for.\n"
          "Without arguments, or with -p, lists all aliases as commands."};
}
Builtin unalias_builtin() { return {"unalias", run_unalias, 0, "unalias [-a] name [name ...]", "Removes aliases.\n  -a  all of them"}; }

}  // namespace nacre
