// Parameter expansion: find the value (or the list of values), apply the
// operator, deliver fields. Source: bash manual, "Shell Parameter Expansion".
#include <algorithm>
#include <utility>

#include "algo/quote.h"
#include "base/utf8.h"
#include "expand/fields.h"
#include "expand/param_target.h"

namespace nacre {

const Variable* Expander::lookup(Symbol s) {
  const Variable* v = vars_.find(s);
  if (!v) return nullptr;
  if (v->has(kNameref) && v->is_set()) {
    Symbol t = vars_.resolve(s);
    if (t == sym::kNone) {
      // A local reference to its own name means the variable outside.
      if (v->text() == vars_.symbols().name(s)) return vars_.hidden(s);
      return nullptr;
    }
    v = vars_.find(t);
    s = t;
    if (!v) return nullptr;
  }
  if (v->dynamic) return &host_.dynamic(s, *v);
  return v;
}

const std::string* Expander::value_of(Symbol s) {
  const Variable* v = lookup(s);
  return v && v->is_set() ? &v->text() : nullptr;
}

void Expander::elements(const Variable& v, std::vector<std::string>* out) {
  if (const IndexedArray* a = v.indexed_or_null()) {
    out->reserve(out->size() + a->size());
    for (const auto& e : a->elements()) out->push_back(e.value);
  } else if (const AssocArray* m = v.assoc_or_null()) {
    m->each([&](const std::string&, const std::string& value) { out->push_back(value); });
  } else if (v.is_set()) {
    out->push_back(v.text());
  }
}

void Expander::keys(const Variable& v, std::vector<std::string>* out) {
  if (const IndexedArray* a = v.indexed_or_null()) {
    for (const auto& e : a->elements()) out->push_back(std::to_string(e.index));
  } else if (const AssocArray* m = v.assoc_or_null()) {
    m->each([&](const std::string& key, const std::string&) { out->push_back(key); });
  } else if (v.is_set()) {
    out->push_back("0");
  }
}

// ---------------------------------------------------------------- finding values

bool Expander::element_value(const Variable* v, Symbol s, const ir::ArithText* index, const ir::Word* key, std::string_view text, Target& t) {
  if (v && v->has(kAssoc)) {
    std::string k;
    if (key) {
      if (!string(*key, &k)) return false;
    } else {
      k = key_of(text);
    }
    t.key = k;
    if (const AssocArray* m = v->assoc_or_null()) t.set_scalar(m->get(k));
    return true;
  }
  int64_t i = 0;
  if (!(index ? subscript(*index, &i) : subscript(expand_text(text), &i))) return false;
  const IndexedArray* a = v ? v->indexed_or_null() : nullptr;
  if (i < 0) {
    i += a ? a->end_index() : 0;
    if (i < 0 && measured_) return report(Failure::Discard, std::string(measured_->index->source) + "]: bad array subscript");
    if (i < 0) {
      report(Failure::None, vars_.symbols().name(s) + ": bad array subscript");
      return true;
    }
  }
  t.key = std::to_string(i);
  if (a) t.set_scalar(a->get(i));
  else if (v && i == 0 && v->is_set()) t.set_scalar(&v->text());
  return true;
}

void Expander::list_value(const Variable* v, bool star, Target& t) {
  t.is_list = true;
  t.star = star;
  if (!v) return;
  elements(*v, &t.list);
  t.set = !t.list.empty();
}

void Expander::positional_value(bool star, Target& t) {
  t.is_list = true;
  t.star = star;
  t.positional = true;
  t.list = host_.positional();
  t.set = !t.list.empty();
}

void Expander::special_value(char c, int position, Target& t) {
  if (c == '@' || c == '*') return positional_value(c == '*', t);
  const auto& args = host_.positional();
  if (c == 0) {
    if (static_cast<size_t>(position) <= args.size()) t.set_scalar(&args[static_cast<size_t>(position) - 1]);
    return;
  }
  std::string value = c == '0' ? host_.arg0() : c == '#' ? std::to_string(args.size()) : host_.special(c);
  t.set_scalar(&value);
  // $! is unset until a background job was started.
  if (c == '!' && value.empty()) t.set = false;
}

/// A name met at run time: the target of ${!x} or of a nameref to an element.
bool Expander::named_value(std::string_view name, Target& t) {
  t.name = name;
  if (name == "@" || name == "*") {
    positional_value(name == "*", t);
    return true;
  }
  if (!name.empty() && name[0] >= '0' && name[0] <= '9') {
    int64_t n = 0;
    for (char c : name) {
      if (c < '0' || c > '9') return false;
      n = std::min<int64_t>(n * 10 + (c - '0'), INT32_MAX);
    }
    special_value(n == 0 ? '0' : 0, static_cast<int>(n), t);
    return true;
  }
  if (name.size() == 1 && std::string_view("#?-$!").find(name[0]) != std::string_view::npos) {
    special_value(name[0], 0, t);
    return true;
  }
  size_t bracket = name.find('[');
  std::string_view base = name.substr(0, bracket);
  if (!is_name(base)) return false;
  t.symbol = vars_.symbols().intern(base);
  std::string element;
  Symbol s = vars_.resolve(t.symbol, &element);
  const Variable* v = lookup(t.symbol);
  t.variable = v;
  if (bracket == name.npos) {
    if (!element.empty() && element != name) return named_value(element, t);
    if (v && v->is_set()) t.set_scalar(&v->text());
    return true;
  }
  if (name.back() != ']' || name.size() == bracket + 2) return false;
  std::string_view sub = name.substr(bracket + 1, name.size() - bracket - 2);
  if (sub == "@" || sub == "*") {
    list_value(v, sub == "*", t);
    return true;
  }
  return element_value(v, s, nullptr, nullptr, sub, t);
}

bool Expander::resolve(const ir::Param& p, Target& t) {
  t.name = p.name;
  if (p.kind != ir::ParamKind::Variable) {
    special_value(p.kind == ir::ParamKind::Positional ? '\0' : p.special, p.position, t);
    return true;
  }
  t.symbol = p.symbol;
  std::string element;
  Symbol s = vars_.resolve(p.symbol, &element);
  const Variable* v = lookup(p.symbol);
  t.variable = v;
  switch (p.subscript) {
    case ast::SubscriptKind::None:
      if (!element.empty()) return named_value(element, t);
      if (v && v->is_set()) t.set_scalar(&v->text());
      return true;
    case ast::SubscriptKind::At:
    case ast::SubscriptKind::Star: list_value(v, p.subscript == ast::SubscriptKind::Star, t); return true;
    case ast::SubscriptKind::Expr: return element_value(v, s, p.index, p.key, "", t);
  }
  return true;
}

namespace {
/// "a[@]", "!x": what messages call a parameter.
std::string parameter_text(const ir::Param& p) {
  std::string out = (p.indirect ? "!" : "") + std::string(p.name);
  if (p.subscript == ast::SubscriptKind::At) out += "[@]";
  if (p.subscript == ast::SubscriptKind::Star) out += "[*]";
  if (p.subscript == ast::SubscriptKind::Expr) out += "[" + std::string(p.index->source) + "]";
  return out;
}
}  // namespace

bool Expander::unbound(const ir::Param& p) {
  // bash names $2, but 2 for ${2}.
  bool bare = p.kind != ir::ParamKind::Variable && p.raw.size() > 1 && p.raw[0] == '$' && p.raw[1] != '{';
  std::string name(bare ? p.raw : p.name);
  if (p.subscript == ast::SubscriptKind::Expr) name += "[" + std::string(p.index->source) + "]";
  if (p.indirect) name = "!" + name;
  return fail(Failure::Exit, name + ": unbound variable");
}

// ---------------------------------------------------------------- delivering

std::string Expander::join(const std::vector<std::string>& list, bool star) {
  std::string out;
  for (size_t i = 0; i < list.size(); i++) {
    if (i) {
      if (!star || in_here_document_) out += ' ';
      else out += ifs_separator();
    }
    out += list[i];
  }
  return out;
}

void Expander::emit(Target& t, bool quoted, Fields& f) {
  if (!t.is_list) {
    if (quoted) f.append_quoted(t.scalar);
    else f.append_split(t.scalar);
    return;
  }
  if (f.mode != Fields::Mode::Split || (quoted && t.star)) {
    // One string. Unset IFS joins with a space; the same goes for $@ here.
    if (quoted || f.mode == Fields::Mode::String) {
      if (t.list.empty() && !t.star && f.mode == Fields::Mode::Split) return;
      f.append_quoted(join(t.list, t.star));
    } else {
      f.append_split(join(t.list, t.star));
    }
    return;
  }
  if (quoted) {
    // Fields as they are: the first and the last may be joined to what stands beside them.
    if (f.out->empty() && !f.started && t.list.size() > 1) {
      f.out->swap(t.list);
      std::string last = std::move(f.out->back());
      f.out->pop_back();
      f.append_quoted(last);
      return;
    }
    f.out->reserve(f.out->size() + t.list.size());
    for (size_t i = 0; i < t.list.size(); i++) {
      if (i) f.end_field();
      if (i && i + 1 < t.list.size()) f.out->push_back(std::move(t.list[i]));
      else f.append_quoted(t.list[i]);
    }
    return;
  }
  if (t.star && ifs_.empty() && t.names) return f.append_split(join(t.list, !t.keys));
  for (size_t i = 0; i < t.list.size(); i++) {
    // Unquoted values are joined by the first character of IFS and split again,
    // so that one that is no white space keeps empty values apart.
    if (i && has_ifs_first_) f.append_split(ifs_separator());
    else if (i) f.end_field();
    f.append_split(t.list[i]);
  }
}

// ---------------------------------------------------------------- operators

void Expander::prefix_names(const ir::Param& p, Target& t) {
  t.is_list = true;
  t.names = true;
  t.star = p.transform == '*';
  for (Symbol s : vars_.sorted()) {
    const std::string& name = vars_.symbols().name(s);
    const Variable* v = vars_.find(s);
    if (name.starts_with(p.name) && (v->has_any() || v->dynamic)) t.list.push_back(name);
  }
  t.set = !t.list.empty();
}

/// - = ? + : what to do when the value is missing. *done: the expansion is complete.
bool Expander::apply_default(const ir::Param& p, Target& t, bool quoted, Fields& f, bool* done) {
  using Op = ast::ParamOp;
  // A list is null when it has no element, or one that is empty; through an
  // indirection bash looks at the first only.
  bool null = !t.is_list                        ? t.scalar.empty()
              : quoted && t.star && !p.indirect ? join(t.list, true).empty()
                                                : t.list.empty() || (t.list.size() == 1 && t.list[0].empty() && !p.indirect);
  bool missing = !t.set || (p.colon && null);
  if (p.op == Op::Alternate) {
    *done = true;
    if (missing) {
      // An empty result that is quoted is still there.
      if (quoted && !t.is_list) f.append_quoted("");
      return true;
    }
    return expand_default(p, quoted, f);
  }
  if (!missing) return true;
  *done = true;
  switch (p.op) {
    case Op::Default: return expand_default(p, quoted, f);
    case Op::Error: {
      std::string message = p.colon ? "parameter null or not set" : "parameter not set";
      if (p.arg && !p.arg->parts.empty() && !string(*p.arg, &message)) return false;
      return fail(Failure::Exit, parameter_text(p) + ": " + message);
    }
    default: {
      std::string value;
      if (p.arg && !string(*p.arg, &value)) return false;
      if (t.symbol && t.is_list) return report(Failure::Discard, parameter_text(p) + ": bad array subscript");
      if (t.symbol == 0) return report(Failure::Discard, "$" + std::string(p.name) + ": cannot assign in this way");
      bool ok;
      if (p.subscript == ast::SubscriptKind::Expr && !p.indirect) ok = assign_element(p.symbol, p.index, p.key, value, 0);
      else ok = assign_name(p.indirect ? t.name : std::string(p.name), value);
      if (!ok) return fail(Failure::Discard, "");
      Target again;
      if (!(p.indirect ? named_value(t.name, again) : resolve(p, again))) return false;
      emit(again, quoted, f);
      return true;
    }
  }
}

bool Expander::expand_default(const ir::Param& p, bool quoted, Fields& f) {
  if (!p.arg || p.arg->parts.empty()) {
    if (quoted) f.append_quoted("");
    return true;
  }
  bool outer = f.split_literals;
  f.split_literals = !quoted;
  bool ok = expand_parts(p.arg->parts, f);
  f.split_literals = outer;
  return ok;
}

bool Expander::substring_bounds(const ir::Param& p, int64_t* offset, int64_t* count) {
  std::string outer = std::exchange(arith_subject_, parameter_text(p));
  bool ok = (!p.offset || arith(*p.offset, offset)) && (!p.count || arith(*p.count, count));
  arith_subject_ = std::move(outer);
  return ok;
}

bool Expander::substring(const ir::Param& p, Target& t) {
  if (t.is_list && !t.positional && !t.variable) return true;
  int64_t offset = 0, count = 0;
  if (!substring_bounds(p, &offset, &count)) return false;
  if (!t.is_list) {
    bool chars = utf8_;
    auto size = static_cast<int64_t>(chars ? utf8::length(t.scalar) : t.scalar.size());
    if (offset < 0) offset += size;
    if (offset < 0 || offset > size) {
      t.scalar.clear();
      return true;
    }
    int64_t end = !p.count ? size : count < 0 ? size + count : std::min(size, count > size - offset ? size : offset + count);
    if (p.count && count < 0 && end < offset) return fail(Failure::Discard, std::string(p.count->source) + ": substring expression < 0");
    size_t from = chars ? utf8::offset(t.scalar, static_cast<size_t>(offset)) : static_cast<size_t>(offset);
    size_t to = chars ? utf8::offset(t.scalar, static_cast<size_t>(end)) : static_cast<size_t>(end);
    t.scalar = t.scalar.substr(from, to - from);
    return true;
  }
  if (p.count && count < 0) return fail(Failure::Discard, std::string(p.count->source) + ": substring expression < 0");
  // Which element each value is: positional parameters count from $0, sparse
  // arrays by their own index.
  std::vector<std::string> list;
  std::vector<int64_t> index;
  if (t.positional) {
    list.push_back(host_.arg0());
    list.insert(list.end(), t.list.begin(), t.list.end());
    for (size_t i = 0; i < list.size(); i++) index.push_back(static_cast<int64_t>(i));
  } else {
    list = t.list;
    const IndexedArray* a = t.variable ? t.variable->indexed_or_null() : nullptr;
    // Of an associative array the first is number 1, and 0 means the same.
    int64_t first = t.variable && t.variable->has(kAssoc) ? 1 : 0;
    if (first && offset == 0) offset = 1;
    for (size_t i = 0; i < list.size(); i++) index.push_back(a ? a->elements()[i].index : static_cast<int64_t>(i) + first);
  }
  int64_t end = index.empty() ? 0 : index.back() + 1;
  if (offset < 0) offset += end;
  std::vector<std::string> out;
  if (offset >= 0) {
    for (size_t i = 0; i < list.size(); i++) {
      if (index[i] < offset) continue;
      if (p.count && static_cast<int64_t>(out.size()) >= count) break;
      out.push_back(std::move(list[i]));
    }
  }
  t.list = std::move(out);
  return true;
}

/// ${!x...}: the value of x names the parameter meant.
bool Expander::indirect(const ir::Param& p, Target& t, bool* done) {
  const Variable* raw = p.kind == ir::ParamKind::Variable ? vars_.find(p.symbol) : nullptr;
  if (raw && raw->has(kNameref) && p.subscript == ast::SubscriptKind::None) {
    // ${!ref} is the name a nameref refers to.
    std::string target;
    Symbol end = vars_.resolve(p.symbol, &target);
    if (target.empty()) target = end == sym::kNone || end == p.symbol ? raw->text() : vars_.symbols().name(end);
    t.set_scalar(&target);
    *done = p.op == ast::ParamOp::None;
    return true;
  }
  Target name;
  if (!resolve(p, name)) return false;
  std::string target = name.is_list ? join(name.list, true) : name.scalar;
  if (!name.set && name.variable && name.variable->is_array()) {
    // An array without an element 0 names nothing, which is no error.
    t.set_scalar(nullptr);
    return true;
  }
  if (!name.set && p.kind == ir::ParamKind::Positional) return true;
  if (!name.set && !(p.op == ast::ParamOp::Default || p.op == ast::ParamOp::Alternate || p.op == ast::ParamOp::Assign || p.op == ast::ParamOp::Error)) {
    return report(Failure::Discard, std::string(p.name) + ": invalid indirect expansion");
  }
  if (!name.set && (p.op != ast::ParamOp::None)) return report(Failure::Discard, std::string(p.name) + ": invalid indirect expansion");
  if (!named_value(target, t)) {
    if (failure_ != Failure::None) return false;
    return report(Failure::Discard, target + ": invalid variable name");
  }
  return true;
}

bool Expander::param(const ir::Part& part, Fields& f) {
  const ir::Param& p = *part.param;
  bool quoted = part.quoted;
  if (const std::string* value = plain_value(p)) {
    if (quoted) f.append_quoted(*value);
    else f.append_split(*value);
    return true;
  }
  if (p.op == ast::ParamOp::Bad) return report(expansion_error(), std::string(p.raw) + ": bad substitution");
  Target t;
  if (p.op == ast::ParamOp::PrefixNames) {
    prefix_names(p, t);
    emit(t, quoted, f);
    return true;
  }
  if (p.op == ast::ParamOp::Keys) {
    t.is_list = t.names = t.keys = true;
    t.star = p.subscript == ast::SubscriptKind::Star;
    if (const Variable* v = lookup(p.symbol)) keys(*v, &t.list);
    emit(t, quoted, f);
    return true;
  }
  if (p.length && !p.indirect && p.subscript != ast::SubscriptKind::None) {
    // Of what is no array nothing is looked at, and `set -u` minds even a scalar.
    const Variable* v = lookup(p.symbol);
    const bool array = v && (v->indexed_or_null() || v->assoc_or_null());
    if (!array && options_[Option::NoUnset]) return report(Failure::Discard, std::string(p.name) + ": unbound variable");
    if (!v) {
      const std::string zero = "0";
      t.set_scalar(&zero);
      emit(t, quoted, f);
      return true;
    }
  }
  bool name_only = false;
  const ir::Param* outer = std::exchange(measured_, p.length && !p.indirect && p.subscript == ast::SubscriptKind::Expr ? &p : nullptr);
  const bool found = p.indirect ? indirect(p, t, &name_only) : resolve(p, t);
  measured_ = outer;
  if (!found) return false;
  bool done = false;
  if (!name_only && !operate(p, t, quoted, f, &done)) return false;
  if (!done) emit(t, quoted, f);
  return true;
}

bool Expander::operate(const ir::Param& p, Target& t, bool quoted, Fields& f, bool* done) {
  using Op = ast::ParamOp;
  if (p.op == Op::Default || p.op == Op::Assign || p.op == Op::Error || p.op == Op::Alternate) {
    if (!apply_default(p, t, quoted, f, done)) return false;
    if (*done) return true;
  } else if (!t.set && !t.is_list && options_[Option::NoUnset] && !(p.length && p.subscript != ast::SubscriptKind::None)) {
    return unbound(p);
  }
  if (p.length) {
    size_t n = t.is_list ? t.list.size() : utf8_ ? utf8::length(t.scalar) : t.scalar.size();
    Target number;
    std::string text = std::to_string(n);
    number.set_scalar(&text);
    t = std::move(number);
    return true;
  }
  switch (p.op) {
    case Op::None:
    case Op::Default:
    case Op::Assign:
    case Op::Error:
    case Op::Alternate: return true;
    case Op::Substring:
      if (!t.set && !t.is_list) return true;
      return substring(p, t);
    case Op::Transform: return transform(p, t);
    default: return edit(p, t);
  }
}

}  // namespace nacre
