/// How ptx cuts what stands around a word into fields, and prints them.
#include "commands/ptx/fields.h"

#include <algorithm>

namespace nacre {
namespace {

std::string edited(std::string_view text, PtxFormat format) {
  std::string out;
  for (char c : text) {
    if (ptx_space(c)) {
      out += ' ';
    } else if (format == PtxFormat::Roff && c == '"') {
      out += "\"\"";
    } else if (format != PtxFormat::Tex) {
      out += c;
    } else if (c == '\\') {
      out += "\\backslash{}";
    } else if (c == '{' || c == '}') {
      out.append("$\\").append(1, c).append("$");
    } else {
      if (c == '$' || c == '%' || c == '&' || c == '#' || c == '_') out += '\\';
      out += c;
    }
  }
  return out;
}

}  // namespace

PtxPrinter::PtxPrinter(Process& p, const PtxOptions& options, const WordIndex& index, Output& out) : p_(p), o_(options), index_(index), out_(out) {
  int64_t width = o_.width, mark = static_cast<int64_t>(o_.truncation.size());
  reference_width_ = static_cast<int64_t>(index.longest_reference());
  if (o_.auto_reference) {
    reference_width_ = 0;
    for (uint32_t f = 0; f < index.files(); f++) {
      size_t lines = index.text(f).lines + 1 - (f > 0 ? index.text(f - 1).lines : 0);
      reference_width_ = std::max(reference_width_, static_cast<int64_t>(std::to_string(lines).size() + index.text(f).name.size()));
    }
    reference_width_++;   // the colon between the two
  }
  if ((o_.auto_reference || o_.input_reference) && !o_.right_reference) width -= reference_width_ + o_.gap;
  half_ = std::max<int64_t>(width, 0) / 2;
  before_width_ = half_ - o_.gap;
  after_width_ = half_;
  if (o_.gnu) {
    before_width_ = std::max<int64_t>(0, before_width_ - 2 * mark);
    after_width_ -= 2 * mark;
  } else {
    after_width_ -= 2 * mark + 1;   // Unix' own rule, nearly
  }
}

void PtxPrinter::print() {
  for (const Occurrence& one : index_.occurrences()) {
    p_.tick();
    cut(one);
    if (o_.format == PtxFormat::Plain) plain();
    else if (o_.format == PtxFormat::Roff) roff();
    else tex();
  }
}

size_t PtxPrinter::step(size_t at, size_t limit) const { return at + index_.rule().step(text_.substr(at, limit - at)); }
size_t PtxPrinter::back_over_space(size_t at, size_t limit) const {
  while (at > limit && ptx_space(text_[at - 1])) at--;
  return at;
}
size_t PtxPrinter::over_space(size_t at, size_t limit) const {
  while (at < limit && ptx_space(text_[at])) at++;
  return at;
}

void PtxPrinter::cut(const Occurrence& one) {
  text_ = index_.text(one.file).bytes;
  bool marks = !o_.truncation.empty();
  auto fits = [](size_t at, size_t from, int64_t room) { return static_cast<int64_t>(at - from) <= room; };

  // Right of the word, beginning with it.
  after_ = {one.key, one.key + one.size};
  size_t at = after_.end;
  while (at < one.right && fits(at, one.key, after_width_)) {
    after_.end = at;
    at = step(at, one.right);
  }
  if (fits(at, one.key, after_width_)) after_.end = at;
  after_.cut = marks && after_.end < one.right;
  after_.end = back_over_space(after_.end, one.key);

  // Left of it. Far from the word there is no need to look at every word.
  auto secure = static_cast<size_t>(half_) + index_.longest_word();
  size_t left = one.left;
  if (one.key - one.left > secure) left = step(one.key - secure, one.key);
  before_ = {left, back_over_space(one.key, left)};
  while (static_cast<int64_t>(before_.begin) + before_width_ < static_cast<int64_t>(before_.end)) before_.begin = step(before_.begin, before_.end);
  before_.cut = marks && back_over_space(before_.begin, 0) > one.left;
  before_.begin = over_space(before_.begin, text_.size());

  // What follows the right part goes to the far left, if there is room.
  tail_ = {};
  int64_t room = before_width_ - (static_cast<int64_t>(before_.end) - static_cast<int64_t>(before_.begin)) - o_.gap;
  if (room > 0) {
    size_t from = over_space(after_.end, text_.size());
    tail_ = {from, from};
    at = from;
    while (at < one.right && static_cast<int64_t>(at - from) < room) {
      tail_.end = at;
      at = step(at, one.right);
    }
    if (static_cast<int64_t>(at - from) < room) tail_.end = at;
    if (tail_.end > tail_.begin) {
      after_.cut = false;
      tail_.cut = marks && tail_.end < one.right;
    }
    tail_.end = back_over_space(tail_.end, tail_.begin);
  }

  // What comes before the left part goes to the far right.
  head_ = {};
  room = after_width_ - static_cast<int64_t>(after_.end - after_.begin) - o_.gap;
  if (room > 0) {
    head_ = {left, back_over_space(before_.begin, 0)};
    while (static_cast<int64_t>(head_.begin) + room < static_cast<int64_t>(head_.end)) head_.begin = step(head_.begin, head_.end);
    if (head_.end > head_.begin) {
      before_.cut = false;
      head_.cut = marks && head_.begin > one.left;
    }
    head_.begin = over_space(head_.begin, head_.end);
  }

  reference_.clear();
  if (o_.auto_reference) {
    reference_ = index_.text(one.file).name + ":" + std::to_string(one.line + 1 - (one.file > 0 ? index_.text(one.file - 1).lines : 0));
  } else if (o_.input_reference) {
    size_t end = one.line_start;
    while (end < one.right && !ptx_space(text_[end])) end++;
    reference_ = text_.substr(one.line_start, end - one.line_start);
  }
}

std::string PtxPrinter::shown(const Field& f) const { return f.end > f.begin ? edited(text_.substr(f.begin, f.end - f.begin), o_.format) : ""; }

void PtxPrinter::blanks(int64_t n) {
  for (; n > 0; n--) out_.put(' ');
}

void PtxPrinter::plain() {
  auto size = [](const Field& f) { return static_cast<int64_t>(f.end) - static_cast<int64_t>(f.begin); };
  auto mark = [&](const Field& f) { return f.cut ? static_cast<int64_t>(o_.truncation.size()) : 0; };
  bool references = o_.auto_reference || o_.input_reference;
  if (!o_.right_reference) {
    out_.write(edited(reference_, o_.format));
    if (o_.auto_reference) out_.put(':');   // as compilers write it, for editors; taken from the gap
    blanks(reference_width_ + o_.gap - static_cast<int64_t>(reference_.size()) - o_.auto_reference);
  }
  int64_t left = half_ - o_.gap - size(before_) - mark(before_);
  if (tail_.end > tail_.begin) {
    out_.write(shown(tail_));
    if (tail_.cut) out_.write(o_.truncation);
    left -= size(tail_) + mark(tail_);
  }
  blanks(left);
  if (before_.cut) out_.write(o_.truncation);
  out_.write(shown(before_));
  blanks(o_.gap);
  out_.write(shown(after_));
  if (after_.cut) out_.write(o_.truncation);
  int64_t right = half_ - size(after_) - mark(after_);
  if (head_.end > head_.begin) {
    blanks(right - size(head_) - mark(head_));
    if (head_.cut) out_.write(o_.truncation);
    out_.write(shown(head_));
  } else if (references && o_.right_reference) {
    blanks(right);
  }
  if (references && o_.right_reference) {
    blanks(o_.gap);
    out_.write(edited(reference_, o_.format));
  }
  out_.put('\n');
}

void PtxPrinter::roff() {
  auto field = [&](const Field& f, bool mark_first) {
    std::string mark = f.cut ? o_.truncation : "";
    out_.write(" \"" + (mark_first ? mark : "") + shown(f) + (mark_first ? "" : mark) + "\"");
  };
  out_.write("." + o_.macro);
  field(tail_, false);
  field(before_, true);
  field(after_, false);
  field(head_, true);
  if (o_.auto_reference || o_.input_reference) out_.write(" \"" + edited(reference_, o_.format) + "\"");
  out_.put('\n');
}

void PtxPrinter::tex() {
  size_t split = std::min(step(after_.begin, after_.end), after_.end);
  Field key{after_.begin, split}, rest{split, after_.end};
  out_.write("\\" + o_.macro + " {" + shown(tail_) + "}{" + shown(before_) + "}{" + shown(key) + "}{" + shown(rest) + "}{" + shown(head_) + "}");
  if (o_.auto_reference || o_.input_reference) out_.write("{" + edited(reference_, o_.format) + "}");
  out_.put('\n');
}

}  // namespace nacre
