// Simple commands, redirections, function definitions, coprocesses.
#include "syntax/grammar.h"

namespace nacre {
using namespace ast;

namespace {

struct Operator {
  RedirOp op;
  bool strip_tabs;
};
Operator redirect_operator(Tok k) {
  switch (k) {
    case Tok::Less: return {RedirOp::In, false};
    case Tok::Great: return {RedirOp::Out, false};
    case Tok::DLess: return {RedirOp::HereDoc, false};
    case Tok::DLessDash: return {RedirOp::HereDoc, true};
    case Tok::TLess: return {RedirOp::HereString, false};
    case Tok::LessAnd: return {RedirOp::DupIn, false};
    case Tok::GreatAnd: return {RedirOp::DupOut, false};
    case Tok::LessGreat: return {RedirOp::ReadWrite, false};
    case Tok::DGreat: return {RedirOp::Append, false};
    case Tok::Clobber: return {RedirOp::Clobber, false};
    case Tok::AndGreat: return {RedirOp::OutErr, false};
    default: return {RedirOp::AppendErr, false};
  }
}

// "f" and 'f' name the same function as f.
bool is_literal(const Word& w, std::string_view* text) {
  if (w.parts.size() != 1) return false;
  const Part& p = w.parts[0];
  if (p.kind != PartKind::Literal) return false;
  *text = p.text;
  return true;
}

}  // namespace

// At a redirection operator.
bool Grammar::redirect(std::vector<Redirect*>& out) {
  const Token& t = s_.token();
  Redirect* r = s_.arena().make<Redirect>();
  Operator o = redirect_operator(t.kind);
  uint32_t begin = t.begin, line = t.line;
  r->op = o.op;
  r->strip_tabs = o.strip_tabs;
  r->fd = t.fd;
  r->fd_var = t.fd_var;
  s_.drop();
  const bool duplicates = r->op == RedirOp::DupIn || r->op == RedirOp::DupOut;
  const Token& target = s_.peek(duplicates ? Expect::Duplicated : Expect::Plain);
  if (target.kind != Tok::Word) {
    s_.fail_token();
    return false;
  }
  r->target = target.word;
  s_.drop();
  r->span = s_.span_from(begin, line);
  if (r->op == RedirOp::HereDoc) {
    s_.take_delimiter(*r);
    s_.expect_here_document(r);
  }
  out.push_back(r);
  return true;
}

Seq<Redirect> Grammar::take_redirects(const std::vector<Redirect*>& list) {
  if (list.empty()) return {};
  Redirect* to = static_cast<Redirect*>(s_.arena().allocate(sizeof(Redirect) * list.size(), alignof(Redirect)));
  for (size_t i = 0; i < list.size(); i++) {
    new (to + i) Redirect(*list[i]);
    if (list[i]->op == RedirOp::HereDoc) s_.relocate_here_document(list[i], to + i);
  }
  return {to, list.size()};
}

const Command* Grammar::simple_command() {
  Token first = s_.token();
  return simple_command_from(first, first.begin);
}

// Builds a simple command; the current token is its first.
const Command* Grammar::simple_command_from(const Token& first, uint32_t begin) {
  std::vector<Assignment> assignments;
  std::vector<Argument> words;
  std::vector<Redirect*> redirects;
  uint32_t line = first.line;
  bool outer = std::exchange(s_.assignments_in_arguments, false);
  Expect next = Expect::Command;
  for (int count = 0;; count++) {
    const Token& t = s_.peek(next);
    // As in bash, the line is the one reached when the token behind the first word had been read.
    if (count == 0 ? t.kind == Tok::Assignment : count == 1 && first.kind == Tok::Word) {
      line = t.kind == Tok::Word || t.kind == Tok::Assignment ? s_.line() : t.line;
    }
    if (t.kind == Tok::Word) {
      words.push_back({t.word, t.assignment});
      if (words.size() == 1) {
        std::string_view name;
        if (t.word && is_literal(*t.word, &name) && takes_assignments(name)) s_.assignments_in_arguments = true;
        bool bare = assignments.empty() && redirects.empty();
        s_.drop();
        next = Expect::Argument;
        if (bare && s_.peek(next).kind == Tok::LeftParen) {
          line = first.line;
          s_.assignments_in_arguments = outer;
          const Word* name_word = words[0].word;
          return deep_call([&] { return function_definition(name_word, begin, line, false); });
        }
        continue;
      }
      s_.drop();
    } else if (t.kind == Tok::Assignment) {
      assignments.push_back(*t.assignment);
      s_.drop();
      next = Expect::Element;
    } else if (is_redirection(t.kind)) {
      if (!redirect(redirects)) break;
      if (words.empty()) next = Expect::Element;
    } else {
      break;
    }
  }
  s_.assignments_in_arguments = outer;
  if (s_.failed()) return nullptr;
  Simple* node = s_.arena().make<Simple>();
  node->kind = CommandKind::Simple;
  node->span = s_.span_from(begin, line);
  node->assignments = s_.arena().copy(assignments);
  node->words = s_.arena().copy(words);
  node->redirects = take_redirects(redirects);
  return node;
}

// ---------------------------------------------------------------- functions

// Behind the name: "()" if written, then the body.
const Command* Grammar::function_definition(const Word* name, uint32_t begin, uint32_t line, bool keyword) {
  uint64_t base = s_.input().base();
  const Token& t = s_.peek(Expect::Command);
  bool subshell = false;
  if (t.kind == Tok::LeftParen) {
    // function f ( list ) has a subshell as its body.
    subshell = keyword && !s_.at_empty_parens();
    if (!subshell) {
      s_.drop();
      if (!expect(Tok::RightParen, Expect::Plain)) return nullptr;
    }
  }
  if (!subshell) skip_newlines(Expect::Command);
  Tok k = s_.token().kind;
  if (!starts_compound(k)) {
    s_.fail_token();
    return nullptr;
  }
  if (!s_.enter()) return nullptr;
  const Command* body = compound(k);
  s_.leave();
  if (s_.failed()) return nullptr;
  Function* f = s_.arena().make<Function>();
  f->kind = CommandKind::Function;
  f->span = s_.span_from(begin, line);
  f->name = name->raw;
  f->body = body;
  f->keyword = keyword;
  if (s_.input().base() == base) f->source = s_.input().view(begin, s_.last_end());
  return f;
}

const Command* Grammar::function_keyword() {
  uint32_t begin = s_.token().begin, line = s_.token().line;
  s_.drop();
  const Token& t = s_.peek(Expect::Plain);
  if (t.kind != Tok::Word) {
    s_.fail_token();
    return nullptr;
  }
  const Word* name = t.word;
  s_.drop();
  return function_definition(name, begin, line, true);
}

// ---------------------------------------------------------------- coproc

const Command* Grammar::coproc() {
  uint32_t begin = s_.token().begin, line = s_.token().line;
  s_.drop();
  Coproc* node = s_.arena().make<Coproc>();
  node->kind = CommandKind::Coproc;
  const Token first = s_.peek(Expect::Command);
  if (starts_compound(first.kind)) {
    node->body = compound(first.kind);
  } else if (first.kind == Tok::Word) {
    uint32_t after = s_.position(), after_line = s_.line();
    s_.drop();
    const Token& t = s_.peek(Expect::Command);
    if (starts_compound(t.kind)) {
      node->name = first.word->raw;
      node->body = compound(t.kind);
    } else if (t.kind == Tok::Newline || t.kind == Tok::End || t.kind == Tok::Error || s_.used_alias()) {
      node->body = simple_command_of(first);
    } else {
      s_.set_position(after);
      s_.set_line(after_line);
      s_.forget();
      node->body = simple_command_of(first);
    }
  } else if (first.kind == Tok::Assignment || is_redirection(first.kind)) {
    node->body = simple_command();
  } else {
    s_.fail_token();
  }
  if (s_.failed()) return nullptr;
  node->span = s_.span_from(begin, line);
  return node;
}

// A simple command whose first word was read and dropped.
const Command* Grammar::simple_command_of(const Token& first) {
  std::vector<Argument> words{{first.word, nullptr}};
  std::vector<Redirect*> redirects;
  bool outer = std::exchange(s_.assignments_in_arguments, takes_assignments(first.text));
  for (;;) {
    const Token& t = s_.peek(Expect::Argument);
    if (t.kind == Tok::Word) {
      words.push_back({t.word, t.assignment});
      s_.drop();
    } else if (!is_redirection(t.kind) || !redirect(redirects)) {
      break;
    }
  }
  s_.assignments_in_arguments = outer;
  if (s_.failed()) return nullptr;
  Simple* node = s_.arena().make<Simple>();
  node->kind = CommandKind::Simple;
  node->span = s_.span_from(first.begin, first.line);
  node->words = s_.arena().copy(words);
  node->redirects = take_redirects(redirects);
  return node;
}

}  // namespace nacre
