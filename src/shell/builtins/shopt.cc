/// shopt - further options of the shell.
/// Source: bash manual 4.3.2.
#include "shell/builtins/option_lists.h"

namespace nacre {

std::string option_line(Shell& sh, const OptionInfo& o, OptionFormat format) {
  bool on = sh.options()[o.option];
  std::string name(o.name);
  switch (format) {
    case OptionFormat::SetCommand: return (on ? "set -o " : "set +o ") + name + "\n";
    case OptionFormat::ShoptCommand: return (on ? "shopt -s " : "shopt -u ") + name + "\n";
    case OptionFormat::Table: break;
  }
  if (name.size() < 15) name.append(15 - name.size(), ' ');
  return name + "\t" + (on ? "on" : "off") + "\n";
}

bool list_options(Shell& sh, std::span<const OptionInfo> table, OptionFormat format, std::optional<bool> only) {
  std::string out;
  for (const OptionInfo& o : table) {
    if (only && sh.options()[o.option] != *only) continue;
    out += option_line(sh, o, format);
  }
  return sh.out(out);
}

namespace {

struct Request {
  bool set = false, unset = false, quiet = false, print = false, set_options = false;
};

const OptionInfo* find(const Request& r, const std::string& name) {
  for (const OptionInfo& o : r.set_options ? set_options() : shopt_options()) {
    if (o.name == name) return &o;
  }
  return nullptr;
}

/// Options that only the start of the shell decides.
bool fixed(Option o) { return o == Option::LoginShell || o == Option::RestrictedShell; }

int run_shopt(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "psuoq");
  Request r;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 's') r.set = true;
    if (c == 'u') r.unset = true;
    if (c == 'q') r.quiet = true;
    if (c == 'p') r.print = true;
    if (c == 'o') r.set_options = true;
  }
  if (r.set && r.unset) {
    sh.builtin_error("cannot set and unset shell options simultaneously");
    return 1;
  }
  OptionFormat format = !r.print ? OptionFormat::Table : r.set_options ? OptionFormat::SetCommand : OptionFormat::ShoptCommand;
  if (options.index() >= args.size()) {
    if (r.quiet) return 0;
    std::optional<bool> only;
    if (r.set || r.unset) only = r.set;
    return list_options(sh, r.set_options ? set_options() : shopt_options(), format, only) ? 0 : 1;
  }
  int status = 0;
  std::string out;
  for (size_t i = options.index(); i < args.size(); i++) {
    const OptionInfo* o = find(r, args[i]);
    if (!o) {
      sh.out(std::exchange(out, ""));
      sh.builtin_error(args[i] + (r.set_options ? ": invalid option name" : ": invalid shell option name"));
      status = 1;
      continue;
    }
    if (r.set || r.unset) {
      if (!fixed(o->option)) sh.set_option(o->option, r.set);
      continue;
    }
    if (!sh.options()[o->option]) status = 1;
    if (!r.quiet) out += option_line(sh, *o, format);
  }
  return sh.out(out) ? status : 1;
}

}  // namespace

Builtin shopt_builtin() {
  return {"shopt", run_shopt, 0, "shopt [-pqsu] [-o] [optname ...]",
          "Sets, clears or shows options. Without -s or -u: lists them; status 0 if all named are on.\n"
          "  -s  set    -u  clear    -q  print nothing, answer by status\n"
          "  -p  print as commands    -o  the options of `set -o' instead"};
}

}  // namespace nacre
