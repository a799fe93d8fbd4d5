// Parameter expansion: $x and ${...}.
#include <cstring>

#include "syntax/chars.h"
#include "syntax/scanner.h"

namespace nacre {
using namespace ast;

void Scanner::simple_param() {
  uint32_t begin = pos_++;
  char c = in_.data()[pos_++];
  if (is_class(c, kNameStart)) {
    while (is_class(in_.data()[pos_], kNameChar)) pos_++;
  }
  Param* param = arena_->make<Param>();
  param->name = in_.view(begin + 1, pos_);
  param->raw = in_.view(begin, pos_);
  Part p{PartKind::Param};
  p.param = param;
  p.line = line_;
  parts_.push_back(p);
}

// At "${".
void Scanner::braced_param(bool quoted) {
  if (!enter()) return;
  uint32_t begin = pos_, line = line_;
  size_t mark = parts_.size();
  params_++;
  Param p;
  p.braced = true;
  pos_ += 2;
  braced_name(p);
  bool whole = !failed_ && p.op != ParamOp::Bad;
  if (whole && peek_char() != '}') param_operator(p, quoted);
  if (!failed_ && (p.op == ParamOp::Bad || peek_char() != '}')) {
    // Not an expansion; its end is where it would have been all the same.
    parts_.resize(mark, Part{PartKind::Literal});
    bad_param(p, quoted);
  }
  params_--;
  leave();
  if (failed_) return;
  pos_++;
  Part part{PartKind::Param};
  p.raw = params_ < kPrintedDepth ? printed(begin, pos_) : in_.view(begin, pos_);
  part.param = arena_->make<Param>(p);
  part.line = line;
  parts_.push_back(part);
}

// The name with its ! # prefix and its subscript.
void Scanner::braced_name(Param& p) {
  char c = peek_char();
  uint32_t begin = pos_;
  char next = c ? char_at(pos_ + 1) : 0;
  char after = next && next != '\n' ? char_at(pos_ + 2) : 0;
  if (c == '#' && next != '}' && (is_class(next, kNameChar) || (is_class(next, kSpecialParam) && after == '}'))) {
    p.length = true;
    c = next;
    begin = ++pos_;
  } else if (c == '!' && (is_class(next, kNameChar) || next == '@' || next == '*' || next == '#' || next == '?')) {
    p.indirect = true;
    c = next;
    begin = ++pos_;
  }
  const char* d = in_.data();
  if (is_class(c, kNameStart)) {
    while (is_class(in_.data()[pos_], kNameChar)) pos_++;
    // A line continuation inside the name.
    if (in_.data()[pos_] == '\\' && char_at(pos_ + 1) == '\n') {
      std::string name(in_.view(begin, pos_));
      while (is_class(peek_char(), kNameChar)) name += in_.data()[pos_++];
      p.name = arena_->copy(name);
    }
  } else if (is_class(c, kDigit)) {
    while (is_class(d[pos_], kDigit)) pos_++;
  } else if (is_class(c, kSpecialParam) && !(c == '$' && (next == '(' || next == '{' || next == '['))) {
    pos_++;
  } else {
    p.op = ParamOp::Bad;
    return;
  }
  if (p.name.empty()) p.name = in_.view(begin, pos_);
  if (is_class(c, kNameStart) && peek_char() == '[') {
    pos_++;
    p.index = subscript(&p.subscript);
    if (failed_ || p.subscript == SubscriptKind::None) {
      p.op = ParamOp::Bad;
      return;
    }
  }
  c = peek_char();
  if (p.length && c != '}') p.op = ParamOp::Bad;
  if (!p.indirect) return;
  bool list = p.subscript == SubscriptKind::At || p.subscript == SubscriptKind::Star;
  if (list && c == '}') {
    p.op = ParamOp::Keys;
    p.indirect = false;
  } else if ((c == '*' || c == '@') && is_class(p.name[0], kNameStart) && char_at(pos_ + 1) == '}') {
    // What stands before may even be a subscript, which no name begins with.
    p.op = ParamOp::PrefixNames;
    p.name = in_.view(begin, pos_);
    p.subscript = SubscriptKind::None;
    p.index = nullptr;
    p.transform = c;
    p.indirect = false;
    pos_++;
  }
}

// Behind '['. SubscriptKind::None: no ']' before the end of the construct.
const Word* Scanner::subscript(SubscriptKind* kind) {
  size_t mark = parts_.size();
  uint32_t begin = pos_, line = line_;
  if (!enter()) return nullptr;
  deep_call([&] { arg_parts(params_ ? ArgStop::BracketInBrace : ArgStop::Bracket); });
  leave();
  if (failed_) return nullptr;
  if (in_.data()[pos_] != ']' || pos_ == begin) {
    parts_.resize(mark, Part{PartKind::Literal});
    *kind = SubscriptKind::None;
    return nullptr;
  }
  *kind = SubscriptKind::Expr;
  const Word* w = finish_word(mark, begin, line);
  pos_++;
  if (w->raw == "@") *kind = SubscriptKind::At;
  if (w->raw == "*") *kind = SubscriptKind::Star;
  return *kind == SubscriptKind::Expr ? w : nullptr;
}

// An operand up to '}'. `pattern`: quotes are special even in double quotes.
const Word* Scanner::param_word(bool quoted, bool pattern) {
  if (!quoted || pattern) return stopped_word(ArgStop::Brace);
  size_t mark = parts_.size();
  uint32_t begin = pos_, line = line_;
  quoted_parts({.close = '}', .fail_close = '}', .param_arg = true});
  return failed_ ? nullptr : finish_word(mark, begin, line);
}

const Word* Scanner::stopped_word(ArgStop stop) {
  size_t mark = parts_.size();
  uint32_t begin = pos_, line = line_;
  arg_parts(stop);
  return failed_ ? nullptr : finish_word(mark, begin, line);
}

void Scanner::param_operator(Param& p, bool quoted) {
  auto pattern = [&](ParamOp one, ParamOp two, char c, bool optional) {
    p.op = next_is(c) ? two : one;
    if (!optional || peek_char() != '}') p.arg = param_word(quoted, true);
  };
  auto defaulted = [&](ParamOp op) {
    p.op = op;
    p.arg = param_word(quoted, false);
  };
  char c = in_.data()[pos_++];
  bool special = !is_class(p.name[0], kNameChar) && p.name != "@" && p.name != "*" && p.name != "!";
  bool bare = p.name == "#" && (c == '+' || c == '=' || c == '%' || c == '/') && peek_char() == '}';
  if (bare || (special && (c == '^' || c == ',' || c == '~'))) {
    p.op = ParamOp::Bad;
    return;
  }
  switch (c) {
    case ':':
      c = peek_char();
      p.colon = c == '-' || c == '=' || c == '?' || c == '+';
      if (!p.colon) return param_substring(p);
      pos_++;
      return defaulted(c == '-' ? ParamOp::Default : c == '=' ? ParamOp::Assign : c == '?' ? ParamOp::Error : ParamOp::Alternate);
    case '-': return defaulted(ParamOp::Default);
    case '=': return defaulted(ParamOp::Assign);
    case '?': return defaulted(ParamOp::Error);
    case '+': return defaulted(ParamOp::Alternate);
    case '#': return pattern(ParamOp::RemovePrefix, ParamOp::RemoveLongPrefix, '#', false);
    case '%': return pattern(ParamOp::RemoveSuffix, ParamOp::RemoveLongSuffix, '%', false);
    case '^': return pattern(ParamOp::UpperFirst, ParamOp::UpperAll, '^', true);
    case ',': return pattern(ParamOp::LowerFirst, ParamOp::LowerAll, ',', true);
    case '~': return pattern(ParamOp::ToggleFirst, ParamOp::ToggleAll, '~', true);
    case '/': return param_replace(p);
    case '@':
      p.op = ParamOp::Transform;
      c = peek_char();
      if (c && std::strchr("QEPAKkaUuL", c) && char_at(pos_ + 1) == '}') {
        pos_++;
        p.transform = c;
      } else {
        p.arg = stopped_word(ArgStop::Brace);
      }
      return;
    default: pos_--; p.op = ParamOp::Bad;
  }
}

// Behind ':'.
void Scanner::param_substring(Param& p) {
  p.op = ParamOp::Substring;
  if (peek_char() == '}') {
    p.op = ParamOp::Bad;
    return;
  }
  auto text = [&](char also) {
    size_t mark = parts_.size();
    uint32_t begin = pos_, line = line_;
    quoted_parts({.close = '}', .fail_close = '}', .arith = true, .also = also});
    return failed_ ? nullptr : finish_word(mark, begin, line);
  };
  p.arg = text(':');
  if (!failed_ && in_.data()[pos_] == ':') {
    pos_++;
    p.arg2 = text(0);
  }
}

// Behind '/'.
void Scanner::param_replace(Param& p) {
  p.op = ParamOp::Replace;
  char c = peek_char();
  if (c == '/' || c == '#' || c == '%') {
    p.op = c == '/' ? ParamOp::ReplaceAll : c == '#' ? ParamOp::ReplacePrefix : ParamOp::ReplaceSuffix;
    pos_++;
  }
  // A '/' right after "//" belongs to the pattern.
  slash_is_text_ = c == '/' && peek_char() == '/';
  p.arg = stopped_word(ArgStop::Slash);
  if (!failed_ && in_.data()[pos_] == '/') {
    pos_++;
    p.arg2 = stopped_word(ArgStop::Brace);
  }
}

// Anything from here to the '}' that ends it.
void Scanner::bad_param(Param& p, bool quoted) {
  size_t mark = parts_.size();
  p = Param{};
  p.braced = true;
  p.op = ParamOp::Bad;
  (void)param_word(quoted, false);
  parts_.resize(mark, Part{PartKind::Literal});
}

}  // namespace nacre
