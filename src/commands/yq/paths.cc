/// Going down and up: fields, indices, slices, paths.
#include "base/deep_call.h"
#include "commands/yq/interp.h"
#include "base/utf8.h"

namespace nacre::yq {
namespace {

bool has_pattern(const std::string& s) { return s.find('*') != s.npos; }

/// Values that `<<` brings into a map, nearest first.
void merged(Node* map, const std::function<void(Node*)>& fn) {
  for (size_t i = 0; i + 1 < map->content.size(); i += 2) {
    if (map->content[i]->tag != "!!merge") continue;
    Node* from = real(map->content[i + 1]);
    if (from->map()) fn(from);
    else if (from->seq())
      for (Node* m : from->content)
        if (real(m)->map()) fn(real(m));
  }
}

// The value of a key, its own or merged. Merges may be merged themselves.
Node* lookup(Node* map, const std::string& key, int depth = 0) {
  if (Node* own = find(map, key)) return own;
  Node* found = nullptr;
  if (depth < 50)
    merged(map, [&](Node* m) {
      if (!found) found = lookup(m, key, depth + 1);
    });
  return found;
}

}  // namespace

Node* Interp::absent(Node* parent, Node* key) {
  Node*& slot = absent_[{parent, key->value}];
  if (slot && slot->absent && slot->null()) return slot;
  Node* n = tree_.null();
  n->absent = true;
  n->parent = parent;
  n->key = key;
  n->doc = parent->doc;
  n->file = parent->file;
  n->together = parent->together;
  return slot = n;
}

void Interp::field(Node* given, const std::string& name, const Context& c, bool optional, List& out) {
  p_.tick();
  Node* n = real(given);
  if (n->map()) {
    if (has_pattern(name)) {
      for (size_t i = 0; i + 1 < n->content.size(); i += 2) {
        if (n->content[i]->tag == "!!merge") continue;
        if (wildcard(n->content[i]->value, name)) out.push_back(n->content[i + 1]);
      }
      return;
    }
    if (Node* v = lookup(n, name)) out.push_back(v);
    else if (!c.read_only) out.push_back(absent(n, tree_.text(name)));
    return;
  }
  if (n->seq()) {
    if (name == "*") return children(n, out, false);
    int64_t i;
    if (to_int(name, i)) return index(n, tree_.scalar("!!int", name), c, optional, out);
    if (!optional) fail("cannot index array with '" + name + "' (strconv.ParseInt: parsing \"" + name + "\": invalid syntax)");
    return;
  }
  if (n->null() && !c.read_only && !has_pattern(name)) out.push_back(absent(n, tree_.text(name)));
}

void Interp::index(Node* given, Node* key, const Context& c, bool optional, List& out) {
  Node* n = real(given);
  key = real(key);
  if (!n->seq() && !(n->null() && key->tag == "!!int")) {
    if (key->scalar()) {
      if (n->null() && !c.read_only) out.push_back(absent(n, tree_.scalar(key->tag, key->value)));
      else field(n, key->value, c, optional, out);
    }
    return;
  }
  int64_t i;
  if (!to_int(key->value, i)) {
    if (key->str() || key->scalar()) {
      if (!optional) fail("cannot index array with '" + key->value + "' (strconv.ParseInt: parsing \"" + key->value + "\": invalid syntax)");
    }
    return;
  }
  int64_t size = static_cast<int64_t>(n->content.size());
  if (i < 0) {
    if (i + size < 0) {
      if (!optional && !n->null()) fail("index [" + std::to_string(i) + "] out of range, array size is " + std::to_string(size));
      return;
    }
    i += size;
  }
  if (i < size) {
    n->content[static_cast<size_t>(i)]->hint = static_cast<uint32_t>(i);
    return out.push_back(n->content[static_cast<size_t>(i)]);
  }
  if (!c.read_only || n->seq()) out.push_back(absent(n, tree_.integer(i)));
}

void Interp::children(Node* given, List& out, bool keys) {
  Node* n = real(given);
  if (n->seq()) {
    for (size_t i = 0; i < n->content.size(); i++) {
      n->content[i]->hint = static_cast<uint32_t>(i);
      out.push_back(n->content[i]);
    }
    return;
  }
  if (!n->map()) return;
  for (size_t i = 0; i + 1 < n->content.size(); i += 2) {
    if (n->content[i]->tag == "!!merge" && !keys) {
      merged(n, [&](Node* m) {
        for (size_t j = 0; j + 1 < m->content.size(); j += 2)
          if (m->content[j]->tag != "!!merge" && !find(n, m->content[j]->value)) out.push_back(m->content[j + 1]);
      });
      continue;
    }
    n->content[i]->hint = static_cast<uint32_t>(i);
    n->content[i + 1]->hint = static_cast<uint32_t>(i + 1);
    if (keys) out.push_back(n->content[i]);
    out.push_back(n->content[i + 1]);
  }
}

void Interp::descendants(Node* n, List& out, bool keys) {
  p_.tick();
  out.push_back(n);
  if (n->kind == Kind::Alias) return;
  for (size_t i = 0; i < n->content.size(); i++) {
    Node* child = n->content[i];
    child->hint = static_cast<uint32_t>(i);
    if (n->map() && i % 2 == 0) {
      if (keys) out.push_back(child);
      continue;
    }
    deep_call([&] { descendants(child, out, keys); });
  }
}

List Interp::slice(const Expr& e, const Context& c) {
  List out;
  List from = eval(*e.args[0], c);
  for (size_t i = 0; i < from.size(); i++) {
    Node* n = real(from[i]);
    Context here = c.reading(from.size() == c.nodes.size() ? c.nodes[i] : n);
    auto bound = [&](size_t which, int64_t otherwise) {
      if (!e.args[which]) return otherwise;
      List l = eval(*e.args[which], here);
      int64_t v = otherwise;
      if (l.empty() || !to_int(real(l.front())->value, v)) fail("cannot slice with a bound that is no number");
      return v;
    };
    if (n->null()) {
      out.push_back(n);
      continue;
    }
    bool is_text = n->str();
    if (!n->seq() && !is_text) return fail("cannot slice " + n->tag);
    int64_t size = static_cast<int64_t>(is_text ? utf8::length(n->value) : n->content.size());
    int64_t begin = bound(1, 0), end = bound(2, size);
    if (failed_) return {};
    if (begin < 0) begin = std::max<int64_t>(begin + size, 0);
    if (end < 0) end += size;
    end = std::min(end, size);
    if (is_text) {
      size_t a = utf8::offset(n->value, static_cast<size_t>(std::min(begin, size)));
      size_t b = end > begin ? utf8::offset(n->value, static_cast<size_t>(end)) : a;
      out.push_back(placed(tree_.text(n->value.substr(a, b - a)), n));
      continue;
    }
    Node* seq = tree_.seq();
    seq->style = n->style;
    for (int64_t k = begin; k < end; k++) append(seq, tree_.copy(n->content[static_cast<size_t>(k)]));
    out.push_back(placed(seq, n));
  }
  return out;
}

// A key or an index; null for a document.
Node* Interp::key_of(Node* n) {
  if (n->is_key) return n;
  if (n->key) return n->key;
  if (!n->parent) return nullptr;
  size_t i = position(n);
  return i == static_cast<size_t>(-1) ? nullptr : placed(tree_.integer(static_cast<int64_t>(i)), n);
}

Node* Interp::path_of(const Node* n) {
  List keys;
  for (Node* at = const_cast<Node*>(n); at; at = at->parent) {
    Node* k = key_of(at);
    if (!k) break;
    keys.push_back(tree_.scalar(k->tag, k->value));
  }
  Node* path = tree_.seq();
  for (size_t i = keys.size(); i-- > 0;) append(path, keys[i]);
  return path;
}

std::string Interp::nice_path(const Node* n) {
  std::string s;
  for (Node* k : path_of(n)->content) {
    if (k->tag == "!!int") {
      s += "[" + k->value + "]";
    } else {
      if (!s.empty()) s += '.';
      s += k->value;
    }
  }
  return s;
}

Node* Interp::at_path(Node* n, const Node* path, const Context& c) {
  for (Node* k : path->content) {
    List out;
    index(n, k, c, false, out);
    if (failed_ || out.empty()) return nullptr;
    n = out.front();
  }
  return n;
}

}  // namespace nacre::yq
