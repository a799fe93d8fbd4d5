// Here-documents: bodies are read when the newline after their operator is.
// Source: bash manual, "Here Documents".
#include <cstring>

#include "syntax/chars.h"
#include "syntax/scanner.h"
#include "syntax/text_reader.h"

namespace nacre {
using namespace ast;

void Scanner::read_here_documents() {
  std::vector<Redirect*> documents;
  documents.swap(here_documents_);
  for (Redirect* r : documents)
    if (!failed_) read_here_document(*r);
}

// The next line, without its newline. With `unquoted` a backslash at its end
// joins the next one. False at the end of input.
bool Scanner::here_line(bool unquoted, std::string& joined, std::string_view& out, bool* newline) {
  joined.clear();
  bool any = false;
  for (;;) {
    uint32_t begin = pos_;
    const void* end = nullptr;
    for (;;) {
      end = std::memchr(in_.data() + pos_, '\n', in_.size() - pos_);
      if (end) break;
      pos_ = in_.size();
      in_.here_document = true;
      bool more = in_.pull(true);
      in_.here_document = false;
      if (!more) break;
    }
    pos_ = end ? static_cast<uint32_t>(static_cast<const char*>(end) - in_.data()) : in_.size();
    if (!end && pos_ == begin) {
      out = joined;
      *newline = false;
      return any;
    }
    any = true;
    std::string_view piece = in_.view(begin, pos_);
    *newline = end != nullptr;
    if (end) {
      pos_++;
      line_++;
    }
    size_t slashes = 0;
    if (unquoted && end)
      while (slashes < piece.size() && piece[piece.size() - 1 - slashes] == '\\') slashes++;
    bool joins = slashes % 2 == 1;
    if (!joins && joined.empty()) {
      out = piece;
      return true;
    }
    joined.append(piece.substr(0, piece.size() - (joins ? 1 : 0)));
    if (!joins) {
      out = joined;
      return true;
    }
  }
}

void Scanner::read_here_document(Redirect& r) {
  std::string body, joined;
  uint32_t line = line_;
  std::string_view text;
  bool newline = true, ended = true;
  r.eof_before_delimiter = true;
  // Most bodies are a slice of the source; `body` is built from the first line
  // that differs.
  uint32_t begin = pos_, end = pos_;
  bool sliced = true;
  while (here_line(!r.delimiter_quoted, joined, text, &newline)) {
    std::string_view stripped = text;
    if (r.strip_tabs)
      while (!stripped.empty() && stripped[0] == '\t') stripped.remove_prefix(1);
    if (stripped == r.delimiter) {
      r.eof_before_delimiter = false;
      break;
    }
    bool as_written = stripped.size() == text.size() && text.data() != joined.data();
    if (sliced && !as_written) {
      sliced = false;
      body = in_.view(begin, end);
    }
    if (!sliced) {
      body += stripped;
      body += '\n';
    }
    end = pos_;
    ended = newline;
    if (!newline && sliced) {
      // bash puts a newline at the end of its input.
      sliced = false;
      body = std::string(in_.view(begin, end)) + '\n';
    }
  }
  if (r.eof_before_delimiter) {
    std::string wanted(r.delimiter);
    // A text may end with the line that announces the here-document, and without a newline.
    uint32_t past = begin > 0 && in_.data()[begin - 1] == '\n';
    warnings_.push_back({ended ? line_ - past : line_,
                         "warning: here-document at line " + std::to_string(line - past) + " delimited by end-of-file (wanted `" + wanted + "')"});
  }
  std::string_view content = sliced ? in_.view(begin, end) : std::string_view(body);
  char* copy = static_cast<char*>(arena_->allocate(content.size() + 1, 1));
  if (!content.empty()) std::memcpy(copy, content.data(), content.size());
  copy[content.size()] = 0;
  content = {copy, content.size()};
  if (!r.delimiter_quoted) {
    if (text_depth_ >= kTextDepth) return too_deep();
    r.target = parse_here_document(*arena_, content, options_, aliases_, line, {depth_, text_depth_ + 1, reread_, stack_base_});
    return;
  }
  Part p{PartKind::SingleQuoted};
  p.text = content;
  p.line = line;
  Part* part = arena_->make<Part>(p);
  Word* w = arena_->make<Word>();
  w->parts = {part, 1};
  w->raw = content;
  w->span = {offset(begin), offset(end), line};
  r.target = w;
}

// What the delimiter word is after quote removal; nothing in it is expanded.
void Scanner::take_delimiter(Redirect& r) {
  std::string text;
  bool quoted = false;
  auto add = [&](auto&& self, Seq<Part> parts) -> void {
    for (const Part& p : parts) {
      switch (p.kind) {
        case PartKind::Literal: text += p.text; break;
        case PartKind::Escaped:
          quoted = true;
          text += p.text;
          break;
        case PartKind::SingleQuoted:
        case PartKind::AnsiQuoted:
          quoted = true;
          text += p.text;
          break;
        case PartKind::DoubleQuoted:
          quoted = true;
          self(self, p.parts);
          break;
        case PartKind::Param: text += p.param->raw; break;
        case PartKind::CommandSub:
          text += p.backquoted ? "`" : "$(";
          text += p.raw;
          text += p.backquoted ? "`" : ")";
          break;
        case PartKind::ProcessSub:
          text += p.direction;
          text += '(';
          text += p.raw;
          text += ')';
          break;
        case PartKind::ArithSub: text += p.raw; break;
      }
    }
  };
  add(add, r.target->parts);
  // As in the Bourne shell, the word loses its tabs too.
  if (r.strip_tabs) text.erase(0, text.find_first_not_of('\t'));
  r.delimiter = arena_->copy(text);
  r.delimiter_quoted = quoted;
  r.target = nullptr;
}

}  // namespace nacre
