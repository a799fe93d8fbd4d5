#include "shell/builtins/variable_operand.h"

#include "shell/builtins/operands.h"
#include "syntax/parser.h"

namespace nacre {

bool VariableOperand::parse(Args& args, size_t i) {
  const std::string& word = args[i];
  compound = args.compound_at(i);
  if (compound) {
    name = word;
    has_value = true;
    append = compound->assignment->append;
    return is_name(name);
  }
  size_t at = 0;
  while (at < word.size() && word[at] != '=' && word[at] != '[' && word[at] != '+') at++;
  name = word.substr(0, at);
  if (at < word.size() && word[at] == '[') {
    int depth = 0;
    size_t end = at;
    for (; end < word.size(); end++) {
      if (word[end] == '[') depth++;
      if (word[end] == ']' && --depth == 0) break;
    }
    if (end >= word.size()) return false;
    element = word.substr(0, end + 1);
    at = end + 1;
  }
  if (at < word.size() && word[at] == '+' && at + 1 < word.size() && word[at + 1] == '=') {
    append = true;
    at++;
  }
  if (at < word.size()) {
    if (word[at] != '=') return false;
    has_value = true;
    value = word.substr(at + 1);
  }
  return is_name(name);
}

bool assign_array_text(Shell& sh, Symbol s, std::string_view text, bool append) {
  Arena arena;
  SyntaxError error;
  ast::Seq<ast::ArrayItem> items;
  if (!parse_array_items(arena, text.substr(1, text.size() - 2), sh.parse_options(), &items, &error)) {
    for (const SyntaxError::Line& l : error.lines) sh.error(l.text);
    return false;
  }
  return sh.expander().assign_compound(s, lower_elements(arena, sh.symbols(), items), append);
}

void assign_compounds(Shell& sh, Args& args) {
  for (size_t i = 1; i < args.size(); i++) {
    VariableOperand o;
    if (!args.compound_at(i) || !o.parse(args, i)) continue;
    Symbol s = sh.symbols().intern(o.name);
    if (make_array(sh, s, kIndexed)) (void)assign_operand(sh, s, o, false);
  }
}

bool assign_operand(Shell& sh, Symbol s, const VariableOperand& o, bool array_text, uint32_t flags) {
  if (o.compound) {
    // bash makes these assignments before the builtin runs: messages are not the builtin's.
    const char* name = sh.set_builtin_name(nullptr);
    bool ok = sh.expander().assign_compound(s, std::move(o.compound->value), o.append);
    (void)sh.set_builtin_name(name);
    return ok;
  }
  if (o.append) flags |= Expander::kAppend;
  if (!o.element.empty()) return sh.expander().assign_name(o.element, o.value, flags);
  if (array_text && o.value.size() >= 2 && o.value.front() == '(' && o.value.back() == ')') return assign_array_text(sh, s, o.value, o.append);
  return sh.expander().assign(s, o.value, flags);
}

bool make_array(Shell& sh, Symbol s, uint32_t attr) {
  const Variable* v = sh.vars().find(s);
  if (v && v->has(attr == kAssoc ? kIndexed : kAssoc)) {
    sh.builtin_error(sh.symbols().name(s) +
                     (attr == kAssoc ? ": cannot convert indexed to associative array" : ": cannot convert associative to indexed array"));
    return false;
  }
  if (v && v->has(attr)) return true;
  Variable& w = sh.vars().writable(s);
  if (w.is_set()) {
    if (attr == kAssoc) (void)w.assoc();
    else (void)w.indexed();
  }
  w.attrs |= attr;
  return true;
}

void readonly_error(Shell& sh, const std::string& name) { sh.builtin_error(name + ": readonly variable"); }

}  // namespace nacre
