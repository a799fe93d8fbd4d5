// Words and quoting: text to parts.
#include <cstring>
#include <utility>

#include "syntax/ansi_quote.h"
#include "syntax/chars.h"
#include "syntax/scanner.h"

namespace nacre {
using namespace ast;

// ---------------------------------------------------------------- assembling

void Scanner::literal(uint32_t begin, uint32_t end) {
  if (begin == end) return;
  Part p{PartKind::Literal};
  p.text = in_.view(begin, end);
  p.line = line_;
  // A line continuation splits a literal in the source, not in the word.
  bool joins = joined_ && parts_.size() > joined_from_ && parts_.back().kind == PartKind::Literal;
  if (joins) join_literal(p.text);
  else parts_.push_back(p);
  joined_ = false;
}

// Appends to the last literal, in a buffer with room for more of the kind.
void Scanner::join_literal(std::string_view more) {
  std::string_view& text = parts_.back().text;
  size_t size = text.size() + more.size();
  if (text.data() != join_buffer_ || size > join_capacity_) {
    join_capacity_ = size * 2;
    char* grown = static_cast<char*>(arena_->allocate(join_capacity_, 1));
    std::memcpy(grown, text.data(), text.size());
    join_buffer_ = grown;
  }
  std::memcpy(join_buffer_ + text.size(), more.data(), more.size());
  text = {join_buffer_, size};
}

Seq<Part> Scanner::take_parts(size_t mark) {
  size_t n = parts_.size() - mark;
  if (n == 0) return {};
  Part* out = static_cast<Part*>(arena_->allocate(sizeof(Part) * n, alignof(Part)));
  std::memcpy(static_cast<void*>(out), parts_.data() + mark, sizeof(Part) * n);
  parts_.resize(mark, Part{PartKind::Literal});
  return {out, n};
}

const Word* Scanner::finish_word(size_t mark, uint32_t begin, uint32_t line) {
  Word* w = arena_->make<Word>();
  w->parts = take_parts(mark);
  w->raw = printed(begin, pos_);
  w->span = {offset(begin), offset(pos_), line};
  return w;
}

void Scanner::edit(uint32_t begin, uint32_t end, std::string_view text) { edits_.push_back({begin, end, text}); }

std::string_view Scanner::printed(uint32_t begin, uint32_t end) {
  size_t first = edits_.size();
  while (first > 0 && edits_[first - 1].begin >= begin) first--;
  if (first == edits_.size() || substitutions_ > kPrintedDepth) return in_.view(begin, end);
  std::string out;
  uint32_t at = begin;
  for (size_t i = first; i < edits_.size(); i++) {
    const Edit& e = edits_[i];
    if (e.begin < at || e.end > end) continue;
    out.append(in_.view(at, e.begin));
    out.append(e.text);
    at = e.end;
  }
  out.append(in_.view(at, end));
  return arena_->copy(out);
}

// ---------------------------------------------------------------- unquoted

// True when the '(' at pos_ follows one of ?*+@! in the same literal.
bool Scanner::extglob_open(uint32_t begin) const {
  if (pos_ <= begin) return false;
  char c = in_.data()[pos_ - 1];
  return c == '?' || c == '*' || c == '+' || c == '@' || c == '!';
}

// Parts up to the metacharacter that ends the word. Inside the parentheses of
// an extended pattern or a regular expression nothing ends it but ')'.
void Scanner::word_parts(bool extglob, bool regex) {
  uint32_t begin = pos_;
  uint32_t parens = 0, parens_line = 0;
  const bool group = in_group_;
  joined_from_ = parts_.size();
  joined_ = false;
  while (!failed_) {
    const char* d = in_.data();
    while (!is_class(d[pos_], kWordStop)) pos_++;
    char c = d[pos_];
    switch (c) {
      case 0:
        if (in_.pull(false)) continue;
        if (parens) return fail_matching(')', parens_line);
        return flush(begin);
      case '\\':
        flush(begin);
        backslash();
        begin = pos_;
        continue;
      case '\'':
        flush(begin);
        single_quote();
        begin = pos_;
        continue;
      case '"':
        flush(begin);
        pos_++;
        in_group_ = false;
        double_quote(false);
        in_group_ = group;
        begin = pos_;
        continue;
      case '`':
        flush(begin);
        backquote(false);
        begin = pos_;
        continue;
      case '$':
        flush(begin);
        begin = pos_;
        in_group_ = group || parens > 0;
        if (dollar(false)) begin = pos_;
        else pos_++;
        in_group_ = group;
        continue;
      case '<':
      case '>':
        if (!parens && char_at(pos_ + 1) == '(') {
          flush(begin);
          process_substitution();
          begin = pos_;
          continue;
        }
        break;
      case '(':
        if (parens || regex || (extglob && extglob_open(begin))) {
          if (parens++ == 0) parens_line = line_;
          pos_++;
          continue;
        }
        break;
      case ')':
        if (parens) {
          parens--;
          pos_++;
          continue;
        }
        break;
      case '|':
        if (regex) {
          pos_++;
          continue;
        }
        break;
      default: break;
    }
    if (!parens && !blanks_are_text_) return flush(begin);
    if (c == '\n') line_++;
    pos_++;
  }
}

void Scanner::backslash() {
  uint32_t begin = pos_;
  char c = char_at(pos_ + 1);
  if (c == '\n') {
    edit(begin, begin + 2, {});
    pos_ += 2;
    line_++;
    joined_ = true;
    return;
  }
  Part p{PartKind::Escaped};
  p.line = line_;
  if (c == 0) {
    // A backslash that ends the input stands for itself.
    pos_++;
    p.text = in_.view(begin, begin + 1);
  } else {
    pos_ += 2;
    p.text = in_.view(begin + 1, begin + 2);
  }
  p.raw = in_.view(begin, pos_);
  parts_.push_back(p);
}

void Scanner::single_quote() {
  uint32_t begin = pos_, line = line_;
  pos_++;
  for (;;) {
    const void* close = std::memchr(in_.data() + pos_, '\'', in_.size() - pos_);
    if (close) {
      pos_ = static_cast<uint32_t>(static_cast<const char*>(close) - in_.data()) + 1;
      break;
    }
    pos_ = in_.size();
    if (!in_.pull(true)) return fail_matching('\'', line);
  }
  take_newlines(begin);
  Part p{PartKind::SingleQuoted};
  p.text = in_.view(begin + 1, pos_ - 1);
  p.line = line;
  parts_.push_back(p);
}

// ---------------------------------------------------------------- double quotes

void Scanner::double_quote(bool locale) {
  size_t mark = parts_.size();
  uint32_t line = line_;
  if (!enter()) return;
  const uint32_t begin = pos_;
  deep_call([&] { quoted_parts({.close = '"', .fail_close = '"'}); });
  leave();
  if (failed_) return;
  pos_++;
  Part p{PartKind::DoubleQuoted};
  p.raw = in_.view(begin, pos_ - 1);
  p.locale = locale;
  p.parts = take_parts(mark);
  p.line = line;
  parts_.push_back(p);
}

// A backslash in double-quoted text. True when the literal goes on through it.
bool Scanner::quoted_backslash(const Quoted& q, uint32_t& begin) {
  char c = char_at(pos_ + 1);
  if (c == '\n') {
    flush(begin);
    edit(pos_, pos_ + 2, {});
    pos_ += 2;
    line_++;
    begin = pos_;
    joined_ = true;
    return true;
  }
  bool quotes = c == '$' || c == '`' || c == '\\' || (c == '"' && !q.here_document) || (c == '}' && q.param_arg);
  if (!quotes) {
    pos_++;
    // The byte after it cannot end the text either.
    if (c && (c == q.close || c == q.also)) pos_++;
    return true;
  }
  flush(begin);
  Part p{PartKind::Escaped};
  p.text = in_.view(pos_ + 1, pos_ + 2);
  p.raw = in_.view(pos_, pos_ + 2);
  p.line = line_;
  parts_.push_back(p);
  pos_ += 2;
  begin = pos_;
  return true;
}

// A single quote that does not quote but must be closed: the bytes up to its
// partner cannot end the construct.
void Scanner::skip_single_quotes_in_quoted() {
  uint32_t line = line_;
  uint32_t begin = pos_++;
  for (;;) {
    const void* close = std::memchr(in_.data() + pos_, '\'', in_.size() - pos_);
    if (close) break;
    uint32_t size = in_.size();
    pos_ = size;
    if (!in_.pull(true)) return fail_matching('\'', line);
  }
  pos_ = begin + 1;
}

// Text as inside double quotes, up to (not including) its end.
void Scanner::quoted_parts(const Quoted& q) {
  uint32_t begin = pos_, line = line_;
  uint32_t nested = 0, questions = 0;
  bool in_single = false;
  bool grouping = q.arith || q.param_arg;
  joined_from_ = parts_.size();
  joined_ = false;
  while (!failed_) {
    const char* d = in_.data();
    if (grouping) {
      while (!is_class(d[pos_], kQuoteStop | kMeta) && d[pos_] != q.close && d[pos_] != q.also && d[pos_] != '\'' && d[pos_] != '[' && d[pos_] != ']' &&
             d[pos_] != '?')
        pos_++;
    } else {
      while (!is_class(d[pos_], kQuoteStop) && d[pos_] != '\n') pos_++;
    }
    char c = d[pos_];
    if (c == 0) {
      if (in_.pull(true)) continue;
      if (q.close) return fail_matching(q.fail_close, line);
      return flush(begin);
    }
    if (c == '\n') {
      line_++;
      pos_++;
      continue;
    }
    if (in_single && c != '\'' && c != '$' && c != '`' && c != '\\') {
      pos_++;
      continue;
    }
    if ((nested == 0 || c == '}') && c == q.close) return flush(begin);
    if (nested == 0 && c == q.also && questions == 0) return flush(begin);
    switch (c) {
      case '\\': quoted_backslash(q, begin); continue;
      case '$':
        flush(begin);
        begin = pos_;
        if (q.param_arg && char_at(pos_ + 1) == '\'') {
          // Decoded, but no quotes are left around it.
          ansi_quote();
          if (!failed_) edits_.back().text = parts_.back().text;
          begin = pos_;
          continue;
        }
        if (dollar(true)) begin = pos_;
        else pos_++;
        continue;
      case '`':
        flush(begin);
        backquote(true);
        begin = pos_;
        continue;
      case '"':
        if (grouping) {
          flush(begin);
          pos_++;
          double_quote(false);
          begin = pos_;
          continue;
        }
        break;
      case '\'':
        if (grouping && !options_.posix) {
          if (in_single) {
            in_single = false;
          } else {
            skip_single_quotes_in_quoted();
            if (failed_) return;
            in_single = true;
            continue;
          }
        }
        break;
      case '(':
      case '[':
        if (q.arith && (c == '(' ? q.close != ']' : q.close == ']')) nested++;
        break;
      case ')':
      case ']':
        if (q.arith && nested && (c == ')' ? q.close != ']' : q.close == ']')) nested--;
        break;
      case '?':
        if (q.also == ':') questions++;
        break;
      case ':':
        if (questions) questions--;
        break;
      default: break;
    }
    pos_++;
  }
}

// ---------------------------------------------------------------- inside ${ } and [ ]

// Parts of an unquoted operand: every quote is special, blanks are text.
void Scanner::arg_parts(ArgStop stop) {
  uint32_t begin = pos_, line = line_, nested = 0;
  const char close = stop == ArgStop::Bracket || stop == ArgStop::BracketInBrace ? ']' : '}';
  if (std::exchange(slash_is_text_, false)) pos_++;
  joined_from_ = parts_.size();
  joined_ = false;
  while (!failed_) {
    const char* d = in_.data();
    while (!is_class(d[pos_], kWordStop) && d[pos_] != close && d[pos_] != '/' && d[pos_] != '[' && d[pos_] != '}') pos_++;
    char c = d[pos_];
    switch (c) {
      case 0:
        if (in_.pull(false)) continue;
        return fail_matching(stop == ArgStop::BracketInBrace ? '}' : close, line);
      case '\\':
        flush(begin);
        backslash();
        begin = pos_;
        continue;
      case '\'':
        flush(begin);
        single_quote();
        begin = pos_;
        continue;
      case '"':
        flush(begin);
        pos_++;
        double_quote(false);
        begin = pos_;
        continue;
      case '`':
        flush(begin);
        backquote(false);
        begin = pos_;
        continue;
      case '$':
        flush(begin);
        begin = pos_;
        if (dollar(false)) begin = pos_;
        else pos_++;
        continue;
      case '<':
      case '>':
        if (char_at(pos_ + 1) == '(') {
          flush(begin);
          process_substitution();
          begin = pos_;
          continue;
        }
        break;
      case '/':
        if (stop == ArgStop::Slash) return flush(begin);
        break;
      case '[':
        if (close == ']') nested++;
        break;
      case '}':
        if (close == '}' || stop == ArgStop::BracketInBrace) return flush(begin);
        break;
      case '\n': line_++; break;
      default:
        if (c == close) {
          if (nested == 0) return flush(begin);
          nested--;
        }
        break;
    }
    pos_++;
  }
}

// ---------------------------------------------------------------- whole texts

const Word* Scanner::double_quoted_text() {
  size_t mark = parts_.size();
  uint32_t line = line_;
  quoted_parts({.close = 0, .fail_close = '"', .here_document = true});
  edits_.clear();  // as written
  return failed_ ? nullptr : finish_word(mark, 0, line);
}

const Word* Scanner::word_text() {
  size_t mark = parts_.size();
  uint32_t line = line_;
  blanks_are_text_ = true;
  word_parts(options_.extglob, false);
  blanks_are_text_ = false;
  return failed_ ? nullptr : finish_word(mark, 0, line);
}

}  // namespace nacre
