/// export, readonly - mark variables and functions.
/// Source: bash manual 4.1.
#include "shell/builtins/operands.h"
#include "shell/builtins/variable_operand.h"
#include "shell/builtins/variable_text.h"

namespace nacre {
namespace {

struct Request {
  uint32_t attr = kExported;
  uint32_t array = 0;            ///< readonly -a, -A
  bool functions = false, off = false;
};

int list(Shell& sh, const Request& r) {
  std::string out;
  if (r.functions) {
    for (const auto& f : sorted_functions(sh)) {
      bool wanted = r.attr == kExported ? f->exported : f->readonly;
      if (!wanted) continue;
      std::string letters = std::string("f") + (f->readonly ? "r" : "") + (f->trace ? "t" : "") + (f->exported ? "x" : "");
      out += function_text(sh, *f) + "declare -" + letters + " " + sh.symbols().name(f->name) + "\n";
    }
    return sh.out(out) ? 0 : 1;
  }
  bool posix = sh.options()[Option::Posix];
  for (Symbol s : sh.vars().sorted()) {
    const Variable* v = sh.vars().find(s);
    if (!v->has(r.attr) || (r.array && !v->has(r.array))) continue;
    std::string line = declare_line(sh, s);
    // POSIX wants a command that sets the attribute again, without letters.
    if (posix) line = (r.attr == kExported ? "export" : "readonly") + line.substr(line.find(' ', line.find(' ') + 1));
    out += line;
  }
  return sh.out(out) ? 0 : 1;
}

int mark_function(Shell& sh, const Request& r, const std::string& name) {
  Ref<FunctionDef> f = sh.function(name);
  if (!f) {
    sh.builtin_error(name + ": not a function");
    return 1;
  }
  if (r.attr == kExported) sh.set_function_attribute(f->name, &FunctionDef::exported, !r.off);
  else if (!r.off) sh.set_function_attribute(f->name, &FunctionDef::readonly, true);
  return 0;
}

int mark(Shell& sh, const Request& r, Args& args, size_t i) {
  VariableOperand o;
  if (!o.parse(args, i) || !o.element.empty()) {
    invalid_identifier(sh, o.element.empty() || o.element[0] == '[' ? args[i] : o.element);
    return 1;
  }
  Symbol s = sh.symbols().intern(o.name);
  std::string element;
  Symbol t = sh.vars().resolve(s, &element);
  if (t != sym::kNone) s = t;
  if (!element.empty()) {   // a reference to a[1] gives it the value, and there is nothing to mark
    if (o.has_value && !sh.expander().assign_name(element, o.value)) return 1;
    invalid_identifier(sh, element);
    return 0;
  }
  if (o.has_value && !sh.expander().check_writable(s)) {
    sh.fail_special();
    return 1;
  }
  // readonly -a NAME alone makes no array.
  if (r.array && o.has_value && !make_array(sh, s, r.array)) return 1;
  if (o.has_value && !assign_operand(sh, s, o, r.array != 0)) return 1;
  if (o.has_value && sh.options()[Option::XTrace] && !o.compound) sh.trace_assigned(o.name, o.value);
  if (r.off && !sh.vars().find(s)) return 0;
  sh.vars().outlive_temporary(s);
  Variable& v = sh.vars().writable(s);
  // `readonly -n` marks nothing, and makes nothing writable again.
  if (!r.off) v.attrs |= r.attr;
  else if (r.attr == kExported) v.attrs &= ~kExported;
  sh.vars().touch_environment();
  return 0;
}

int run(Shell& sh, Args& args, const char* letters, uint32_t attr) {
  BuiltinOptions options(sh, args, letters);
  Request r;
  r.attr = attr;
  while (char c = options.next()) {
    if (c == '?') return assign_compounds(sh, args), 2;
    if (c == 'f') r.functions = true;
    if (c == 'a') r.array = kIndexed;
    if (c == 'A') r.array = kAssoc;
    if (c == 'n') r.off = true;
  }
  if (options.index() >= args.size()) return list(sh, r);
  int status = 0;
  for (size_t i = options.index(); i < args.size(); i++) {
    if (r.functions ? mark_function(sh, r, args[i]) : mark(sh, r, args, i)) status = 1;
    if (sh.expander().failure() != Expander::Failure::None) break;
  }
  return status;
}

int run_export(Shell& sh, Args& args) { return run(sh, args, "fnp", kExported); }
int run_readonly(Shell& sh, Args& args) { return run(sh, args, "aAfnp", kReadonly); }

}  // namespace

Builtin export_builtin() {
  return {"export", run_export, kSpecial | kAssignment, "export [-fn] [name[=value] ...] or export -p",
          "Marks variables for the environment of programs; without names, lists those that are.\n"
          "  -f  functions    -n  take the mark away    -p  list in reusable form"};
}
Builtin readonly_builtin() {
  return {"readonly", run_readonly, kSpecial | kAssignment, "readonly [-aAf] [name[=value] ...] or readonly -p",
          "Makes variables unchangeable; without names, lists those that are.\n"
          "  -a  indexed arrays    -A  associative arrays    -f  functions    -p  list in reusable form"};
}

}  // namespace nacre
