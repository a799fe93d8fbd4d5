/// The interpreter: what is not an operator with two sides, an assignment or a function.
#include "commands/yq/interp.h"

#include "base/deep_call.h"

namespace nacre::yq {

const Function* find_function(std::string_view name) {
  for (auto table : {collection_functions(), text_functions(), node_functions(), format_functions(), time_functions()})
    for (const Function& f : table)
      if (f.name == name) return &f;
  return nullptr;
}

List Interp::fail(std::string message) {
  if (!failed_) error_ = std::move(message);
  failed_ = true;
  return {};
}

List Interp::run(const Expr& e, List nodes) {
  Context c;
  c.nodes = std::move(nodes);
  return eval(e, c);
}

List Interp::eval(const Expr& e, const Context& c) {
  if (failed_) return {};
  p_.tick(static_cast<uint32_t>(1 + c.nodes.size()));
  List l = deep_call([&] { return eval_here(e, c); });
  if (failed_) l.clear();
  return l;
}

Node* Interp::first(const Expr& e, const Context& c, Node* n) {
  List l = eval(e, c.reading(n));
  return l.empty() ? nullptr : l.front();
}

Node* Interp::placed(Node* fresh, const Node* like) {
  if (!fresh || fresh->parent) return fresh;
  fresh->doc = like->doc;
  fresh->file = like->file;
  fresh->together = like->together;
  return fresh;
}

List Interp::each(const Context& c, const std::function<Node*(Node*)>& fn) {
  List out;
  out.reserve(c.nodes.size());
  for (Node* n : c.nodes) {
    p_.tick();
    Node* r = fn(n);
    if (failed_) return {};
    if (r) out.push_back(placed(r, n));
  }
  return out;
}

List Interp::eval_here(const Expr& e, const Context& c) {
  switch (e.op) {
    case Op::Self: return c.nodes;
    case Op::Literal: {
      if (c.nodes.empty()) return {tree_.scalar(e.tag, e.text)};
      return each(c, [&](Node*) { return tree_.scalar(e.tag, e.text); });
    }
    case Op::Text: return text(e, c);
    case Op::Variable: {
      for (const Variable* v = c.variables.get(); v; v = v->outer.get())
        if (v->name == e.text) return v->nodes;
      if (auto g = globals.find(e.text); g != globals.end()) return g->second;
      if (e.text == "__loc__") break;
      return fail("variable '" + e.text + "' not found");
    }
    case Op::Field: {
      List out;
      for (Node* n : eval(*e.args[0], c)) {
        field(n, e.text, c, e.optional, out);
        if (failed_) break;
      }
      return out;
    }
    case Op::Index: {
      List out, from = eval(*e.args[0], c);
      if (e.args.size() == 1) {
        for (Node* n : from) {
          p_.tick();
          children(n, out, false);
        }
        return out;
      }
      List keys = eval(*e.args[1], c.reading());
      if (keys.size() > 1 && c.nodes.size() > 1 && from.size() == c.nodes.size()) {   // each input has its own key
        for (size_t i = 0; i < from.size(); i++)
          for (Node* k : eval(*e.args[1], c.reading(c.nodes[i]))) index(from[i], k, c, e.optional, out);
        return out;
      }
      for (Node* n : from)
        for (Node* k : keys) {
          index(n, k, c, e.optional, out);
          if (failed_) return out;
        }
      return out;
    }
    case Op::Slice: return slice(e, c);
    case Op::Recurse:
    case Op::RecurseKeys: {
      List out;
      for (Node* n : c.nodes) descendants(n, out, e.op == Op::RecurseKeys);
      return out;
    }
    case Op::Pipe: {
      Context step = c;
      for (const ExprPtr& a : e.args) step.nodes = eval(*a, step);
      return step.nodes;
    }
    case Op::Union: {
      List out;
      for (const ExprPtr& a : e.args) {
        List l = eval(*a, c);
        out.insert(out.end(), l.begin(), l.end());
      }
      return out;
    }
    case Op::Bind: return bind(e, c);
    case Op::Reduce: return reduce(e, c);
    case Op::Collect: {
      auto collect = [&](const Context& from, const Node* like) {
        Node* seq = tree_.seq();
        if (!e.args.empty())
          for (Node* n : eval(*e.args[0], from)) append(seq, tree_.copy(n));
        return like ? placed(seq, like) : seq;
      };
      bool together = true;
      for (Node* n : c.nodes) together &= n->together;
      if (together) return {collect(c, c.nodes.empty() ? nullptr : c.nodes.front())};
      List out;
      for (Node* n : c.nodes) out.push_back(collect(c.single(n), n));
      return out;
    }
    case Op::Object: return object(e, c);
    case Op::Negate: {
      List out;
      for (Node* n : eval(*e.args[0], c.reading())) {
        Node* r = calculate(Op::Multiply, n, tree_.integer(-1), {});
        if (r) out.push_back(placed(r, n));
      }
      return out;
    }
    case Op::Assign:
    case Op::Update: return assign(e, c);
    case Op::AddAssign:
    case Op::SubtractAssign:
    case Op::MultiplyAssign:
    case Op::DivideAssign:
    case Op::ModuloAssign:
    case Op::AlternativeAssign: return compound(e, c);
    case Op::SetAttribute: return set_attribute(e, c);
    case Op::And:
    case Op::Or: return logic(e, c);
    case Op::Call: return e.function->run(*this, e, c);
    default: return binary(e, c);
  }
  return {};
}

List Interp::text(const Expr& e, const Context& c) {
  auto make = [&](Node* n) -> Node* {
    std::string s;
    for (const ExprPtr& part : e.args) {
      if (part->op == Op::Literal && part->tag == "!!str") {
        s += part->text;
        continue;
      }
      List l = n ? eval(*part, c.reading(n)) : eval(*part, c.reading());
      for (Node* r : l) {
        r = real(r);
        if (r->scalar()) {
          s += r->value;
        } else {
          std::string yaml;
          write_yaml(yaml, r, formats_);
          if (!yaml.empty() && yaml.back() == '\n') yaml.pop_back();
          s += yaml;
        }
      }
    }
    return tree_.text(s);
  };
  if (c.nodes.empty()) return {make(nullptr)};
  return each(c, make);
}

List Interp::bind(const Expr& e, const Context& c) {
  List out;
  auto run = [&](const Context& from) {
    List values = eval(*e.args[0], from.reading());
    if (values.empty() || e.reference) {
      Context inner = from;
      inner.variables = std::make_shared<Variable>(Variable{e.text, e.reference ? eval(*e.args[0], from) : List{}, from.variables});
      List l = eval(*e.args[1], inner);
      out.insert(out.end(), l.begin(), l.end());
      return;
    }
    for (Node* v : values) {
      Context inner = from;
      inner.variables = std::make_shared<Variable>(Variable{e.text, {placed(tree_.copy(v), v)}, from.variables});
      List l = eval(*e.args[1], inner);
      out.insert(out.end(), l.begin(), l.end());
    }
  };
  bool together = true;
  for (Node* n : c.nodes) together &= n->together;
  if (together) run(c);
  else
    for (Node* n : c.nodes) run(c.single(n));
  return out;
}

List Interp::reduce(const Expr& e, const Context& c) {
  List items = eval(*e.args[0], c.reading());
  Context accumulated = c;
  accumulated.nodes = eval(*e.args[1], c);
  for (Node* item : items) {
    accumulated.variables = std::make_shared<Variable>(Variable{e.text, {item}, c.variables});
    accumulated.nodes = eval(*e.args[2], accumulated);
    if (failed_) return {};
  }
  return accumulated.nodes;
}

List Interp::object(const Expr& e, const Context& c) {
  auto build = [&](const Context& from, const Node* like) {
    List maps = {tree_.map()};
    for (size_t i = 0; i + 1 < e.args.size(); i += 2) {
      List keys = eval(*e.args[i], from.reading()), values = eval(*e.args[i + 1], from), next;
      for (Node* m : maps)
        for (Node* k : keys)
          for (Node* v : values) {
            p_.tick();
            Node* one = keys.size() * values.size() == 1 ? m : tree_.copy(m);
            Node* key = tree_.scalar(k->tag, k->value);
            key->style = real(k)->style == Style::Flow ? Style::Plain : k->style;
            Node* value = tree_.copy(v);
            if (Node* old = find(one, k->value)) update(old, value);
            else append(one, key, value);
            next.push_back(one);
          }
      maps = std::move(next);
      if (failed_) return List{};
    }
    if (like)
      for (Node* m : maps) placed(m, like);
    return maps;
  };
  bool together = true;
  for (Node* n : c.nodes) together &= n->together;
  if (together) return build(c, c.nodes.empty() ? nullptr : c.nodes.front());
  List out;
  for (Node* n : c.nodes) {
    List l = build(c.single(n), n);
    out.insert(out.end(), l.begin(), l.end());
  }
  return out;
}

std::optional<std::string> Interp::argument(const Expr& e, size_t i, const Context& c) {
  List l = eval(*e.args[i], c.reading());
  if (failed_) return std::nullopt;
  return l.empty() ? std::string() : real(l.front())->value;
}

// Go's regular expressions are nearly those of Rust's engine, but for ^ and $, which mean the text's ends.
const Regex* Interp::regex(const std::string& pattern, bool ignore_case) {
  auto& slot = regexes_[(ignore_case ? "i" : " ") + pattern];
  if (!slot) {
    std::string why;
    slot = Regex::compile(pattern, kRegexPerl | kRegexUtf8 | kRegexAsciiClasses | (ignore_case ? kRegexFoldCase : 0), &why);
    if (!slot) {
      fail("error parsing regexp: " + why + ": `" + pattern + "`");
      return nullptr;
    }
  }
  return slot.get();
}

}  // namespace nacre::yq
