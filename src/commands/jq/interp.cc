/// Evaluation of nodes with at most one output, frames, and errors.
#include "commands/jq/interp.h"

#include <new>

#include "base/deep_call.h"
#include "commands/jq/json_write.h"
#include "commands/jq/number.h"
#include "commands/jq/regex_cache.h"
#include "commands/zone.h"

namespace nacre::jq {

// ---- frames: like values, freed without recursion, since closures may form long chains
void free_frame(Frame* f) {
  static thread_local Frame* dead = nullptr;
  static thread_local bool draining = false;
  f->next_dead = dead;
  dead = f;
  if (draining) return;
  draining = true;
  while (Frame* d = dead) {
    dead = d->next_dead;
    for (uint16_t i = 0; i < d->values; i++) d->value()[i].~Value();
    for (uint16_t i = 0; i < d->closures; i++) d->closure()[i].~Closure();
    d->~Frame();
    ::operator delete(d);
  }
  draining = false;
}

FrameRef Interp::make_frame(const FrameRef& parent, size_t closures, size_t values) {
  auto* f = new (::operator new(sizeof(Frame) + closures * sizeof(Closure) + values * sizeof(Value)))
      Frame{0, static_cast<uint16_t>(closures), static_cast<uint16_t>(values), nullptr, parent};
  for (size_t i = 0; i < closures; i++) new (f->closure() + i) Closure();
  for (size_t i = 0; i < values; i++) new (f->value() + i) Value(Value::null());
  return FrameRef(f);
}

namespace {
Frame* ancestor(Frame* f, int depth) {
  for (; depth > 0; depth--) f = f->parent.get();
  return f;
}
}  // namespace

FrameRef Interp::enter(const Node* call, Frame* f) {
  const FunctionDef* def = call->function;
  FrameRef out = make_frame(FrameRef(ancestor(f, call->depth)), call->list.size(), static_cast<size_t>(def->slots));
  for (size_t i = 0; i < call->list.size(); i++) {
    const Node* a = call->list[i];
    Closure& c = out->closure()[i];
    if (a->op == Op::Parameter && !a->own_frame) {
      c = parameter(a, f);
      continue;
    }
    c.node = a;
    c.env = FrameRef(f);
    c.single = a->own_frame ? a->card == kOne : single(a, f);
  }
  return out;
}

FrameRef Interp::enter(const Closure& c) { return c.node->own_frame ? make_frame(c.env, 0, static_cast<size_t>(c.node->frame_slots)) : c.env; }

const Closure& Interp::parameter(const Node* n, Frame* f) const { return ancestor(f, n->depth)->closure()[n->slot]; }
Value* Interp::variable(Frame* f, int depth, int slot) { return ancestor(f, depth)->value() + slot; }

Interp::Interp(Process& p, Compiler& compiler, Inputs& inputs) : p_(p), compiler_(compiler), inputs_(inputs) {}
Interp::~Interp() = default;

bool Interp::single(const Node* n, Frame* f) const {
  Card card = n->card;
  if (card == kOne) return true;
  if (n->op == Op::Parameter) return parameter(n, f).single;
  if (card & kMany) return false;
  for (int i = 0; card; i++, card >>= 1)
    if ((card & 1) && !f->closure()[i].single) return false;
  return true;
}

// ---- errors
Value Interp::fail(Value message) {
  why_ = Why::Error;
  error_ = std::move(message);
  return Value();
}

Value Interp::fail_about(const Value& v, std::string_view text) { return fail(std::string(kind_name(v)) + " (" + brief(v) + ") " + std::string(text)); }

Value Interp::halt(int status, Value message) {
  why_ = Why::Halt;
  halt_status_ = status;
  error_ = std::move(message);
  return Value();
}

const TimeZone& Interp::zone() {
  if (!zone_) zone_ = std::make_unique<TimeZone>(process_zone(p_));
  return *zone_;
}

RegexCache& Interp::regexes() {
  if (!regexes_) regexes_ = std::make_unique<RegexCache>();
  return *regexes_;
}

bool Interp::stopped_for(int label) {
  if (why_ != Why::Break || label_ != label) return false;
  why_ = Why::Nothing;
  return true;
}

bool Interp::run(Value input, const std::function<bool(Value)>& out) {
  clear();
  FunctionDef* main = compiler_.main();
  FrameRef frame = make_frame(FrameRef(), 0, static_cast<size_t>(main->slots));
  return each(main->body, frame, Item{std::move(input), Value()}, [&](Item&& i) { return out(std::move(i.v)); });
}

// ---- nodes with at most one output
St Interp::value_of(const Node* n, Frame* f, const Value& in, Value& out) {
  if (n->op == Op::Literal) {
    out = n->value;
    return St::One;
  }
  if (n->op == Op::Variable) {
    out = *variable(f, n->depth, n->slot);
    return St::One;
  }
  Item io{in, Value()};
  St st = one(n, f, io);
  if (st == St::One) out = std::move(io.v);
  return st;
}

St Interp::give(Item& io, Value v) {
  if (!v.valid()) return St::Stop;
  if (io.tracked() && !v.identical(io.v)) io.path = Value::boolean(false);
  io.v = std::move(v);
  return St::One;
}

// What could not be done is no output of a step with ?.
St Interp::unable(const Node* n) {
  if (!n->optional || why_ != Why::Error) return St::Stop;
  clear();
  return St::None;
}

St Interp::access(const Node* n, Item& io, const Value& key) {
  if (io.tracked() && !io.path.is_array()) {
    fail("Invalid path expression near attempt to access element " + brief(key) + " of " + brief(io.v));
    return unable(n);
  }
  Value v = get(*this, io.v, key);
  if (!v.valid()) return unable(n);
  io.v = std::move(v);
  if (io.tracked()) io.path.push(key);
  return St::One;
}

St Interp::one(const Node* n, Frame* f, Item& io) {
  if (n->op == Op::Identity) return St::One;
  if (n->op == Op::Field && n->a->op == Op::Identity) return access(n, io, n->value);
  return deep_call([&] { return one_step(n, f, io); });
}

St Interp::one_index(const Node* n, Frame* f, Item& io) {
  Value key;
  St st = value_of(n->b, f, io.v, key);
  if (st != St::One || (st = one(n->a, f, io)) != St::One) return st;
  return access(n, io, key);
}

St Interp::one_slice(const Node* n, Frame* f, Item& io) {
  Value from = Value::null(), to = Value::null();
  St st = St::One;
  if (n->c && (st = value_of(n->c, f, io.v, to)) != St::One) return st;
  if (n->b && (st = value_of(n->b, f, io.v, from)) != St::One) return st;
  if ((st = one(n->a, f, io)) != St::One) return st;
  return access(n, io, slice_key(from, to));
}

St Interp::one_array(const Node* n, Frame* f, Item& io) {
  Value out = Value::array();
  if (n->a && !each(n->a, FrameRef(f), Item{io.v, Value()}, [&](Item&& i) {
        out.push(std::move(i.v));
        return true;
      }))
    return St::Stop;
  return give(io, std::move(out));
}

St Interp::one_object(const Node* n, Frame* f, Item& io) {
  Value out = Value::object(), key, v;
  for (size_t i = 0; i < n->list.size(); i += 2) {
    St st = value_of(n->list[i], f, io.v, key);
    if (st != St::One) return st;
    if (!key.is_string()) {
      fail("Object keys must be strings");
      return St::Stop;
    }
    if (n->list[i + 1]) {
      if ((st = value_of(n->list[i + 1], f, io.v, v)) != St::One) return st;
    } else {
      v = get(*this, io.v, key);
      if (!v.valid()) return St::Stop;
    }
    out.set(key, std::move(v));
  }
  return give(io, std::move(out));
}

St Interp::one_text(const Node* n, Frame* f, Item& io) {
  Value out = Value::string(""), v;
  for (const Node* part : n->list) {
    St st = value_of(part, f, io.v, v);
    if (st != St::One) return st;
    out.append(v.str());
  }
  return give(io, std::move(out));
}

St Interp::one_binary(const Node* n, Frame* f, Item& io) {
  Value right;
  St st = value_of(n->b, f, io.v, right);
  if (st != St::One) return st;
  if (io.tracked()) {
    Value left;
    if ((st = value_of(n->a, f, io.v, left)) != St::One) return st;
    return give(io, arithmetic(n->arith, std::move(left), std::move(right)));
  }
  if ((st = one(n->a, f, io)) != St::One) return st;
  io.v = arithmetic(n->arith, std::move(io.v), std::move(right));
  return io.v.valid() ? St::One : St::Stop;
}

St Interp::one_native(const Node* n, Frame* f, Item& io) {
  Value arguments[3];
  for (size_t i = n->list.size(); i-- > 0;) {
    St st = value_of(n->list[i], f, io.v, arguments[i]);
    if (st != St::One) return st;
  }
  p_.tick();
  return give(io, n->native->fn(*this, io.v, arguments));
}

St Interp::one_alternative(const Node* n, Frame* f, Item& io) {
  Item left = io;
  St st = one(n->a, f, left);
  if (st == St::One && left.v.truthy()) {
    io = std::move(left);
    return st;
  }
  if (st == St::Stop) {
    if (why_ != Why::Error) return st;
    clear();
  }
  return one(n->b, f, io);
}

St Interp::one_try(const Node* n, Frame* f, Item& io) {
  bool tracked = io.tracked();
  St st = one(n->a, f, io);
  if (st != St::Stop || why_ != Why::Error) return st;
  io.v = std::move(error_);
  if (tracked) io.path = Value::boolean(false);
  clear();
  return n->b ? one(n->b, f, io) : St::None;
}

St Interp::one_label(const Node* n, Frame* f, Item& io) {
  int id = ++next_label_;
  f->value()[n->slot] = Value::number(id);
  St st = one(n->a, f, io);
  return st == St::Stop && stopped_for(id) ? St::None : st;
}

St Interp::one_bind(const Node* n, Frame* f, Item& io) {
  const Pattern& p = *n->patterns[0];
  Value v;
  St st = value_of(n->a, f, io.v, v);
  if (st != St::One) return st;
  if (p.kind == Pattern::Variable) {
    f->value()[p.slot] = std::move(v);
    return one(n->b, f, io);
  }
  st = St::None;
  if (!match(p, FrameRef(f), v, [&] {
        st = one(n->b, f, io);
        return st != St::Stop;
      }))
    return St::Stop;
  return st;
}

St Interp::one_call(const Node* n, Frame* f, Item& io) {
  p_.tick();
  FrameRef frame = n->op == Op::Function ? enter(n, f) : enter(parameter(n, f));
  return one(n->op == Op::Function ? n->function->body : parameter(n, f).node, frame.get(), io);
}

St Interp::one_step(const Node* n, Frame* f, Item& io) {
  while (true) {
    St st = St::One;
    Value v;
    switch (n->op) {
      case Op::Identity: return st;
      case Op::Literal: return give(io, n->value);
      case Op::Variable: return give(io, *variable(f, n->depth, n->slot));
      case Op::Global: return give(io, compiler_.globals()[static_cast<size_t>(n->slot)]);
      case Op::Field: return (st = one(n->a, f, io)) == St::One ? access(n, io, n->value) : st;
      case Op::Index: return one_index(n, f, io);
      case Op::Slice: return one_slice(n, f, io);
      case Op::Array: return one_array(n, f, io);
      case Op::Object: return one_object(n, f, io);
      case Op::Text: return one_text(n, f, io);
      case Op::Binary: return one_binary(n, f, io);
      case Op::Alternative: return one_alternative(n, f, io);
      case Op::Try: return one_try(n, f, io);
      case Op::Label: return one_label(n, f, io);
      case Op::Bind: return one_bind(n, f, io);
      case Op::Reduce: return one_fold(n, f, io);
      case Op::Update: return one_update(n, f, io);
      case Op::Assign:
      case Op::ArithUpdate:
      case Op::AltUpdate: return one_assign(n, f, io);
      case Op::Native: return one_native(n, f, io);
      case Op::Special: return one_special(n, f, io);
      case Op::Function:
      case Op::Parameter: return one_call(n, f, io);
      case Op::Define: n = n->a; continue;
      case Op::Pipe:
        if ((st = one(n->a, f, io)) != St::One) return st;
        n = n->b;
        continue;
      case Op::Format:
        if (n->a) {
          if ((st = value_of(n->a, f, io.v, v)) != St::One) return st;
          return give(io, format_value(*this, n->name, v));
        }
        return give(io, format_value(*this, n->name, io.v));
      case Op::Negate:
        if ((st = value_of(n->a, f, io.v, v)) != St::One) return st;
        return give(io, v.is_number() ? negated(v) : fail_about(v, "cannot be negated"));
      case Op::And:
      case Op::Or:
        if ((st = value_of(n->a, f, io.v, v)) != St::One) return st;
        if (v.truthy() == (n->op == Op::Or)) return give(io, Value::boolean(n->op == Op::Or));
        if ((st = value_of(n->b, f, io.v, v)) != St::One) return st;
        return give(io, Value::boolean(v.truthy()));
      case Op::If:
        if ((st = value_of(n->a, f, io.v, v)) != St::One) return st;
        n = v.truthy() ? n->b : n->c;
        if (!n) return St::One;
        continue;
      case Op::Break:
        why_ = Why::Break;
        label_ = static_cast<int>(variable(f, n->depth, n->slot)->num());
        return St::Stop;
      default: break;
    }
    NACRE_CHECK(false);   // the rest always counts as kMany
  }
}

}  // namespace nacre::jq
