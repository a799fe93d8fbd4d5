#include "syntax/scanner.h"

#include <algorithm>

#include "base/run_watch.h"
#include "syntax/ansi_quote.h"
#include "syntax/chars.h"

namespace nacre {

void Scanner::begin_command(Arena& arena) {
  in_.begin_command(arena);
  in_.continuation = false;
  arena_ = &arena;
  pos_ = 0;
  last_end_ = 0;
  token_ = {};
  blanks_are_text_ = false;
  join_buffer_ = nullptr;
  failed_ = false;
  used_alias_ = false;
  alias_bytes_ = 0;
  assignments_in_arguments = false;
  error_ = {};
  parts_.clear();
  edits_.clear();
  here_documents_.clear();
  not_arith_.clear();
}

// The byte at pos, reading on if needed; 0 at the end of input.
char Scanner::char_at(uint32_t pos) {
  while (pos >= in_.size())
    if (!in_.pull(false)) return 0;
  return in_.data()[pos];
}

// The next byte, past line continuations.
char Scanner::peek_char() {
  for (;;) {
    char c = in_.data()[pos_];
    if (c == 0) {
      if (!in_.pull(false)) return 0;
      continue;
    }
    if (c != '\\' || char_at(pos_ + 1) != '\n') return c;
    edit(pos_, pos_ + 2, {});
    pos_ += 2;
    line_++;
  }
}

bool Scanner::next_is(char c) {
  if (peek_char() != c) return false;
  pos_++;
  return true;
}

void Scanner::take_newlines(uint32_t from) { line_ += static_cast<uint32_t>(std::count(in_.data() + from, in_.data() + pos_, '\n')); }

void Scanner::set_token(Tok kind, uint32_t begin) {
  token_.kind = kind;
  token_.begin = begin;
  token_.end = pos_;
}

// Skips blanks and a comment. False at the end of input.
bool Scanner::skip_blank() {
  for (;;) {
    char c = in_.data()[pos_];
    if (is_class(c, kBlank)) {
      pos_++;
      continue;
    }
    if (c == 0 || c == '\\') {
      char next = peek_char();
      if (next == c) return c != 0;
      continue;
    }
    if (c != '#' || (options_.interactive && !options_.interactive_comments)) return true;
    for (;;) {
      const char* d = in_.data();
      while (d[pos_] && d[pos_] != '\n') pos_++;
      if (d[pos_]) break;
      if (!in_.pull(true)) return false;
    }
  }
}

void Scanner::scan(Expect expect) {
  token_ = {};
  if (failed_) {
    token_.kind = Tok::Error;
    return;
  }
  if (substitutions_ == 0) edits_.clear();
  bool more = skip_blank();
  token_.line = line_;
  if (!more) {
    // The end also ends the line it stands in.
    if (pos_ > 0 && in_.data()[pos_ - 1] != '\n' && !ended_) {
      ended_ = true;
      if (!here_documents_.empty()) read_here_documents();
      return set_token(Tok::Newline, pos_);
    }
    if (ended_ && !line_ended_) {
      line_ended_ = true;
      line_++;
    }
    token_.line = line_;
    return set_token(Tok::End, pos_);
  }
  in_.continuation = true;
  char c = in_.data()[pos_];
  if (is_class(c, kMeta)) {
    scan_operator(expect);
  } else {
    scan_word(expect);
  }
  if (failed_) token_.kind = Tok::Error;
}

void Scanner::scan_operator(Expect expect) {
  uint32_t begin = pos_;
  char c = in_.data()[pos_];
  if (expect == Expect::Regex && (c == '(' || c == '|')) return scan_word(expect);
  if ((c == '<' || c == '>') && char_at(pos_ + 1) == '(') return scan_word(expect);
  pos_++;
  Tok kind = Tok::Newline;
  switch (c) {
    case '\n':
      line_++;
      set_token(Tok::Newline, begin);
      if (!here_documents_.empty()) read_here_documents();
      return;
    case ';':
      kind = Tok::Semi;
      if (next_is(';')) kind = next_is('&') ? Tok::SemiSemiAmp : Tok::SemiSemi;
      else if (next_is('&')) kind = Tok::SemiAmp;
      break;
    case '&':
      kind = Tok::Amp;
      if (next_is('&')) kind = Tok::AndAnd;
      else if (next_is('>')) kind = next_is('>') ? Tok::AndDGreat : Tok::AndGreat;
      break;
    case '|': kind = next_is('|') ? Tok::OrOr : next_is('&') ? Tok::PipeAmp : Tok::Pipe; break;
    case '(':
      kind = Tok::LeftParen;
      if ((expect == Expect::Command || expect == Expect::CommandNoTime) && char_at(pos_) == '(') {
        pos_++;
        token_.word = arith_command();
        if (failed_) return;
        if (token_.word) kind = Tok::Arith;
        else pos_ = begin + 1;
      }
      break;
    case ')': kind = Tok::RightParen; break;
    default:
      scan_redirection(c);
      token_.begin = begin;
      return;
  }
  set_token(kind, begin);
}

// After the first byte of a redirection operator.
bool Scanner::scan_redirection(char c) {
  uint32_t begin = pos_ - 1;
  Tok kind;
  if (c == '<') {
    kind = Tok::Less;
    if (next_is('<')) kind = next_is('-') ? Tok::DLessDash : next_is('<') ? Tok::TLess : Tok::DLess;
    else if (next_is('&')) kind = Tok::LessAnd;
    else if (next_is('>')) kind = Tok::LessGreat;
  } else {
    kind = Tok::Great;
    if (next_is('>')) kind = Tok::DGreat;
    else if (next_is('&')) kind = Tok::GreatAnd;
    else if (next_is('|')) kind = Tok::Clobber;
  }
  in_.clear_expand_next();
  set_token(kind, begin);
  return true;
}

// ---------------------------------------------------------------- failure

void Scanner::fail(SyntaxError::Kind kind, uint32_t line, std::string text) {
  if (failed_) return;
  failed_ = true;
  error_.kind = kind;
  error_.span = {offset(pos_), offset(pos_), line};
  error_.lines.push_back({line, std::move(text)});
  token_at_error_ = token_.kind;
  token_.kind = Tok::Error;
}

/// The error at hand is one that bash's parser goes on from by dropping what is left of the line: what
/// nothing closes there is told, too.
void Scanner::set_ends_input() {
  error_.ends_input = true;
  if (options_.interactive || token_at_error_ == Tok::Newline || token_at_error_ == Tok::End) return;
  SyntaxError kept = std::move(error_);
  error_ = {};
  failed_ = false;
  token_.kind = token_at_error_;
  do drop();
  while (!failed_ && peek(Expect::Argument).kind != Tok::Newline && token_.kind != Tok::End && !failed_);
  if (failed_ && error_.kind == SyntaxError::Kind::UnexpectedEof && !error_.lines.empty()) {
    kept.kind = error_.kind;
    kept.lines.push_back(std::move(error_.lines[0]));
  }
  error_ = std::move(kept);
  failed_ = true;
  token_.kind = Tok::Error;
}

void Scanner::fail_silently(uint32_t line) {
  fail(SyntaxError::Kind::Syntax, line, "");
  error_.lines.clear();
}

void Scanner::fail_matching(char close, uint32_t line) {
  fail(SyntaxError::Kind::UnexpectedEof, line, std::string("unexpected EOF while looking for matching `") + close + "'");
}

std::string Scanner::token_text() {
  const Token& t = token_;
  std::string text;
  if (t.kind == Tok::Word || t.kind == Tok::Assignment) {
    text = std::string(printed(t.begin, t.end));
  } else if (t.kind == Tok::Arith) {
    text = std::string(t.word->raw);
  } else if (is_redirection(t.kind) && (t.fd >= 0 || !t.fd_var.empty())) {
    text = t.fd >= 0 ? std::to_string(t.fd) : std::string(t.fd_var);
  } else {
    return std::string(spelling(t.kind));
  }
  for (char c : text)
    if (static_cast<uint8_t>(c) < 0x20 || c == 0x7f) return ansi_quoted(text);
  return text;
}

void Scanner::fail_token() {
  if (failed_) return;
  if (token_.kind == Tok::End) {
    if (substitutions_ > 0) return fail_matching(')', line_);
    return fail(SyntaxError::Kind::UnexpectedEof, line_, "syntax error: unexpected end of file");
  }
  uint32_t line = token_.kind == Tok::Newline ? token_.line : line_;
  std::string text = "syntax error near unexpected token `" + token_text() + "'";
  uint32_t begin = token_.begin, end = token_.end;
  Tok kind = token_.kind;
  fail(SyntaxError::Kind::Syntax, line, std::move(text));
  error_.span = {offset(begin), offset(end), line};
  token_.end = kind == Tok::Newline ? begin : end;
  add_offending_line();
  if (!here_documents_.empty() && kind != Tok::Newline) {
    line = line_behind_here_documents();
    for (SyntaxError::Line& l : error_.lines) l.line = line;
  }
}

// bash has read the waiting here-documents when it reports an error.
uint32_t Scanner::line_behind_here_documents() {
  while (char_at(pos_) && in_.data()[pos_] != '\n') pos_++;
  if (!char_at(pos_)) return line_;
  pos_++;
  line_++;
  failed_ = false;
  read_here_documents();
  failed_ = true;
  return line_ - 1;
}

void Scanner::add_offending_line() {
  if (options_.interactive) return;
  const char* d = in_.data();
  uint32_t at = std::min(token_.end, in_.size());
  uint32_t begin = at, end = at;
  if (begin > 0 && d[begin - 1] == '\n' && d[begin] == 0) begin--;
  while (begin > 0 && d[begin - 1] != '\n') begin--;
  while (end < in_.size() && d[end] != '\n') end++;
  if (end < begin) end = begin;
  error_.lines.push_back({error_.lines[0].line, "`" + std::string(d + begin, end - begin) + "'"});
}

// Behind "for ((": what stands up to the "))" is not three expressions.
void Scanner::fail_arith_for(uint32_t begin, uint32_t line) {
  if (failed_) return;
  uint32_t semicolons = 0;
  for (uint32_t i = begin; i <= pos_ && i < in_.size(); i++) semicolons += in_.data()[i] == ';';
  uint32_t end = pos_;
  while (char_at(end) && in_.data()[end] != ')') end++;
  bool closed = char_at(end) == ')' && char_at(end + 1) == ')';
  uint32_t depth = 1, at = begin;
  for (; depth && char_at(at); at++) depth += in_.data()[at] == '(' ? 1 : in_.data()[at] == ')' ? -1 : 0;
  if (!closed && depth) {
    fail(SyntaxError::Kind::UnexpectedEof, line, "unexpected EOF while looking for matching `)'");
    return;
  }
  if (!closed) {
    fail(SyntaxError::Kind::Syntax, line, "syntax error near unexpected token `(('");
  } else {
    fail(SyntaxError::Kind::Syntax, line, semicolons > 2 ? "syntax error: `;' unexpected" : "syntax error: arithmetic expression required");
    error_.lines.push_back({line, "syntax error: `((" + std::string(in_.view(begin, end)) + "))'"});
  }
  error_.ends_input = !closed;
}

void Scanner::add_error_line(uint32_t line, std::string text) {
  if (error_.kind != SyntaxError::Kind::Nesting) error_.lines.push_back({line, std::move(text)});
}

void Scanner::skip_line() { pos_ = in_.discard_line(pos_); }

// Deciding between "((" and "( (" can mean to read a text twice, nested ones
// more often; without a bound that would be exponential in their depth.
bool Scanner::reread(uint64_t bytes) {
  constexpr uint64_t kTimes = 64, kAlways = 1 << 20;
  *reread_ += bytes;
  if (*reread_ <= kAlways + kTimes * in_.size()) return true;
  too_deep();
  return false;
}

void Scanner::too_deep() { fail(SyntaxError::Kind::Nesting, line_, "maximum nesting level exceeded"); }

// Outside a fiber there is no stack to continue on: a plain thread's stack
// bounds the nesting as well.
bool Scanner::enter() {
  constexpr uintptr_t kPlainStack = 4 << 20;
  if (failed_) return false;
  if ((++entered_ & 1023) == 0 && should_stop()) {
    fail(SyntaxError::Kind::Syntax, line_, "stopped");
    return false;
  }
  uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  bool plain = stack_extender.run == nullptr;
  if (depth_ == 0 || stack_base_ == 0) stack_base_ = here;
  if (depth_ >= options_.nesting || (plain && stack_base_ - here > kPlainStack && stack_base_ > here)) {
    too_deep();
    return false;
  }
  depth_++;
  return true;
}

}  // namespace nacre
