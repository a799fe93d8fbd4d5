/// Functions about nodes: paths, deleting, attributes, documents, environment.
#include "algo/unicode.h"
#include "commands/yq/interp.h"

namespace nacre::yq {
namespace {

std::string_view kind_name(const Node* n) { return n->kind == Kind::Alias ? "alias" : n->map() ? "map" : n->seq() ? "seq" : "scalar"; }

std::string_view style_name(const Node* n) {
  if (n->tagged) return "tagged";
  switch (n->style) {
    case Style::Double: return "double";
    case Style::Single: return "single";
    case Style::Literal: return "literal";
    case Style::Folded: return "folded";
    case Style::Flow: return "flow";
    default: return "";
  }
}

List to_text(Interp& in, const Context& c, const std::function<std::string(Node*)>& fn) {
  return in.each(c, [&](Node* n) { return in.tree().text(fn(n)); });
}

Node* entry_of(Node* n) { return n->key && n->parent && n->parent->map() && !n->absent ? n->key : n; }

List tag(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return n->kind == Kind::Alias ? std::string("!!str") : n->tag; });
}
List kind(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return std::string(kind_name(n)); });
}
List style(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return std::string(style_name(n)); });
}
List anchor(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return n->anchor; });
}
List alias(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return n->kind == Kind::Alias ? n->value : std::string(); });
}
List line_comment(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return bare_comment(n->line_comment().empty() && !n->scalar() ? entry_of(n)->line_comment() : n->line_comment()); });
}
List head_comment(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) {
    std::string s = !n->parent && !n->leading().empty() ? n->leading() : entry_of(n)->head();
    while (!s.empty() && s.back() == '\n') s.pop_back();
    return bare_comment(s);
  });
}
List foot_comment(Interp& in, const Expr&, const Context& c) {
  return to_text(in, c, [](Node* n) { return bare_comment(entry_of(n)->foot()); });
}

List path(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.path_of(n); });
}

List key(Interp& in, const Expr&, const Context& c) {
  List out;
  for (Node* n : c.nodes)
    if (Node* k = in.key_of(n)) out.push_back(in.placed(k, n));
  return out;
}

List is_key(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().boolean(n->is_key); });
}

List parent(Interp& in, const Expr& e, const Context& c) {
  int64_t levels = 1;
  if (!e.args.empty()) {
    auto text = in.argument(e, 0, c);
    if (!text || !to_int(*text, levels)) return in.fail("parent takes a number");
  }
  List out;
  for (Node* n : c.nodes) {
    if (levels < 0) {   // counted from the top
      List up;
      for (Node* at = n; at; at = at->parent) up.push_back(at);
      size_t from_top = static_cast<size_t>(-levels);
      if (from_top <= up.size()) out.push_back(up[up.size() - from_top]);
      continue;
    }
    Node* at = n;
    for (int64_t i = 0; i < levels && at; i++) at = at->parent;
    if (at) out.push_back(at);
  }
  return out;
}

List parents(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) -> Node* {
    Node* s = in.tree().seq();
    for (Node* at = n->parent; at; at = at->parent) append(s, in.tree().copy(at));
    return s;
  });
}

List del(Interp& in, const Expr& e, const Context& c) {
  for (Node* n : c.nodes) {
    List found = in.eval(*e.args[0], c.reading(n));
    for (size_t i = found.size(); i-- > 0;) in.remove(found[i]);
  }
  return c.nodes;
}

List delpaths(Interp& in, const Expr& e, const Context& c) {
  for (Node* n : c.nodes) {
    List found;
    for (Node* all : in.eval(*e.args[0], c.reading(n)))
      for (Node* p : real(all)->content) {
        if (!real(p)->seq()) return in.fail("DELPATHS: expected entry to be a sequence of paths");
        if (Node* at = in.at_path(n, real(p), c.reading())) found.push_back(at);
      }
    for (size_t i = found.size(); i-- > 0;) in.remove(found[i]);
  }
  return c.nodes;
}

List setpath(Interp& in, const Expr& e, const Context& c) {
  for (Node* n : c.nodes) {
    Node* p = in.first(*e.args[0], c, n);
    if (!p || !real(p)->seq()) return in.fail("SETPATH: expected path to be a sequence");
    Node* at = in.at_path(n, real(p), c);
    List values = in.eval(*e.args[1], c.reading(n));
    if (!at || values.empty()) continue;
    in.materialize(at);
    in.update(at, values.front());
  }
  return c.nodes;
}

List getpath(Interp& in, const Expr& e, const Context& c) {
  List out;
  for (Node* n : c.nodes) {
    Node* p = in.first(*e.args[0], c, n);
    if (!p || !real(p)->seq()) return in.fail("GETPATH: expected path to be a sequence");
    if (Node* at = in.at_path(n, real(p), c)) out.push_back(at);
  }
  return out;
}

List with(Interp& in, const Expr& e, const Context& c) {
  for (Node* n : c.nodes)
    for (Node* t : in.eval(*e.args[0], c.single(n))) {
      in.materialize(t);
      in.eval(*e.args[1], c.single(t));
      if (in.failed()) return {};
    }
  return c.nodes;
}

List negated(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().boolean(!n->truthy()); });
}

List explode(Interp& in, const Expr& e, const Context& c) {
  size_t made = 0;
  for (Node* n : c.nodes)
    for (Node* t : in.eval(*e.args[0], c.reading(n)))
      if (!in.explode(t, made)) return {};
  return c.nodes;
}

List document_index(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().integer(root_of(n)->doc); });
}
List file_index(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().integer(root_of(n)->file); });
}
List filename(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().text(n->file < in.files.size() ? in.files[root_of(n)->file] : ""); });
}
List line(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().integer(n->line); });
}
List column(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* n) { return in.tree().integer(n->column); });
}

List split_document(Interp&, const Expr&, const Context& c) {
  uint32_t i = 0;
  for (Node* n : c.nodes) n->doc = i++;
  return c.nodes;
}

List error(Interp& in, const Expr& e, const Context& c) {
  auto text = in.argument(e, 0, c);
  return text ? in.fail(*text) : List{};
}

List empty(Interp&, const Expr&, const Context&) { return {}; }

List evaluated(Interp& in, const Expr& e, const Context& c) {
  List out;
  for (Node* n : c.nodes) {
    Node* text = in.first(*e.args[0], c, n);
    if (!text) continue;
    std::string why;
    ExprPtr inner = parse_expression(real(text)->value, &why);
    if (!inner) return in.fail(why);
    for (Node* r : in.eval(*inner, c.single(n))) out.push_back(r);
  }
  return out;
}

// ---- environment

List env(Interp& in, const Expr& e, const Context& c) {
  const char* v = in.process().getenv(e.text);
  if (!v) return in.fail("Value for env variable '" + e.text + "' not provided in env()");
  auto make = [&]() -> Node* {
    Node* n = in.decode(Format::Yaml, v);
    if (n && n->null() && n->value.empty()) n = in.tree().text("");
    return n;
  };
  if (c.nodes.empty()) {
    Node* n = make();
    return n ? List{n} : List{};
  }
  return in.each(c, [&](Node*) { return make(); });
}

List strenv(Interp& in, const Expr& e, const Context& c) {
  const char* v = in.process().getenv(e.text);
  if (!v) return in.fail("Value for env variable '" + e.text + "' not provided in strenv()");
  if (c.nodes.empty()) return {in.tree().text(v)};
  return in.each(c, [&](Node*) { return in.tree().text(v); });
}

/// $NAME and ${NAME}, ${NAME:-default} and its like.
class Substitution {
 public:
  Substitution(Interp& in, bool no_unset, bool no_empty) : in_(in), no_unset_(no_unset), no_empty_(no_empty) {}

  bool run(std::string_view s, std::string& out, int depth = 0) {
    for (size_t i = 0; i < s.size(); i++) {
      if (s[i] != '$' || i + 1 == s.size()) {
        out += s[i];
        continue;
      }
      bool braces = s[i + 1] == '{';
      size_t from = i + 1 + braces, end = from;
      while (end < s.size() && (ascii_alnum(s[end]) || s[end] == '_')) end++;
      if (end == from || ascii_digit(s[from])) {
        out += '$';
        continue;
      }
      std::string name(s.substr(from, end - from));
      std::string_view rest;
      if (braces) {
        size_t close = end, open = 1;
        for (; close < s.size(); close++) {
          if (s[close] == '{') open++;
          else if (s[close] == '}' && --open == 0) break;
        }
        if (close >= s.size()) return in_.fail("closing brace expected"), false;
        rest = s.substr(end, close - end);
        end = close + 1;
      }
      if (!value(name, rest, out, depth)) return false;
      i = end - 1;
    }
    return true;
  }

 private:
  bool value(const std::string& name, std::string_view rest, std::string& out, int depth) {
    const char* v = in_.process().getenv(name);
    bool colon = rest.starts_with(':');
    char op = rest.size() > colon ? rest[colon] : '\0';
    std::string_view word = op ? rest.substr(1 + static_cast<size_t>(colon)) : std::string_view();
    bool set = v && (!colon || *v);
    if (op && depth > 20) return in_.fail("envsubst: nested too deeply"), false;
    if ((op == '-' || op == '=') && !set) return run(word, out, depth + 1);
    if (op == '+') return !set || run(word, out, depth + 1);
    if (!v && no_unset_) return in_.fail("variable ${" + name + "} not set"), false;
    if (v && !*v && no_empty_) return in_.fail("variable ${" + name + "} set but empty"), false;
    if (v) out += v;
    return true;
  }

  Interp& in_;
  bool no_unset_, no_empty_;
};

List envsubst(Interp& in, const Expr& e, const Context& c) {
  bool no_unset = false, no_empty = false;
  if (e.text != "envsubst") {
    std::string_view flags = e.text;
    while (!flags.empty()) {
      size_t end = flags.find(',');
      std::string_view f = trimmed(flags.substr(0, end));
      if (f == "nu") no_unset = true;
      else if (f == "ne") no_empty = true;
      else if (f != "ff") return in.fail("envsubst: unknown option '" + std::string(f) + "'");
      flags = end == flags.npos ? std::string_view() : flags.substr(end + 1);
    }
  }
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (!n->str())
      return in.fail_node("cannot substitute with " + n->tag +
                          ", can only substitute strings. Hint: Most often you'll want to use '|=' over '=' for this operation");
    std::string s;
    if (!Substitution(in, no_unset, no_empty).run(n->value, s)) return nullptr;
    Node* r = in.tree().text(s);
    r->style = n->style;
    return r;
  });
}

constexpr Function kFunctions[] = {
    {"tag", 0, 0, tag},
    {"type", 0, 0, tag},
    {"kind", 0, 0, kind},
    {"style", 0, 0, style},
    {"anchor", 0, 0, anchor},
    {"alias", 0, 0, alias},
    {"line_comment", 0, 0, line_comment},
    {"lineComment", 0, 0, line_comment},
    {"head_comment", 0, 0, head_comment},
    {"headComment", 0, 0, head_comment},
    {"foot_comment", 0, 0, foot_comment},
    {"footComment", 0, 0, foot_comment},
    {"path", 0, 0, path},
    {"key", 0, 0, key},
    {"is_key", 0, 0, is_key},
    {"parent", 0, 1, parent},
    {"parents", 0, 0, parents},
    {"del", 1, 1, del},
    {"delpaths", 1, 1, delpaths},
    {"setpath", 2, 2, setpath},
    {"getpath", 1, 1, getpath},
    {"with", 2, 2, with},
    {"not", 0, 0, negated},
    {"explode", 1, 1, explode},
    {"document_index", 0, 0, document_index},
    {"documentIndex", 0, 0, document_index},
    {"di", 0, 0, document_index},
    {"file_index", 0, 0, file_index},
    {"fileIndex", 0, 0, file_index},
    {"fi", 0, 0, file_index},
    {"filename", 0, 0, filename},
    {"line", 0, 0, line},
    {"column", 0, 0, column},
    {"split_doc", 0, 0, split_document},
    {"splitDoc", 0, 0, split_document},
    {"error", 1, 1, error},
    {"empty", 0, 0, empty},
    {"eval", 1, 1, evaluated},
    {"env", 0, 0, env},
    {"strenv", 0, 0, strenv},
    {"envsubst", 0, 0, envsubst},
};

}  // namespace

std::span<const Function> node_functions() { return kFunctions; }

}  // namespace nacre::yq
