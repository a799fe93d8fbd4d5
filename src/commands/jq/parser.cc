/// Programs to trees: recursive descent, operators by precedence climbing.
/// Lowest first: | (right)  , (left)  // (right)  = |= += ... (one)  or  and
/// comparisons (one)  + -  * / %; a binding `E as P | body` takes the whole
/// expression before `as`.
/// Longer than most files: the rules of one grammar, which call one another.
/// Source: jq 1.8 manual.
#include "base/deep_call.h"
#include "commands/jq/ast.h"
#include "commands/jq/parser_base.h"
#include "commands/jq/number.h"

namespace nacre::jq {
namespace {

constexpr int kMaxNesting = 10000;

class Parser : private ParserBase {
 public:
  Parser(Program& program, Source& source, std::vector<Problem>& problems) : ParserBase(program, source, problems) {}

  void run(bool library) {
    module_directive();
    while (!failed_ && (is_word("import") || is_word("include"))) import();
    while (!failed_ && is_word("def")) {
      if (FunctionDef* f = definition()) source_.functions.push_back(f);
    }
    if (failed_) return;
    if (now_.kind == Tok::End) return;
    if (library) {
      unexpected();
      return;
    }
    source_.body = query(false);
    if (!failed_ && now_.kind != Tok::End) unexpected();
  }

 private:
  // ---- modules
  void module_directive() {
    if (!is_word("module")) return;
    advance();
    uint32_t offset = now_.offset;
    Node* meta = postfix();
    if (failed_) return;
    if (!constant(meta, source_.module_meta)) {
      fail("Module metadata must be constant", offset, 1);
      return;
    }
    if (!source_.module_meta.is_object()) {
      fail("Module metadata must be an object", offset, 1);
      return;
    }
    expect(";");
  }

  void import() {
    Import im;
    im.offset = now_.offset;
    bool include = is_word("include");
    advance();
    if (now_.kind != Tok::Quote) {
      unexpected();
      return;
    }
    Node* path = string_literal("");
    if (failed_) return;
    if (path->op != Op::Literal) {
      fail("Import path must be constant", im.offset, 1);
      return;
    }
    im.path = path->value.str();
    if (!include) {
      expect_word("as");
      if (failed_) return;
      if (now_.kind != Tok::Ident && now_.kind != Tok::Binding) {
        unexpected();
        return;
      }
      im.data = now_.kind == Tok::Binding;
      im.alias = now_.text;
      advance();
    }
    if (!is(";")) {
      Node* meta = postfix();
      if (failed_) return;
      if (!constant(meta, im.meta)) {
        fail("Module metadata must be constant", im.offset, 1);
        return;
      }
      if (!im.meta.is_object()) {
        fail("Module metadata must be an object", im.offset, 1);
        return;
      }
    }
    expect(";");
    source_.imports.push_back(std::move(im));
  }

  // ---- definitions
  FunctionDef* definition() {
    advance();
    FunctionDef* f = program_.make_function();
    if (now_.kind != Tok::Ident && now_.kind != Tok::Keyword) {
      unexpected();
      return nullptr;
    }
    f->name = now_.text;
    f->offset = now_.offset;
    advance();
    if (accept("(")) {
      do {
        if (now_.kind == Tok::Binding) f->params.push_back("$" + std::string(now_.text));
        else if (now_.kind == Tok::Ident || now_.kind == Tok::Keyword) f->params.emplace_back(now_.text);
        else {
          unexpected();
          return nullptr;
        }
        advance();
      } while (accept(";"));
      expect(")");
    }
    expect(":");
    f->body = failed_ ? nullptr : query(false);
    expect(";");
    if (failed_) return nullptr;
    // def f($a): body is def f(a): a as $a | body
    for (size_t i = f->params.size(); i-- > 0;) {
      if (f->params[i][0] != '$') continue;
      f->params[i].erase(0, 1);
      Node* bind = program_.make(Op::Bind, f->offset);
      bind->a = program_.make(Op::Call, f->offset);
      bind->a->name = f->params[i];
      bind->b = f->body;
      bind->patterns.push_back(std::make_unique<Pattern>());
      bind->patterns[0]->name = f->params[i];
      f->body = bind;
    }
    return f;
  }

  // ---- queries
  Node* query(bool no_comma) {
    if (failed_) return nullptr;
    if (++nesting_ > kMaxNesting) {
      fail("memory exhausted", now_.offset, 1);
      return nullptr;
    }
    Node* n = deep_call([&] { return pipe(no_comma); });
    nesting_--;
    return n;
  }

  Node* pipe(bool no_comma) {
    if (is_word("def")) {
      Node* n = make(Op::Define);
      n->function = definition();
      if (failed_) return nullptr;
      n->a = query(no_comma);
      return n;
    }
    if (is_word("label")) {
      Node* n = make(Op::Label);
      advance();
      if (now_.kind != Tok::Binding) {
        unexpected();
        return nullptr;
      }
      n->name = now_.text;
      advance();
      expect("|");
      n->a = query(no_comma);
      return n;
    }
    Node* left = expression(0);
    while (!failed_ && left) {
      if (is_word("as") && !no_comma) {
        Node* bound = binding(left);
        return bound;
      }
      if (no_comma || !is(",")) break;
      Node* n = make(Op::Comma);
      advance();
      n->a = left;
      if (is_word("def") || is_word("label")) {
        n->b = query(false);
        return n;
      }
      n->b = expression(0);
      if (!failed_ && is_word("as")) {
        n->b = binding(n->b);
        return n;
      }
      left = n;
    }
    if (failed_) return nullptr;
    if (!is("|")) return left;
    Node* n = make(Op::Pipe);
    advance();
    n->a = left;
    n->b = query(no_comma);
    return n;
  }

  // source `as` patterns | body; on `as`.
  Node* binding(Node* source) {
    Node* n = make(Op::Bind, source);
    n->a = source;
    advance();
    patterns(n);
    expect("|");
    n->b = query(false);
    return n;
  }

  void patterns(Node* n) {
    do {
      if (failed_) return;
      n->patterns.push_back(pattern());
    } while (!failed_ && accept("?//"));
  }

  std::unique_ptr<Pattern> pattern() {
    if (++nesting_ > kMaxNesting) {
      fail("memory exhausted", now_.offset, 1);
      return nullptr;
    }
    auto p = std::make_unique<Pattern>();
    p->offset = now_.offset;
    if (now_.kind == Tok::Binding) {
      p->name = now_.text;
      advance();
    } else if (accept("[")) {
      p->kind = Pattern::Array;
      do {
        p->elements.push_back(deep_call([&] { return pattern(); }));
      } while (!failed_ && accept(","));
      expect("]");
    } else if (accept("{")) {
      p->kind = Pattern::Object;
      do field_pattern(*p);
      while (!failed_ && accept(","));
      expect("}");
    } else {
      unexpected();
    }
    nesting_--;
    return p;
  }

  void field_pattern(Pattern& p) {
    Pattern::Field f;
    uint32_t offset = now_.offset;
    if (now_.kind == Tok::Binding) {
      f.variable = now_.text;
      f.key = literal(Value::string(now_.text), offset);
      advance();
      if (accept(":")) f.value = deep_call([&] { return pattern(); });
      p.fields.push_back(std::move(f));
      return;
    }
    if (now_.kind == Tok::Ident || now_.kind == Tok::Keyword) {
      f.key = literal(Value::string(now_.text), offset);
      advance();
    } else if (now_.kind == Tok::Quote) {
      f.key = string_literal("");
    } else if (accept("(")) {
      f.key = query(false);
      expect(")");
    } else {
      unexpected();
      return;
    }
    expect(":");
    if (failed_) return;
    f.value = deep_call([&] { return pattern(); });
    p.fields.push_back(std::move(f));
  }

  Node* expression(int level) { return expression_step(level); }
  // One operand costs one frame, not one per level of precedence.
  Node* expression_step(int level) {
    Node* left = unary();
    return left ? climb(left, level) : nullptr;
  }
  Node* climb(Node* left, int level) {
    while (!failed_) {
      const Operator* o = operator_here();
      if (!o || o->level < level) break;
      Node* n = make(o->op);
      n->arith = o->arith;
      advance();
      n->a = left;
      Node* right = unary();
      while (!failed_) {
        const Operator* next = operator_here();
        if (!next || (next->level <= o->level && !(next->level == 1 && o->level == 1))) break;
        right = deep_call([&] { return climb(right, next->level); });
      }
      n->b = right;
      left = n;
      if (o->level == 2 || o->level == 5) {
        const Operator* again = operator_here();
        if (!failed_ && again && again->level == o->level) unexpected();
      }
    }
    return failed_ ? nullptr : left;
  }

  Node* unary() {
    if (failed_) return nullptr;
    if (++nesting_ > kMaxNesting) {
      fail("memory exhausted", now_.offset, 1);
      return nullptr;
    }
    Node* n = nullptr;
    if (is("-")) {
      n = make(Op::Negate);
      advance();
      n->a = deep_call([&] { return unary(); });
    } else {
      n = postfix();
    }
    nesting_--;
    return failed_ ? nullptr : n;
  }

  Node* postfix() {
    bool group = is("(");
    Node* n = term();
    const Node* const grouped = group ? n : nullptr;
    while (!failed_ && n) {
      if (now_.kind == Tok::Field) {
        n = field(n, Value::string(now_.text));
        advance();
      } else if (is(".")) {
        advance();
        if (now_.kind == Tok::Quote) n = string_field(n);
        else if (is("[")) n = bracket(n);
        else {
          unexpected();
          return nullptr;
        }
      } else if (is("[")) {
        n = bracket(n);
      } else if (is("?")) {
        advance();
        bool access = n->op == Op::Field || n->op == Op::Index || n->op == Op::Slice || n->op == Op::Iterate;
        if (access && !n->optional && n != grouped) {   // only what fails at this very step
          n->optional = true;
          continue;
        }
        Node* t = make(Op::Try, n);
        t->a = n;
        n = t;
      } else {
        break;
      }
    }
    return failed_ ? nullptr : n;
  }

  Node* string_field(Node* of) {
    Node* key = string_literal("");
    if (failed_) return nullptr;
    if (key->op == Op::Literal) return field(of, key->value);
    Node* n = make(Op::Index, key);
    n->a = of;
    n->b = key;
    return n;
  }

  // [] [e] [a:b]
  Node* bracket(Node* of) {
    Node* n = make(Op::Iterate);
    advance();
    n->a = of;
    if (accept("]")) return n;
    if (accept(":")) {
      n->op = Op::Slice;
      n->c = query(false);
    } else {
      n->op = Op::Index;
      n->b = query(false);
      if (!failed_ && accept(":")) {
        n->op = Op::Slice;
        if (!is("]")) n->c = query(false);
      }
    }
    expect("]");
    if (failed_) return nullptr;
    if (n->op == Op::Index && n->b->op == Op::Literal && n->b->value.is_string()) {
      n->op = Op::Field;
      n->value = n->b->value;
    }
    return n;
  }

  // ---- terms
  Node* term() {
    switch (now_.kind) {
      case Tok::Number: {
        Node* n = literal(parse_number(now_.text), now_.offset);
        advance();
        return n;
      }
      case Tok::Quote: return string_literal("");
      case Tok::Format: {
        Node* n = make(Op::Format);
        n->name = now_.text.substr(1);
        advance();
        return now_.kind == Tok::Quote ? string_literal(n->name) : n;
      }
      case Tok::Field: {
        Node* n = field(make(Op::Identity), Value::string(now_.text));
        advance();
        return n;
      }
      case Tok::DotDot: {
        Node* n = make(Op::RecurseAll);
        advance();
        return n;
      }
      case Tok::Binding: return variable();
      case Tok::Ident: return call();
      case Tok::Keyword: return keyword();
      default: break;
    }
    if (is(".")) {
      Node* dot = make(Op::Identity);
      advance();
      if (now_.kind == Tok::Quote) return string_field(dot);
      return dot;
    }
    if (is("(")) {
      advance();
      Node* n = query(false);
      expect(")");
      return n;
    }
    if (is("[")) {
      Node* n = make(Op::Array);
      advance();
      if (!is("]")) n->a = query(false);
      expect("]");
      return n;
    }
    if (is("{")) return object();
    unexpected();
    return nullptr;
  }

  Node* call() {
    Node* n = make(Op::Call);
    n->name = now_.text;
    n->length = now_.end - now_.offset;
    if (now_.text == "break") {
      advance();
      if (now_.kind != Tok::Binding) {
        fail("break requires a label to break to", n->offset, 5);
        return nullptr;
      }
      n->op = Op::Break;
      n->name = now_.text;
      n->length = now_.end - n->offset;
      advance();
      return n;
    }
    advance();
    if (!is("(")) return n;
    advance();
    do n->list.push_back(query(false));
    while (!failed_ && accept(";"));
    expect(")");
    return n;
  }

  Node* keyword() {
    if (is_word("if")) return conditional();
    if (is_word("reduce") || is_word("foreach")) return fold();
    if (is_word("try")) {
      Node* n = make(Op::Try);
      advance();
      n->a = unary_body();
      if (!failed_ && is_word("catch")) {
        advance();
        n->b = unary_body();
      }
      return failed_ ? nullptr : n;
    }
    unexpected();
    return nullptr;
  }
  Node* unary_body() {
    return deep_call([&] { return unary(); });
  }

  Node* conditional() {
    uint32_t start = now_.offset;
    Node* n = make(Op::If);
    advance();
    n->a = query(false);
    expect_word("then");
    n->b = query(false);
    if (failed_) return unterminated(start);
    if (is_word("elif")) {
      n->c = deep_call([&] { return conditional(); });   // its end is ours
      return failed_ ? nullptr : n;
    }
    if (is_word("else")) {
      advance();
      n->c = query(false);
    }
    expect_word("end");
    return failed_ ? unterminated(start) : n;
  }
  Node* unterminated(uint32_t start) {
    if (now_.kind == Tok::End) problems_.push_back({"Possibly unterminated 'if' statement", start, static_cast<uint32_t>(source_.text.size()) - start});
    return nullptr;
  }

  Node* fold() {
    bool foreach = is_word("foreach");
    Node* n = make(foreach ? Op::Foreach : Op::Reduce);
    advance();
    n->a = expression(0);
    expect_word("as");
    if (failed_) return nullptr;
    patterns(n);
    expect("(");
    n->b = query(false);
    expect(";");
    n->c = query(false);
    if (foreach && !failed_ && accept(";")) n->d = query(false);
    expect(")");
    return failed_ ? nullptr : n;
  }

  Node* object() {
    Node* n = make(Op::Object);
    advance();
    if (accept("}")) return n;
    do entry(n);
    while (!failed_ && accept(","));
    expect("}");
    return failed_ ? nullptr : n;
  }

  void entry(Node* object) {
    Node *key = nullptr, *value = nullptr;
    if (now_.kind == Tok::Binding) {   // {$x}
      key = literal(Value::string(now_.text), now_.offset);
      value = variable();
      object->list.push_back(key);
      object->list.push_back(value);
      return;
    }
    bool plain = true;
    uint32_t offset = now_.offset;
    if (now_.kind == Tok::Ident || now_.kind == Tok::Keyword) {
      key = literal(Value::string(now_.text), offset);
      advance();
    } else if (now_.kind == Tok::Quote) {
      key = string_literal("");
    } else if (now_.kind == Tok::Format) {
      std::string format(now_.text.substr(1));
      advance();
      if (now_.kind != Tok::Quote) {
        unexpected();
        return;
      }
      key = string_literal(format);
    } else if (now_.kind == Tok::Number) {
      key = literal(parse_number(now_.text), offset);
      advance();
    } else if (accept("(")) {
      key = query(false);
      expect(")");
      plain = false;
    } else {
      unexpected();
    }
    if (failed_) return;
    if (key->op == Op::Literal && !key->value.is_string()) {
      fail("Cannot use " + std::string(kind_name(key->value)) + " (" + std::string(source_.text.substr(key->offset, 1)) + ") as object key", key->offset, 1);
      return;
    }
    if (accept(":")) {
      value = query(true);
    } else if (!plain) {
      unexpected();
      return;
    } else if (key->op == Op::Literal) {
      value = field(make(Op::Identity), key->value);
    } else {   // {"a\(1)"}: the key is evaluated once for both
      value = nullptr;
    }
    object->list.push_back(key);
    object->list.push_back(value);
  }

  // On the quote. A Literal, or a Text of pieces joined by the format.
  Node* string_literal(const std::string& format) {
    uint32_t start = now_.offset;
    Node* text = program_.make(Op::Text, start);
    text->name = format;
    if (++nesting_ > kMaxNesting) {
      fail("memory exhausted", now_.offset, 1);
      return nullptr;
    }
    while (true) {
      std::string piece, error;
      uint32_t from = lexer_.position();
      Lexer::Piece p = lexer_.string_piece(piece, error);
      if (p == Lexer::Piece::Unfinished) {
        fail("syntax error, unexpected end of file, expecting QQSTRING_TEXT or QQSTRING_INTERP_START or QQSTRING_END", from,
             static_cast<uint32_t>(source_.text.size()) - from);
        return nullptr;
      }
      if (p == Lexer::Piece::BadEscape) {
        std::string raw = source_.text.substr(from, lexer_.position() - from - 1);
        fail(error + " at line 1, column " + std::to_string(raw.size() + 2) + " (while parsing '\"" + raw + "\"')", from, static_cast<uint32_t>(raw.size()));
        return nullptr;
      }
      if (!piece.empty() || (p == Lexer::Piece::End && text->list.empty())) text->list.push_back(literal(Value::string(piece), from));
      if (p == Lexer::Piece::End) break;
      advance();
      Node* inner = query(false);
      if (failed_) return nullptr;
      if (!is(")")) {
        unexpected();
        return nullptr;
      }
      lexer_.seek(now_.end);
      Node* formatted = program_.make(Op::Format, inner->offset);
      formatted->name = format.empty() ? "text" : format;
      formatted->a = inner;
      text->list.push_back(formatted);
    }
    nesting_--;
    advance();
    if (text->list.size() == 1 && text->list[0]->op == Op::Literal) {
      text->list[0]->offset = start;
      return text->list[0];
    }
    return text;
  }
};

}  // namespace

void parse_program(Program& program, Source& source, bool library, std::vector<Problem>& problems) { Parser(program, source, problems).run(library); }

}  // namespace nacre::jq
