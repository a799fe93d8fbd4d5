#include "shell/builtins/variable_text.h"

#include <algorithm>
#include <cstring>

#include "algo/quote.h"
#include "syntax/print.h"

namespace nacre {
namespace {

/// Characters that mean something to the shell where they stand.
bool has_shell_meta(std::string_view s) {
  for (size_t i = 0; i < s.size(); i++) {
    char c = s[i];
    if (c && std::strchr(" \t\n'\"\\|&;()<>!{}*[?]^$`", c)) return true;
    if (c == '~' && (i == 0 || s[i - 1] == '=' || s[i - 1] == ':')) return true;
    if (c == '#' && (i == 0 || s[i - 1] == ' ' || s[i - 1] == '\t')) return true;
  }
  return false;
}

}  // namespace

std::string quoted_if_special(std::string_view value) { return has_shell_meta(value) ? single_quote(value) : std::string(value); }

std::string set_value(Shell& sh, std::string_view value) {
  bool utf8 = sh.expander().utf8();
  if (!sh.options()[Option::Posix] && needs_ansi_quote(value, utf8)) return bash_ansi_quote(value, utf8);
  return quoted_if_special(value);
}

std::string set_line(Shell& sh, Symbol s) {
  const Variable* v = sh.vars().find(s);
  if (!v || (v->dynamic && is_hidden(sh, s, *v) && s != sym::kUnderscore)) return "";
  const std::string& name = sh.symbols().name(s);
  const Variable& value = v->dynamic ? sh.last_computed(s, *v) : *v;
  if (value.is_array()) {
    if (!value.indexed_or_null() && !value.assoc_or_null()) return "";
    return name + "=" + sh.expander().compound_text(value) + "\n";
  }
  if (&value == v && v->dynamic) return "";   // nobody asked yet
  return value.is_set() ? name + "=" + set_value(sh, value.text()) + "\n" : "";
}

std::string declare_letters(const Variable& v) {
  std::string letters = Expander::attribute_letters(v);
  return letters.empty() ? "--" : "-" + letters;
}

std::string declare_line(Shell& sh, const std::string& name, const Variable& v) {
  std::string out = "declare " + declare_letters(v) + " " + name;
  if (v.is_array()) {
    if (v.indexed_or_null() || v.assoc_or_null()) out += "=" + sh.expander().compound_text(v);
  } else if (v.is_set()) {
    out += "=" + bash_double_quote(v.text(), sh.expander().utf8());
  }
  return out + "\n";
}

std::string declare_line(Shell& sh, Symbol s) {
  const Variable* v = sh.vars().find(s);
  if (!v) return "";
  return declare_line(sh, sh.symbols().name(s), v->dynamic ? sh.dynamic(s, *v) : *v);
}

std::string function_text(Shell&, const FunctionDef& f) { return print_function(static_cast<const ast::Function&>(*f.node->ast)) + "\n"; }

std::vector<Ref<FunctionDef>> sorted_functions(Shell& sh) {
  std::vector<Ref<FunctionDef>> out;
  for (const auto& [name, f] : *sh.state().functions) out.push_back(f);
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return sh.symbols().name(a->name) < sh.symbols().name(b->name); });
  return out;
}

bool is_hidden(Shell& sh, Symbol s, const Variable& v) {
  if (s == sym::kPIPESTATUS) return !sh.dynamic(s, v).indexed_or_null()->size();
  return v.dynamic && !v.attrs;
}

bool is_placeholder(const Variable& v) { return v.watched && !v.attrs && !v.dynamic && !v.is_set(); }

bool is_declared(Shell& sh, Symbol s) {
  const Variable* v = sh.vars().find(s);
  return v && !is_placeholder(*v);
}

}  // namespace nacre
