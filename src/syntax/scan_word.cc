// Word tokens: descriptors before a redirection, aliases, reserved words.
#include "syntax/chars.h"
#include "syntax/scanner.h"

namespace nacre {
using namespace ast;

namespace {

bool wants_reserved(Expect e) { return e == Expect::Command || e == Expect::CommandNoTime || e == Expect::Reserved || e == Expect::In; }
bool wants_assignment(Expect e) { return e == Expect::Command || e == Expect::CommandNoTime || e == Expect::Element; }

}  // namespace

void Scanner::scan_word(Expect expect) {
  uint32_t begin = pos_;
  const char* d = in_.data();
  if (is_class(d[begin], kDigit | kNameChar) || d[begin] == '{') {
    if (expect != Expect::Duplicated && number_or_fd_var()) return;
    if (expect == Expect::ArrayItem || wants_assignment(expect) || (expect == Expect::Argument && assignments_in_arguments)) {
      if (scan_assignment(expect)) return;
      if (failed_) return;
    }
  } else if (expect == Expect::ArrayItem && d[begin] == '[') {
    if (scan_assignment(expect) || failed_) return;
  }
  size_t mark = parts_.size();
  if (expect == Expect::Duplicated && d[begin] == '-' && begin > 0 && d[begin - 1] == '&') {
    pos_++;
    Part dash{PartKind::Literal};
    dash.text = in_.view(begin, pos_);
    parts_.push_back(dash);
    set_token(Tok::Word, begin);
    token_.word = finish_word(mark, begin, token_.line);
    token_.text = token_.word->parts[0].text;
    return;
  }
  bool regex = expect == Expect::Regex;
  word_parts(options_.extglob || expect == Expect::CondPattern || regex, regex);
  if (failed_) return;
  set_token(Tok::Word, begin);
  token_.word = finish_word(mark, begin, token_.line);
  const Seq<Part>& parts = token_.word->parts;
  if (parts.size() == 1 && parts[0].kind == PartKind::Literal) {
    token_.text = parts[0].text;
    classify_word(expect);
  }
}

// A word that is one unquoted literal: an alias or a reserved word?
void Scanner::classify_word(Expect expect) {
  if (options_.expand_aliases && substitutions_ == 0 && aliases_ && expand_alias(expect)) return;
  if (wants_reserved(expect)) {
    Tok kind = reserved_word(token_.text);
    if (kind == Tok::Time && expect == Expect::CommandNoTime) return;
    if (kind != Tok::Word) token_.kind = kind;
  } else if (expect == Expect::Pattern && token_.text == "esac") {
    token_.kind = Tok::Esac;
  } else if (token_.text == "]]" && (expect == Expect::Cond || expect == Expect::CondPattern || expect == Expect::Regex)) {
    token_.kind = Tok::CondEnd;
  }
}

bool Scanner::expand_alias(Expect expect) {
  bool next = in_.take_expand_next(), eligible = next;
  switch (expect) {
    case Expect::Command:
    case Expect::CommandNoTime:
    case Expect::Element:
    case Expect::Reserved: eligible = true; break;
    case Expect::Argument:
    case Expect::Plain:
    case Expect::Duplicated:
    case Expect::In: break;
    default: return false;
  }
  if (!eligible) return false;
  if (options_.posix && reserved_word(token_.text) != Tok::Word && wants_reserved(expect)) return false;
  if (in_.expanding(token_.text)) return false;
  const std::string* text = aliases_(token_.text);
  if (!text) return false;
  constexpr uint64_t kAliasBytes = 64 << 20;
  if ((alias_bytes_ += text->size() + 16) > kAliasBytes) {
    too_deep();
    return true;
  }
  used_alias_ = true;
  in_.push_alias(token_.text, *text, pos_);
  // What it begins with may be an alias in its turn.
  if (next) in_.set_expand_next();
  pos_ = 0;
  token_.kind = Tok::None;
  bool deeper = enter();
  deep_call([&] { scan(expect); });
  if (deeper) leave();
  return true;
}

// Digits or {name} directly before '<' or '>': part of the redirection.
bool Scanner::number_or_fd_var() {
  uint32_t begin = pos_, p = pos_;
  const char* d = in_.data();
  std::string_view name;
  if (d[p] == '{') {
    p++;
    if (!is_class(d[p], kNameStart)) return false;
    while (is_class(d[p], kNameChar)) p++;
    if (d[p] == '[') {
      while (d[p] && d[p] != '\n' && d[p] != ']' && !is_class(d[p], kBlank)) p++;
      if (d[p] == ']') p++;
    }
    if (d[p] != '}') return false;
    name = in_.view(begin + 1, p);
    p++;
  } else {
    while (is_class(d[p], kDigit)) p++;
    if (p == begin || p - begin > 9) return false;
  }
  if (d[p] != '<' && d[p] != '>') return false;
  if (char_at(p + 1) == '(') return false;
  d = in_.data();
  int fd = -1;
  if (name.empty()) {
    fd = 0;
    for (uint32_t i = begin; i < p; i++) fd = fd * 10 + (d[i] - '0');
  }
  pos_ = p + 1;
  scan_redirection(d[p]);
  token_.begin = begin;
  token_.fd = fd;
  token_.fd_var = name;
  return true;
}

}  // namespace nacre
