/// Functions over text.
#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/yq/interp.h"

namespace nacre::yq {
namespace {

List texts(Interp& in, const Context& c, const char* what, const std::function<Node*(Node*)>& fn) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (n->null()) return in.tree().null();
    if (!n->scalar()) return in.fail_node("cannot " + std::string(what) + " with " + n->tag + ", can only operate on strings");
    return fn(n);
  });
}

Node* changed(Interp& in, const Node* n, std::string text) {
  Node* r = in.tree().scalar(n->tag, text);
  r->style = n->style;
  return r;
}

List upcase(Interp& in, const Expr&, const Context& c) {
  return texts(in, c, "change case", [&](Node* n) { return changed(in, n, upper(n->value, true)); });
}
List downcase(Interp& in, const Expr&, const Context& c) {
  return texts(in, c, "change case", [&](Node* n) { return changed(in, n, lower(n->value, true)); });
}
List trim(Interp& in, const Expr&, const Context& c) {
  return texts(in, c, "trim", [&](Node* n) { return changed(in, n, std::string(trimmed(n->value))); });
}

List split(Interp& in, const Expr& e, const Context& c) {
  auto separator = in.argument(e, 0, c);
  if (!separator) return {};
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (n->null()) return n;
    if (!n->scalar()) return in.fail_node("cannot split " + n->tag + ", can only split strings");
    Node* s = in.tree().seq();
    std::string_view text = n->value;
    if (separator->empty()) {
      for (size_t i = 0; i < text.size();) {
        uint8_t length = utf8::decode(text.substr(i)).length;
        append(s, in.tree().scalar("!!str", text.substr(i, length)));
        i += length;
      }
      return s;
    }
    while (true) {
      size_t at = text.find(*separator);
      std::string_view piece = text.substr(0, at);
      append(s, in.tree().text(piece));
      if (at == text.npos) return s;
      text.remove_prefix(at + separator->size());
    }
  });
}

List join(Interp& in, const Expr& e, const Context& c) {
  auto separator = in.argument(e, 0, c);
  if (!separator) return {};
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (!n->seq()) return in.fail_node("cannot join with " + n->tag + ", can only join arrays of scalars");
    std::string s;
    for (size_t i = 0; i < n->content.size(); i++) {
      Node* item = real(n->content[i]);
      if (i > 0) s += *separator;
      if (!item->null()) s += item->value;
    }
    return in.tree().text(s);
  });
}

/// Options in front of a pattern's text: (?i) is the engine's own.
struct Pattern {
  const Regex* regex = nullptr;
  std::string text;
  bool global = false;
};

bool pattern_of(Interp& in, const Expr& e, const Context& c, Pattern& p) {
  auto text = in.argument(e, 0, c);
  if (!text) return false;
  p.text = *text;
  bool ignore_case = false;
  if (e.args.size() > 1 && e.text != "sub") {
    auto flags = in.argument(e, 1, c);
    if (!flags) return false;
    for (char f : *flags) {
      if (f == 'g') p.global = true;
      else if (f == 'i') ignore_case = true;
      else return in.fail("unrecognised match params '" + *flags + "', please see docs at https://mikefarah.gitbook.io/yq/operators/string-operators"), false;
    }
  }
  p.regex = in.regex(p.text, ignore_case);
  return p.regex != nullptr;
}

/// Names of the groups in order, "" for those without.
std::vector<std::string> group_names(std::string_view pattern) {
  std::vector<std::string> names;
  bool in_class = false;
  for (size_t i = 0; i < pattern.size(); i++) {
    char ch = pattern[i];
    if (ch == '\\') i++;
    else if (in_class) in_class = ch != ']';
    else if (ch == '[') in_class = true;
    else if (ch == '(') {
      std::string_view rest = pattern.substr(i + 1);
      size_t open = rest.starts_with("?P<") ? 3 : rest.starts_with("?<") && !rest.starts_with("?<=") && !rest.starts_with("?<!") ? 2 : 0;
      if (open) names.emplace_back(rest.substr(open, rest.find('>') - open));
      else if (!rest.starts_with('?')) names.emplace_back();
    }
  }
  return names;
}

/// fn for each match, until it returns false.
void each_match(Interp& in, const Pattern& p, std::string_view text, const std::function<bool(std::span<RegexSpan>)>& fn) {
  std::vector<RegexSpan> spans(static_cast<size_t>(p.regex->groups()) + 1);
  for (size_t at = 0; at <= text.size();) {
    in.process().tick();
    if (!p.regex->match(text, at, spans)) return;
    if (!fn(spans)) return;
    at = spans[0].end > spans[0].begin ? spans[0].end : spans[0].end + (spans[0].end < text.size() ? utf8::decode(text.substr(spans[0].end)).length : 1);
  }
}

List test(Interp& in, const Expr& e, const Context& c) {
  Pattern p;
  if (!pattern_of(in, e, c, p)) return {};
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (n->null()) return in.tree().boolean(false);
    if (!n->scalar())
      return in.fail_node("cannot match with " + n->tag + ", can only match strings. Hint: Most often you'll want to use '|=' over '=' for this operation");
    return in.tree().boolean(p.regex->matches(n->value));
  });
}

Node* offset(Interp& in, std::string_view text, size_t at) { return in.tree().integer(static_cast<int64_t>(utf8::length(text.substr(0, at)))); }

List match(Interp& in, const Expr& e, const Context& c) {
  Pattern p;
  if (!pattern_of(in, e, c, p)) return {};
  std::vector<std::string> names = group_names(p.text);
  List out;
  Tree& t = in.tree();
  for (Node* given : c.nodes) {
    Node* n = real(given);
    if (!n->scalar() || n->null()) continue;
    each_match(in, p, n->value, [&](std::span<RegexSpan> spans) {
      auto describe = [&](RegexSpan s, bool group) {
        Node* m = t.map();
        append(m, t.text("string"), s.matched() ? t.text(std::string_view(n->value).substr(s.begin, s.size())) : t.null());
        append(m, t.text("offset"), s.matched() ? offset(in, n->value, s.begin) : t.integer(-1));
        append(m, t.text("length"), t.integer(s.matched() ? static_cast<int64_t>(utf8::length(std::string_view(n->value).substr(s.begin, s.size()))) : 0));
        if (!group) return m;
        return m;
      };
      Node* m = describe(spans[0], false);
      Node* captures = t.seq();
      for (size_t i = 1; i < spans.size(); i++) {
        Node* g = describe(spans[i], true);
        if (i <= names.size() && !names[i - 1].empty()) append(g, t.text("name"), t.text(names[i - 1]));
        append(captures, g);
      }
      append(m, t.text("captures"), captures);
      out.push_back(in.placed(m, given));
      return p.global;
    });
  }
  return out;
}

List capture(Interp& in, const Expr& e, const Context& c) {
  Pattern p;
  if (!pattern_of(in, e, c, p)) return {};
  std::vector<std::string> names = group_names(p.text);
  List out;
  Tree& t = in.tree();
  for (Node* given : c.nodes) {
    Node* n = real(given);
    if (!n->scalar() || n->null()) continue;
    each_match(in, p, n->value, [&](std::span<RegexSpan> spans) {
      Node* m = t.map();
      for (size_t i = 1; i < spans.size() && i <= names.size(); i++) {
        if (names[i - 1].empty()) continue;
        append(m, t.text(names[i - 1]), spans[i].matched() ? t.text(std::string_view(n->value).substr(spans[i].begin, spans[i].size())) : t.null());
      }
      out.push_back(in.placed(m, given));
      return p.global;
    });
  }
  return out;
}

// Go's template: $1, ${1}, ${name}; $$ is a dollar.
void expand(std::string& out, std::string_view with, std::string_view text, std::span<RegexSpan> spans, const std::vector<std::string>& names) {
  for (size_t i = 0; i < with.size(); i++) {
    if (with[i] != '$' || i + 1 == with.size()) {
      out += with[i];
      continue;
    }
    if (with[i + 1] == '$') {
      out += with[++i];
      continue;
    }
    bool braces = with[i + 1] == '{';
    size_t from = i + 1 + braces, end = from;
    while (end < with.size() && (ascii_alnum(with[end]) || with[end] == '_')) end++;
    if (end == from || (braces && (end == with.size() || with[end] != '}'))) {
      out += '$';
      continue;
    }
    std::string name(with.substr(from, end - from));
    int64_t number = -1;
    if (!to_int(name, number)) {
      number = -1;
      for (size_t k = 0; k < names.size(); k++)
        if (names[k] == name) number = static_cast<int64_t>(k) + 1;
    }
    if (number >= 0 && number < static_cast<int64_t>(spans.size()) && spans[static_cast<size_t>(number)].matched())
      out += text.substr(spans[static_cast<size_t>(number)].begin, spans[static_cast<size_t>(number)].size());
    i = end - 1 + braces;
  }
}

List sub(Interp& in, const Expr& e, const Context& c) {
  Pattern p;
  if (!pattern_of(in, e, c, p)) return {};
  std::vector<std::string> names = group_names(p.text);
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (n->null()) return in.tree().null();
    if (!n->scalar())
      return in.fail_node("cannot substitute with " + n->tag +
                          ", can only substitute strings. Hint: Most often you'll want to use '|=' over '=' for this operation");
    auto with = in.argument(e, 1, c.reading(given));
    if (!with) return nullptr;
    std::string s;
    size_t done = 0;
    each_match(in, p, n->value, [&](std::span<RegexSpan> spans) {
      s += std::string_view(n->value).substr(done, spans[0].begin - done);
      expand(s, *with, n->value, spans, names);
      done = spans[0].end;
      return true;
    });
    s += std::string_view(n->value).substr(done);
    Node* r = in.tree().text(s);
    r->style = n->style;
    return r;
  });
}

List to_string(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    if (n->str()) return n;
    if (n->scalar()) return in.tree().text(n->value);
    std::string s;
    write_yaml(s, n, in.formats());
    while (!s.empty() && s.back() == '\n') s.pop_back();
    return in.tree().text(s);
  });
}

List to_number(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    Node* n = real(given);
    int64_t i;
    double d;
    if (n->number()) return n;
    if (n->scalar() && to_int(n->value, i)) return in.tree().scalar("!!int", n->value);
    if (n->scalar() && to_double(n->value, d)) return in.tree().scalar("!!float", n->value);
    return in.fail_node("cannot convert node value [" + n->value + "] at path " + in.nice_path(given) + " of tag " + n->tag + " to number");
  });
}

constexpr Function kFunctions[] = {
    {"upcase", 0, 0, upcase},
    {"ascii_upcase", 0, 0, upcase},
    {"downcase", 0, 0, downcase},
    {"ascii_downcase", 0, 0, downcase},
    {"trim", 0, 0, trim},
    {"split", 1, 1, split},
    {"join", 1, 1, join},
    {"test", 1, 2, test},
    {"match", 1, 2, match},
    {"capture", 1, 2, capture},
    {"sub", 2, 2, sub},
    {"to_string", 0, 0, to_string},
    {"tostring", 0, 0, to_string},
    {"to_number", 0, 0, to_number},
    {"tonumber", 0, 0, to_number},
};

}  // namespace

std::span<const Function> text_functions() { return kFunctions; }

}  // namespace nacre::yq
