// Lists, and-or lists, pipelines.
#include "syntax/grammar.h"

namespace nacre {
using namespace ast;

bool starts_compound(Tok k) {
  switch (k) {
    case Tok::Arith:
    case Tok::LeftParen:
    case Tok::LeftBrace:
    case Tok::If:
    case Tok::Case:
    case Tok::For:
    case Tok::Select:
    case Tok::While:
    case Tok::Until:
    case Tok::CondStart: return true;
    default: return false;
  }
}

bool starts_command(Tok k) {
  switch (k) {
    case Tok::Word:
    case Tok::Assignment:
    case Tok::Function:
    case Tok::Time:
    case Tok::Bang:
    case Tok::Coproc: return true;
    default: return starts_compound(k) || is_redirection(k);
  }
}

Grammar::Status Grammar::complete_command(const List** out) {
  const Token& t = s_.peek(Expect::Command);
  if (t.kind == Tok::Error) return Status::Failed;
  if (t.kind == Tok::End) return Status::End;
  if (t.kind == Tok::Newline) {
    s_.drop();
    return Status::Blank;
  }
  *out = list(true);
  if (!s_.failed() && s_.token().kind == Tok::Newline) s_.drop();
  if (!s_.failed() && s_.token().kind != Tok::None && s_.token().kind != Tok::End) s_.fail_token();
  return s_.failed() ? Status::Failed : Status::Command;
}

const List* Grammar::whole_text() {
  skip_newlines(Expect::Command);
  if (s_.token().kind == Tok::End || s_.failed()) return nullptr;
  const List* l = list(false);
  if (s_.failed()) return nullptr;
  if (s_.token().kind != Tok::End) s_.fail_token();
  return s_.failed() ? nullptr : l;
}

const List* Grammar::substitution_body() {
  skip_newlines(Expect::Command);
  const List* l = nullptr;
  if (s_.token().kind != Tok::RightParen) {
    l = list(false);
    if (s_.failed()) return nullptr;
    if (s_.token().kind != Tok::RightParen) {
      s_.fail_token();
      return nullptr;
    }
  }
  s_.drop();
  return l;
}

void Grammar::skip_newlines(Expect expect) {
  while (s_.peek(expect).kind == Tok::Newline) s_.drop();
}

// The current token must be `kind`.
bool Grammar::expect(Tok kind, Expect context) {
  if (s_.peek(context).kind == kind) {
    s_.drop();
    return true;
  }
  s_.fail_token();
  return false;
}

// A non-empty list where only a list may stand.
const List* Grammar::compound_list() {
  skip_newlines(Expect::Command);
  return list(false);
}

// Commands and their separators. At the top a newline ends the list and is left
// to the caller.
const List* Grammar::list(bool top) {
  std::vector<ListItem> items;
  const Token& t = s_.peek(Expect::Command);
  if (!starts_command(t.kind)) {
    s_.fail_token();
    return nullptr;
  }
  uint32_t begin = t.begin, line = t.line;
  for (;;) {
    ListItem item{and_or(), Separator::Sequence, false};
    if (s_.failed()) return nullptr;
    Tok k = s_.peek(Expect::Reserved).kind;
    if (k == Tok::Amp) item.separator = Separator::Background;
    bool separated = k == Tok::Amp || k == Tok::Semi;
    if (separated) {
      s_.drop();
      k = s_.peek(Expect::Command).kind;
    }
    item.newline_after = !separated && k == Tok::Newline;
    items.push_back(item);
    if (top) {
      if (!separated || !starts_command(k)) break;
      continue;
    }
    if (!separated && k != Tok::Newline) break;
    skip_newlines(Expect::Command);
    if (!starts_command(s_.token().kind)) break;
  }
  if (s_.failed()) return nullptr;
  List* l = s_.arena().make<List>();
  l->items = s_.arena().copy(items);
  l->span = s_.span_from(begin, line);
  return l;
}

const Command* Grammar::and_or() {
  const Token& t = s_.peek(Expect::Command);
  uint32_t begin = t.begin, line = t.line;
  const Command* first = pipeline();
  std::vector<AndOr::Next> rest;
  while (!s_.failed()) {
    Tok k = s_.peek(Expect::Reserved).kind;
    if (k != Tok::AndAnd && k != Tok::OrOr) break;
    s_.drop();
    skip_newlines(Expect::Command);
    if (!starts_command(s_.token().kind)) {
      s_.fail_token();
      return nullptr;
    }
    rest.push_back({k == Tok::AndAnd ? Connector::And : Connector::Or, pipeline()});
  }
  if (s_.failed()) return nullptr;
  if (rest.empty()) return first;
  AndOr* node = s_.arena().make<AndOr>();
  node->kind = CommandKind::AndOr;
  node->span = s_.span_from(begin, line);
  node->first = first;
  node->rest = s_.arena().copy(rest);
  return node;
}

// [time [-p] [--]] [!] command [ | command ]...
const Command* Grammar::pipeline() {
  const Token& t = s_.peek(Expect::Command);
  uint32_t begin = t.begin, line = t.line;
  Pipeline p{};
  bool prefixed = false;
  for (;;) {
    Tok k = s_.peek(Expect::Command).kind;
    if (k == Tok::Bang) {
      p.negated = !p.negated;
      s_.drop();
    } else if (k == Tok::Time) {
      p.timed = true;
      s_.drop();
      if (s_.peek(Expect::Command).text == "-p") {
        p.time_posix = true;
        s_.drop();
      }
      // bash takes `time --' for `time -p'.
      if (s_.peek(Expect::Command).text == "--") p.time_posix = true, s_.drop();
    } else {
      break;
    }
    prefixed = true;
  }
  std::vector<const Command*> stages;
  std::vector<bool> stderr_flags;
  Tok k = s_.peek(Expect::Command).kind;
  bool empty = prefixed && (k == Tok::Newline || k == Tok::Semi || k == Tok::End);
  if (!empty) {
    stages.push_back(command(Expect::Command));
    while (!s_.failed()) {
      k = s_.peek(Expect::Reserved).kind;
      if (k != Tok::Pipe && k != Tok::PipeAmp) break;
      stderr_flags.push_back(k == Tok::PipeAmp);
      s_.drop();
      skip_newlines(Expect::CommandNoTime);
      stages.push_back(command(Expect::CommandNoTime));
    }
  }
  if (s_.failed()) return nullptr;
  if (!prefixed && stages.size() == 1) return stages[0];
  Pipeline* node = s_.arena().make<Pipeline>(p);
  node->kind = CommandKind::Pipeline;
  node->span = s_.span_from(begin, line);
  node->stages = s_.arena().copy(stages);
  bool* flags = static_cast<bool*>(s_.arena().allocate(stderr_flags.size() + 1, 1));
  for (size_t i = 0; i < stderr_flags.size(); i++) flags[i] = stderr_flags[i];
  node->pipe_stderr = {flags, stderr_flags.size()};
  return node;
}

const Command* Grammar::command(Expect expect) {
  const Token& t = s_.peek(expect);
  Tok k = t.kind;
  if (k == Tok::Word || k == Tok::Assignment || is_redirection(k)) return simple_command();
  if (!s_.enter()) return nullptr;
  const Command* c = nullptr;
  if (starts_compound(k)) {
    c = deep_call([&] { return compound(k); });
  } else if (k == Tok::Function) {
    c = deep_call([&] { return function_keyword(); });
  } else if (k == Tok::Coproc) {
    c = deep_call([&] { return coproc(); });
  } else {
    s_.fail_token();
  }
  s_.leave();
  return c;
}

}  // namespace nacre
