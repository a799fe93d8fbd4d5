// AwkInterp: what assignments, ++ and -- store, and where.
#include "base/deep_call.h"
#include "commands/awk/interp.h"

namespace nacre {

AwkValue AwkInterp::assign(const AwkNode* t, AwkValue v) {
  store(t, v);
  return v;
}

void AwkInterp::store(const AwkNode* t, AwkValue v) {
  switch (t->op) {
    case AwkOp::Global:
    case AwkOp::Local: {
      AwkCell& c = cell(t);
      if (c.array) fatal("attempt to use array `" + name_of(t) + origin_of(t) + "' in a scalar context");
      c.value = std::move(v);
      if (c.value.kind == AwkValue::Unset && c.value.looks < 0) c.value.looks = AwkValue::kSeen;
      if (t->op == AwkOp::Global && t->slot < kSpecialCount) special_assigned(t->slot);
      return;
    }
    case AwkOp::Field: set_field(field_index(t), std::move(v)); return;
    case AwkOp::Index: {
      if (table_element(t))
        if (AwkCell* c = symtab_cell(t, true)) {
          c->value = std::move(v);
          return;
        }
      std::string keep;
      std::string_view key = subscript(t, keep);
      AwkArray& a = array(t->a);
      size_t before = a.size();
      a.at(key) = std::move(v);
      if (a.size() != before && (a.size() & 0x3ff) == 0) p_.charge_memory(1024 * 96);
      return;
    }
    case AwkOp::Group: return store(t->a, std::move(v));
    default: return;
  }
}

void AwkInterp::run_assignment(const AwkNode* n) {
  const AwkNode *t = n->a, *r = n->b;
  // A piece of text goes where the variable's last one was, when nothing shares that.
  if (r->op == AwkOp::Builtin && r->slot == static_cast<int>(AwkBuiltin::Substr) &&
      (t->op == AwkOp::Local || (t->op == AwkOp::Global && t->slot >= kSpecialCount))) {
    std::string keep;
    std::string_view s = deep_call([&] { return substring(r, keep); });
    if (AwkValue& v = cell(t).value; v.kind == AwkValue::Text)
      if (std::string* own = v.text.unique()) {
        own->assign(s);
        return;
      }
    return store(t, AwkValue::copy_of(s));
  }
  if (r->op == AwkOp::Concat) eval(n);   // which may append in place
  else store(t, eval(r));
}

AwkValue AwkInterp::assign_op(const AwkNode* n) {
  if (n->a->op == AwkOp::Index && table_element(n->a)) {
    const double b = number(n->b);
    if (AwkCell* c = symtab_cell(n->a, true)) return c->value = AwkValue(arithmetic(n->op, c->value.to_number(), b));
  }
  if (n->a->op == AwkOp::Index) {
    double b = number(n->b);
    std::string keep;
    std::string_view key = subscript(n->a, keep);
    AwkArray& a = array(n->a->a);
    if (dialect_.lint) lint_element(n->a->a, a, key);
    AwkValue& v = a.at(key);
    v = AwkValue(arithmetic(n->op, v.to_number(), b));
    return v;
  }
  double b = number(n->b);
  if (double* own = own_number(n->a)) return *own = arithmetic(n->op, *own, b);
  if (n->a->op == AwkOp::Field) {
    int64_t i = field_index(n->a);   // once: it may have effects
    AwkValue v(arithmetic(n->op, field(i).to_number(), b));
    set_field(i, v);
    return v;
  }
  double a = number(n->a);
  return assign(n->a, AwkValue(arithmetic(n->op, a, b)));
}

double AwkInterp::step(const AwkNode* t, double by, bool post) {
  if (t->op == AwkOp::Index && table_element(t))
    if (AwkCell* c = symtab_cell(t, true)) {
      const double old = c->value.to_number();
      c->value = AwkValue(old + by);
      return post ? old : old + by;
    }
  if (t->op == AwkOp::Index) {
    std::string keep;
    std::string_view key = subscript(t, keep);
    AwkArray& a = array(t->a);
    size_t before = a.size();
    if (dialect_.lint) lint_element(t->a, a, key);
    AwkValue& v = a.at(key);
    if (a.size() != before && (a.size() & 0x3ff) == 0) p_.charge_memory(1024 * 96);
    double old = v.to_number();
    if (v.kind == AwkValue::Number) v.number = old + by;
    else v = AwkValue(old + by);
    return post ? old : old + by;
  }
  if (double* own = own_number(t)) {
    double old = *own;
    *own = old + by;
    return post ? old : old + by;
  }
  if (t->op == AwkOp::Field) {
    int64_t i = field_index(t);
    double old = field(i).to_number();
    set_field(i, AwkValue(old + by));
    return post ? old : old + by;
  }
  double old = number(t);
  assign(t, AwkValue(old + by));
  return post ? old : old + by;
}

}  // namespace nacre
