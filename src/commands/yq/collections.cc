/// Functions over maps and lists.
#include <unordered_map>

#include "base/deep_call.h"
#include "commands/yq/interp.h"

namespace nacre::yq {
namespace {

std::string identity(const Node* n) {
  n = real(n);
  std::string s = n->tag + " ";
  if (n->scalar()) s += n->value;
  else write_json(s, n, 0);
  return s;
}

/// fn for each input that is a list; others give an error.
List lists(Interp& in, const Context& c, const char* what, const std::function<Node*(Node*)>& fn) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (!n->seq()) return in.fail_node(std::string("node at path [") + in.nice_path(given) + "] is not an array (it's a " + n->tag + "), cannot " + what);
    return fn(n);
  });
}

Node* like_list(Interp& in, const Node* n) {
  Node* s = in.tree().seq();
  s->style = n->style;
  return s;
}

List select(Interp& in, const Expr& e, const Context& c) {
  List out;
  for (Node* n : c.nodes) {
    for (Node* r : in.eval(*e.args[0], c.reading(n)))
      if (r->truthy()) {
        out.push_back(n);
        break;
      }
    if (in.failed()) return {};
  }
  return out;
}

List map(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* n) -> Node* {
    Node* s = like_list(in, real(n));
    List items;
    in.children(n, items, false);
    for (Node* item : items)
      for (Node* r : in.eval(*e.args[0], c.single(item))) append(s, in.tree().copy(r));
    return s;
  });
}

List filter(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* n) -> Node* {
    Node* s = like_list(in, real(n));
    List items;
    in.children(n, items, false);
    for (Node* r : select(in, e, c.with(items))) append(s, in.tree().copy(r));
    return s;
  });
}

List map_values(Interp& in, const Expr& e, const Context& c) {
  for (Node* n : c.nodes) {
    List items;
    in.children(n, items, false);
    for (Node* item : items) {
      List l = in.eval(*e.args[0], c.single(item));
      if (!l.empty() && l.front() != item) in.update(item, l.front());
    }
  }
  return c.nodes;
}

List length(Interp& in, const Expr&, const Context& c);

List keys(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    Node* s = in.tree().seq();
    if (n->map()) {
      for (size_t i = 0; i < n->content.size(); i += 2) append(s, in.tree().copy(n->content[i]));
      for (Node* k : s->content)
        if (k->comments) *k->comments = {};
    } else if (n->seq()) {
      for (size_t i = 0; i < n->content.size(); i++) append(s, in.tree().integer(static_cast<int64_t>(i)));
    } else {
      return in.fail_node("cannot get keys of " + n->tag + ", keys only works for maps and arrays");
    }
    return s;
  });
}

List has(Interp& in, const Expr& e, const Context& c) {
  List out;
  for (Node* given : c.nodes) {
    Node* n = real(given);
    for (Node* k : in.eval(*e.args[0], c.reading(given))) {
      k = real(k);
      bool found = false;
      int64_t i;
      if (n->map()) found = find(n, k->value) != nullptr;
      else if (n->seq() && to_int(k->value, i)) found = i >= 0 && i < static_cast<int64_t>(n->content.size());
      out.push_back(in.placed(in.tree().boolean(found), given));
    }
  }
  return out;
}

Node* entry(Interp& in, Node* key, Node* value) {
  Node* m = in.tree().map();
  append(m, in.tree().text("key"), key);
  append(m, in.tree().text("value"), value);
  return m;
}

Node* entries(Interp& in, Node* n) {
  Node* s = in.tree().seq();
  if (n->null()) return s;
  if (n->seq())
    for (size_t i = 0; i < n->content.size(); i++) append(s, entry(in, in.tree().integer(static_cast<int64_t>(i)), in.tree().copy(n->content[i])));
  else if (n->map())
    for (size_t i = 0; i + 1 < n->content.size(); i += 2) append(s, entry(in, in.tree().copy(n->content[i]), in.tree().copy(n->content[i + 1])));
  else return in.fail_node(n->tag + " has no keys");
  return s;
}

Node* from_entries(Interp& in, Node* list) {
  Node* m = in.tree().map();
  for (Node* item : list->content) {
    Node* from = real(item);
    Node* k = find(from, "key");
    for (const char* other : {"Key", "name", "Name", "k"})
      if (!k) k = find(from, other);
    Node* v = find(from, "value");
    for (const char* other : {"Value", "v"})
      if (!v) v = find(from, other);
    if (!k) return in.fail_node("expected to find 'key' entry but did not");
    Node* key = in.tree().copy(k);
    Node* value = v ? in.tree().copy(v) : in.tree().null();
    if (Node* own = find(m, key->value)) in.update(own, value);
    else append(m, key, value);
  }
  return m;
}

List to_entries(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return entries(in, real(n)); });
}

List of_entries(Interp& in, const Expr&, const Context& c) {
  return lists(in, c, "make a map of it", [&](Node* n) { return from_entries(in, n); });
}

List with_entries(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    Node* list = entries(in, n);
    if (!list) return nullptr;
    Node* changed = in.tree().seq();
    for (Node* item : List(list->content))
      for (Node* r : in.eval(*e.args[0], c.single(item))) append(changed, in.tree().copy(r));
    if (in.failed()) return nullptr;
    Node* m = from_entries(in, changed);
    if (!m) return nullptr;
    m->style = n->style;
    if (n->comments) m->comments = std::make_unique<Comments>(*n->comments);
    m->separated = n->separated;
    return m;
  });
}

/// Sort keys of an item: all results of the expression.
struct Keyed {
  Node* item;
  List keys;
};

Node* sorted(Interp& in, const Expr* by, const Context& c, Node* n) {
  std::vector<Keyed> all;
  for (Node* item : n->content) all.push_back({item, by ? in.eval(*by, c.reading(item)) : List{item}});
  if (in.failed()) return nullptr;
  std::stable_sort(all.begin(), all.end(), [&](const Keyed& a, const Keyed& b) {
    in.process().tick();
    for (size_t i = 0; i < a.keys.size() && i < b.keys.size(); i++) {
      int order = in.compare(a.keys[i], b.keys[i]);
      if (order != 0) return order < 0;
    }
    return a.keys.size() < b.keys.size();
  });
  Node* s = like_list(in, n);
  for (Keyed& k : all) append(s, in.tree().copy(k.item));
  return s;
}

List sort(Interp& in, const Expr&, const Context& c) {
  return lists(in, c, "sort", [&](Node* n) { return sorted(in, nullptr, c, n); });
}
List sort_by(Interp& in, const Expr& e, const Context& c) {
  return lists(in, c, "sort", [&](Node* n) { return sorted(in, e.args[0].get(), c, n); });
}

List sort_keys(Interp& in, const Expr& e, const Context& c) {
  for (Node* n : c.nodes) {
    List targets = e.args.empty() ? List{n} : in.eval(*e.args[0], c.reading(n));
    for (Node* t : targets) {
      t = real(t);
      if (!t->map()) continue;
      std::vector<std::pair<Node*, Node*>> pairs;
      for (size_t i = 0; i + 1 < t->content.size(); i += 2) pairs.emplace_back(t->content[i], t->content[i + 1]);
      std::stable_sort(pairs.begin(), pairs.end(), [](auto& a, auto& b) { return a.first->value < b.first->value; });
      List l;
      for (auto& [k, v] : pairs) l.push_back(k), l.push_back(v);
      adopt(t, std::move(l));
    }
  }
  return c.nodes;
}

// Items by what an expression gives for them, in the order of the first of each.
std::vector<List> groups(Interp& in, const Expr* by, const Context& c, Node* n) {
  std::vector<List> out;
  std::unordered_map<std::string, size_t> known;
  for (Node* item : n->content) {
    in.process().tick();
    Node* k = by ? in.first(*by, c, item) : item;
    std::string id = k ? identity(k) : "!!null null";
    auto [at, fresh] = known.emplace(id, out.size());
    if (fresh) out.emplace_back();
    out[at->second].push_back(item);
  }
  return out;
}

List unique(Interp& in, const Expr& e, const Context& c) {
  return lists(in, c, "be made unique", [&](Node* n) -> Node* {
    Node* s = like_list(in, n);
    for (List& g : groups(in, e.args.empty() ? nullptr : e.args[0].get(), c, n)) append(s, in.tree().copy(g.front()));
    return s;
  });
}

List group_by(Interp& in, const Expr& e, const Context& c) {
  return lists(in, c, "group by", [&](Node* n) -> Node* {
    Node* s = in.tree().seq();
    for (List& g : groups(in, e.args[0].get(), c, n)) {
      Node* one = in.tree().seq();
      for (Node* item : g) append(one, in.tree().copy(item));
      append(s, one);
    }
    return s;
  });
}

void flatten_into(Interp& in, Node* to, Node* from, int64_t depth) {
  for (Node* item : from->content) {
    in.process().tick();
    if (real(item)->seq() && depth != 0) deep_call([&] { flatten_into(in, to, real(item), depth - 1); });
    else append(to, in.tree().copy(item));
  }
}

List flatten(Interp& in, const Expr& e, const Context& c) {
  int64_t depth = -1;
  if (!e.args.empty()) {
    auto text = in.argument(e, 0, c);
    if (!text || !to_int(*text, depth)) return in.fail("flatten takes a number");
  }
  return lists(in, c, "be flattened", [&](Node* n) -> Node* {
    Node* s = like_list(in, n);
    flatten_into(in, s, n, depth);
    return s;
  });
}

List reverse(Interp& in, const Expr&, const Context& c) {
  return lists(in, c, "be reversed", [&](Node* n) -> Node* {
    Node* s = like_list(in, n);
    for (size_t i = n->content.size(); i-- > 0;) append(s, in.tree().copy(n->content[i]));
    return s;
  });
}

List shuffle(Interp& in, const Expr&, const Context& c) {
  return lists(in, c, "be shuffled", [&](Node* n) -> Node* {
    List items = n->content;
    for (size_t i = items.size(); i > 1; i--) std::swap(items[i - 1], items[in.process().random() % i]);
    Node* s = like_list(in, n);
    for (Node* item : items) append(s, in.tree().copy(item));
    return s;
  });
}

List first(Interp& in, const Expr& e, const Context& c) {
  List out;
  for (Node* n : c.nodes) {
    List items;
    in.children(n, items, false);
    for (Node* item : items) {
      if (!e.args.empty()) {
        Node* r = in.first(*e.args[0], c, item);
        if (!r || !r->truthy()) continue;
      }
      out.push_back(item);
      break;
    }
  }
  return out;
}

List extreme(Interp& in, const Context& c, int sign) {
  return lists(in, c, sign < 0 ? "get min" : "get max", [&](Node* n) -> Node* {
    Node* best = nullptr;
    for (Node* item : n->content)
      if (!best || in.compare(item, best) * sign > 0) best = item;
    return best;
  });
}

// any, all: of the items, or of what an expression gives for them.
List quantified(Interp& in, const Expr& e, const Context& c, bool any) {
  return lists(in, c, any ? "any" : "all", [&](Node* n) -> Node* {
    bool result = !any;
    for (Node* item : n->content) {
      Node* r = e.args.empty() ? item : in.first(*e.args[0], c, item);
      bool truth = r && r->truthy();
      if (truth == any) result = any;
    }
    return in.tree().boolean(result);
  });
}

bool contains(const Node* a, const Node* b) {
  a = real(a);
  b = real(b);
  if (a->kind != b->kind) {
    if (a->seq() && b->scalar())
      for (const Node* item : a->content)
        if (equal(item, b)) return true;
    return false;
  }
  if (a->scalar()) return a->str() && b->str() ? a->value.find(b->value) != std::string::npos : a->tag == b->tag && a->value == b->value;
  if (a->seq()) {
    for (const Node* want : b->content) {
      bool found = false;
      for (const Node* item : a->content) found = found || deep_call([&] { return contains(item, want); });
      if (!found) return false;
    }
    return true;
  }
  for (size_t i = 0; i + 1 < b->content.size(); i += 2) {
    const Node* own = find(a, b->content[i]->value);
    if (!own || !deep_call([&] { return contains(own, b->content[i + 1]); })) return false;
  }
  return true;
}

List contains_all(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* n) -> Node* {
    List want = in.eval(*e.args[0], c.reading(n));
    return in.tree().boolean(!want.empty() && contains(n, want.front()));
  });
}

// pick and omit: only, or all but, these keys or indices.
List chosen(Interp& in, const Expr& e, const Context& c, bool keep) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    Node* which = in.first(*e.args[0], c, given);
    if (!which || !real(which)->seq()) return in.fail_node("keys must be an array");
    const List& wanted = real(which)->content;
    Node* r = n->map() ? in.tree().map() : in.tree().seq();
    r->style = n->style;
    if (n->comments) r->comments = std::make_unique<Comments>(*n->comments);
    r->separated = n->separated;
    if (!n->map() && !n->seq()) return in.fail_node("cannot pick indices from type " + n->tag);
    auto is_wanted = [&](const std::string& key) {
      for (Node* w : wanted)
        if (w->value == key) return true;
      return false;
    };
    if (n->map() && keep) {
      for (Node* w : wanted)
        if (Node* v = find(n, w->value); v && !find(r, w->value)) append(r, in.tree().copy(v->key), in.tree().copy(v));
    } else if (n->map()) {
      for (size_t i = 0; i + 1 < n->content.size(); i += 2)
        if (!is_wanted(n->content[i]->value)) append(r, in.tree().copy(n->content[i]), in.tree().copy(n->content[i + 1]));
    } else if (keep) {
      for (Node* w : wanted) {
        int64_t i;
        if (!to_int(w->value, i)) return in.fail_node("cannot index array with " + w->value);
        if (i >= 0 && i < static_cast<int64_t>(n->content.size())) append(r, in.tree().copy(n->content[static_cast<size_t>(i)]));
      }
    } else {
      for (size_t i = 0; i < n->content.size(); i++)
        if (!is_wanted(std::to_string(i))) append(r, in.tree().copy(n->content[i]));
    }
    return r;
  });
}

List pivot(Interp& in, const Expr&, const Context& c) {
  return lists(in, c, "pivot", [&](Node* n) -> Node* {
    if (n->content.empty()) return in.tree().seq();
    bool maps = real(n->content[0])->map();
    Node* r = maps ? in.tree().map() : in.tree().seq();
    size_t width = 0;
    for (Node* row : n->content) {
      row = real(row);
      if (!(maps ? row->map() : row->seq())) return in.fail_node("can only pivot elements of !!seq or !!map types, received " + row->tag);
      width = std::max(width, row->content.size());
      if (maps)
        for (size_t i = 0; i < row->content.size(); i += 2)
          if (!find(r, row->content[i]->value)) append(r, in.tree().copy(row->content[i]), in.tree().seq());
    }
    for (size_t i = 0; !maps && i < width; i++) append(r, in.tree().seq());
    for (Node* row : n->content) {
      row = real(row);
      for (size_t i = 0; i < r->content.size(); i += 1 + maps) {
        Node* v = maps ? find(row, r->content[i]->value) : i < row->content.size() ? row->content[i] : nullptr;
        append(r->content[i + maps], v ? in.tree().copy(v) : in.tree().null());
      }
    }
    return r;
  });
}

List array_to_map(Interp& in, const Expr&, const Context& c) {
  return lists(in, c, "make a map of it", [&](Node* n) -> Node* {
    Node* m = in.tree().map();
    for (size_t i = 0; i < n->content.size(); i++)
      if (!real(n->content[i])->null()) append(m, in.tree().integer(static_cast<int64_t>(i)), in.tree().copy(n->content[i]));
    return m;
  });
}

List min(Interp& in, const Expr&, const Context& c) { return extreme(in, c, -1); }
List max(Interp& in, const Expr&, const Context& c) { return extreme(in, c, 1); }
List any(Interp& in, const Expr& e, const Context& c) { return quantified(in, e, c, true); }
List all(Interp& in, const Expr& e, const Context& c) { return quantified(in, e, c, false); }
List pick(Interp& in, const Expr& e, const Context& c) { return chosen(in, e, c, true); }
List omit(Interp& in, const Expr& e, const Context& c) { return chosen(in, e, c, false); }

List length(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    size_t size = n->null() ? 0 : n->map() ? n->content.size() / 2 : n->content.size();
    if (n->scalar() && !n->null())
      for (char ch : n->value) size += (static_cast<unsigned char>(ch) & 0xc0) != 0x80;
    return in.tree().integer(static_cast<int64_t>(size));
  });
}

constexpr Function kFunctions[] = {
    {"select", 1, 1, select},
    {"map", 1, 1, map},
    {"filter", 1, 1, filter},
    {"map_values", 1, 1, map_values},
    {"length", 0, 0, length},
    {"keys", 0, 0, keys},
    {"has", 1, 1, has},
    {"to_entries", 0, 0, to_entries},
    {"from_entries", 0, 0, of_entries},
    {"with_entries", 1, 1, with_entries},
    {"sort", 0, 0, sort},
    {"sort_by", 1, 1, sort_by},
    {"sort_keys", 0, 1, sort_keys},
    {"sortKeys", 0, 1, sort_keys},
    {"unique", 0, 0, unique},
    {"unique_by", 1, 1, unique},
    {"group_by", 1, 1, group_by},
    {"flatten", 0, 1, flatten},
    {"reverse", 0, 0, reverse},
    {"shuffle", 0, 0, shuffle},
    {"first", 0, 1, first},
    {"min", 0, 0, min},
    {"max", 0, 0, max},
    {"any", 0, 0, any},
    {"all", 0, 0, all},
    {"any_c", 1, 1, any},
    {"all_c", 1, 1, all},
    {"contains", 1, 1, contains_all},
    {"pick", 1, 1, pick},
    {"omit", 1, 1, omit},
    {"pivot", 0, 0, pivot},
    {"array_to_map", 0, 0, array_to_map},
};

}  // namespace

std::span<const Function> collection_functions() { return kFunctions; }

}  // namespace nacre::yq
