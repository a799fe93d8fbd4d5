/// parser_base: what the parser of programs says and builds with: the token at hand,
/// errors in the words of the original, new nodes. The first error ends parsing.
#pragma once
#include <string>
#include <vector>

#include "commands/jq/ast.h"
#include "commands/jq/lexer.h"

namespace nacre::jq {

struct Operator {
  std::string_view text;
  int level;
  Op op;
  Arith arith;
};
inline constexpr Operator kBinary[] = {{"//", 1, Op::Alternative, Arith::Add}, {"=", 2, Op::Assign, Arith::Add},       {"|=", 2, Op::Update, Arith::Add},
                                       {"+=", 2, Op::ArithUpdate, Arith::Add}, {"-=", 2, Op::ArithUpdate, Arith::Sub}, {"*=", 2, Op::ArithUpdate, Arith::Mul},
                                       {"/=", 2, Op::ArithUpdate, Arith::Div}, {"%=", 2, Op::ArithUpdate, Arith::Mod}, {"//=", 2, Op::AltUpdate, Arith::Add},
                                       {"or", 3, Op::Or, Arith::Add},          {"and", 4, Op::And, Arith::Add},        {"==", 5, Op::Binary, Arith::Eq},
                                       {"!=", 5, Op::Binary, Arith::Ne},       {"<", 5, Op::Binary, Arith::Lt},        {"<=", 5, Op::Binary, Arith::Le},
                                       {">", 5, Op::Binary, Arith::Gt},        {">=", 5, Op::Binary, Arith::Ge},       {"+", 6, Op::Binary, Arith::Add},
                                       {"-", 6, Op::Binary, Arith::Sub},       {"*", 7, Op::Binary, Arith::Mul},       {"/", 7, Op::Binary, Arith::Div},
                                       {"%", 7, Op::Binary, Arith::Mod}};

class ParserBase {
 protected:
  ParserBase(Program& program, Source& source, std::vector<Problem>& problems) : program_(program), source_(source), problems_(problems), lexer_(source.text) {
    advance();
  }

  void advance() { now_ = lexer_.next(); }
  bool is(std::string_view op) const { return (now_.kind == Tok::Op || now_.kind == Tok::DotDot || now_.kind == Tok::AltBind) && now_.text == op; }
  bool is_word(std::string_view w) const { return now_.kind == Tok::Keyword && now_.text == w; }
  bool accept(std::string_view op) {
    if (!is(op)) return false;
    advance();
    return true;
  }
  void expect(std::string_view op) {
    if (!failed_ && !accept(op)) unexpected();
  }
  void expect_word(std::string_view w) {
    if (failed_) return;
    if (!is_word(w)) {
      unexpected();
      return;
    }
    advance();
  }
  void fail(std::string message, uint32_t offset, uint32_t length) {
    if (failed_) return;
    failed_ = true;
    problems_.push_back({std::move(message), offset, length ? length : 1});
  }
  void unexpected() {
    std::string what;
    switch (now_.kind) {
      case Tok::End: what = "end of file"; break;
      case Tok::Invalid: what = "INVALID_CHARACTER"; break;
      case Tok::Ident: what = "IDENT"; break;
      case Tok::Keyword: what = std::string(now_.text); break;
      case Tok::Field: what = "FIELD"; break;
      case Tok::Binding: what = "BINDING"; break;
      case Tok::Format: what = "FORMAT"; break;
      case Tok::Number: what = "LITERAL"; break;
      case Tok::Quote: what = "QQSTRING_START"; break;
      default: what = now_.text.size() == 1 ? "'" + std::string(now_.text) + "'" : std::string(now_.text);
    }
    bool end = now_.kind == Tok::End && now_.offset > 0;
    fail("syntax error, unexpected " + what, now_.offset - end, now_.end - now_.offset);
  }
  Node* make(Op op) { return program_.make(op, now_.offset); }
  Node* make(Op op, const Node* at) { return program_.make(op, at->offset); }
  Node* literal(Value v, uint32_t offset) {
    Node* n = program_.make(Op::Literal, offset);
    n->value = std::move(v);
    return n;
  }

  // A literal, or arrays and objects of literals.
  static bool constant(const Node* n, Value& out) {
    if (n->op == Op::Literal) {
      out = n->value;
      return true;
    }
    if (n->op == Op::Array) {
      out = Value::array();
      if (!n->a) return true;
      std::vector<const Node*> items;
      const Node* rest = n->a;
      for (; rest->op == Op::Comma; rest = rest->a) items.push_back(rest->b);
      items.push_back(rest);
      for (size_t i = items.size(); i-- > 0;) {
        Value v;
        if (!constant(items[i], v)) return false;
        out.push(v);
      }
      return true;
    }
    if (n->op == Op::Call && n->list.empty() && (n->name == "null" || n->name == "true" || n->name == "false")) {
      out = n->name == "null" ? Value::null() : Value::boolean(n->name == "true");
      return true;
    }
    if (n->op != Op::Object) return false;
    out = Value::object();
    for (size_t i = 0; i < n->list.size(); i += 2) {
      Value k, v;
      if (!constant(n->list[i], k) || !k.is_string() || !n->list[i + 1] || !constant(n->list[i + 1], v)) return false;
      out.set(k, v);
    }
    return true;
  }

  const Operator* operator_here() const {
    if (now_.kind != Tok::Op && now_.kind != Tok::Keyword) return nullptr;
    for (const Operator& o : kBinary)
      if (o.text == now_.text) return &o;
    return nullptr;
  }

  Node* field(Node* of, Value key) {
    Node* n = program_.make(Op::Field, now_.offset);
    n->a = of;
    n->value = std::move(key);
    return n;
  }

  Node* variable() {
    if (now_.text == "__loc__") {
      Node* n = literal(location(), now_.offset);
      advance();
      return n;
    }
    Node* n = make(Op::Variable);
    n->name = now_.text;
    n->length = now_.end - now_.offset;
    advance();
    return n;
  }

  Value location() const {
    Value v = Value::object();
    v.set(Value::string("file"), Value::string(source_.name));
    double line = 1;
    for (char c : std::string_view(source_.text).substr(0, now_.offset)) line += c == '\n';
    v.set(Value::string("line"), Value::number(line));
    return v;
  }

  Program& program_;
  Source& source_;
  std::vector<Problem>& problems_;
  Lexer lexer_;
  Lexeme now_;
  int nesting_ = 0;
  bool failed_ = false;
};

}  // namespace nacre::jq
