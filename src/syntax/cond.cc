// [[ expression ]].
// Source: bash manual, "Conditional Constructs", "Bash Conditional Expressions".
#include "syntax/grammar.h"

namespace nacre {
using namespace ast;

namespace {

bool unary_operator(std::string_view s) {
  return s.size() == 2 && s[0] == '-' && std::string_view("abcdefghknoprstuvwxzGLNORS").find(s[1]) != std::string_view::npos;
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
      std::string text = cond_token();
      s_.fail(SyntaxError::Kind::Syntax, line,
              text.empty() ? "syntax error in conditional expression" : "syntax error in conditional expression: unexpected token `" + text + "'");
    }
    s_.set_ends_input();
    return nullptr;
  }
  s_.drop();
  return node;
}

// The current token as messages inside [[ ]] name it: words are not named.
std::string Grammar::cond_token() {
  if (s_.token().kind == Tok::Word) return {};
  if (s_.token().kind == Tok::End) return "EOF";
  return s_.token_text();
}

// The message with the token between `before` and `after`; `plain` for a token
// that is not named.
void Grammar::cond_fail(std::string_view before, std::string_view after, std::string_view plain) {
  if (s_.failed()) return;
  std::string text = cond_token();
  Tok k = s_.token().kind;
  uint32_t line = k == Tok::Newline ? s_.token().line : s_.line();
  std::string message = text.empty() ? std::string(plain) : std::string(before) + "`" + text + "'" + std::string(after);
  bool at_end = k == Tok::End || (k == Tok::Newline && s_.nothing_follows());
  s_.fail(at_end ? SyntaxError::Kind::UnexpectedEof : SyntaxError::Kind::Syntax, line, std::move(message));
  s_.set_ends_input();
}

void Grammar::cond_newlines() {
  while (s_.peek(Expect::Cond).kind == Tok::Newline) s_.drop();
}

const CondExpr* Grammar::cond_or() {
  if (!s_.enter()) return nullptr;
  const CondExpr* left = deep_call([&] { return cond_and(); });
  while (!s_.failed() && s_.peek(Expect::Cond).kind == Tok::OrOr) {
    s_.drop();
    const CondExpr* right = cond_and();
    left = s_.arena().make<CondExpr>(CondExpr{CondKind::Or, {}, left, right, nullptr, nullptr, s_.line()});
  }
  s_.leave();
  return left;
}

const CondExpr* Grammar::cond_and() {
  const CondExpr* left = cond_term();
  while (!s_.failed() && s_.peek(Expect::Cond).kind == Tok::AndAnd) {
    s_.drop();
    const CondExpr* right = cond_term();
    left = s_.arena().make<CondExpr>(CondExpr{CondKind::And, {}, left, right, nullptr, nullptr, s_.line()});
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
    if (s_.failed()) {
      s_.add_error_line(s_.line(), "expected `)'");
      return nullptr;
    }
    if (s_.peek(Expect::Cond).kind != Tok::RightParen) {
      cond_fail("unexpected token ", ", expected `)'", "expected `)'");
      return nullptr;
    }
    uint32_t end = s_.line();
    s_.drop();
    cond_newlines();
    return s_.arena().make<CondExpr>(CondExpr{CondKind::Group, {}, inner, nullptr, nullptr, nullptr, end});
  }
  if (t.kind == Tok::Word && t.text == "!") {
    s_.drop();
    if (!s_.enter()) return nullptr;
    const CondExpr* inner = deep_call([&] { return cond_term(); });
    s_.leave();
    if (s_.failed()) return nullptr;
    return s_.arena().make<CondExpr>(CondExpr{CondKind::Not, {}, inner, nullptr, nullptr, nullptr, inner->line});
  }
  if (t.kind == Tok::Word) return cond_word();
  if (t.kind == Tok::CondEnd) {
    s_.fail_silently(line);
    s_.set_ends_input();
  } else {
    cond_fail("unexpected token ", " in conditional command", "syntax error in conditional expression");
  }
  return nullptr;
}

const CondExpr* Grammar::cond_word() {
  const Token first = s_.token();
  s_.drop();
  if (unary_operator(first.text)) {
    const Token& t = s_.peek(Expect::Cond);
    if (t.kind != Tok::Word) {
      cond_fail("unexpected argument ", " to conditional unary operator", "unexpected argument to conditional unary operator");
      return nullptr;
    }
    CondExpr* e = s_.arena().make<CondExpr>(CondExpr{CondKind::Unary, first.text, nullptr, nullptr, t.word, nullptr, s_.line()});
    s_.drop();
    cond_newlines();
    return e;
  }
  return cond_binary(first.word);
}

// Behind a word: an operator and another word, or the end of a term.
const CondExpr* Grammar::cond_binary(const Word* left) {
  const Token& t = s_.peek(Expect::Cond);
  std::string_view op;
  if (t.kind == Tok::Word && binary_operator(t.text)) op = t.text;
  if ((t.kind == Tok::Less || t.kind == Tok::Great) && t.fd < 0 && t.fd_var.empty()) op = spelling(t.kind);
  if (op.empty()) {
    if (t.kind == Tok::CondEnd || t.kind == Tok::AndAnd || t.kind == Tok::OrOr || t.kind == Tok::RightParen)
      return s_.arena().make<CondExpr>(CondExpr{CondKind::Word, {}, nullptr, nullptr, left, nullptr, s_.line()});
    cond_fail("unexpected token ", ", conditional binary operator expected", "conditional binary operator expected");
    return nullptr;
  }
  s_.drop();
  bool pattern = op == "=" || op == "==" || op == "!=";
  const Token& right = s_.peek(op == "=~" ? Expect::Regex : pattern ? Expect::CondPattern : Expect::Cond);
  if (s_.failed_at_end()) {
    s_.add_error_line(s_.line() + 1, "unexpected argument to conditional binary operator");
    return nullptr;
  }
  if (right.kind != Tok::Word) {
    if (op == "=~" && right.kind != Tok::CondEnd && right.kind != Tok::Newline) {
      cond_fail("syntax error in conditional expression: unexpected token ", "", "syntax error in conditional expression");
    } else {
      cond_fail("unexpected argument ", " to conditional binary operator", "unexpected argument to conditional binary operator");
    }
    return nullptr;
  }
  CondExpr* e = s_.arena().make<CondExpr>(CondExpr{CondKind::Binary, op, nullptr, nullptr, left, right.word, s_.line()});
  s_.drop();
  cond_newlines();
  return e;
}

}  // namespace nacre
