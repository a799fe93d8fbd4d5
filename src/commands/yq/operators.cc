/// Operators with two sides.
#include <cmath>

#include "commands/yq/interp.h"

namespace nacre::yq {
namespace {

std::string number_text(double d) { return format_double(d); }

}  // namespace

// All pairs of both sides, for each input (or for all at once under eval-all). A side that is empty counts as null.
List Interp::binary(const Expr& e, const Context& c) {
  List out;
  auto run = [&](const Context& from, Node* like) {
    List left = eval(*e.args[0], from.reading());
    if (e.op == Op::Alternative) {
      bool any = false;
      for (Node* l : left) {
        if (!l->truthy()) continue;
        out.push_back(l);
        any = true;
      }
      if (any) return;
      List right = eval(*e.args[1], from.reading());
      if (right.empty()) right = left;
      out.insert(out.end(), right.begin(), right.end());
      return;
    }
    List right = eval(*e.args[1], from.reading());
    if (failed_ || (left.empty() && right.empty() && (e.op == Op::Add || e.op == Op::Multiply))) return;
    if (left.empty()) left.push_back(nullptr);
    if (right.empty()) right.push_back(nullptr);
    for (Node* l : left)
      for (Node* r : right) {
        p_.tick();
        Node* v = calculate(e.op, l, r, e.merge);
        if (failed_) return;
        if (v) out.push_back(like ? placed(v, l ? l : like) : v);
      }
  };
  bool together = true;
  for (Node* n : c.nodes) together &= n->together;
  if (together) run(c, c.nodes.empty() ? nullptr : c.nodes.front());
  else
    for (Node* n : c.nodes) {
      run(c.single(n), n);
      if (failed_) return {};
    }
  return out;
}

List Interp::logic(const Expr& e, const Context& c) {
  List out;
  auto run = [&](const Context& from, Node* like) {
    List left = eval(*e.args[0], from.reading());
    if (left.empty()) left.push_back(tree_.null());
    for (Node* l : left) {
      bool truth = l->truthy();
      if (truth == (e.op == Op::Or)) {
        Node* r = tree_.boolean(truth);
        out.push_back(like ? placed(r, like) : r);
        continue;
      }
      List right = eval(*e.args[1], from.reading());
      if (right.empty()) right.push_back(tree_.null());
      for (Node* r : right) {
        Node* b = tree_.boolean(r->truthy());
        out.push_back(like ? placed(b, like) : b);
      }
    }
  };
  if (c.nodes.empty()) run(c, nullptr);
  for (Node* n : c.nodes) run(c.single(n), n);
  return out;
}

Node* Interp::calculate(Op op, Node* a, Node* b, const Merge& how) {
  if (!a) a = tree_.null();
  if (!b) b = tree_.null();
  Node* x = real(a);
  Node* y = real(b);
  switch (op) {
    case Op::Alternative: return a->truthy() ? a : b;
    case Op::Equal:
    case Op::NotEqual: {
      bool same;
      if (x->null() || y->null()) same = x->null() && y->null();
      else if (x->scalar() && y->scalar()) same = wildcard(x->value, y->value);
      else same = equal(x, y);
      return tree_.boolean(same == (op == Op::Equal));
    }
    case Op::Add: return add(x, y);
    case Op::Subtract: return subtract(x, y);
    case Op::Multiply: return multiply(x, y, how);
    case Op::Divide: return divide(x, y);
    case Op::Modulo: return modulo(x, y);
    default: return ordered(op, x, y);
  }
}

Node* Interp::add(Node* a, Node* b) {
  if (a->null()) return tree_.copy(b);
  if (b->null()) return tree_.copy(a);
  if (a->map()) {
    if (!b->map()) return fail_node(b->tag + " (" + nice_path(b) + ") cannot be added to a " + a->tag + " (" + nice_path(a) + ")");
    Node* m = tree_.copy(a);
    for (size_t i = 0; i + 1 < b->content.size(); i += 2) {
      if (Node* own = find(m, b->content[i]->value)) update(own, b->content[i + 1], true);
      else append(m, tree_.copy(b->content[i]), tree_.copy(b->content[i + 1]));
    }
    return m;
  }
  if (a->seq()) {
    Node* s = tree_.copy(a);
    if (a->content.empty() && b->seq()) s->style = b->style;
    if (b->seq())
      for (Node* item : b->content) append(s, tree_.copy(item));
    else append(s, tree_.copy(b));
    return s;
  }
  if (!b->scalar()) return fail_node(b->tag + " (" + nice_path(b) + ") cannot be added to a " + a->tag + " (" + nice_path(a) + ")");
  if (a->tag == "!!timestamp") {
    auto t = add_duration(a->value, b->value, 1, nullptr);
    if (!t) return fail_node("unable to parse duration [" + b->value + "]");
    Node* r = tree_.scalar("!!timestamp", *t);
    r->style = a->style;
    return r;
  }
  int64_t i, j, sum;
  double x, y;
  if (a->tag == "!!int" && b->tag == "!!int" && to_int(a->value, i) && to_int(b->value, j) && !__builtin_add_overflow(i, j, &sum)) return tree_.integer(sum);
  if (a->number() && b->number() && to_double(a->value, x) && to_double(b->value, y)) return tree_.scalar("!!float", number_text(x + y));
  Node* s = tree_.scalar(a->number() || a->tag == "!!bool" ? "!!str" : a->tag, a->value + b->value);
  s->style = a->style;
  return s;
}

Node* Interp::subtract(Node* a, Node* b) {
  if (b->null()) return tree_.copy(a);
  if (a->seq()) {
    if (!b->seq()) return fail_node(b->tag + " (" + nice_path(b) + ") cannot be subtracted from " + a->tag);
    Node* s = tree_.seq();
    s->style = a->style;
    for (Node* item : a->content) {
      bool gone = false;
      for (Node* other : b->content) {
        p_.tick();
        gone = gone || equal(item, other);
      }
      if (!gone) append(s, tree_.copy(item));
    }
    return s;
  }
  if (a->map()) return fail_node("maps not yet supported for subtraction");
  if (!b->scalar()) return fail_node(b->tag + " (" + nice_path(b) + ") cannot be subtracted from " + a->tag);
  if (a->tag == "!!timestamp") {
    auto t = add_duration(a->value, b->value, -1, nullptr);
    if (!t) return fail_node("unable to parse duration [" + b->value + "]");
    return tree_.scalar("!!timestamp", *t);
  }
  int64_t i, j, r;
  double x, y;
  if (a->null()) a = tree_.integer(0);
  if (a->tag == "!!int" && b->tag == "!!int" && to_int(a->value, i) && to_int(b->value, j) && !__builtin_sub_overflow(i, j, &r)) return tree_.integer(r);
  if (a->number() && b->number() && to_double(a->value, x) && to_double(b->value, y)) return tree_.scalar("!!float", number_text(x - y));
  if (a->str()) return fail_node("strings cannot be subtracted");
  return fail_node(b->tag + " cannot be subtracted from " + a->tag);
}

Node* Interp::multiply(Node* a, Node* b, const Merge& how) {
  if (a->null()) return tree_.copy(b);
  if (b->null() && !a->number()) return tree_.copy(a);
  if ((a->map() && b->map()) || (a->seq() && b->seq())) {
    Node* m = tree_.copy(a);
    m->doc = a->doc;
    merge(m, b, how);
    return m;
  }
  int64_t i, j, r;
  double x, y;
  if (a->tag == "!!int" && b->tag == "!!int" && to_int(a->value, i) && to_int(b->value, j) && !__builtin_mul_overflow(i, j, &r)) return tree_.integer(r);
  if (a->number() && b->number() && to_double(a->value, x) && to_double(b->value, y)) return tree_.scalar("!!float", number_text(x * y));
  if (a->str() && b->tag == "!!int" && to_int(b->value, j)) {
    if (j < 0) return fail_node("cannot repeat string by a negative number (" + b->value + ")");
    if (j > 10'000'000) return fail_node("cannot repeat string by more than 10 million (" + b->value + ")");
    p_.check_memory(a->value.size() * static_cast<uint64_t>(j));
    std::string s;
    s.reserve(a->value.size() * static_cast<size_t>(j));
    for (; j > 0; j--) s += a->value;
    return tree_.text(s);
  }
  return fail_node("cannot multiply " + a->tag + " with " + b->tag);
}

Node* Interp::divide(Node* a, Node* b) {
  if (a->null() || !a->scalar() || !b->scalar())
    return fail_node(a->tag + " (" + nice_path(a) + ") cannot be divided by " + b->tag + " (" + nice_path(b) + ")");
  if (a->str() && b->str()) {
    Node* s = tree_.seq();
    std::string_view text = a->value;
    while (!b->value.empty()) {
      size_t at = text.find(b->value);
      append(s, tree_.text(text.substr(0, at)));
      if (at == text.npos) return s;
      text.remove_prefix(at + b->value.size());
    }
    append(s, tree_.text(text));
    return s;
  }
  double x, y;
  if (!a->number() || !b->number() || !to_double(a->value, x) || !to_double(b->value, y))
    return fail_node(a->tag + " (" + nice_path(a) + ") cannot be divided by " + b->tag + " (" + nice_path(b) + ")");
  return tree_.scalar("!!float", number_text(x / y));
}

Node* Interp::modulo(Node* a, Node* b) {
  int64_t i, j;
  double x, y;
  if (a->tag == "!!int" && b->tag == "!!int" && to_int(a->value, i) && to_int(b->value, j)) {
    if (j == 0) return fail_node("cannot modulo by 0");
    return tree_.integer(j == -1 ? 0 : i % j);
  }
  if (a->number() && b->number() && to_double(a->value, x) && to_double(b->value, y)) return tree_.scalar("!!float", number_text(std::fmod(x, y)));
  return fail_node(a->tag + " (" + nice_path(a) + ") cannot modulo by " + b->tag + " (" + nice_path(b) + ")");
}

Node* Interp::ordered(Op op, Node* a, Node* b) {
  bool or_equal = op == Op::LessEqual || op == Op::GreaterEqual, greater = op == Op::Greater || op == Op::GreaterEqual;
  if (a->null() || b->null()) return tree_.boolean(or_equal && a->null() && b->null());
  if (!a->scalar()) return fail_node(a->map() ? "maps not yet supported for comparison" : "arrays not yet supported for comparison");
  if (!b->scalar()) return fail_node(b->tag + " (" + nice_path(b) + ") cannot be subtracted from " + a->tag);
  int order;
  double x, y;
  if (a->number() && b->number() && to_double(a->value, x) && to_double(b->value, y)) {
    int64_t i, j;
    if (to_int(a->value, i) && to_int(b->value, j)) order = (i > j) - (i < j);
    else order = (x > y) - (x < y);
  } else if (a->tag == b->tag || (a->str() || b->str())) {
    order = a->value.compare(b->value);
  } else {
    return fail_node(a->tag + " not yet supported for comparison");
  }
  if (greater) order = -order;
  return tree_.boolean(order < 0 || (or_equal && order == 0));
}

// null, booleans, numbers, strings, maps and lists.
int Interp::compare(const Node* a, const Node* b) const {
  a = real(a);
  b = real(b);
  auto rank = [](const Node* n) {
    return n->null() ? 0 : n->tag == "!!bool" ? 1 : n->number() ? 2 : n->tag == "!!timestamp" ? 3 : n->scalar() ? 4 : n->map() ? 5 : 6;
  };
  int ra = rank(a), rb = rank(b);
  if (ra != rb) return ra < rb ? -1 : 1;
  if (ra == 1) return static_cast<int>(a->truthy()) - static_cast<int>(b->truthy());
  if (ra == 2) {
    double x = 0, y = 0;
    to_double(a->value, x);
    to_double(b->value, y);
    return (x > y) - (x < y);
  }
  if (ra == 3 || ra == 4) return a->value.compare(b->value);
  return 0;
}

}  // namespace nacre::yq
