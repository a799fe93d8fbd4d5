/// unset - remove variables and functions.
/// Source: bash manual 4.1, unset.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

struct Which {
  bool functions = false, variables = false, namerefs = false;
};

int unset_function(Shell& sh, const std::string& name) {
  Ref<FunctionDef> f = sh.function(name);
  if (!f) return 0;
  if (f->readonly) {
    sh.builtin_error(name + ": cannot unset: readonly function");
    return 1;
  }
  sh.unset_function(name);
  return 0;
}

int unset_element(Shell& sh, const std::string& word) {
  size_t bracket = word.find('[');
  Symbol s = sh.symbols().intern(std::string_view(word).substr(0, bracket));
  std::string subscript = word.substr(bracket + 1, word.size() - bracket - 2);
  const Variable* v = sh.expander().lookup(s);
  if (!v) return 0;
  if (v->has(kReadonly)) {
    sh.builtin_error(word.substr(0, bracket) + ": cannot unset: readonly variable");
    return 1;
  }
  bool scalar = !v->is_array();
  if (scalar && subscript != "@" && subscript != "*") {
    int64_t i = 0;
    if (!sh.expander().subscript(sh.expander().expand_text(subscript), &i)) return 1;
    if (i != 0) {
      sh.builtin_error(word.substr(0, bracket) + ": not an array variable");
      return 1;
    }
  }
  if (!scalar && !v->has(kAssoc) && subscript != "@" && subscript != "*") {
    int64_t i = 0;
    if (!sh.expander().subscript(sh.expander().expand_text(subscript), &i)) return 1;
    const IndexedArray* a = v->indexed_or_null();
    if (i < 0 && i + (a ? a->end_index() : 0) < 0) {
      sh.builtin_error("[" + subscript + "]: bad array subscript");
      return 1;
    }
    subscript = std::to_string(i);
  }
  return sh.expander().unset_element(s, subscript) ? 0 : 1;
}

int unset_variable(Shell& sh, const std::string& name, bool nameref) {
  Symbol s = sh.symbols().intern(name);
  if (nameref) {
    const Variable* ref = sh.vars().find(s);
    if (!ref || !ref->has(kNameref)) return 0;
  }
  if (!nameref) {
    std::string element;
    Symbol t = sh.vars().resolve(s, &element);
    if (!element.empty()) return unset_element(sh, element);
    if (t != sym::kNone) s = t;
  }
  const Variable* v = sh.vars().find(s);
  if (v && v->has(kReadonly)) {
    sh.builtin_error(sh.symbols().name(s) + ": cannot unset: readonly variable");
    return 1;
  }
  sh.unset_variable(s);
  return 0;
}

int unset_word(Shell& sh, const std::string& word, Which which) {
  if (which.functions) return unset_function(sh, word);
  if (is_element_name(word)) return unset_element(sh, word);
  if (!is_name(word)) {
    if (which.variables) {
      invalid_identifier(sh, word);
      return 1;
    }
    return unset_function(sh, word);
  }
  Symbol s = sh.symbols().find(word);
  const Variable* v = s ? sh.vars().find(s) : nullptr;
  // A name that is no variable may be a function.
  if (!v && !which.variables && !which.namerefs && sh.function(word)) return unset_function(sh, word);
  return unset_variable(sh, word, which.namerefs);
}

int run_unset(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "fvn");
  Which which;
  while (char c = options.next()) {
    if (c == '?') return 2;
    if (c == 'f') which.functions = true;
    if (c == 'v') which.variables = true;
    if (c == 'n') which.namerefs = true;
  }
  if (which.functions && which.variables) {
    sh.builtin_error("cannot simultaneously unset a function and a variable");
    return 1;
  }
  int status = 0;
  for (size_t i = options.index(); i < args.size(); i++) {
    if (unset_word(sh, args[i], which)) status = 1;
  }
  return status;
}

}  // namespace

Builtin unset_builtin() {
  return {"unset", run_unset, kSpecial, "unset [-f] [-v] [-n] [name ...]",
          "Removes variables, array elements or functions. A name that is no variable means a function.\n"
          "  -f  functions only\n  -v  variables only\n  -n  a nameref itself, not what it refers to"};
}

}  // namespace nacre
