// Assignments: name=value, name[sub]=value, name=( items ).
#include <cstring>

#include "syntax/chars.h"
#include "syntax/scanner.h"

namespace nacre {
using namespace ast;

// At a word that may be an assignment. True: the token is one (or the parse has
// failed); false: nothing was consumed.
bool Scanner::scan_assignment(Expect expect) {
  uint32_t begin = pos_, p = pos_, line = line_;
  size_t mark = parts_.size(), edits = edits_.size();
  const char* d = in_.data();
  bool item = expect == Expect::ArrayItem;
  if (!item) {
    if (!is_class(d[p], kNameStart)) return false;
    while (is_class(d[p], kNameChar)) p++;
  } else if (d[p] != '[') {
    return false;
  }
  Assignment a;
  a.name = in_.view(begin, p);
  auto equals = [&](uint32_t at) { return d[at] == '=' || (d[at] == '+' && d[at + 1] == '='); };
  if (!equals(p)) {
    if (d[p] != '[') return false;
    pos_ = p + 1;
    bool bounded = expect == Expect::Argument;
    if (!subscript_then_equals(bounded, &a.index)) {
      if (failed_) return true;
      if (a.index) {
        subscripted_word(a, begin, line, mark);
        return true;
      }
      parts_.resize(mark, Part{PartKind::Literal});
      edits_.resize(edits, Edit{});
      pos_ = begin;
      line_ = line;
      return false;
    }
    p = pos_;
    d = in_.data();
  }
  pos_ = p + 1;
  if (d[p] == '+') {
    a.kind = AssignKind::Append;
    pos_++;
  }
  finish_assignment(a, begin, line, expect);
  return true;
}

// name[...] that no '=' follows: an ordinary word, in which the brackets keep
// blanks. It is not read again: that would double the work at every level.
void Scanner::subscripted_word(const Assignment& a, uint32_t begin, uint32_t line, size_t mark) {
  Part p{PartKind::Literal};
  p.line = line;
  Seq<Part> inside = a.index->parts;
  if (inside.size() == 1 && inside[0].kind == PartKind::Literal) {
    p.text = in_.view(begin, pos_);
    parts_.push_back(p);
  } else {
    p.text = arena_->copy(std::string(a.name) + "[");
    parts_.push_back(p);
    parts_.insert(parts_.end(), inside.begin(), inside.end());
    p.text = "]";
    parts_.push_back(p);
  }
  word_parts(options_.extglob, false);
  if (failed_) return;
  set_token(Tok::Word, begin);
  token_.word = finish_word(mark, begin, line);
  in_.clear_expand_next();
}

// Behind '['. `bounded`: blanks and metacharacters end the word, so there must
// be none before ']'.
bool Scanner::subscript_then_equals(bool bounded, const Word** index) {
  if (bounded) {
    const char* d = in_.data();
    uint32_t p = pos_;
    for (char quote = 0; d[p] && (quote || (!is_class(d[p], kMeta) && d[p] != ']')); p++) {
      if (d[p] == '`' || (d[p] == '$' && !is_class(d[p + 1], kNameChar | kSpecialParam))) break;
      if (d[p] == '\\' && d[p + 1]) p++;
      else if (d[p] == quote) quote = 0;
      else if (!quote && (d[p] == '\'' || d[p] == '"')) quote = d[p];
    }
    if (is_class(d[p], kMeta) || !d[p]) return false;
  }
  if (!bounded && char_at(pos_) == ']' && (char_at(pos_ + 1) == '=' || (char_at(pos_ + 1) == '+' && char_at(pos_ + 2) == '='))) {
    // a[]=x too fails only when it runs.
    *index = arena_->make<Word>();
    pos_++;
    return true;
  }
  SubscriptKind kind = SubscriptKind::None;
  uint32_t params = std::exchange(params_, 0);
  size_t mark = parts_.size();
  uint32_t begin = pos_, line = line_;
  *index = subscript(&kind);
  params_ = params;
  if (failed_ || kind == SubscriptKind::None) return false;
  if (!*index) {
    // a[@]=x parses; it fails when it runs.
    Part p{PartKind::Literal};
    p.text = in_.view(begin, pos_ - 1);
    p.line = line;
    parts_.push_back(p);
    Word* w = arena_->make<Word>();
    w->parts = take_parts(mark);
    w->raw = in_.view(begin, pos_ - 1);
    w->span = {offset(begin), offset(pos_ - 1), line};
    *index = w;
  }
  char c = char_at(pos_);
  return c == '=' || (c == '+' && char_at(pos_ + 1) == '=');
}

// Behind '='.
void Scanner::finish_assignment(Assignment& a, uint32_t begin, uint32_t line, Expect expect) {
  size_t mark = parts_.size();
  const uint32_t value = pos_, first_line = line_;
  if (expect != Expect::ArrayItem && char_at(pos_) == '(') {
    pos_++;
    a.is_array = true;
    Token outer = token_;
    uint32_t last_end = last_end_;
    if (!enter()) return;
    a.items = deep_call([&] { return array_items(line); });
    leave();
    if (failed_ && error_.reach == SyntaxError::Reach::Text) error_.reach = SyntaxError::Reach::Command;
    if (failed_) return;
    token_ = outer;
    last_end_ = last_end;
  }
  if (!a.is_array || !is_class(char_at(pos_), kMeta)) {
    uint32_t from = pos_;
    uint32_t value_line = line_;
    word_parts(options_.extglob, false);
    if (failed_) return;
    if (a.is_array && in_.data()[pos_ - 1] != ')') {
      // a=(1 2)x is no list: the value is that text.
      parts_.resize(mark);
      pos_ = value;
      line_ = value_line = first_line;
      word_parts(options_.extglob, true);
      if (failed_) return;
      a.is_array = false;
      a.items = {};
    }
    if (pos_ > from && !a.is_array) a.value = finish_word(mark, value, value_line);
    parts_.resize(mark);
  }
  a.span = {offset(begin), offset(pos_), line};
  token_.line = line;
  bool argument = expect == Expect::Argument;
  set_token(argument ? Tok::Word : Tok::Assignment, begin);
  token_.assignment = arena_->make<Assignment>(a);
  in_.clear_expand_next();
  if (argument && !a.is_array) token_.word = assignment_word(a, begin, value, line);
}

// An assignment that is an argument, as one word.
const Word* Scanner::assignment_word(const Assignment& a, uint32_t begin, uint32_t value, uint32_t line) {
  size_t mark = parts_.size();
  auto add_literal = [&](std::string_view text) {
    Part p{PartKind::Literal};
    p.text = text;
    p.line = line;
    parts_.push_back(p);
  };
  if (a.index) {
    std::string open(a.name);
    add_literal(arena_->copy(open + "["));
    parts_.insert(parts_.end(), a.index->parts.begin(), a.index->parts.end());
    add_literal(a.kind == AssignKind::Append ? "]+=" : "]=");
  } else {
    add_literal(in_.view(begin, value));
  }
  if (a.value) {
    Seq<Part> rest = a.value->parts;
    if (!rest.empty() && rest[0].kind == PartKind::Literal) {
      std::string both(parts_.back().text);
      both += rest[0].text;
      parts_.back().text = arena_->copy(both);
      rest = rest.subspan(1);
    }
    parts_.insert(parts_.end(), rest.begin(), rest.end());
  }
  return finish_word(mark, begin, line);
}

// ---------------------------------------------------------------- compound values

// Of what nothing closes within name=( ) bash tells that, then the end that it reached.
void Scanner::tell_end_too(uint32_t begin, uint32_t line) {
  if (error_.kind != SyntaxError::Kind::UnexpectedEof || error_.in_substitution || error_.lines.size() != 1) return;
  std::string_view text = in_.view(begin, in_.size());
  line += static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n')) + !text.ends_with('\n');
  error_.lines.push_back({line, substitutions_ > 0 ? "unexpected EOF while looking for matching `)'" : "syntax error: unexpected end of file"});
}

// Behind "name=(".
Seq<ArrayItem> Scanner::array_items(uint32_t line) {
  std::vector<ArrayItem> items;
  const uint32_t begin = pos_, first_line = line_;
  token_ = {};
  for (;;) {
    const Token& t = peek(Expect::ArrayItem);
    switch (t.kind) {
      case Tok::Error: tell_end_too(begin, first_line); return {};
      case Tok::Newline: drop(); continue;
      case Tok::RightParen: drop(); return arena_->copy(items);
      case Tok::Word: items.push_back({nullptr, false, t.word}); break;
      case Tok::Assignment: {
        const Assignment& a = *t.assignment;
        items.push_back({a.index, a.kind == AssignKind::Append, a.value});
        break;
      }
      case Tok::End: fail_matching(')', line); return {};
      default: fail_token(); return {};
    }
    drop();
  }
}

}  // namespace nacre
