/// declare, typeset, local - declare variables and give them attributes.
/// Source: bash manual 4.2, declare, local.
#include <algorithm>

#include "shell/builtins/operands.h"
#include "shell/builtins/variable_operand.h"
#include "shell/builtins/variable_text.h"
#include "shell/scopes.h"

namespace nacre {
namespace {

struct Request {
  uint32_t on = 0, off = 0;        ///< attributes
  bool local = false;              ///< the builtin is `local`
  bool print = false, functions = false, names_only = false, global = false, inherit = false;
};

constexpr uint32_t kCases = kUpper | kLower | kCapital;

uint32_t attribute(char c) {
  switch (c) {
    case 'a': return kIndexed;
    case 'A': return kAssoc;
    case 'i': return kInteger;
    case 'l': return kLower;
    case 'u': return kUpper;
    case 'c': return kCapital;
    case 'n': return kNameref;
    case 'r': return kReadonly;
    case 't': return kTrace;
    default: return kExported;   // x
  }
}

/// False: reported.
bool parse(BuiltinOptions& options, Request& r) {
  while (char c = options.next()) {
    if (c == '?') return false;
    switch (c) {
      case 'p': r.print = true; break;
      case 'F': r.names_only = r.functions = true; break;
      case 'f': r.functions = true; break;
      case 'g': r.global = !options.plus(); break;
      case 'I': r.inherit = !options.plus(); break;
      default: (options.plus() ? r.off : r.on) |= attribute(c);
    }
  }
  // Two kinds of case conversion at once cancel each other.
  uint32_t cases = r.on & kCases;
  if (cases & (cases - 1)) {
    r.on &= ~kCases;
    r.off |= kCases;
  }
  return true;
}

// ---------------------------------------------------------------- functions

std::string function_letters(const FunctionDef& f) {
  std::string letters = "f";
  if (f.readonly) letters += 'r';
  if (f.trace) letters += 't';
  if (f.exported) letters += 'x';
  return letters;
}

std::string describe_function(Shell& sh, const FunctionDef& f, bool names_only) {
  std::string line = "declare -" + function_letters(f) + " " + sh.symbols().name(f.name) + "\n";
  if (names_only) return line;
  return function_text(sh, f) + (function_letters(f) == "f" ? "" : line);
}

bool has_any(const FunctionDef& f, uint32_t attrs) {
  return !attrs || ((attrs & kReadonly) && f.readonly) || ((attrs & kTrace) && f.trace) || ((attrs & kExported) && f.exported);
}

int list_functions(Shell& sh, const Request& r) {
  std::string out;
  for (const auto& f : sorted_functions(sh)) {
    if (has_any(*f, r.on)) out += describe_function(sh, *f, r.names_only);
  }
  return sh.out(out) ? 0 : 1;
}

/// declare -f NAME: shows, or sets attributes.
int declare_function(Shell& sh, const Request& r, const std::string& word) {
  if (size_t eq = word.find('='); eq != word.npos && is_name(word.substr(0, eq))) {
    sh.builtin_error("cannot use `-f' to make functions");
    return 1;
  }
  Ref<FunctionDef> f = sh.function(word);
  if (!f) return 1;
  if (!r.on && !r.off) {
    std::string out = r.names_only ? word + "\n" : r.print ? describe_function(sh, *f, false) : function_text(sh, *f);
    if (r.names_only && sh.options()[Option::ExtDebug]) out = word + " " + std::to_string(f->line) + " " + *f->source + "\n";
    return sh.out(out) ? 0 : 1;
  }
  if (f->readonly && (r.off & kReadonly)) {
    sh.builtin_error(word + ": readonly function");
    return 1;
  }
  auto set = [&](uint32_t attr, bool FunctionDef::* member) {
    if (r.on & attr) sh.set_function_attribute(f->name, member, true);
    if (r.off & attr) sh.set_function_attribute(f->name, member, false);
  };
  set(kReadonly, &FunctionDef::readonly);
  set(kTrace, &FunctionDef::trace);
  set(kExported, &FunctionDef::exported);
  return 0;
}

// ---------------------------------------------------------------- lists

/// -a and -A list arrays alone; with other attributes, those that have one of them too.
bool is_listed(const Variable& v, uint32_t attrs) {
  for (uint32_t kind : {kIndexed, kAssoc}) {
    if (!(attrs & kind)) continue;
    return v.has(kind) && (attrs == kind || v.has(attrs & ~kind));
  }
  return !attrs || v.has(attrs);
}

int list_variables(Shell& sh, const Request& r) {
  std::string out;
  for (Symbol s : sh.vars().sorted()) {
    if (!is_declared(sh, s)) continue;
    const Variable& v = *sh.vars().find(s);
    if (!is_listed(v, r.on) || s == sym::kUnderscore || (s == sym::kPIPESTATUS && is_hidden(sh, s, v))) continue;
    const Variable& shown = v.dynamic ? sh.last_computed(s, v) : v;
    // What is computed has no value before somebody asks.
    if (v.dynamic && &shown == &v) out += "declare " + declare_letters(v) + " " + sh.symbols().name(s) + "\n";
    else out += declare_line(sh, sh.symbols().name(s), shown);
  }
  return sh.out(out) ? 0 : 1;
}

/// Whatever attributes were named.
int list_locals(Shell& sh) {
  std::vector<Symbol> locals = sh.vars().locals();
  std::sort(locals.begin(), locals.end(), [&](Symbol a, Symbol b) { return sh.symbols().name(a) < sh.symbols().name(b); });
  locals.erase(std::unique(locals.begin(), locals.end()), locals.end());
  std::string out;
  for (Symbol s : locals) {
    const Variable* v = sh.vars().find(s);
    if (v) out += declare_line(sh, s);
  }
  return sh.out(out) ? 0 : 1;
}

int list_all(Shell& sh, const Request& r) {
  if (r.functions) return list_functions(sh, r);
  if (r.local) return list_locals(sh);
  if (r.on || r.print) return list_variables(sh, r);
  std::string out;
  for (Symbol s : sh.vars().sorted()) out += set_line(sh, s);
  if (!sh.options()[Option::Posix]) {
    for (const auto& f : sorted_functions(sh)) out += function_text(sh, *f);
  }
  return sh.out(out) ? 0 : 1;
}

int print_named(Shell& sh, const Request& r, const Args& args, size_t at) {
  std::string out;
  int status = 0;
  for (size_t i = at; i < args.size(); i++) {
    if (r.functions) {
      Ref<FunctionDef> f = sh.function(args[i]);
      if (f) out += describe_function(sh, *f, r.names_only);
      if (f) continue;
    } else if (Symbol s = sh.symbols().find(args[i]); s && is_declared(sh, s) && (!r.local || sh.vars().is_local(s))) {
      out += declare_line(sh, s);
      continue;
    }
    // What comes before the message is printed before it.
    (void)sh.out(out);
    out.clear();
    sh.builtin_error(args[i] + ": not found");
    status = 1;
  }
  return sh.out(out) ? status : 1;
}

// ---------------------------------------------------------------- declaring

class Declaration {
 public:
  Declaration(Shell& sh, const Request& r) : sh_(sh), r_(r) {}

  /// One operand. Its status.
  int run(Args& args, size_t i) {
    if (r_.local && args[i] == "-") {
      sh_.save_options_of_function();
      return 0;
    }
    VariableOperand o;
    if (!o.parse(args, i)) {
      invalid_identifier(sh_, args[i]);
      return 1;
    }
    bool makes_local = !r_.global && sh_.vars().in_function();
    if ((r_.on & kNameref) && !check_nameref(o, makes_local)) return 1;
    // bash warns, and goes from such a reference to the global variable: there is none to make.
    if ((r_.on & kNameref) && makes_local && o.has_value && o.value == o.name) return 0;
    Symbol s = sh_.symbols().intern(o.name);
    if (makes_local) {
      if (!make_local(s)) return 1;
    } else if (r_.global && sh_.vars().find_global(s) != sh_.vars().find(s)) {
      return in_global_scope(s, o);
    } else if (!((r_.on | r_.off) & kNameref)) {
      std::string element;
      Symbol t = sh_.vars().resolve(s, &element);
      if (!element.empty()) {
        o.element = element;
        o.name = element.substr(0, element.find('['));
      }
      if (t != sym::kNone) s = t;
    }
    if ((r_.off & kNameref) && !makes_local) s = last_nameref(s);
    return apply(s, o);
  }

 private:
  /// declare +n NAME: the end of a chain of namerefs loses the attribute.
  Symbol last_nameref(Symbol s) {
    for (int hops = 0; hops < 8; hops++) {
      const Variable* v = sh_.vars().find(s);
      if (!v || !v->has(kNameref) || !is_name(v->text())) return s;
      Symbol next = sh_.symbols().intern(v->text());
      const Variable* n = sh_.vars().find(next);
      if (!n || !n->has(kNameref)) return s;
      s = next;
    }
    return s;
  }

  bool check_nameref(const VariableOperand& o, bool in_function) {
    if (!o.has_value) {
      const Variable* v = sh_.vars().find(sh_.symbols().intern(o.name));
      if ((v && v->is_array() && !in_function) || !o.element.empty()) {
        sh_.builtin_error((o.element.empty() ? o.name : o.element) + ": reference variable cannot be an array");
        return false;
      }
      return true;
    }
    if (o.compound || !o.element.empty()) {
      sh_.builtin_error(o.name + ": reference variable cannot be an array");
      return false;
    }
    if (o.value == o.name || (o.value.starts_with(o.name + "["))) {
      if (!in_function) {
        sh_.builtin_error(o.name + ": nameref variable self references not allowed");
        return false;
      }
      sh_.builtin_error("warning: " + o.name + ": circular name reference");
      sh_.error("warning: " + o.name + ": circular name reference");
      return true;
    }
    if (o.value.empty()) {
      invalid_identifier(sh_, o.value);
      return false;
    }
    if (is_name(o.value) || is_element_name(o.value)) return true;
    sh_.builtin_error("`" + o.value + "': invalid variable name for name reference");
    return false;
  }

  bool make_local(Symbol s) {
    if (s == sym::kUnderscore) return true;   // the shell sets it anew with each command
    const Variable* old = sh_.vars().find(s);
    if (old && old->has(kReadonly) && !sh_.vars().is_local(s) && sh_.vars().find_global(s) == old) {
      readonly_error(sh_, sh_.symbols().name(s));
      return false;
    }
    Ref<Variable> before = sh_.vars().share(s);   // hiding may move it
    bool fresh = false;
    Variable& v = sh_.vars().make_local(s, &fresh);
    if (!fresh || !before) return true;
    v.watched = before->watched;
    if (r_.inherit || sh_.options()[Option::LocalVarInherit]) {
      sh_.vars().replace(s, *before);
      sh_.vars().writable(s).attrs &= ~static_cast<uint32_t>(kNameref | kReadonly);
      if (before->has(kNameref)) sh_.vars().writable(s).clear_value();
      return true;
    }
    v.attrs |= before->attrs & kExported;
    if (before->watched) sh_.after_scope();
    return true;
  }

  /// declare -g of a name that a local hides: works on a copy in a scope of
  /// its own, which then becomes the global variable.
  int in_global_scope(Symbol s, VariableOperand& o) {
    const Variable* g = sh_.vars().find_global(s);
    Ref<Variable> copy = g ? make_ref<Variable>(*g) : make_ref<Variable>();
    int status;
    {
      VariableScope scope(sh_, Variables::ScopeKind::Temporary);
      sh_.vars().make_temporary(s);
      sh_.vars().replace(s, *copy);
      status = apply(s, o);
      if (const Variable* now = sh_.vars().find(s)) copy = make_ref<Variable>(*now);
    }
    sh_.vars().replace_global(s, *copy);
    return status;
  }

  /// Attributes, the value, then what would forbid one.
  int apply(Symbol s, const VariableOperand& o) {
    const Variable* old = sh_.vars().find(s);
    const std::string& name = sh_.symbols().name(s);
    if (old && old->has(kReadonly) && (o.has_value || (r_.off & kReadonly))) {
      readonly_error(sh_, name);
      return 1;
    }
    if (!arrays(s, o, old)) return 1;
    if ((r_.on & kExported) && !sh_.vars().in_function()) sh_.vars().outlive_temporary(s);
    constexpr uint32_t kLate = kReadonly | kNameref | kExported;
    Variable& v = sh_.vars().writable(s);
    v.attrs &= ~(r_.off & ~static_cast<uint32_t>(kIndexed | kAssoc));
    if (r_.on & kCases) v.attrs &= ~kCases;
    v.attrs |= r_.on & ~(kLate | kIndexed | kAssoc);
    if (o.has_value) {
      bool array_text = (r_.on & (kIndexed | kAssoc)) || (old && v.is_array());
      uint32_t flags = r_.on & kNameref ? Expander::kNoNameref | Expander::kNoInteger : 0;
      if (!assign_operand(sh_, s, o, array_text, flags)) return 1;
    }
    if ((r_.on | r_.off) & kLate) {
      Variable& w = sh_.vars().writable(s);
      w.attrs |= r_.on & kLate;
      sh_.vars().touch_environment();
    }
    if (sh_.options()[Option::AllExport] && o.has_value) sh_.vars().writable(s).attrs |= kExported;
    return 0;
  }

  bool arrays(Symbol s, const VariableOperand& o, const Variable* old) {
    if (old && ((r_.off & kIndexed && old->has(kIndexed)) || (r_.off & kAssoc && old->has(kAssoc)))) {
      sh_.builtin_error(o.name + ": cannot destroy array variables in this way");
      return false;
    }
    if (r_.on & kAssoc && !make_array(sh_, s, kAssoc)) return false;
    if (r_.on & kIndexed && !make_array(sh_, s, kIndexed)) return false;
    bool array_here = o.compound || !o.element.empty();
    if (array_here && !(old && old->is_array()) && !(r_.on & (kAssoc | kIndexed))) return make_array(sh_, s, kIndexed);
    return true;
  }

  Shell& sh_;
  const Request& r_;
};

int run(Shell& sh, Args& args, bool local) {
  if (local && !sh.vars().in_function()) {
    // --help is answered anywhere.
    if (args.size() > 1 && args[1] == "--help") return sh.print_help(), 2;
    sh.builtin_error("can only be used in a function");
    assign_compounds(sh, args);
    return 1;
  }
  BuiltinOptions options(sh, args, "acfgilnprtuxAFGI", true);
  Request r;
  r.local = local;
  if (!parse(options, r)) return assign_compounds(sh, args), 2;
  size_t at = options.index();
  if (at >= args.size()) return list_all(sh, r);
  if (r.print) return print_named(sh, r, args, at);
  int status = 0;
  Declaration declaration(sh, r);
  for (size_t i = at; i < args.size(); i++) {
    int one = r.functions ? declare_function(sh, r, args[i]) : declaration.run(args, i);
    if (one) status = one;
    if (sh.expander().failure() != Expander::Failure::None) break;
  }
  return status;
}

int run_declare(Shell& sh, Args& args) { return run(sh, args, false); }
int run_local(Shell& sh, Args& args) { return run(sh, args, true); }

constexpr char kHelp[] =
    "Declares variables, gives them attributes (- on, + off) and values. In a function they become local.\n"
    "Without names, lists those that have one of the attributes, or everything.\n"
    "  -a  indexed array      -A  associative array     -n  nameref\n"
    "  -i  integer            -r  read only             -x  exported        -t  traced\n"
    "  -l  lower case         -u  upper case            -c  capitalized\n"
    "  -f  functions          -F  names of functions    -p  print in reusable form\n"
    "  -g  global, inside a function too                -I  inherit attributes and value";

}  // namespace

Builtin declare_builtin() {
  return {"declare", run_declare, kAssignment, "declare [-aAfFgiIlnrtux] [name[=value] ...] or declare -p [-aAfFilnrtux] [name ...]", kHelp};
}
Builtin typeset_builtin() {
  return {"typeset", run_declare, kAssignment, "typeset [-aAfFgiIlnrtux] name[=value] ... or typeset -p [-aAfFilnrtux] [name ...]", kHelp};
}
Builtin local_builtin() {
  return {"local", run_local, kAssignment, "local [option] name[=value] ...",
          "Declares variables that live as long as the function that runs. Options as declare's.\n"
          "`local -' puts the options of `set' back when the function ends."};
}

}  // namespace nacre
