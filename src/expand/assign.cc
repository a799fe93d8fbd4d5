// Assignment: namerefs, attributes, arrays, readonly.
// Source: bash manual, "Shell Parameters", "Arrays", declare.
#include "algo/unicode.h"
#include "expand/expander.h"
#include "base/utf8.h"
#include "syntax/parser.h"

namespace nacre {

namespace {
constexpr size_t kLongValue = 65536;   // bytes; such a value is charged for and not copied
}

bool Expander::check_writable(Symbol s) {
  const Variable* v = vars_.find(s);
  if (!v || !v->has(kReadonly)) return true;
  return report(Failure::None, vars_.symbols().name(s) + ": readonly variable");
}

/// The symbol an assignment to s reaches; kNone (reported) when none.
Symbol Expander::assignable(Symbol s, uint32_t flags, std::string* element) {
  if (flags & kNoNameref) return s;
  const Variable* v = vars_.find(s);
  if (!v || !v->has(kNameref)) return s;
  if (!v->is_set()) return s;
  Symbol t = vars_.resolve(s, element);
  if (t == sym::kNone) {
    const std::string& name = vars_.symbols().name(s);
    if (is_name(v->text())) host_.error("warning: " + name + ": circular name reference");
    else host_.error("`" + v->text() + "': not a valid identifier");
  }
  return t;
}

/// A value that is no number for an integer variable ends all texts.
bool Expander::give_up() {
  if (failure_ == Failure::Discard) failure_ = Failure::TopLevel;
  return false;
}

/// Applies -i -l -u -c.
bool Expander::convert(const Variable& v, std::string_view value, std::string* out) {
  if (v.has(kInteger)) {
    int64_t n = 0;
    std::string text(value);
    if (!arith(text, &n)) return give_up();
    *out = std::to_string(n);
    return true;
  }
  if (v.has(kUpper)) *out = upper(value, utf8_);
  else if (v.has(kLower)) *out = lower(value, utf8_);
  else if (v.has(kCapital)) {
    std::string low = lower(value, utf8_);
    size_t first = low.empty() ? 0 : utf8_ ? utf8::decode(low).length : 1;
    *out = upper(std::string_view(low).substr(0, first), utf8_) + low.substr(first);
  } else {
    *out = value;
  }
  return true;
}

bool Expander::assign(Symbol s, std::string_view value, uint32_t flags) {
  const Variable* current = vars_.find(s);
  constexpr uint32_t kSpecial = kReadonly | kInteger | kLower | kUpper | kCapital | kNameref;
  if (__builtin_expect(!(current && (current->attrs & kSpecial)) && !(flags & kAppend), 1)) {
    Variable& v = vars_.writable(s);
    if (value.size() > kLongValue) host_.charge(value.size());
    v.set_text(value);
    if (options_[Option::AllExport]) {
      v.attrs |= kExported;
      vars_.touch_environment();
    }
    if (v.watched || v.dynamic) host_.assigned(s, v);
    return true;
  }
  std::string element;
  Symbol t = assignable(s, flags, &element);
  if (t == sym::kNone) return false;
  if (!element.empty()) return assign_name(element, value, flags);
  if (!(flags & kForce) && !check_writable(t)) return false;
  if (current && current->has(kNameref) && !current->is_set() && !(flags & kNoNameref) && t == s) {
    // Assigning to a nameref without a target gives it one.
    std::string name(value);
    size_t bracket = name.find('[');
    if (!is_name(std::string_view(name).substr(0, bracket))) {
      host_.error("`" + name + "': not a valid identifier");
      return false;
    }
  }
  const Variable* target = vars_.find(t);
  std::string converted;
  if (target && target->has(kInteger) && (flags & kAppend)) {
    int64_t n = 0, add = 0;
    std::string old = target->text();
    if (!arith(std::string(value), &add) || !(old.empty() || arith(old, &n))) return give_up();
    Variable& v = vars_.writable(t);
    v.set_number(static_cast<int64_t>(static_cast<uint64_t>(n) + static_cast<uint64_t>(add)));
    if (v.watched || v.dynamic) host_.assigned(t, v);
    return true;
  }
  if (target && !(flags & kNoInteger)) {
    if (!convert(*target, value, &converted)) return false;
    value = converted;
  }
  Variable& v = vars_.writable(t);
  if (flags & kAppend) {
    size_t size = v.text().size() + value.size();
    if (size > kLongValue) host_.charge(value.size());
    v.append_text(value);
  } else {
    v.set_text(value);
  }
  if (options_[Option::AllExport]) {
    v.attrs |= kExported;
    vars_.touch_environment();
  }
  if (v.watched || v.dynamic) host_.assigned(t, v);
  return true;
}

bool Expander::assign_number(Symbol s, int64_t value) {
  const Variable* v = vars_.find(s);
  if (v && (v->attrs & ~static_cast<uint32_t>(kInteger | kIndexed | kAssoc))) return assign(s, std::to_string(value), kNoInteger);
  Variable& w = vars_.writable(s);
  w.set_number(value);
  if (w.watched || w.dynamic) host_.assigned(s, w);
  if (options_[Option::AllExport]) w.attrs |= kExported;
  return true;
}

// ---------------------------------------------------------------- elements

bool Expander::index_of(const Variable& v, Symbol s, std::string_view subscript, int64_t* out) {
  if (!this->subscript(expand_text(subscript), out)) return false;
  if (*out >= 0) return true;
  const IndexedArray* a = v.indexed_or_null();
  *out += a ? a->end_index() : v.is_set() ? 1 : 0;
  if (*out >= 0) return true;
  return report(Failure::None, vars_.symbols().name(s) + "[" + std::string(subscript) + "]: bad array subscript");
}

std::string Expander::key_of(std::string_view subscript) {
  Arena arena;
  ParseOptions po;
  SyntaxError error;
  const ast::Word* word = parse_word(arena, subscript, po, &error);
  if (!word) return std::string(subscript);
  std::string out;
  if (!string(*lower_word(arena, vars_.symbols(), *word, WordMode::Plain), &out)) return std::string(subscript);
  return out;
}

std::string Expander::expand_text(std::string_view text) {
  if (text.find_first_of("$`") == text.npos) return std::string(text);
  Arena arena;
  SyntaxError error;
  const ast::Word* word = parse_double_quoted(arena, text, {}, &error);
  std::string out;
  if (!word || !string(*lower_word(arena, vars_.symbols(), *word, WordMode::Quoted), &out)) return std::string(text);
  return out;
}

bool Expander::assign_indexed(Symbol s, int64_t index, std::string_view value, uint32_t flags) {
  Symbol t = assignable(s, flags, nullptr);
  if (t == sym::kNone || !check_writable(t)) return false;
  const Variable* old = vars_.find(t);
  if (old && old->has(kAssoc)) return assign_key(t, std::to_string(index), value, flags);
  if (index < 0) {
    const IndexedArray* a = old ? old->indexed_or_null() : nullptr;
    int64_t from = index;
    index += a ? a->end_index() : old && old->is_set() ? 1 : 0;
    if (index < 0) {
      return report(Failure::None, vars_.symbols().name(t) + "[" + std::to_string(from) + "]: bad array subscript");
    }
  }
  std::string converted;
  if (old && !(flags & kNoInteger)) {
    std::string whole(value);
    if (flags & kAppend) {
      const IndexedArray* a = old->indexed_or_null();
      const std::string* before = a ? a->get(index) : index == 0 && old->is_set() ? &old->text() : nullptr;
      if (before) whole = old->has(kInteger) ? *before + "+(" + whole + ")" : *before + whole;
    }
    if (!convert(*old, whole, &converted)) return false;
    value = converted;
    flags &= ~static_cast<uint32_t>(kAppend);
  }
  Variable& v = vars_.writable(t);
  std::string& slot = v.indexed().at(index);
  if (flags & kAppend) slot += value;
  else slot = value;
  v.attrs |= kIndexed;
  host_.charge(64);
  if (v.watched || v.dynamic) host_.assigned(t, v);
  return true;
}

bool Expander::assign_key(Symbol s, std::string_view key, std::string_view value, uint32_t flags) {
  Symbol t = assignable(s, flags, nullptr);
  if (t == sym::kNone || !check_writable(t)) return false;
  if (key.empty()) {
    return report(Failure::None, vars_.symbols().name(t) + "[" + std::string(key) + "]: bad array subscript");
  }
  std::string k(key), converted;
  const Variable* old = vars_.find(t);
  if (old && !(flags & kNoInteger)) {
    std::string whole(value);
    const AssocArray* m = old->assoc_or_null();
    const std::string* before = (flags & kAppend) && m ? m->get(k) : nullptr;
    if (before) whole = old->has(kInteger) ? *before + "+(" + whole + ")" : *before + whole;
    if (!convert(*old, whole, &converted)) return false;
    value = converted;
    flags &= ~static_cast<uint32_t>(kAppend);
  }
  Variable& v = vars_.writable(t);
  std::string& slot = v.assoc().at(k);
  if (flags & kAppend) slot += value;
  else slot = value;
  host_.charge(96);
  if (v.watched || v.dynamic) host_.assigned(t, v);
  return true;
}

bool Expander::assign_element(Symbol s, const ir::ArithText* index, const ir::Word* key, std::string_view value, uint32_t flags) {
  Symbol t = assignable(s, flags, nullptr);
  if (t == sym::kNone) return false;
  const Variable* v = vars_.find(t);
  if (v && v->has(kAssoc)) {
    std::string k;
    if (!string(*key, &k)) return false;
    if (k.empty()) return report(Failure::None, vars_.symbols().name(t) + "[" + std::string(index->source) + "]: bad array subscript");
    return assign_key(t, k, value, flags);
  }
  if (index->source.empty()) {
    return report(Failure::None, vars_.symbols().name(t) + "[]: bad array subscript");
  }
  int64_t i = 0;
  if (!subscript(*index, &i)) return false;
  return assign_indexed(t, i, value, flags);
}

bool Expander::assign_name(std::string_view target, std::string_view value, uint32_t flags) {
  size_t bracket = target.find('[');
  std::string_view base = target.substr(0, bracket);
  if (!is_name(base) || (bracket != target.npos && (target.back() != ']' || target.size() == bracket + 2))) {
    host_.error("`" + std::string(target) + "': not a valid identifier");
    return false;
  }
  Symbol s = vars_.symbols().intern(base);
  if (bracket == target.npos) return assign(s, value, flags);
  std::string sub(target.substr(bracket + 1, target.size() - bracket - 2));
  Symbol t = assignable(s, flags, nullptr);
  if (t == sym::kNone) return false;
  const Variable* v = vars_.find(t);
  std::string kept(value);
  if (v && v->has(kAssoc)) return assign_key(t, options_[Option::AssocExpandOnce] ? sub : key_of(sub), kept, flags);
  if (sub == "@" || sub == "*") {
    return report(Failure::None, std::string(target) + ": bad array subscript");
  }
  int64_t i = 0;
  if (!subscript(expand_text(sub), &i)) return false;
  return assign_indexed(t, i, kept, flags);
}

// ---------------------------------------------------------------- compound

bool Expander::assign_compound(Symbol s, ir::Seq<ir::Element> elements, bool append) {
  Symbol t = assignable(s, 0, nullptr);
  if (t == sym::kNone || !check_writable(t)) return false;
  const Variable* old = vars_.find(t);
  // Everything on the right is expanded before the old value goes.
  CompoundValue value;
  if (!expand_compound(elements, old && old->has(kAssoc), false, &value)) return false;
  return assign_expanded(t, std::move(value), append);
}

bool Expander::assign_compound(Symbol s, CompoundValue value, bool append) {
  Symbol t = assignable(s, 0, nullptr);
  return t != sym::kNone && check_writable(t) && assign_expanded(t, std::move(value), append);
}

bool Expander::expand_compound(ir::Seq<ir::Element> elements, bool assoc, bool subscripts, CompoundValue* out) {
  for (const ir::Element& e : elements) {
    if (e.index && (assoc || !e.braced)) {
      CompoundValue::Item item{&e, true, assoc || subscripts, {}, {}};
      if (item.expanded_key && !string(*e.key, &item.key)) return false;
      if (e.value && !string(*e.value, &item.value)) return false;
      out->items.push_back(std::move(item));
      continue;
    }
    std::vector<std::string> list;
    const ir::Word* word = e.index ? e.braced : e.value;
    if (word && !fields(*word, &list)) return false;
    for (std::string& x : list) out->items.push_back({&e, false, false, {}, std::move(x)});
  }
  return true;
}

std::string CompoundValue::Item::written() const { return keyed ? "[" + key + (element->append ? "]+=" : "]=") + value : value; }

bool Expander::assign_expanded(Symbol t, CompoundValue value, bool append) {
  std::vector<CompoundValue::Item>& values = value.items;
  const Variable* old = vars_.find(t);
  bool assoc = old && old->has(kAssoc);
  host_.charge(values.size() * 48);
  // Where an old value is still needed to evaluate a subscript it is kept by the copy.
  Variable& v = vars_.writable(t);
  if (assoc) {
    if (!append) v.assoc().clear();
    v.assoc();
    // ( key value key value ... ) or ( [key]=value ... ): the first item decides.
    bool pairs = !values.empty() && !values[0].keyed;
    for (size_t i = 0; i < values.size(); i++) {
      if (!pairs && !values[i].keyed) {
        const ir::Word* word = values[i].element->value;
        std::string shown(word->ast ? word->ast->raw : std::string_view(values[i].value));
        report(Failure::None, vars_.symbols().name(t) + ": " + shown + ": must use subscript when assigning associative array");
        continue;
      }
      if (pairs) {
        std::string value = i + 1 < values.size() ? values[i + 1].written() : "";
        if (!assign_key(t, values[i].written(), value, 0)) return false;
        i++;
        continue;
      }
      if (!assign_key(t, values[i].key, values[i].value, values[i].element->append && append ? kAppend : 0)) return false;
    }
  } else {
    if (!append) {
      v.clear_value();
      v.indexed().clear();
    }
    int64_t next = append ? v.indexed().end_index() : (v.indexed(), 0);
    v.attrs |= kIndexed;
    for (CompoundValue::Item& x : values) {
      host_.tick(1);
      if (x.keyed) {
        const Variable* now = vars_.find(t);
        int64_t i = 0;
        if (!(x.expanded_key ? subscript(x.key, &i) : subscript(*x.element->index, &i))) return false;
        if (i < 0) {
          i += now->indexed_or_null() ? now->indexed_or_null()->end_index() : 0;
          if (i < 0) {
            report(Failure::None, "[" + std::string(x.element->index->source) + "]=" + x.value + ": bad array subscript");
            continue;
          }
        }
        next = i;
      }
      const Variable* now = vars_.find(t);
      constexpr uint32_t kPlain = ~static_cast<uint32_t>(kIndexed | kExported | kTrace);
      if (!(now->attrs & kPlain) && !x.element->append) vars_.writable(t).indexed().at(next) = std::move(x.value);
      else if (!assign_indexed(t, next, x.value, x.element->append ? kAppend : 0)) return false;
      next++;
    }
  }
  Variable& w = vars_.writable(t);
  if (options_[Option::AllExport]) w.attrs |= kExported;
  if (w.watched) host_.assigned(t, w);
  return true;
}

bool Expander::assignment(const ir::Assignment& a, const BeforeAssigning* before) {
  if (a.compound) {
    if (before) (*before)("");
    if (a.index) {
      return report(Failure::None, vars_.symbols().name(a.symbol) + "[" + std::string(a.index->source) + "]: cannot assign list to array member");
    }
    return assign_compound(a.symbol, a.elements, a.append);
  }
  std::string value;
  if (a.value && !string(*a.value, &value)) return false;
  if (before) (*before)(value);
  uint32_t flags = a.append ? kAppend : 0;
  if (a.index) return assign_element(a.symbol, a.index, a.key, value, flags);
  // What has much room to grow would keep it.
  if (value.size() > kLongValue && value.capacity() - value.size() < value.size() / 4 && !flags) {
    // A name without attributes takes a long value over; short ones are copied to where the last one was.
    const Variable* now = vars_.find(a.symbol);
    if ((!now || !(now->attrs || now->watched || now->dynamic)) && !options_[Option::AllExport]) {
      host_.charge(value.size());
      vars_.writable(a.symbol).set_text(std::move(value));
      return true;
    }
  }
  return assign(a.symbol, value, flags);
}

// ---------------------------------------------------------------- questions, removal

bool Expander::is_set(std::string_view name) {
  size_t bracket = name.find('[');
  std::string_view base = name.substr(0, bracket);
  if (!is_name(base)) {
    // Positional parameters count too.
    if (name.empty()) return false;
    int64_t n = 0;
    for (char c : name) {
      if (c < '0' || c > '9') return false;
      n = n * 10 + (c - '0');
      if (n > 1'000'000'000) return false;
    }
    return n == 0 || static_cast<size_t>(n) <= host_.positional().size();
  }
  Symbol s = vars_.symbols().intern(base);
  const Variable* v = lookup(s);
  if (bracket == name.npos) return v && v->is_set();
  if (name.back() != ']') return false;
  std::string sub(name.substr(bracket + 1, name.size() - bracket - 2));
  if (!v) {
    int64_t unused = 0;   // an error in the subscript is told all the same
    if (sub != "@" && sub != "*") (void)subscript(expand_text(sub), &unused);
    return false;
  }
  if (const AssocArray* m = v->assoc_or_null()) {
    std::string key = key_of(sub);
    return m->get(key) != nullptr;
  }
  if (sub == "@" || sub == "*") return v->has_any();
  int64_t i = 0;
  if (!index_of(*v, s, sub, &i)) return false;
  if (const IndexedArray* a = v->indexed_or_null()) return a->get(i) != nullptr;
  return i == 0 && v->is_set();
}

bool Expander::unset_element(Symbol s, std::string_view subscript) {
  Symbol t = vars_.resolve(s);
  const Variable* v = t == sym::kNone ? nullptr : vars_.find(t);
  if (!v) return true;
  if (!check_writable(t)) return false;
  if (v->has(kAssoc)) {
    std::string key = key_of(subscript);
    vars_.writable(t).assoc().remove(key);
    return true;
  }
  if (subscript == "@" || subscript == "*") {
    if (v->is_array()) vars_.writable(t).indexed().clear();
    else vars_.unset(t);
    return true;
  }
  int64_t i = 0;
  if (!index_of(*v, t, subscript, &i)) return false;
  if (v->is_array()) vars_.writable(t).indexed().remove(i);
  else if (i == 0) vars_.unset(t);
  else {
    host_.error(vars_.symbols().name(t) + ": not an array variable");
    return false;
  }
  return true;
}

}  // namespace nacre
