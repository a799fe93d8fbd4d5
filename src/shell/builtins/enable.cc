/// enable - turn builtins on and off.
/// Source: bash manual 4.2, enable.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

struct Request {
  bool all = false, off = false, print = false, special = false, load = false, unload = false;
};

bool is_disabled(Shell& sh, size_t i) { return i < sh.state().disabled->size() && (*sh.state().disabled)[i]; }

int list(Shell& sh, const Request& r) {
  std::string out;
  auto table = all_builtins();
  for (size_t i = 0; i < table.size(); i++) {
    if (r.special && !(table[i].flags & kSpecial)) continue;
    bool off = is_disabled(sh, i);
    if (!r.all && off != r.off) continue;
    out += std::string(off ? "enable -n " : "enable ") + table[i].name + "\n";
  }
  return sh.out(out) ? 0 : 1;
}

int run_enable(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "adnpsf:");
  Request r;
  std::string file;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'a') r.all = true;
    if (c == 'n') r.off = true;
    if (c == 'p') r.print = true;
    if (c == 's') r.special = true;
    if (c == 'd') r.unload = true;
    if (c == 'f') r.load = true, file = options.value();
  }
  size_t at = options.index();
  if (at >= args.size() || r.print) return list(sh, r);
  if (sh.state().restricted && (r.load || r.unload)) {
    sh.builtin_error("restricted");
    return 1;
  }
  int status = 0;
  for (size_t i = at; i < args.size(); i++) {
    if (r.load) {
      // There is nothing that could be loaded into the sandbox.
      sh.builtin_error("cannot open shared object " + file + ": " + file + ": cannot open shared object file: No such file or directory");
      return 1;
    }
    const Builtin* b = find_builtin(args[i]);
    if (!b || (r.special && !(b->flags & kSpecial))) {
      sh.builtin_error(args[i] + ": not a shell builtin");
      status = 1;
      continue;
    }
    if (r.unload) {
      sh.builtin_error(args[i] + ": not dynamically loaded");
      status = 1;
      continue;
    }
    auto& disabled = sh.state().disabled.write();
    if (disabled.empty()) disabled.resize(all_builtins().size());
    disabled[static_cast<size_t>(b - all_builtins().data())] = r.off;
  }
  return status;
}

}  // namespace

Builtin enable_builtin() {
  return {"enable", run_enable, 0, "enable [-a] [-dnps] [-f filename] [name ...]",
          "Turns builtins on, or off so that a program of that name runs. Without names, lists them.\n"
          "  -n  turn off, or list those that are    -a  list all, with their state\n"
          "  -s  special builtins only    -p  list    -f FILENAME, -d  load and unload: never possible here"};
}

}  // namespace nacre
