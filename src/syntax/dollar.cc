// What '$' and '`' begin, and process substitution.
#include <cstring>

#include "syntax/ansi_quote.h"
#include "syntax/chars.h"
#include "syntax/print.h"
#include "syntax/print_tree.h"
#include "syntax/scanner.h"
#include "syntax/text_reader.h"

namespace nacre {
using namespace ast;

// At a '$'. False, and nothing consumed, when it stands for itself.
bool Scanner::dollar(bool quoted) {
  uint32_t begin = pos_;
  size_t mark = parts_.size();
  char c = char_at(pos_ + 1);
  switch (c) {
    case '(':
      if (char_at(pos_ + 2) == '(') arith_substitution(begin);
      else command_substitution(begin);
      break;
    case '{': deep_call([&] { braced_param(quoted); }); break;
    case '[': bracket_arith(begin); break;
    case '\'':
      if (quoted) return false;
      ansi_quote();
      break;
    case '"':
      if (quoted) return false;
      edit(begin, begin + 1, {});
      pos_ += 2;
      double_quote(true);
      if (options_.locale_strings && !failed_) {
        options_.locale_strings->push_back({parts_.back().line, std::string(in_.view(begin + 2, pos_ - 1))});
      }
      break;
    case '\\':
      // A line continuation may stand between '$' and the name.
      if (char_at(pos_ + 2) != '\n' || !is_class(char_at(pos_ + 3), kNameChar | kSpecialParam)) return false;
      edit(pos_ + 1, pos_ + 3, {});
      line_++;
      pos_ += 2;
      simple_param();
      return true;
    default:
      if (!is_class(c, kNameChar | kSpecialParam)) return false;
      simple_param();
      return true;
  }
  if (failed_ && lenient && substitutions_ == 0 && params_ == 0) recover(mark, begin);
  return true;
}

// The inside of a here-document or another text met at run time: what does not
// parse is an error of its expansion.
void Scanner::recover(size_t mark, uint32_t begin) {
  failed_ = false;
  while (in_.pull(true)) {
  }
  pos_ = in_.size();
  parts_.resize(mark, Part{PartKind::Literal});
  edits_.clear();
  here_documents_.clear();
  token_ = {};
  bool command = in_.data()[begin] == '`' || (in_.data()[begin + 1] == '(' && in_.data()[begin + 2] != '(');
  Part p{command ? PartKind::CommandSub : PartKind::Param};
  p.line = line_;
  p.raw = in_.view(begin, pos_);
  p.backquoted = in_.data()[begin] == '`';
  std::string message;
  for (const SyntaxError::Line& l : error_.lines) message += (message.empty() ? "" : "\n") + l.text;
  p.error = arena_->copy(message);
  p.error_line = error_.lines.empty() ? line_ : error_.lines[0].line;
  if (!command) {
    Param* param = arena_->make<Param>();
    param->braced = true;
    param->op = ParamOp::Bad;
    param->raw = p.raw;
    p.param = param;
  }
  error_ = {};
  parts_.push_back(p);
}

void Scanner::ansi_quote() {
  uint32_t begin = pos_, line = line_;
  pos_ += 2;
  for (;;) {
    const char* d = in_.data();
    while (d[pos_] && d[pos_] != '\'' && d[pos_] != '\\') pos_++;
    if (d[pos_] == '\'') break;
    if (d[pos_] == '\\' && char_at(pos_ + 1)) {
      pos_ += 2;
      continue;
    }
    if (d[pos_]) pos_++;
    if (!in_.pull(true)) return fail_matching('\'', line);
  }
  pos_++;
  take_newlines(begin);
  Part p{PartKind::AnsiQuoted};
  p.raw = in_.view(begin + 2, pos_ - 1);
  p.text = arena_->copy(ansi_decode(p.raw));
  p.line = line;
  parts_.push_back(p);
  edit(begin, pos_, arena_->copy(single_quoted(p.text)));
}

// ---------------------------------------------------------------- commands

// At "$(" (begin); the substitution's commands are read by the grammar.
void Scanner::command_substitution(uint32_t begin) {
  Part p{PartKind::CommandSub};
  substitution(p, begin, begin + 2);
}

void Scanner::process_substitution() {
  Part p{PartKind::ProcessSub};
  p.direction = in_.data()[pos_];
  substitution(p, pos_, pos_ + 2);
}

void Scanner::substitution(Part& part, uint32_t begin, uint32_t inner) {
  part.line = line_;
  if (!enter()) return;
  Token token = token_;
  token_ = {};
  bool assignments = assignments_in_arguments;
  uint32_t last_end = last_end_;
  size_t edits = edits_.size();
  substitutions_++;
  uint32_t params = std::exchange(params_, 0);
  pos_ = inner;
  part.list = deep_call([&] { return reader_.substitution_body(); });
  substitutions_--;
  params_ = params;
  leave();
  if (failed_ && error_.kind != SyntaxError::Kind::UnexpectedEof) error_.reach = SyntaxError::Reach::Shell;
  error_.in_substitution |= failed_;
  if (failed_) return;
  token_ = token;
  assignments_in_arguments = assignments;
  last_end_ = last_end;
  part.raw = in_.view(inner, pos_ - 1);
  if (!in_group_ && substitutions_ < kPrintedDepth) {
    edits_.resize(edits, Edit{});
    std::string text(in_.view(begin, inner));
    if (part.list) print_substitution(text, *part.list);
    part.printed = true;
    text += ')';
    edit(begin, pos_, arena_->copy(text));
  }
  parts_.push_back(part);
}

// At a '`'. The inside, with its backslashes removed, is parsed on its own; an
// error there is one of run time.
void Scanner::backquote(bool quoted) {
  uint32_t begin = pos_++, line = line_;
  size_t mark = parts_.size();
  bool escapes = false;
  for (;;) {
    const char* d = in_.data();
    while (d[pos_] && d[pos_] != '`' && d[pos_] != '\\') pos_++;
    if (d[pos_] == '`') break;
    if (d[pos_] == '\\' && char_at(pos_ + 1)) {
      escapes = true;
      if (in_.data()[pos_ + 1] == '\n') edit(pos_, pos_ + 2, {});
      pos_ += 2;
      continue;
    }
    if (d[pos_]) pos_++;
    if (!in_.pull(true)) {
      fail_matching('`', line);
      if (lenient && substitutions_ == 0 && params_ == 0) recover(mark, begin);
      return;
    }
  }
  pos_++;
  take_newlines(begin);
  Part p{PartKind::CommandSub};
  p.backquoted = true;
  p.line = line;
  p.raw = in_.view(begin + 1, pos_ - 1);
  std::string_view inside = p.raw;
  if (escapes) {
    std::string text;
    for (size_t i = 0; i < inside.size(); i++) {
      if (inside[i] == '\\' && i + 1 < inside.size()) {
        char n = inside[i + 1];
        if (n == '\n') {
          i++;
          continue;
        }
        if (n == '$' || n == '`' || n == '\\' || (quoted && n == '"')) i++;
      }
      text += inside[i];
    }
    inside = arena_->copy(text);
  }
  p.text = inside;
  if (!enter()) return;
  deep_call([&] { parse_substitution_text(*arena_, inside, options_, aliases_, line, {depth_, text_depth_, reread_, stack_base_}, p); });
  leave();
  parts_.push_back(p);
}

// ---------------------------------------------------------------- arithmetic

// Text up to "))" (behind it afterwards). *is_arith is false when a ')' alone
// closes the inner parenthesis: it was "( (" then.
const Word* Scanner::arith_text(uint32_t line, bool* is_arith) {
  size_t mark = parts_.size();
  uint32_t begin = pos_;
  *is_arith = false;
  if (!enter()) return nullptr;
  deep_call([&] { quoted_parts({.close = ')', .fail_close = ')', .arith = true}); });
  leave();
  if (failed_) return nullptr;
  if (char_at(pos_ + 1) != ')') {
    parts_.resize(mark, Part{PartKind::Literal});
    return nullptr;
  }
  const Word* w = finish_word(mark, begin, line);
  pos_ += 2;
  *is_arith = true;
  return w;
}

// Behind "((" of a command. Restores everything if it is no arithmetic.
const Word* Scanner::arith_command() {
  uint64_t key = in_.base() + pos_;
  if (!not_arith_.empty() && not_arith_.count(key)) return nullptr;
  uint32_t pos = pos_, line = line_;
  size_t edits = edits_.size(), documents = here_documents_.size();
  bool is_arith = false;
  const Word* w = arith_text(line, &is_arith);
  if (failed_ || is_arith) return w;
  if (!reread(pos_ - pos)) return nullptr;
  not_arith_.insert(key);
  pos_ = pos;
  line_ = line;
  edits_.resize(edits, Edit{});
  here_documents_.resize(documents);
  return nullptr;
}

// At "$((": arithmetic, or a substitution that begins with a subshell. The end
// of the latter is found by its parentheses alone, and its text is not parsed
// before it is expanded as far as bash is concerned.
void Scanner::arith_substitution(uint32_t begin) {
  Part p{PartKind::ArithSub};
  p.line = line_;
  size_t mark = parts_.size();
  pos_ = begin + 3;
  bool is_arith = false;
  p.word = arith_text(p.line, &is_arith);
  if (failed_) return;
  if (is_arith) {
    p.raw = in_.view(begin, pos_);
    parts_.push_back(p);
    return;
  }
  pos_++;
  quoted_parts({.close = ')', .fail_close = ')', .arith = true});
  parts_.resize(mark, Part{PartKind::Literal});
  if (failed_) {
    error_.lines[0].line = p.line;
    return;
  }
  p.kind = PartKind::CommandSub;
  p.raw = in_.view(begin + 2, pos_);
  pos_++;
  if (text_depth_ >= kTextDepth) return too_deep();
  if (!reread(p.raw.size())) return;
  if (!enter()) return;
  deep_call([&] { parse_substitution_text(*arena_, p.raw, options_, aliases_, p.line, {depth_, text_depth_ + 1, reread_, stack_base_}, p); });
  leave();
  parts_.push_back(p);
}

void Scanner::bracket_arith(uint32_t begin) {
  Part p{PartKind::ArithSub};
  p.bracketed = true;
  p.line = line_;
  size_t mark = parts_.size();
  pos_ = begin + 2;
  if (!enter()) return;
  deep_call([&] { quoted_parts({.close = ']', .fail_close = ']', .arith = true}); });
  leave();
  if (failed_) return;
  p.word = finish_word(mark, begin + 2, p.line);
  pos_++;
  p.raw = in_.view(begin, pos_);
  parts_.push_back(p);
}

bool Scanner::arith_for(const Word* out[3]) {
  for (int i = 0; i < 3; i++) {
    const char* d = in_.data();
    while (is_class(d[pos_], kBlank)) pos_++;
    size_t mark = parts_.size();
    uint32_t begin = pos_, line = line_;
    quoted_parts({.close = ')', .fail_close = ')', .arith = true, .also = ';'});
    if (failed_) return false;
    out[i] = finish_word(mark, begin, line);
    bool last = in_.data()[pos_] == ')';
    if (last != (i == 2)) return false;
    pos_++;
  }
  if (char_at(pos_) != ')') return false;
  pos_++;
  return true;
}

}  // namespace nacre
