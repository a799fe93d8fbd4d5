// [[ expression ]].
// Source: bash manual, "Conditional Constructs", "Bash Conditional Expressions".
#include "syntax/grammar.h"

namespace nacre {
using namespace ast;

namespace {

bool unary_operator(std::string_view s) {
  return s.size() == 2 && s[0] == '-' &&
         std::string_view("abcdefghknoprstuvwxzGLNORS").find(s[1]) != std::string_view::npos;
}

bool binary_operator(std::string_view s) {
  static constexpr std::string_view kNames[] = {"=", "==", "!=", "=~", "-nt", "-ot", "-ef", "-eq", "-ne", "-lt", "-le", "-gt", "-ge"};
  for (std::string_view n : kNames)
    if (n == s) return true;
  return false;
}

}  // namespace

Command* Grammar::cond_command() {
  uint32_t line = s_.token().line;
  s_.drop();
  Cond* node = s_.arena().make<Cond>();
  node->kind = CommandKind::Cond;
  node->expr = cond_or();
  if (s_.failed()) return nullptr;
  const Token& t = s_.peek(Expect::Cond);
  if (t.kind != Tok::CondEnd) {
    if (t.kind == Tok::End) {
      s_.fail(SyntaxError::Kind::UnexpectedEof, line, "unexpected EOF while looking for `]]'");
    } else {
      s_.fail(SyntaxError::Kind::Syntax, line,
              "syntax error in conditional expression: unexpected token `" + s_.token_text() + "'");
    }
    s_.fail_near();
    return nullptr;
  }
  s_.drop();
  return node;
}

void Grammar::cond_fail(std::string text) {
  if (s_.failed()) return;
  bool end = s_.token().kind == Tok::End;
  s_.fail(end ? SyntaxError::Kind::UnexpectedEof : SyntaxError::Kind::Syntax, s_.line(), std::move(text));
  s_.fail_near();
}

void Grammar::cond_newlines() {
  while (s_.peek(Expect::Cond).kind == Tok::Newline) s_.drop();
}

const CondExpr* Grammar::cond_or() {
  if (!s_.enter()) return nullptr;
  const CondExpr* left = deep_call([&] { return cond_and(); });
  while (!s_.failed() && s_.peek(Expect::Cond).kind == Tok::OrOr) {
    uint32_t line = s_.token().line;
    s_.drop();
    const CondExpr* right = cond_and();
    left = s_.arena().make<CondExpr>(CondExpr{CondKind::Or, {}, left, right, nullptr, nullptr, line});
  }
  s_.leave();
  return left;
}

const CondExpr* Grammar::cond_and() {
  const CondExpr* left = cond_term();
  while (!s_.failed() && s_.peek(Expect::Cond).kind == Tok::AndAnd) {
    uint32_t line = s_.token().line;
    s_.drop();
    const CondExpr* right = cond_term();
    left = s_.arena().make<CondExpr>(CondExpr{CondKind::And, {}, left, right, nullptr, nullptr, line});
  }
  return left;
}

const CondExpr* Grammar::cond_term() {
  cond_newlines();
  const Token& t = s_.token();
  uint32_t line = t.line;
  if (t.kind == Tok::LeftParen) {
    s_.drop();
    const CondExpr* inner = cond_or();
    if (s_.failed()) return nullptr;
    if (s_.peek(Expect::Cond).kind != Tok::RightParen) {
      std::string text = s_.token_text();
      cond_fail(text.empty() ? "expected `)'" : "unexpected token `" + text + "', expected `)'");
      return nullptr;
    }
    s_.drop();
    cond_newlines();
    return s_.arena().make<CondExpr>(CondExpr{CondKind::Group, {}, inner, nullptr, nullptr, nullptr, line});
  }
  if (t.kind == Tok::Word && t.text == "!") {
    s_.drop();
    if (!s_.enter()) return nullptr;
    const CondExpr* inner = deep_call([&] { return cond_term(); });
    s_.leave();
    if (s_.failed()) return nullptr;
    return s_.arena().make<CondExpr>(CondExpr{CondKind::Not, {}, inner, nullptr, nullptr, nullptr, line});
  }
  if (t.kind == Tok::Word) return cond_word();
  if (t.kind == Tok::End) {
    cond_fail("unexpected EOF while looking for `]]'");
  } else {
    cond_fail("unexpected token `" + s_.token_text() + "' in conditional command");
  }
  return nullptr;
}

const CondExpr* Grammar::cond_word() {
  const Token first = s_.token();
  uint32_t line = first.line;
  s_.drop();
  if (unary_operator(first.text)) {
    const Token& t = s_.peek(Expect::Cond);
    if (t.kind != Tok::Word) {
      std::string text = s_.token_text();
      cond_fail(text.empty() ? "unexpected argument to conditional unary operator"
                             : "unexpected argument `" + text + "' to conditional unary operator");
      return nullptr;
    }
    CondExpr* e = s_.arena().make<CondExpr>(CondExpr{CondKind::Unary, first.text, nullptr, nullptr, t.word, nullptr, line});
    s_.drop();
    cond_newlines();
    return e;
  }
  return cond_binary(first.word, line);
}

// Behind a word: an operator and another word, or the end of a term.
const CondExpr* Grammar::cond_binary(const Word* left, uint32_t line) {
  const Token& t = s_.peek(Expect::Cond);
  std::string_view op;
  if (t.kind == Tok::Word && binary_operator(t.text)) op = t.text;
  if ((t.kind == Tok::Less || t.kind == Tok::Great) && t.fd < 0 && t.fd_var.empty()) op = spelling(t.kind);
  if (op.empty()) {
    if (t.kind == Tok::CondEnd || t.kind == Tok::AndAnd || t.kind == Tok::OrOr || t.kind == Tok::RightParen)
      return s_.arena().make<CondExpr>(CondExpr{CondKind::Word, {}, nullptr, nullptr, left, nullptr, line});
    std::string text = s_.token_text();
    cond_fail(text.empty() ? "conditional binary operator expected"
                           : "unexpected token `" + text + "', conditional binary operator expected");
    return nullptr;
  }
  s_.drop();
  bool pattern = op == "=" || op == "==" || op == "!=";
  const Token& right = s_.peek(op == "=~" ? Expect::Regex : pattern ? Expect::CondPattern : Expect::Cond);
  if (right.kind != Tok::Word) {
    std::string text = s_.token_text();
    cond_fail(text.empty() ? "unexpected argument to conditional binary operator"
                           : "unexpected argument `" + text + "' to conditional binary operator");
    return nullptr;
  }
  CondExpr* e = s_.arena().make<CondExpr>(CondExpr{CondKind::Binary, op, nullptr, nullptr, left, right.word, line});
  s_.drop();
  cond_newlines();
  return e;
}

}  // namespace nacre
