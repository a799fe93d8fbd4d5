// Arithmetic evaluation. Values of variables that are no plain integers are
// expressions themselves and are evaluated in turn.
// Source: bash manual, "Shell Arithmetic".
#include <memory>
#include <unordered_map>

#include "base/deep_call.h"
#include "base/guards.h"
#include "base/run_watch.h"
#include "expand/expander.h"

namespace nacre {

class ArithEvaluator {
 public:
  ArithEvaluator(Expander& e, std::string_view source, const int64_t* operands) : e_(e), source_(source), operands_(operands) {}

  bool run(const Arith& a, int64_t* out) {
    *out = eval(a);
    return !failed_;
  }

 private:
  static constexpr int kMaxDepth = 1024;   // bash's MAX_EXPR_RECURSION_LEVEL

  int64_t error(std::string_view message, std::string_view token, size_t end = 0) {
    if (failed_) return 0;
    failed_ = true;
    std::string_view source = end ? source_.substr(0, end) : source_;
    while (!source.empty() && (source[0] == ' ' || source[0] == '\t')) source.remove_prefix(1);
    const bool in_subscript = e_.subscript_depth_ > 0;
    std::string text = in_subscript ? "" : e_.arith_subject_.empty() ? e_.host().command_name() : e_.arith_subject_;
    if (!text.empty()) text += ": ";
    text.append(source).append(": ").append(message).append(" (error token is \"").append(token).append("\")");
    e_.fail(in_subscript ? Expander::Failure::TopLevel : Expander::Failure::Discard, text);
    return 0;
  }

  /// Reports the error that a part that is not evaluated holds.
  int64_t raise(const Arith& a) {
    const Arith* at = &a;
    while (at->op != ArithOp::Error) at = at->a && at->a->broken ? at->a : at->b && at->b->broken ? at->b : at->c;
    return error(at->message, at->text, static_cast<size_t>(at->number));
  }

  bool logical(const Arith& a) {
    bool left = sub(*a.a) != 0;
    if (left == (a.op == ArithOp::And)) return sub(*a.b) != 0;
    if (a.b->broken) raise(*a.b);
    return left;
  }

  int64_t conditional(const Arith& a) {
    bool yes = sub(*a.a) != 0;
    if (yes && a.c->broken && !failed_) {
      eval(*a.b);
      return raise(*a.c);
    }
    if (!yes && a.b->broken) return raise(*a.b);
    return sub(yes ? *a.b : *a.c);
  }

  int64_t eval(const Arith& a) {
    if (failed_) return 0;
    switch (a.op) {
      case ArithOp::Number: return a.number;
      case ArithOp::Operand: return operands_[a.number];
      case ArithOp::Variable: return variable(a.symbol);
      case ArithOp::Element: return element(a);
      case ArithOp::And:
      case ArithOp::Or: return logical(a);
      case ArithOp::Error: return raise(a);
      case ArithOp::Comma: sub(*a.a); return sub(*a.b);
      case ArithOp::Conditional: return conditional(a);
      case ArithOp::Assign: return assign(a);
      case ArithOp::PreInc: return step(a, 1, true);
      case ArithOp::PreDec: return step(a, -1, true);
      case ArithOp::PostInc: return step(a, 1, false);
      case ArithOp::PostDec: return step(a, -1, false);
      case ArithOp::Negate: return static_cast<int64_t>(-static_cast<uint64_t>(sub(*a.a)));
      case ArithOp::Plus: return sub(*a.a);
      case ArithOp::Not: return !sub(*a.a);
      case ArithOp::Complement: return ~sub(*a.a);
      default: {
        if (left_binary(*a.a) && left_binary(*a.a->a)) return chain(a);
        int64_t x = sub(*a.a);
        int64_t y = sub(*a.b);
        return binary(a.op, x, y, a.text);
      }
    }
  }

  static bool left_binary(const Arith& a) { return a.op >= ArithOp::Power && a.op <= ArithOp::BitOr; }

  /// A long sum is a tree that leans left: a loop, so that its length costs no stack.
  int64_t chain(const Arith& last) {
    std::vector<const Arith*> links;
    const Arith* first = &last;
    for (; left_binary(*first); first = first->a) links.push_back(first);
    int64_t x = sub(*first);
    for (size_t i = links.size(); i-- > 0 && !failed_;) x = binary(links[i]->op, x, sub(*links[i]->b), links[i]->text);
    return x;
  }

  int64_t sub(const Arith& a) {
    // Leaves need no check of the stack.
    if (a.op == ArithOp::Number) return a.number;
    if (a.op == ArithOp::Variable) return variable(a.symbol);
    return deep_call([&] { return eval(a); });
  }

  int64_t binary(ArithOp op, int64_t x, int64_t y, std::string_view token) {
    auto ux = static_cast<uint64_t>(x), uy = static_cast<uint64_t>(y);
    switch (op) {
      case ArithOp::Add: return static_cast<int64_t>(ux + uy);
      case ArithOp::Sub: return static_cast<int64_t>(ux - uy);
      case ArithOp::Mul: return static_cast<int64_t>(ux * uy);
      case ArithOp::Div:
        if (y == 0) return error("division by 0", token);
        if (y == -1) return static_cast<int64_t>(-ux);
        return x / y;
      case ArithOp::Mod:
        if (y == 0) return error("division by 0", token);
        if (y == -1) return 0;
        return x % y;
      case ArithOp::Power: return power(x, y, token);
      case ArithOp::ShiftLeft: return static_cast<int64_t>(ux << (uy & 63));
      case ArithOp::ShiftRight: return x >> (uy & 63);
      case ArithOp::Less: return x < y;
      case ArithOp::LessEq: return x <= y;
      case ArithOp::Greater: return x > y;
      case ArithOp::GreaterEq: return x >= y;
      case ArithOp::Equal: return x == y;
      case ArithOp::NotEqual: return x != y;
      case ArithOp::BitAnd: return x & y;
      case ArithOp::BitXor: return x ^ y;
      case ArithOp::BitOr: return x | y;
      default: return 0;
    }
  }

  int64_t power(int64_t base, int64_t exponent, std::string_view token) {
    if (exponent < 0) return error("exponent less than 0", token);
    uint64_t result = 1, b = static_cast<uint64_t>(base);
    for (; exponent; exponent >>= 1, b *= b) {
      if (exponent & 1) result *= b;
    }
    return static_cast<int64_t>(result);
  }

  int64_t variable(Symbol s) {
    const Variable* v = e_.vars().find(s);
    int64_t n;
    if (__builtin_expect(v && v->attrs == 0 && !v->dynamic && v->integer(&n), 1)) return n;
    const Variable* value = e_.lookup(s);
    if (!value || !value->is_set()) {
      if (e_.options()[Option::NoUnset] && !(value && value->has_any())) {
        failed_ = true;
        e_.fail(Expander::Failure::Exit, e_.vars().symbols().name(s) + ": unbound variable");
      }
      return 0;
    }
    if (!value->is_array() && value->integer(&n)) return n;
    return text_value(value->text());
  }

  int64_t text_value(const std::string& text) {
    if (text.empty()) return 0;
    std::string copy = text;
    if (++e_.arith_depth_ > kMaxDepth) {
      e_.arith_depth_--;
      return error("expression recursion level exceeded", copy);
    }
    int64_t n = 0;
    bool ok = deep_call([&] { return e_.arith(copy, &n); });
    e_.arith_depth_--;
    if (!ok) failed_ = true;
    return n;
  }

  /// Where an element lives: an index or a key.
  struct Place {
    bool assoc = false;
    int64_t index = 0;
    std::string key;
  };

  /// A negative index that reaches before the array is left for a store() to report.
  bool place(const Arith& a, Place* out, bool to_store = false) {
    Symbol s = e_.vars().resolve(a.symbol);
    const Variable* v = e_.vars().find(s);
    if (v && v->has(kAssoc)) {
      out->assoc = true;
      out->key = e_.key_of(a.text);
      return true;
    }
    if (a.text == "@" || a.text == "*") {
      error("bad array subscript", a.text);
      return false;
    }
    if (a.text.empty()) {
      // Told twice by bash, and read as unset.
      for (int n = 0; n < 2; n++) e_.report(Expander::Failure::None, e_.vars().symbols().name(a.symbol) + "[]: bad array subscript");
      out->index = -1;
      return true;
    }
    if (a.index) {
      Raised depth(e_.subscript_depth_);
      Restore<std::string_view> source(source_, std::exchange(source_, a.text));
      out->index = sub(*a.index);
    } else if (!e_.subscript(e_.expand_text(a.text), &out->index)) {
      failed_ = true;
    }
    if (!failed_ && out->index < 0) {
      const IndexedArray* array = v ? v->indexed_or_null() : nullptr;
      const int64_t end = array ? array->end_index() : v && v->is_set() ? 1 : 0;
      if (out->index + end >= 0) out->index += end;
      else if (!to_store) e_.report(Expander::Failure::None, e_.vars().symbols().name(s) + ": bad array subscript");
    }
    return !failed_;
  }

  int64_t read(Symbol symbol, const Place& p) {
    const Variable* v = e_.lookup(symbol);
    const std::string* text = nullptr;
    std::string scalar;
    if (v && p.assoc) {
      if (v->assoc_or_null()) text = v->assoc_or_null()->get(p.key);
    } else if (v && v->indexed_or_null()) {
      text = v->indexed_or_null()->get(p.index);
    } else if (v && p.index == 0 && v->is_set()) {
      scalar = v->text();
      text = &scalar;
    }
    if (!text || text->empty()) return 0;
    int64_t n;
    const char* why;
    if (((*text)[0] > '0' && (*text)[0] <= '9') && text->size() < 19 && parse_arith_number(*text, &n, &why)) return n;
    return text_value(*text);
  }

  int64_t element(const Arith& a) {
    Place p;
    if (!place(a, &p)) return 0;
    return read(a.symbol, p);
  }

  int64_t store(const Arith& target, const Place* p, int64_t n) {
    bool ok;
    if (target.op == ArithOp::Variable) ok = e_.assign_number(target.symbol, n);
    else if (p->assoc) ok = e_.assign_key(target.symbol, p->key, std::to_string(n), Expander::kNoInteger);
    else ok = e_.assign_indexed(target.symbol, p->index, std::to_string(n), Expander::kNoInteger);
    if (!ok && !(p && p->index < 0)) failed_ = true;   // storing before the array is an error, but not the expression's
    return n;
  }

  int64_t assign(const Arith& a) {
    const Arith& target = *a.a;
    if (target.op == ArithOp::Variable) {
      if (a.assign_op == ArithOp::Assign) {
        int64_t n = sub(*a.b);
        return failed_ ? 0 : store(target, nullptr, n);
      }
      int64_t old = variable(target.symbol);
      int64_t n = binary(a.assign_op, old, sub(*a.b), a.text);
      return failed_ ? 0 : store(target, nullptr, n);
    }
    Place p;
    if (!place(target, &p, a.assign_op == ArithOp::Assign)) return 0;
    int64_t old = a.assign_op == ArithOp::Assign ? 0 : read(target.symbol, p);
    int64_t right = sub(*a.b);
    int64_t n = a.assign_op == ArithOp::Assign ? right : binary(a.assign_op, old, right, a.text);
    return failed_ ? 0 : store(target, &p, n);
  }

  int64_t step(const Arith& a, int64_t by, bool prefix) {
    const Arith& target = *a.a;
    Place p;
    int64_t old;
    if (target.op == ArithOp::Variable) {
      old = variable(target.symbol);
    } else {
      if (!place(target, &p)) return 0;
      old = read(target.symbol, p);
    }
    if (failed_) return 0;
    int64_t now = static_cast<int64_t>(static_cast<uint64_t>(old) + static_cast<uint64_t>(by));
    store(target, &p, now);
    return prefix ? now : old;
  }

  Expander& e_;
  std::string_view source_;
  const int64_t* operands_;
  bool failed_ = false;
};

bool Expander::subscript(const ir::ArithText& text, int64_t* out) {
  Raised depth(subscript_depth_);
  return arith(text, out);
}

bool Expander::subscript(std::string_view text, int64_t* out) {
  Raised depth(subscript_depth_);
  return arith(text, out);
}

bool Expander::arith(const ir::ArithText& text, int64_t* out) {
  if (text.code && text.operands.empty()) return ArithEvaluator(*this, text.source, nullptr).run(*text.code, out);
  if (text.code) {
    // Expansions come first, all of them; where each is a plain integer the
    // compiled tree stands, otherwise the text has to be read again.
    std::vector<int64_t> values;
    std::vector<std::string> texts;
    bool plain = true;
    for (const ir::Word* w : text.operands) {
      std::string s;
      if (!string(*w, &s)) return false;
      Variable v;
      int64_t n = 0;
      v.set_text(std::string_view(s));
      plain = plain && v.integer(&n);
      values.push_back(n);
      texts.push_back(std::move(s));
    }
    if (plain) return ArithEvaluator(*this, text.source, values.data()).run(*text.code, out);
    std::string whole;
    size_t next = 0;
    for (const ir::Part& p : text.word->parts) {
      if (p.kind == ir::PartKind::Text) whole += p.text;
      else if (next < texts.size()) whole += texts[next++];
    }
    return arith(whole, out);
  }
  std::string s;
  if (!string(*text.word, &s)) return false;
  return arith(s, out);
}

bool Expander::arith(std::string_view text, int64_t* out) {
  host_.tick(static_cast<uint32_t>(4 + text.size()));
  Arena arena;
  const Arith* code = compile_arith(arena, vars_.symbols(), text);
  if (code->broken && should_stop()) host_.tick(1 << 16);   // does not come back
  return ArithEvaluator(*this, text, nullptr).run(*code, out);
}

}  // namespace nacre
