/// Evaluation of nodes with any number of outputs.
#include "base/deep_call.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_write.h"
#include "commands/jq/number.h"

namespace nacre::jq {
namespace {

constexpr int kMaxCalls = 250'000;

struct Depth {
  explicit Depth(int& n) : n_(n) { n_++; }
  ~Depth() { n_--; }
  int& n_;
};

}  // namespace

bool Interp::each(const Node* n, FrameRef f, Item io, Out k) {
  Depth guard(depth_);
  if (depth_ > kMaxCalls) {
    fail("Recursion too deep");
    return false;
  }
  return deep_call([&] { return each_loop(n, std::move(f), std::move(io), k); });
}

// What comes last in a node replaces it here instead of being called.
bool Interp::each_loop(const Node* n, FrameRef f, Item io, Out k) {
  while (true) {
    p_.tick();
    if (single(n, f.get()) && n->op != Op::Pipe && n->op != Op::If && n->op != Op::Function) {
      St st = one(n, f.get(), io);
      return st == St::One ? k(std::move(io)) : st == St::None;
    }
    St st = St::One;
    Value v;
    switch (n->op) {
      case Op::Pipe:
        if (!single(n->a, f.get())) return each(n->a, f, std::move(io), [&](Item&& i) { return each(n->b, f, std::move(i), k); });
        if ((st = one(n->a, f.get(), io)) != St::One) return st == St::None;
        n = n->b;
        continue;
      case Op::Comma:
        if (!each(n->a, f, io, k)) return false;
        n = n->b;
        continue;
      case Op::If:
        if (!single(n->a, f.get())) {
          return each(n->a, f, Item{io.v, Value()}, [&](Item&& c) {
            const Node* branch = c.v.truthy() ? n->b : n->c;
            return branch ? each(branch, f, io, k) : k(Item(io));
          });
        }
        if ((st = value_of(n->a, f.get(), io.v, v)) != St::One) return st == St::None;
        n = v.truthy() ? n->b : n->c;
        if (!n) return k(std::move(io));
        continue;
      case Op::Define: n = n->a; continue;
      case Op::Function: {
        FrameRef frame = enter(n, f.get());
        n = n->function->body;
        f = std::move(frame);
        continue;
      }
      case Op::Parameter: {
        Closure c = parameter(n, f.get());
        f = enter(c);
        n = c.node;
        continue;
      }
      case Op::Bind:
        if (n->patterns.size() == 1 && n->patterns[0]->kind == Pattern::Variable && single(n->a, f.get())) {
          if ((st = value_of(n->a, f.get(), io.v, v)) != St::One) return st == St::None;
          f->value()[n->patterns[0]->slot] = std::move(v);
          n = n->b;
          continue;
        }
        return each_bind(n, f, io, k);
      case Op::Alternative: {
        bool any = false;
        if (!each_alternative(n, f, io, k, any)) return false;
        if (any) return true;
        n = n->b;
        continue;
      }
      case Op::Field:
        return each(n->a, f, std::move(io), [&](Item&& i) {
          St got = access(n, i, n->value);
          return got == St::One ? k(std::move(i)) : got == St::None;
        });
      case Op::Index:
        return each(n->b, f, Item{io.v, Value()}, [&](Item&& key) {
          return each(n->a, f, io, [&](Item&& i) {
            St got = access(n, i, key.v);
            return got == St::One ? k(std::move(i)) : got == St::None;
          });
        });
      case Op::Slice: return each_slice(n, f, io, k);
      case Op::Iterate: return each(n->a, f, std::move(io), [&](Item&& i) { return each_iterate(n, i, k); });
      case Op::RecurseAll: return each_recurse(io, k);
      case Op::Object: return each_object(n, f, io, 0, Value::object(), k);
      case Op::Text: return each_text(n, f, io, n->list.size(), "", k);
      case Op::Format:
        return each(n->a, f, Item{io.v, Value()}, [&](Item&& i) {
          Item out = io;
          return give(out, format_value(*this, n->name, i.v)) == St::One && k(std::move(out));
        });
      case Op::Negate:
        return each(n->a, f, Item{io.v, Value()}, [&](Item&& i) {
          Item out = io;
          return give(out, i.v.is_number() ? negated(i.v) : fail_about(i.v, "cannot be negated")) == St::One && k(std::move(out));
        });
      case Op::Binary: return each_pair(n, f, io, k);
      case Op::And:
      case Op::Or: return each_logic(n, f, io, k);
      case Op::Try: return each_try(n, f, io, k);
      case Op::Label: return each_label(n, f, io, k);
      case Op::Reduce:
      case Op::Foreach: return each_fold(n, f, io, k);
      case Op::Assign:
      case Op::ArithUpdate:
      case Op::AltUpdate:
        return each(n->b, f, Item{io.v, Value()}, [&](Item&& r) {
          Value changed = io.v;
          Item out = io;
          return assign(n, f.get(), changed, r.v) && give(out, std::move(changed)) == St::One && k(std::move(out));
        });
      case Op::Native: {
        Value arguments[3];
        return each_arguments(n, f, io, n->list.size(), arguments, k);
      }
      case Op::Special: return each_special(n, f, io, k);
      default: NACRE_CHECK(false);
    }
  }
}

// `n` null: the value is a container.
bool Interp::each_iterate(const Node* n, Item& io, const Out& k) {
  if (io.tracked() && !io.path.is_array()) {
    fail("Invalid path expression near attempt to iterate through " + brief(io.v));
    return n && unable(n) == St::None;
  }
  auto one = [&](const Value& key, const Value& v) {
    Item out{v, Value()};
    if (io.tracked()) {
      out.path = io.path;
      out.path.push(key);
    }
    return k(std::move(out));
  };
  const Value in = std::move(io.v);   // outlives what is done with its parts
  if (in.is_array()) {
    for (size_t i = 0; i < in.size(); i++) {
      p_.tick();
      if (!one(Value::number(static_cast<double>(i)), in.at(i))) return false;
    }
    return true;
  }
  if (in.is_object()) {
    bool good = true;
    each_entry(in, [&](const Value& key, const Value& v) {
      if (good) {
        p_.tick();
        good = one(key, v);
      }
    });
    return good;
  }
  if (io.tracked() && in.is_null()) return true;
  fail("Cannot iterate over " + std::string(kind_name(in)) + " (" + brief(in) + ")");
  return n && unable(n) == St::None;
}

bool Interp::each_recurse(Item& io, const Out& k) {
  Item self = io;
  if (!k(std::move(self))) return false;
  if (!io.v.is_array() && !io.v.is_object()) return true;
  return each_iterate(nullptr, io, [&](Item&& i) { return deep_call([&] { return each_recurse(i, k); }); });
}

bool Interp::each_slice(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  auto with = [&](const Node* part, const Out& then) { return part ? each(part, f, Item{io.v, Value()}, then) : then(Item{Value::null(), Value()}); };
  return with(n->c, [&](Item&& to) {
    return with(n->b, [&](Item&& from) {
      return each(n->a, f, io, [&](Item&& i) {
        St got = access(n, i, slice_key(from.v, to.v));
        return got == St::One ? k(std::move(i)) : got == St::None;
      });
    });
  });
}

bool Interp::each_pair(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  return each(n->b, f, Item{io.v, Value()}, [&](Item&& right) {
    return each(n->a, f, Item{io.v, Value()}, [&](Item&& left) {
      Item out = io;
      return give(out, arithmetic(n->arith, std::move(left.v), right.v)) == St::One && k(std::move(out));
    });
  });
}

bool Interp::each_logic(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  auto answer = [&](bool b) {
    Item out = io;
    give(out, Value::boolean(b));
    return k(std::move(out));
  };
  return each(n->a, f, Item{io.v, Value()}, [&](Item&& left) {
    if (left.v.truthy() == (n->op == Op::Or)) return answer(n->op == Op::Or);
    return each(n->b, f, Item{io.v, Value()}, [&](Item&& right) { return answer(right.v.truthy()); });
  });
}

bool Interp::each_object(const Node* n, const FrameRef& f, Item& io, size_t at, Value built, const Out& k) {
  if (at == n->list.size()) {
    Item out = io;
    give(out, std::move(built));
    return k(std::move(out));
  }
  return each(n->list[at], f, Item{io.v, Value()}, [&](Item&& key) {
    if (!key.v.is_string()) {
      fail("Object keys must be strings");
      return false;
    }
    auto with = [&](Value v) {
      Value next = built;
      next.set(key.v, std::move(v));
      return deep_call([&] { return each_object(n, f, io, at + 2, std::move(next), k); });
    };
    if (n->list[at + 1]) return each(n->list[at + 1], f, Item{io.v, Value()}, [&](Item&& v) { return with(std::move(v.v)); });
    Value v = get(*this, io.v, key.v);
    return v.valid() && with(std::move(v));
  });
}

// The last part varies slowest.
bool Interp::each_text(const Node* n, const FrameRef& f, Item& io, size_t left, std::string tail, const Out& k) {
  if (left == 0) {
    Item out = io;
    give(out, Value::string(tail));
    return k(std::move(out));
  }
  return each(n->list[left - 1], f, Item{io.v, Value()},
              [&](Item&& part) { return deep_call([&] { return each_text(n, f, io, left - 1, std::string(part.v.str()) + tail, k); }); });
}

bool Interp::each_arguments(const Node* n, const FrameRef& f, Item& io, size_t at, Value* arguments, const Out& k) {
  if (at == 0) {
    Item out = io;
    Value copy[3] = {arguments[0], arguments[1], arguments[2]};
    return give(out, n->native->fn(*this, out.v, copy)) == St::One && k(std::move(out));
  }
  return each(n->list[at - 1], f, Item{io.v, Value()}, [&](Item&& a) {
    arguments[at - 1] = std::move(a.v);
    return each_arguments(n, f, io, at - 1, arguments, k);
  });
}

bool Interp::each_alternative(const Node* n, const FrameRef& f, Item& io, const Out& k, bool& any) {
  bool after = false;
  bool good = each(n->a, f, io, [&](Item&& i) {
    if (!i.v.truthy()) return true;
    any = true;
    after = !k(std::move(i));
    return !after;
  });
  if (good) return true;
  if (after || why_ != Why::Error) return false;
  clear();
  return true;
}

bool Interp::each_try(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  bool after = false, tracked = io.tracked();
  bool good = each(n->a, f, std::move(io), [&](Item&& i) {
    after = !k(std::move(i));
    return !after;
  });
  if (good || after || why_ != Why::Error) return good;   // an error of what comes after is not ours
  Item caught{std::move(error_), tracked ? Value::boolean(false) : Value()};
  clear();
  return n->b ? each(n->b, f, std::move(caught), k) : true;
}

bool Interp::each_label(const Node* n, const FrameRef& f, Item& io, const Out& k) {
  int id = ++next_label_;
  f->value()[n->slot] = Value::number(id);
  return each(n->a, f, std::move(io), k) || stopped_for(id);
}

}  // namespace nacre::jq
