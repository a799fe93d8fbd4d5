/// Side by side format (-y).
/// Source: GNU diffutils 3.8 manual, "Showing Differences Side by Side".
#include <algorithm>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/diff/print.h"

namespace nacre {
namespace {

constexpr size_t kGutter = 3;   // least space between the columns

class SideBySide {
 public:
  SideBySide(const DiffOptions& o, const Comparison& c, bool utf8, Output& out) : o_(o), c_(c), utf8_(utf8), out_(out) {
    // The second column begins at a tab stop as near the middle as can be.
    size_t tab = o.expand_tabs ? 1 : o.tab, w = o.width, t = tab + kGutter;
    size_t off = (w >> 1) + (t >> 1) + (w & t & 1);
    off -= off % tab;
    half_ = off <= kGutter || w <= off ? 0 : std::min(off - kGutter, w - off);
    second_ = half_ ? off : w;
  }

  void run() {
    for (const auto& r : c_.changes()) {
      if (r.ignore) continue;
      common(r.a, r.b);
      if (o_.merge_assist) out_.format("c%zu,%zu\n", r.deleted, r.inserted);
      size_t both = std::min(r.deleted, r.inserted);
      for (size_t i = 0; i < both; i++) line(&left(r.a + i), '|', &right(r.b + i));
      for (size_t i = both; i < r.inserted; i++) line(nullptr, '>', &right(r.b + i));
      for (size_t i = both; i < r.deleted; i++) line(&left(r.a + i), '<', nullptr);
      a_ = r.a + r.deleted;
      b_ = r.b + r.inserted;
    }
    common(c_.a().lines.size(), c_.b().lines.size());
  }

 private:
  using Line = std::string_view;
  const Line& left(size_t i) const { return c_.a().lines[i]; }
  const Line& right(size_t i) const { return c_.b().lines[i]; }

  void common(size_t a_end, size_t b_end) {
    if (o_.merge_assist && (a_ < a_end || b_ < b_end)) out_.format("i%zu,%zu\n", a_end - a_, b_end - b_);
    if (!o_.suppress_common) {
      if (!o_.left_column) {
        while (a_ < a_end && b_ < b_end) line(&left(a_++), ' ', &right(b_++));
        while (b_ < b_end) line(nullptr, ')', &right(b_++));
      }
      while (a_ < a_end) line(&left(a_++), '(', nullptr);
    }
    a_ = a_end;
    b_ = b_end;
  }

  void line(const Line* l, char mark, const Line* r) {
    const std::string* color = o_.color != 2 ? nullptr : mark == '<' ? &o_.palette.deleted : mark == '>' ? &o_.palette.added : nullptr;
    if (color) out_.write("\033[" + *color + "m");
    bool newline = l && l->ends_with('\n');
    size_t column = l ? half(*l, 0) : 0;
    if (mark != ' ') {
      column = pad(column, (half_ + second_ - 1) / 2) + 1;
      if (mark == '|' && newline != r->ends_with('\n')) mark = newline ? '/' : '\\';
      out_.put(mark);
    }
    if (r) {
      newline = newline || r->ends_with('\n');
      if (*r != "\n") half(*r, pad(column, second_));
    }
    if (newline) out_.put('\n');
    if (color) out_.write("\033[" + o_.palette.reset + "m");
  }

  // Tabs and blanks from one column to another.
  size_t pad(size_t from, size_t to) {
    if (!o_.expand_tabs) {
      for (size_t stop = from + o_.tab - from % o_.tab; stop <= to; stop += o_.tab) {
        out_.put('\t');
        from = stop;
      }
    }
    for (; from < to; from++) out_.put(' ');
    return std::max(from, to);
  }

  // As much of a line as its half holds; `indent` is where the half begins. Returns the column.
  size_t half(Line s, size_t indent) {
    size_t in = 0, written = 0;   // columns of the text, and of what was written of it
    if (s.ends_with('\n')) s.remove_suffix(1);
    while (!s.empty()) {
      char c = s[0];
      utf8::Char ch = utf8_ ? utf8::decode(s) : utf8::Char{static_cast<unsigned char>(c), 1};
      Line bytes = s.substr(0, ch.length);
      s.remove_prefix(ch.length);
      switch (c) {
        case '\t': {
          size_t n = o_.tab - in % o_.tab;
          if (in == written) {
            size_t stop = written + n;
            if (o_.expand_tabs)
              for (stop = std::min(stop, half_); written < stop; written++) out_.put(' ');
            else if (stop < half_) out_.put(c), written = stop;
          }
          in += n;
          break;
        }
        case '\r':
          out_.put(c);
          pad(0, indent);
          in = written = 0;
          break;
        case '\b':
          if (in == 0 || --in >= half_) break;
          if (written <= in)
            for (; written < in; written++) out_.put(' ');
          else out_.put(c), written = in;
          break;
        default: {
          int width = char_width(ch.code);
          if (width > 0) in += static_cast<size_t>(width);
          if (in > half_ || (width <= 0 && in >= half_)) break;
          written = in;
          out_.write(bytes);
        }
      }
    }
    return written;
  }

  const DiffOptions& o_;
  const Comparison& c_;
  bool utf8_;
  Output& out_;
  size_t half_, second_, a_ = 0, b_ = 0;
};

}  // namespace

void print_side_by_side(const DiffOptions& o, const Comparison& c, bool utf8, Output& out) { SideBySide(o, c, utf8, out).run(); }

}  // namespace nacre
