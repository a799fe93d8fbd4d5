/// Changing nodes in place: assignment, merging, deleting, attributes, aliases made plain.
#include "base/deep_call.h"
#include "commands/yq/interp.h"

namespace nacre::yq {

// Puts a node that was only asked for where it belongs, with its parents.
void Interp::materialize(Node* n) {
  if (!n->absent) return;
  Node* parent = n->parent;
  Node* key = n->key;
  if (parent->absent) deep_call([&] { materialize(parent); });
  if (parent->null()) {
    parent->kind = key->tag == "!!int" ? Kind::Seq : Kind::Map;
    parent->tag = parent->seq() ? "!!seq" : "!!map";
    parent->style = Style::Plain;
    parent->tagged = false;
    parent->value.clear();
  }
  n->absent = false;
  if (parent->seq()) {
    int64_t at = 0;
    to_int(key->value, at);
    if (at > (1 << 20)) {
      fail("index " + key->value + " is too large");
      return;
    }
    while (static_cast<int64_t>(parent->content.size()) < at) append(parent, tree_.null());
    if (static_cast<int64_t>(parent->content.size()) > at) {
      n->key = nullptr;
      n->hint = static_cast<uint32_t>(at);
      parent->content[static_cast<size_t>(at)] = n;
      return;
    }
    append(parent, n);
    return;
  }
  if (!parent->map()) return;
  if (parent->content.empty() && parent->style == Style::Flow) parent->style = Style::Plain;
  for (size_t i = 0; i + 1 < parent->content.size(); i += 2) {
    if (parent->content[i]->value != key->value) continue;
    n->key = parent->content[i];
    parent->content[i + 1] = n;
    return;
  }
  append(parent, key, n);
}

void Interp::update(Node* n, const Node* source, bool clobber) {
  if (n == source) return;
  bool was_empty = !n->scalar() && n->kind != Kind::Alias && n->content.empty();
  Node* c = tree_.copy(source);
  if (was_empty || n->tag != c->tag) n->style = c->style;
  adopt(n, {});
  n->kind = c->kind;
  List children = std::move(c->content);
  adopt(n, std::move(children));
  n->value = c->value;
  if (clobber || n->tag.empty() || n->tag.starts_with("!!")) {
    n->tag = c->tag;
    n->tagged = c->tagged;
  }
  n->alias = c->alias;
  n->anchor = c->anchor;
  n->cdata = c->cdata;
  if (n->style == Style::Plain && n->scalar()) n->style = c->style;
  if (!n->scalar() && n->style != Style::Flow) n->style = c->style == Style::Flow ? c->style : Style::Plain;
  if (c->comments) {
    if (!c->head().empty()) n->note().head = c->head();
    if (!c->line_comment().empty()) n->note().line = c->line_comment();
    if (!c->foot().empty()) n->note().foot = c->foot();
  }
}

void Interp::remove(Node* n) {
  Node* parent = n->parent;
  if (!parent || n->absent) return;
  size_t i = position(n);
  if (i == static_cast<size_t>(-1)) return;
  auto at = parent->content.begin() + static_cast<ptrdiff_t>(i);
  if (parent->map()) {
    if (i % 2 == 1) at--;
    parent->content.erase(at, at + 2);
  } else {
    parent->content.erase(at);
  }
}

void Interp::merge(Node* n, const Node* source, const Merge& how) {
  p_.tick();
  Node* target = real(n);
  const Node* from = real(source);
  auto notes = [&](Node* to, const Node* other) {
    if (!other->comments) return;
    if (!other->head().empty()) to->note().head = other->head();
    if (!other->line_comment().empty()) to->note().line = other->line_comment();
    if (!other->foot().empty()) to->note().foot = other->foot();
  };
  if (target->map() && from->map()) {
    if (target->content.empty()) target->style = from->style;
    for (size_t i = 0; i + 1 < from->content.size(); i += 2) {
      const Node* key = from->content[i];
      const Node* value = from->content[i + 1];
      Node* own = find(target, key->value);
      if (!own) {
        if (how.existing) continue;
        append(target, tree_.copy(key), tree_.copy(value));
        continue;
      }
      notes(own->key ? own->key : own, key);
      bool both_maps = real(own)->map() && real(value)->map();
      bool both_seqs = real(own)->seq() && real(value)->seq() && (how.append || how.deep);
      if (both_maps || both_seqs) deep_call([&] { merge(own, value, how); });
      else if (!how.only_new) update(own, value, how.clobber);
    }
    return notes(target, from);
  }
  if (target->seq() && from->seq() && (how.append || how.deep)) {
    for (size_t i = 0; i < from->content.size(); i++) {
      if (how.append || i >= target->content.size()) append(target, tree_.copy(from->content[i]));
      else deep_call([&] { merge(target->content[i], from->content[i], how); });
    }
    return;
  }
  if (!how.only_new) update(target, from, how.clobber);
}

List Interp::assign(const Expr& e, const Context& c) {
  if (e.op == Op::Update) {
    List targets = eval(*e.args[0], c);
    for (size_t i = targets.size(); i-- > 0;) {   // children before their parents
      Node* t = targets[i];
      List values = eval(*e.args[1], c.single(t));
      if (failed_) return {};
      if (values.empty()) continue;
      Node* v = values.front();
      if (v == t && !t->absent) continue;
      materialize(t);
      update(t, v, e.merge.clobber);
    }
    return c.nodes;
  }
  bool together = true;
  for (Node* n : c.nodes) together &= n->together;
  auto run = [&](const Context& from) {
    List values = eval(*e.args[1], from.reading());
    List targets = eval(*e.args[0], from);
    for (Node* t : targets)
      for (Node* v : values) {
        if (failed_) return;
        materialize(t);
        update(t, v, e.merge.clobber);
      }
  };
  if (together) run(c);
  else
    for (Node* n : c.nodes) run(c.single(n));
  return c.nodes;
}

// += and its like: the right side sees the same input as the left.
List Interp::compound(const Expr& e, const Context& c) {
  Op op = e.op == Op::AddAssign        ? Op::Add
          : e.op == Op::SubtractAssign ? Op::Subtract
          : e.op == Op::MultiplyAssign ? Op::Multiply
          : e.op == Op::DivideAssign   ? Op::Divide
          : e.op == Op::ModuloAssign   ? Op::Modulo
                                       : Op::Alternative;
  bool together = true;
  for (Node* n : c.nodes) together &= n->together;
  auto run = [&](const Context& from) {
    List values = eval(*e.args[1], from.reading());
    for (Node* t : eval(*e.args[0], from))
      for (Node* v : values) {
        Node* r = calculate(op, t, v, e.merge);
        if (failed_) return;
        if (!r || r == t) continue;
        materialize(t);
        update(t, r, e.merge.clobber);
      }
  };
  if (together) run(c);
  else
    for (Node* n : c.nodes) run(c.single(n));
  return c.nodes;
}

namespace {

bool set_style(Node* n, const std::string& name) {
  struct Named {
    std::string_view name;
    Style style;
  };
  constexpr Named kNames[] = {{"", Style::Plain},          {"double", Style::Double}, {"single", Style::Single},
                              {"literal", Style::Literal}, {"folded", Style::Folded}, {"flow", Style::Flow}};
  if (name == "tagged") {
    n->tagged = true;
    return true;
  }
  for (const Named& k : kNames) {
    if (k.name != name) continue;
    n->style = k.style;
    if (name.empty()) n->tagged = false;
    return true;
  }
  return false;
}

}  // namespace

List Interp::set_attribute(const Expr& e, const Context& c) {
  for (Node* top : c.nodes) {
    Context here = c.single(top);
    std::optional<std::string> value;
    if (!e.updating) {
      List l = eval(*e.args[1], here.reading());
      if (l.empty()) continue;
      value = real(l.front())->value;
      if (real(l.front())->null()) value = "";
    }
    List targets = eval(*e.args[0], here);
    for (size_t i = targets.size(); i-- > 0;) {
      Node* t = targets[i];
      std::string v;
      if (value) {
        v = *value;
      } else {
        List l = eval(*e.args[1], here.reading(t));
        if (l.empty()) continue;
        v = real(l.front())->value;
        if (real(l.front())->null()) v = "";
      }
      if (failed_) return {};
      materialize(t);
      Node* entry = t->key && !t->absent && e.text != "line" && t->parent && t->parent->map() ? t->key : t;
      bool block = (t->map() || t->seq()) && t->style != Style::Flow && !t->content.empty();
      Node* lined = block && t->key ? t->key : t;
      if (e.text == "style") {
        if (!set_style(t, v)) return fail("Unknown style " + v);
      } else if (e.text == "tag") {
        t->tag = v.empty() ? std::string(t->map() ? "!!map" : t->seq() ? "!!seq" : resolve(t->value)) : v;
        t->tagged = !t->tag.starts_with("!!");
      } else if (e.text == "anchor") {
        t->anchor = v;
      } else if (e.text == "alias") {
        if (v.empty()) continue;
        List all;
        descendants(root_of(t), all, true);
        Node* target = nullptr;
        for (Node* n : all)
          if (n->anchor == v) target = n;
        t->kind = Kind::Alias;
        t->value = v;
        t->alias = target;
        t->content.clear();
      } else {
        std::string text = hash_comment(v);
        if (e.text == "line" || e.text == "comments") lined->note().line = text;
        if (e.text == "head" || e.text == "comments") {
          entry->note().head = text;
          if (!t->parent) t->note().leading.clear();
        }
        if (e.text == "foot" || e.text == "comments") entry->note().foot = text;
        if (e.text == "comments" && lined != t) t->note().line = text;
      }
    }
  }
  return c.nodes;
}

// Aliases become copies, `<<` becomes fields, anchors go. False when that makes too much.
bool Interp::explode(Node* n, size_t& made) {
  constexpr size_t kMost = 500'000;
  p_.tick();
  if (failed_) return false;
  if (n->kind == Kind::Alias) {
    if (!n->alias) return true;
    size_t before = tree_.size();
    bool was_key = n->is_key;
    Node* c = tree_.copy(n->alias);
    made += tree_.size() - before;
    if (made > kMost) return fail("document contains excessive aliasing"), false;
    n->kind = c->kind;
    n->value = c->value;
    n->tag = c->tag;
    n->tagged = c->tagged;
    n->style = c->style;
    n->alias = nullptr;
    adopt(n, std::move(c->content));
    n->is_key = was_key;
  }
  n->anchor.clear();
  for (Node* child : n->content)
    if (!deep_call([&] { return explode(child, made); })) return false;
  if (!n->map()) return true;
  bool any = false;
  for (size_t i = 0; i < n->content.size(); i += 2) any |= n->content[i]->tag == "!!merge";
  if (!any) return true;
  List old = std::move(n->content);
  adopt(n, {});
  auto put = [&](Node* key, Node* value, bool replace) {
    if (Node* own = find(n, key->value)) {
      if (!replace) return;
      size_t at = n->index_of(own);
      n->content[at] = value;
      value->parent = n;
      value->key = n->content[at - 1];
      value->hint = static_cast<uint32_t>(at);
      return;
    }
    append(n, key, value);
  };
  for (size_t i = 0; i + 1 < old.size(); i += 2) {
    if (old[i]->tag != "!!merge") {
      put(old[i], old[i + 1], true);
      continue;
    }
    List maps = old[i + 1]->seq() ? old[i + 1]->content : List{old[i + 1]};
    for (Node* m : maps)
      for (size_t j = 0; j + 1 < m->content.size(); j += 2) {
        size_t before = tree_.size();
        put(tree_.copy(m->content[j]), tree_.copy(m->content[j + 1]), false);
        made += tree_.size() - before;
        if (made > kMost) return fail("document contains excessive aliasing"), false;
      }
  }
  return true;
}

}  // namespace nacre::yq
