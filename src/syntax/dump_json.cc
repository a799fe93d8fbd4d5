// The tree as JSON. Keys come in a fixed order; absent things are left out.
#include <cstdio>

#include "base/deep_call.h"
#include "base/utf8.h"
#include "syntax/print.h"

namespace nacre {
using namespace ast;
namespace {

constexpr const char* kCommandNames[] = {"simple", "brace_group", "subshell", "if",    "while", "until",  "for",      "arith_for",
                                         "select", "case",        "function", "arith", "cond",  "coproc", "pipeline", "and_or"};
constexpr const char* kPartNames[] = {"literal", "escaped",     "single_quoted", "ansi_quoted", "double_quoted",
                                      "param",   "command_sub", "arith_sub",     "process_sub"};
constexpr const char* kParamOps[] = {"none",
                                     "default",
                                     "assign",
                                     "error",
                                     "alternate",
                                     "remove_prefix",
                                     "remove_long_prefix",
                                     "remove_suffix",
                                     "remove_long_suffix",
                                     "replace",
                                     "replace_all",
                                     "replace_prefix",
                                     "replace_suffix",
                                     "substring",
                                     "upper_first",
                                     "upper_all",
                                     "lower_first",
                                     "lower_all",
                                     "toggle_first",
                                     "toggle_all",
                                     "transform",
                                     "keys",
                                     "prefix_names",
                                     "bad"};
constexpr const char* kRedirOps[] = {"<", ">", ">>", ">|", "<>", "<&", ">&", "&>", "&>>", "<<", "<<<"};
constexpr const char* kCondNames[] = {"and", "or", "not", "unary", "binary", "word", "group"};
constexpr const char* kSubscripts[] = {"none", "@", "*", "expr"};
constexpr const char* kCaseEnds[] = {";;", ";&", ";;&"};

class JsonDump {
 public:
  std::string out;

  void list(const List& l) {
    open("list", l.span);
    key("items");
    array(l.items, [&](const ListItem& i) {
      out += '{';
      key("command");
      command(*i.command);
      text("separator", i.separator == Separator::Background ? "&" : ";");
      out += '}';
    });
    out += '}';
  }

 private:
  // ---- JSON
  void comma() {
    if (!out.empty() && out.back() != '{' && out.back() != '[' && out.back() != ':') out += ',';
  }
  void key(const char* name) {
    comma();
    out += '"';
    out += name;
    out += "\":";
  }
  void string(std::string_view s) {
    out += '"';
    for (size_t i = 0; i < s.size();) {
      uint8_t c = static_cast<uint8_t>(s[i]);
      utf8::Char ch = c < 0x80 ? utf8::Char{c, 1, true} : utf8::decode(s.substr(i));
      if (c == '"' || c == '\\') {
        out += '\\';
        out += s[i];
      } else if (c < 0x20 || !ch.valid) {
        // A byte that is no text: as a lone surrogate, which no text contains.
        char buffer[8];
        std::snprintf(buffer, sizeof buffer, "\\u%04x", c < 0x20 ? c : 0xdc00u + c);
        out += buffer;
      } else {
        out.append(s.substr(i, ch.length));
      }
      i += ch.length;
    }
    out += '"';
  }
  void text(const char* name, std::string_view value) {
    key(name);
    string(value);
  }
  void number(const char* name, uint64_t value) {
    key(name);
    out += std::to_string(value);
  }
  void flag(const char* name, bool value) {
    if (!value) return;
    key(name);
    out += "true";
  }
  template <class Items, class F>
  void array(const Items& items, F&& each) {
    out += '[';
    for (const auto& i : items) {
      comma();
      each(i);
    }
    out += ']';
  }
  void open(const char* kind, const Span& span) {
    out += '{';
    text("kind", kind);
    number("begin", span.begin);
    number("end", span.end);
    number("line", span.line);
  }

  // ---- words
  void word(const Word& w) {
    out += '{';
    text("raw", w.raw);
    number("line", w.span.line);
    key("parts");
    array(w.parts, [&](const Part& p) { deep_call([&] { part(p); }); });
    out += '}';
  }
  void word(const char* name, const Word* w) {
    if (!w) return;
    key(name);
    word(*w);
  }
  void words(const char* name, Seq<const Word*> list) {
    key(name);
    array(list, [&](const Word* w) { word(*w); });
  }
  void part(const Part& p) {
    out += '{';
    text("part", kPartNames[static_cast<int>(p.kind)]);
    bool plain = p.kind <= PartKind::AnsiQuoted;
    if (plain) text("text", p.text);
    if (!plain && !p.raw.empty()) text("raw", p.raw);
    flag("locale", p.locale);
    flag("backquoted", p.backquoted);
    flag("bracketed", p.bracketed);
    if (p.direction) text("direction", std::string_view(&p.direction, 1));
    if (p.kind == PartKind::DoubleQuoted) {
      key("parts");
      array(p.parts, [&](const Part& inner) { deep_call([&] { part(inner); }); });
    }
    if (p.param) {
      key("param");
      param(*p.param);
    }
    word("word", p.word);
    if (p.list) {
      key("list");
      list(*p.list);
    }
    if (!p.error.empty()) text("error", p.error);
    out += '}';
  }
  void param(const Param& p) {
    out += '{';
    text("name", p.name);
    flag("braced", p.braced);
    flag("length", p.length);
    flag("indirect", p.indirect);
    if (p.subscript != SubscriptKind::None) text("subscript", kSubscripts[static_cast<int>(p.subscript)]);
    word("index", p.index);
    if (p.op != ParamOp::None) text("op", kParamOps[static_cast<int>(p.op)]);
    flag("colon", p.colon);
    if (p.transform) text("transform", std::string_view(&p.transform, 1));
    word("arg", p.arg);
    word("arg2", p.arg2);
    out += '}';
  }

  // ---- commands
  void assignment(const Assignment& a) {
    out += '{';
    text("name", a.name);
    word("index", a.index);
    text("op", a.kind == AssignKind::Append ? "+=" : "=");
    if (a.is_array) {
      key("items");
      array(a.items, [&](const ArrayItem& i) {
        out += '{';
        word("index", i.index);
        flag("append", i.append);
        word("value", i.value);
        out += '}';
      });
    }
    word("value", a.value);
    out += '}';
  }
  void redirect(const Redirect& r) {
    out += '{';
    text("op", kRedirOps[static_cast<int>(r.op)]);
    if (r.fd >= 0) number("fd", static_cast<uint64_t>(r.fd));
    if (!r.fd_var.empty()) text("fd_var", r.fd_var);
    if (r.op == RedirOp::HereDoc) text("delimiter", r.delimiter);
    flag("delimiter_quoted", r.delimiter_quoted);
    flag("strip_tabs", r.strip_tabs);
    flag("eof_before_delimiter", r.eof_before_delimiter);
    word("target", r.target);
    out += '}';
  }
  void list(const char* name, const List* l) {
    if (!l) return;
    key(name);
    list(*l);
  }
  void child(const char* name, const Command* c) {
    if (!c) return;
    key(name);
    command(*c);
  }

  void command(const Command& c) {
    deep_call([&] {
      open(kCommandNames[static_cast<int>(c.kind)], c.span);
      if (c.kind <= CommandKind::Until) groups(c);
      else if (c.kind <= CommandKind::Case) loops(c);
      else rest(c);
      if (!c.redirects.empty()) {
        key("redirects");
        array(c.redirects, [&](const Redirect& r) { redirect(r); });
      }
      out += '}';
    });
  }
  void simple(const Simple& s) {
    if (!s.assignments.empty()) {
      key("assignments");
      array(s.assignments, [&](const Assignment& a) { assignment(a); });
    }
    key("words");
    array(s.words, [&](const Argument& a) {
      if (a.assignment) assignment(*a.assignment);
      else word(*a.word);
    });
  }
  void groups(const Command& c) {
    switch (c.kind) {
      case CommandKind::Simple: return simple(static_cast<const Simple&>(c));
      case CommandKind::If: {
        const If& i = static_cast<const If&>(c);
        key("arms");
        array(i.arms, [&](const IfArm& a) {
          out += '{';
          list("condition", a.condition);
          list("body", a.body);
          out += '}';
        });
        return list("else", i.otherwise);
      }
      case CommandKind::While:
      case CommandKind::Until: list("condition", static_cast<const Loop&>(c).condition); return list("body", static_cast<const Loop&>(c).body);
      default: return list("body", static_cast<const Group&>(c).body);
    }
  }
  void loops(const Command& c) {
    if (c.kind == CommandKind::ArithFor) {
      const ArithFor& f = static_cast<const ArithFor&>(c);
      word("init", f.init);
      word("condition", f.condition);
      word("step", f.step);
      return list("body", f.body);
    }
    if (c.kind == CommandKind::Case) {
      const Case& k = static_cast<const Case&>(c);
      word("subject", k.subject);
      key("clauses");
      return array(k.clauses, [&](const CaseClause& clause) {
        out += '{';
        words("patterns", clause.patterns);
        list("body", clause.body);
        text("end", kCaseEnds[static_cast<int>(clause.end)]);
        out += '}';
      });
    }
    const For& f = static_cast<const For&>(c);
    text("name", f.name);
    if (f.has_in) words("words", f.words);
    list("body", f.body);
  }
  void rest(const Command& c) {
    switch (c.kind) {
      case CommandKind::Function: text("name", static_cast<const Function&>(c).name); return child("body", static_cast<const Function&>(c).body);
      case CommandKind::Arith: return word("expression", static_cast<const Arith&>(c).expression);
      case CommandKind::Cond: key("expression"); return cond(*static_cast<const Cond&>(c).expr);
      case CommandKind::Coproc:
        if (!static_cast<const Coproc&>(c).name.empty()) text("name", static_cast<const Coproc&>(c).name);
        return child("body", static_cast<const Coproc&>(c).body);
      case CommandKind::AndOr: {
        const AndOr& a = static_cast<const AndOr&>(c);
        child("first", a.first);
        key("rest");
        return array(a.rest, [&](const AndOr::Next& n) {
          out += '{';
          text("op", n.op == Connector::And ? "&&" : "||");
          child("command", n.command);
          out += '}';
        });
      }
      default: {
        const Pipeline& p = static_cast<const Pipeline&>(c);
        flag("negated", p.negated);
        flag("timed", p.timed);
        flag("time_posix", p.time_posix);
        key("stages");
        array(p.stages, [&](const Command* s) { command(*s); });
        key("pipe_stderr");
        return array(p.pipe_stderr, [&](bool b) { out += b ? "true" : "false"; });
      }
    }
  }
  void cond(const CondExpr& e) {
    deep_call([&] {
      out += '{';
      text("kind", kCondNames[static_cast<int>(e.kind)]);
      if (!e.op.empty()) text("op", e.op);
      if (e.left) {
        key("left");
        cond(*e.left);
      }
      if (e.right) {
        key("right");
        cond(*e.right);
      }
      word("a", e.a);
      word("b", e.b);
      out += '}';
    });
  }
};

}  // namespace

std::string dump_json(const List& l) {
  JsonDump dump;
  dump.list(l);
  return std::move(dump.out);
}

}  // namespace nacre
