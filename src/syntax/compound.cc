// Compound commands.
#include "syntax/grammar.h"

namespace nacre {
using namespace ast;

// The compound command that begins with the current token, and its redirections.
const Command* Grammar::compound(Tok kind) {
  uint32_t begin = s_.token().begin, line = s_.token().line, line_reached = s_.line();
  Command* c = compound_body(kind);
  if (s_.failed()) return nullptr;
  // (( )) and [[ ]] have the line on which they were complete.
  if (c->kind == CommandKind::Arith) line = line_reached;
  if (c->kind == CommandKind::Cond) line = static_cast<Cond*>(c)->expr->line;
  std::vector<Redirect*> redirects;
  while (is_redirection(s_.peek(Expect::Reserved).kind))
    if (!redirect(redirects)) return nullptr;
  if (s_.failed()) return nullptr;
  c->redirects = take_redirects(redirects);
  c->span = s_.span_from(begin, line);
  return c;
}

Command* Grammar::compound_body(Tok kind) {
  switch (kind) {
    case Tok::LeftBrace: return group(Tok::RightBrace, CommandKind::BraceGroup);
    case Tok::LeftParen: return group(Tok::RightParen, CommandKind::Subshell);
    case Tok::If: return if_command();
    case Tok::While: return loop(CommandKind::While);
    case Tok::Until: return loop(CommandKind::Until);
    case Tok::For: return for_command(CommandKind::For);
    case Tok::Select: return for_command(CommandKind::Select);
    case Tok::Case: return case_command();
    case Tok::CondStart: return cond_command();
    default: break;
  }
  Arith* node = s_.arena().make<Arith>();
  node->kind = CommandKind::Arith;
  node->expression = s_.token().word;
  s_.drop();
  return node;
}

Command* Grammar::group(Tok close, CommandKind kind) {
  s_.drop();
  Group* node = s_.arena().make<Group>();
  node->kind = kind;
  node->body = compound_list();
  if (s_.failed() || !expect(close, Expect::Reserved)) return nullptr;
  return node;
}

Command* Grammar::if_command() {
  std::vector<IfArm> arms;
  If* node = s_.arena().make<If>();
  node->kind = CommandKind::If;
  do {
    s_.drop();
    IfArm arm{};
    arm.condition = compound_list();
    if (s_.failed() || !expect(Tok::Then, Expect::Reserved)) return nullptr;
    arm.body = compound_list();
    if (s_.failed()) return nullptr;
    arms.push_back(arm);
  } while (s_.peek(Expect::Reserved).kind == Tok::Elif);
  if (s_.token().kind == Tok::Else) {
    s_.drop();
    node->otherwise = compound_list();
    if (s_.failed()) return nullptr;
  }
  if (!expect(Tok::Fi, Expect::Reserved)) return nullptr;
  node->arms = s_.arena().copy(arms);
  return node;
}

// do ... done, or { ... } where a for allows it.
const List* Grammar::do_group(bool* braces) {
  Tok k = s_.peek(Expect::Reserved).kind;
  if (k != Tok::Do && !(braces != nullptr && k == Tok::LeftBrace)) {
    s_.fail_token();
    return nullptr;
  }
  s_.drop();
  const List* body = compound_list();
  if (braces) *braces = k == Tok::LeftBrace;
  if (s_.failed() || !expect(k == Tok::Do ? Tok::Done : Tok::RightBrace, Expect::Reserved)) return nullptr;
  return body;
}

Command* Grammar::loop(CommandKind kind) {
  s_.drop();
  Loop* node = s_.arena().make<Loop>();
  node->kind = kind;
  node->condition = compound_list();
  if (!s_.failed()) node->body = do_group(nullptr);
  return node;
}

Command* Grammar::for_command(CommandKind kind) {
  s_.drop();
  const Token& name = s_.peek(Expect::Plain);
  if (kind == CommandKind::For && name.kind == Tok::LeftParen && s_.at_paren()) return arith_for();
  if (name.kind != Tok::Word) {
    s_.fail_token();
    return nullptr;
  }
  For* node = s_.arena().make<For>();
  node->kind = kind;
  node->name = name.word->raw;
  node->name_line = name.line;
  s_.drop();
  bool newlines = s_.peek(Expect::In).kind == Tok::Newline;
  skip_newlines(Expect::In);
  if (!newlines && s_.token().kind == Tok::Semi) {
    s_.drop();
    skip_newlines(Expect::Reserved);
  } else if (s_.token().kind == Tok::In) {
    s_.drop();
    node->has_in = true;
    std::vector<const Word*> words;
    while (s_.peek(Expect::Plain).kind == Tok::Word) {
      words.push_back(s_.token().word);
      s_.drop();
    }
    if (s_.token().kind != Tok::Semi && s_.token().kind != Tok::Newline) {
      s_.fail_token();
      return nullptr;
    }
    s_.drop();
    skip_newlines(Expect::Reserved);
    node->words = s_.arena().copy(words);
  }
  node->body = do_group(&node->braces);
  return node;
}

// At the first '(' of for ((.
Command* Grammar::arith_for() {
  uint32_t line = s_.token().line;
  const Word* parts[3] = {};
  s_.drop();
  s_.skip_byte();
  uint32_t begin = s_.position();
  if (!s_.arith_for(parts)) {
    s_.fail_arith_for(begin, line);
    return nullptr;
  }
  ArithFor* node = s_.arena().make<ArithFor>();
  node->kind = CommandKind::ArithFor;
  node->init = parts[0];
  node->condition = parts[1];
  node->step = parts[2];
  if (s_.peek(Expect::Reserved).kind == Tok::Semi || s_.token().kind == Tok::Newline) {
    s_.drop();
    skip_newlines(Expect::Reserved);
  }
  bool braces = false;
  node->body = do_group(&braces);
  return node;
}

Command* Grammar::case_command() {
  s_.drop();
  Case* node = s_.arena().make<Case>();
  node->kind = CommandKind::Case;
  const Token& subject = s_.peek(Expect::Plain);
  if (subject.kind != Tok::Word) {
    s_.fail_token();
    return nullptr;
  }
  node->subject = subject.word;
  s_.drop();
  skip_newlines(Expect::In);
  if (!expect(Tok::In, Expect::In)) return nullptr;
  std::vector<CaseClause> clauses;
  for (;;) {
    skip_newlines(Expect::Pattern);
    if (s_.token().kind == Tok::Esac) break;
    CaseClause clause;
    bool more = case_clause(clause);
    if (s_.failed()) return nullptr;
    clauses.push_back(clause);
    if (!more) break;
  }
  if (!expect(Tok::Esac, Expect::Pattern)) return nullptr;
  node->clauses = s_.arena().copy(clauses);
  return node;
}

// One clause. False when it was the last (no ;; before esac).
bool Grammar::case_clause(CaseClause& clause) {
  if (s_.token().kind == Tok::LeftParen) {
    s_.drop();
    s_.peek(Expect::Plain);
  }
  std::vector<const Word*> patterns;
  for (;;) {
    if (s_.peek(Expect::Plain).kind != Tok::Word) {
      s_.fail_token();
      return false;
    }
    patterns.push_back(s_.token().word);
    s_.drop();
    Tok k = s_.peek(Expect::Plain).kind;
    if (k == Tok::Pipe) {
      s_.drop();
      continue;
    }
    if (!expect(Tok::RightParen, Expect::Plain)) return false;
    break;
  }
  clause.patterns = s_.arena().copy(patterns);
  skip_newlines(Expect::Command);
  if (starts_command(s_.token().kind)) clause.body = list(false);
  if (s_.failed()) return false;
  switch (s_.peek(Expect::Reserved).kind) {
    case Tok::SemiSemi: clause.end = CaseEnd::Break; break;
    case Tok::SemiAmp: clause.end = CaseEnd::FallThrough; break;
    case Tok::SemiSemiAmp: clause.end = CaseEnd::TestNext; break;
    case Tok::Esac: return false;
    default: s_.fail_token(); return false;
  }
  s_.drop();
  return true;
}

}  // namespace nacre
