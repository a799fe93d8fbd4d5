/// Binding, destructuring, reduce and foreach, assignments.
/// Source: jq 1.8 manual, "Destructuring Alternative Operator", "Reduce", "Foreach", "Assignment".
#include "base/deep_call.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_write.h"

namespace nacre::jq {

bool Interp::match_fields(const Pattern& p, size_t at, const FrameRef& f, const Value& v, const std::function<bool()>& then) {
  if (at == p.fields.size()) return then();
  const Pattern::Field& field = p.fields[at];
  return each(field.key, f, Item{v, Value()}, [&](Item&& key) {
    if (!key.v.is_string()) {
      fail("Cannot index " + std::string(kind_name(v)) + " with " + kind_name(key.v) + " (" + brief(key.v) + ")");
      return false;
    }
    Value part = get(*this, v, key.v);
    if (!part.valid()) return false;
    if (field.slot >= 0) f->value()[field.slot] = part;
    auto rest = [&] { return match_fields(p, at + 1, f, v, then); };
    return field.value ? deep_call([&] { return match(*field.value, f, part, rest); }) : rest();
  });
}

bool Interp::match(const Pattern& p, const FrameRef& f, const Value& v, const std::function<bool()>& then) {
  if (p.kind == Pattern::Variable) {
    f->value()[p.slot] = v;
    return then();
  }
  if (p.kind == Pattern::Object) return match_fields(p, 0, f, v, then);
  std::function<bool(size_t)> element = [&](size_t i) {
    if (i == p.elements.size()) return then();
    Value part = get(*this, v, Value::number(static_cast<double>(i)));
    return part.valid() && deep_call([&] { return match(*p.elements[i], f, part, [&, i] { return element(i + 1); }); });
  };
  return element(0);
}

// All alternatives of ?//: an error while one is in use, also of what comes after, tries the next.
bool Interp::bind_all(const Node* n, const FrameRef& f, const Value& v, const std::function<bool()>& then) {
  if (n->patterns.size() == 1) return match(*n->patterns[0], f, v, then);
  for (size_t i = 0; i < n->patterns.size(); i++) {
    for (int slot : n->all_slots) f->value()[slot] = Value::null();
    if (match(*n->patterns[i], f, v, then)) return true;
    if (why_ != Why::Error || i + 1 == n->patterns.size()) return false;
    clear();
  }
  return true;
}

bool Interp::each_bind(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  return each(n->a, f, Item{io.v, Value()}, [&](Item&& v) { return bind_all(n, f, v.v, [&] { return each(n->b, f, io, k); }); });
}

// ---- reduce, foreach
St Interp::one_fold(const Node* n, Frame* f, Item& io) {
  Item state = io;
  St st = one(n->b, f, state);
  if (st != St::One) return st;
  FrameRef frame(f);
  bool tracked = io.tracked();
  auto update = [&]() -> bool {
    if (single(n->c, f)) {
      St s = one(n->c, f, state);
      if (s == St::None) state = Item{Value::null(), tracked ? Value::boolean(false) : Value()};
      return s != St::Stop;
    }
    Item last{Value::null(), tracked ? Value::boolean(false) : Value()};
    if (!each(n->c, frame, std::move(state), [&](Item&& i) {
          last = std::move(i);
          return true;
        }))
      return false;
    state = std::move(last);
    return true;
  };
  Value in = tracked ? io.v : std::move(io.v);
  if (!each(n->a, frame, Item{std::move(in), Value()}, [&](Item&& v) {
        if (n->patterns.size() == 1 && n->patterns[0]->kind == Pattern::Variable) {
          f->value()[n->patterns[0]->slot] = std::move(v.v);
          return update();
        }
        return bind_all(n, frame, v.v, update);
      }))
    return St::Stop;
  io = std::move(state);
  return St::One;
}

bool Interp::each_fold(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  return each(n->b, f, io, [&](Item&& init) {
    Item state = std::move(init);
    bool foreach = n->op == Op::Foreach, tracked = state.tracked();
    auto update = [&] {
      Item from = std::move(state);
      if (foreach) state = from;
      else state = Item{Value::null(), tracked ? Value::boolean(false) : Value()};
      return each(n->c, f, std::move(from), [&](Item&& next) {
        state = next;
        if (!foreach) return true;
        return n->d ? each(n->d, f, std::move(next), k) : k(std::move(next));
      });
    };
    bool good = each(n->a, f, Item{io.v, Value()}, [&](Item&& v) { return bind_all(n, f, v.v, update); });
    return good && (foreach || k(std::move(state)));
  });
}

// ---- assignments
bool Interp::paths_of(const Node* n, Frame* f, const Value& in, std::vector<Value>& out) {
  return each(n, FrameRef(f), Item{in, Value::array()}, [&](Item&& i) {
    if (!i.path.is_array()) {
      fail("Invalid path expression with result " + brief(i.v));
      return false;
    }
    out.push_back(std::move(i.path));
    return true;
  });
}

// The first output of n for v, into v.
St Interp::first_of(const Node* n, Frame* f, Value& v) {
  Item io{std::move(v), Value()};
  if (single(n, f)) {
    St st = one(n, f, io);
    v = std::move(io.v);
    return st;
  }
  int id = ++next_label_;
  bool any = false;
  bool good = each(n, FrameRef(f), std::move(io), [&](Item&& i) {
    v = std::move(i.v);   // NOLINT(bugprone-use-after-move): it gets a value
    any = true;
    why_ = Why::Break;
    label_ = id;
    return false;
  });
  if (!good && !stopped_for(id)) return St::Stop;
  return any ? St::One : St::None;
}

bool Interp::update(const Node* n, Frame* f, Value& v) {
  std::vector<Value> paths;
  if (!paths_of(n->a, f, v, paths)) return false;
  Value gone = Value::array();
  for (const Value& path : paths) {
    p_.tick();
    if (path.size() > static_cast<size_t>(kMaxDepth)) {
      fail("Path too deep");
      return false;
    }
    Value* place = place_of(v, path, false);
    Value old = place ? std::exchange(*place, Value::null()) : get_path(*this, v, path);
    if (!old.valid()) return false;
    St st = first_of(n->b, f, old);
    if (st == St::Stop) return false;
    if (st == St::None) gone.push(path);
    else if (place) *place = std::move(old);
    else if (!set_path(*this, v, path, std::move(old))) return false;
  }
  return gone.size() == 0 || delete_paths(*this, v, std::move(gone));
}

// = and its relatives with x on the right.
bool Interp::assign(const Node* n, Frame* f, Value& v, const Value& x) {
  std::vector<Value> paths;
  if (!paths_of(n->a, f, v, paths)) return false;
  for (const Value& path : paths) {
    p_.tick();
    if (n->op == Op::Assign) {
      if (!set_path(*this, v, path, x)) return false;
      continue;
    }
    Value* place = place_of(v, path, false);
    Value old = place ? std::exchange(*place, Value::null()) : get_path(*this, v, path);
    if (!old.valid()) return false;
    if (n->op == Op::ArithUpdate) old = arithmetic(n->arith, std::move(old), x);
    else if (!old.truthy()) old = x;
    if (!old.valid()) return false;
    if (place) *place = std::move(old);
    else if (!set_path(*this, v, path, std::move(old))) return false;
  }
  return true;
}

St Interp::one_update(const Node* n, Frame* f, Item& io) {
  if (!io.tracked()) return update(n, f, io.v) ? St::One : St::Stop;
  Value v = io.v;
  return update(n, f, v) ? give(io, std::move(v)) : St::Stop;
}

St Interp::one_assign(const Node* n, Frame* f, Item& io) {
  Value x;
  St st = value_of(n->b, f, io.v, x);
  if (st != St::One) return st;
  if (!io.tracked()) return assign(n, f, io.v, x) ? St::One : St::Stop;
  Value v = io.v;
  return assign(n, f, v, x) ? give(io, std::move(v)) : St::Stop;
}

}  // namespace nacre::jq
