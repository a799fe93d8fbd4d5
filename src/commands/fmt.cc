/// fmt - simple optimal text formatter.
/// Source: GNU coreutils 9.1 manual, "fmt invocation"; D. E. Knuth and M. F. Plass, "Breaking
/// Paragraphs Into Lines" (1981). The costs are GNU's, so that lines break where its do.
/// Differs: none known.
#include <algorithm>
#include <array>
#include <cstring>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: fmt [-WIDTH] [OPTION]... [FILE]...\n"
    "Reformat each paragraph in the FILE(s), writing to standard output.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -c, --crown-margin     preserve indentation of first two lines\n"
    "  -p, --prefix=STRING    reformat only lines beginning with STRING, reattaching the prefix to reformatted lines\n"
    "  -s, --split-only       split long lines, but do not refill\n"
    "  -t, --tagged-paragraph  indentation of first line different from second\n"
    "  -u, --uniform-spacing  one space between words, two after sentences\n"
    "  -w, --width=WIDTH      maximum line width (default of 75 columns)\n"
    "  -g, --goal=WIDTH       goal width (default of 93% of width)\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n";

using Cost = int64_t;
constexpr Cost square(Cost n) { return n * n; }
constexpr Cost kLine = square(70), kSentence = square(50), kNoBreak = square(600), kParen = square(40), kPunct = square(40), kCredit = square(3),
               kMost = INT64_MAX / 4;
constexpr Cost short_cost(Cost n) { return square(n * 10); }
constexpr Cost ragged(Cost n) { return square(n) * 50; }   // half of short_cost
constexpr size_t kMaxWords = 1000, kMaxText = 5000;
constexpr int kEof = -1;

struct Options {
  bool crown = false, split = false, tagged = false, uniform = false;
  std::string prefix;
  std::optional<std::string> width, goal;
};
using O = Options;

template <char c>
std::optional<int> late_width(Process& p, O&, std::optional<std::string_view>) {
  p.warn("invalid option -- %c; -WIDTH is recognized only when it is the first\noption; use -w N instead", c);
  return try_help(p);
}

constexpr Flag<O> kFlags[] = {
    {'0', "", late_width<'0'>},
    {'1', "", late_width<'1'>},
    {'2', "", late_width<'2'>},
    {'3', "", late_width<'3'>},
    {'4', "", late_width<'4'>},
    {'5', "", late_width<'5'>},
    {'6', "", late_width<'6'>},
    {'7', "", late_width<'7'>},
    {'8', "", late_width<'8'>},
    {'9', "", late_width<'9'>},
    {'c', "crown-margin", &O::crown},
    {'p', "prefix", &O::prefix},
    {'s', "split-only", &O::split},
    {'t', "tagged-paragraph", &O::tagged},
    {'u', "uniform-spacing", &O::uniform},
    {'w', "width", &O::width},
    {'g', "goal", &O::goal},
};

// Small, because the way to break lines looks at each word many times.
struct Word {
  uint32_t start = 0, size = 0;    // its text, in that of the paragraph
  uint32_t space = 0;              // columns behind it
  bool paren = false, period = false, punct = false, final = false;
  Cost best = 0;                   // of the best line that begins here and all behind it
  uint32_t line_length = 0;        // of that line
  uint32_t next = 0;               // where it ends
  int64_t length() const { return size; }
};

class Formatter {
 public:
  Formatter(Process& p, const O& o, int64_t width, int64_t goal, Output& out) : p_(p), o_(o), out_(out), width_(width), goal_(goal) {
    std::string_view s = o.prefix;
    while (s.starts_with(' ')) s.remove_prefix(1), lead_++;
    full_length_ = static_cast<int64_t>(s.size());
    while (s.ends_with(' ')) s.remove_suffix(1);
    prefix_ = std::string(s);
  }

  void file(Input& in) {
    in_ = &in;
    block_ = {};
    block_at_ = 0;
    tabs_ = false;
    other_indent_ = 0;
    next_ = read_prefix();
    while (paragraph()) {
      choose_breaks();
      put(words_.size());
    }
  }

 private:
  int64_t prefix_length() const { return static_cast<int64_t>(prefix_.size()); }
  int get() {
    if (block_at_ == block_.size()) {
      in_->consume(std::exchange(block_at_, 0));
      block_ = in_->block();
      if (block_.empty()) return kEof;
    }
    return static_cast<unsigned char>(block_[block_at_++]);
  }
  std::string_view text_of(const Word& w) const { return std::string_view(text_).substr(w.start, w.size); }

  // ---- reading
  int skip_space(int c) {
    for (;; c = get()) {
      if (c == ' ') in_column_++;
      else if (c == '\t') tabs_ = true, in_column_ = (in_column_ / 8 + 1) * 8;
      else return c;
    }
  }

  int read_prefix() {
    in_column_ = 0;
    int c = skip_space(get());
    if (prefix_.empty()) {
      next_indent_ = std::min(lead_, in_column_);
      return c;
    }
    next_indent_ = in_column_;
    for (char want : prefix_) {
      if (c != static_cast<unsigned char>(want)) return c;
      in_column_++;
      c = get();
    }
    return skip_space(c);
  }

  bool same_paragraph(int c) const { return next_indent_ == prefix_indent_ && in_column_ >= next_indent_ + full_length_ && c != '\n' && c != kEof; }

  // Lines that belong to no paragraph are copied; then the next paragraph is read.
  bool paragraph() {
    last_length_ = 0;
    int c = next_;
    while (c == '\n' || c == kEof || next_indent_ < lead_ || in_column_ < next_indent_ + full_length_) {
      c = copy_rest(c);
      if (c == kEof) {
        next_ = kEof;
        return false;
      }
      out_.put('\n');
      c = read_prefix();
    }
    prefix_indent_ = next_indent_;
    first_indent_ = in_column_;
    words_.clear();
    text_.clear();
    c = read_line(c);
    set_other_indent(same_paragraph(c));
    if (!o_.split) {
      bool all = !o_.crown && !o_.tagged;
      // The second line of a crown or tagged paragraph sets the indent of those behind it.
      bool second = o_.crown ? same_paragraph(c) : o_.tagged && same_paragraph(c) && in_column_ != first_indent_;
      if (second) c = read_line(c);
      while ((all || second) && same_paragraph(c) && in_column_ == other_indent_) c = read_line(c);
    }
    words_.back().period = words_.back().final = true;
    next_ = c;
    return true;
  }

  int copy_rest(int c) {
    out_column_ = 0;
    if (in_column_ > next_indent_ || (c != '\n' && c != kEof)) {
      put_space(next_indent_);
      for (size_t i = 0; out_column_ != in_column_ && i < prefix_.size(); i++, out_column_++) out_.put(prefix_[i]);
      if (c != kEof && c != '\n') put_space(in_column_ - out_column_);
      if (c == kEof && in_column_ >= next_indent_ + prefix_length()) out_.put('\n');
    }
    for (; c != '\n' && c != kEof; c = get()) out_.put(static_cast<char>(c));
    return c;
  }

  int read_line(int c) {
    do {
      size_t begin = text_.size();
      do {
        if (text_.size() == kMaxText) begin = give_way(begin);
        // `c` is the byte before what is not taken of the block.
        const char* from = block_.data() + block_at_ - 1;
        const size_t most = std::min(block_.size() - block_at_ + 1, kMaxText - text_.size());
        size_t run = 1;
        while (run < most && !ascii_space(from[run])) run++;
        text_.append(from, run);
        block_at_ += run - 1;
        c = get();
      } while (c != kEof && !ascii_space(static_cast<char>(c)));
      const std::string_view text = std::string_view(text_).substr(begin);
      const char first = text.front(), last = text.back();
      const bool plain = ascii_alnum(last), period = !plain && ends_sentence(text);
      in_column_ += static_cast<int64_t>(text.size());
      int64_t start = in_column_;
      c = skip_space(c);
      auto space = static_cast<uint32_t>(in_column_ - start);
      const bool final = c == kEof || (period && (c == '\n' || space > 1));
      if (c == '\n' || c == kEof || o_.uniform) space = final ? 2 : 1;
      if (words_.size() == kMaxWords - 2) begin = give_way(begin);
      // Made in its place: what is written in parts is slow to copy.
      Word& w = words_.emplace_back();
      w.start = static_cast<uint32_t>(begin);
      w.size = static_cast<uint32_t>(text_.size() - begin);
      w.space = space;
      w.paren = first == '(' || first == '[' || first == '\'' || first == '`' || first == '"';
      w.period = period;
      w.punct = !plain && in_class_ascii(static_cast<unsigned char>(last), CharClass::Punct);
      w.final = final;
    } while (c != '\n' && c != kEof);
    return read_prefix();
  }

  static bool ends_sentence(std::string_view s) {
    while (s.size() > 1 && std::string_view(")]'\"").find(s.back()) != std::string_view::npos) s.remove_suffix(1);
    return std::string_view(".?!").find(s.back()) != std::string_view::npos;
  }

  void set_other_indent(bool more) {
    if (o_.split) other_indent_ = first_indent_;
    else if (o_.crown) other_indent_ = more ? in_column_ : first_indent_;
    else if (!o_.tagged) other_indent_ = first_indent_;
    else if (more && in_column_ != first_indent_) other_indent_ = in_column_;
    // One line only: the indent of before, unless that makes the two alike.
    else if (other_indent_ == first_indent_) other_indent_ = first_indent_ == 0 ? 3 : 0;
  }

  // ---- breaking
  Cost base_cost(size_t i) const {
    Cost c = kLine;
    const Word& w = words_[i];
    if (i > 0) {
      const Word& before = words_[i - 1];
      if (before.period) c += before.final ? -kSentence : kNoBreak;
      else if (before.punct) c -= kPunct;
      else if (i > 1 && words_[i - 2].final) c += square(200) / (before.length() + 2);
    }
    if (w.paren) c -= kParen;
    else if (w.final) c += square(150) / (w.length() + 2);
    return c;
  }

  // The cheapest way to break from each word on, from the last to the first. Of the ends that a line
  // may have, the farthest comes first: a nearer one whose shortness alone costs more than the best
  // so far need not be looked at, nor those before it.
  void choose_breaks() {
    Word* const words = words_.data();
    const size_t count = words_.size();
    columns_.resize(count);
    for (size_t i = 0, column = 0; i < count; column += words[i].size + words[i].space, i++) columns_[i] = static_cast<int64_t>(column);
    for (auto& least : least_) least.assign(count + kReach + 1, kMost);
    size_t far = count;
    for (size_t start = count; start-- > 0;) {
      Word& w = words[start];
      Cost best = kMost;
      const bool follows = start == 0 && last_length_ > 0;
      const int64_t left = (start == 0 ? first_indent_ : other_indent_) - columns_[start];
      auto length_to = [&](size_t end) { return left + columns_[end - 1] + words[end - 1].length(); };
      if (start == 0) far = count;
      while (far > start + 1 && length_to(far) >= width_) far--;
      const Cost least = least_[kLevels - 1][start + 1];   // of the words that a near line leaves for the next
      for (size_t end = far; end > start; end--) {
        const int64_t length = length_to(end);
        Cost c = 0;
        if (end < count) {
          const Word& next = words[end];   // that begins the line behind
          c = short_cost(goal_ - length);
          if (length <= goal_ && end - start <= kReach && c + least > best) break;
          c += next.best;
          if (next.next != count) c += ragged(length - next.line_length);
        }
        if (follows) c += ragged(length - last_length_);
        if (c > best) continue;
        best = c;
        w.next = static_cast<uint32_t>(end);
        w.line_length = static_cast<uint32_t>(length);
      }
      w.best = best + base_cost(start);
      // The least of 1, 2, 4... words from here on.
      least_[0][start] = w.best;
      for (size_t level = 1; level < kLevels; level++)
        least_[level][start] = std::min(least_[level - 1][start], least_[level - 1][start + (size_t{1} << (level - 1))]);
    }
    p_.tick(static_cast<uint32_t>(count));
  }

  // The paragraph has become too long to hold: its front is written up to a good break. `begin`: where the
  // word that is read stands in the text, its last; where it stands now.
  size_t give_way(size_t begin) {
    set_other_indent(true);
    if (words_.empty()) {
      out_.write(std::string_view(text_).substr(begin));
      text_.clear();
      return 0;
    }
    choose_breaks();
    size_t split = words_.size();
    Cost best = kMost;
    for (size_t w = words_[0].next; w != words_.size(); w = words_[w].next) {
      size_t next = words_[w].next;
      Cost c = words_[w].best - (next < words_.size() ? words_[next].best : 0);
      if (c < best) {
        split = w;
        best = c;
      }
      if (best <= kMost - kCredit) best += kCredit;
    }
    put(split);
    words_.erase(words_.begin(), words_.begin() + static_cast<long>(split));
    const size_t gone = words_.empty() ? begin : words_[0].start;
    text_.erase(0, gone);
    for (Word& w : words_) w.start -= static_cast<uint32_t>(gone);
    return begin - gone;
  }

  // ---- writing
  void put(size_t end) {
    put_line(0, first_indent_);
    for (size_t w = words_[0].next; w != end; w = words_[w].next) put_line(w, other_indent_);
  }

  void put_line(size_t at, int64_t indent) {
    out_column_ = 0;
    put_space(prefix_indent_);
    out_.write(prefix_);
    out_column_ += prefix_length();
    put_space(indent - out_column_);
    for (size_t end = words_[at].next; at < end; at++) {
      out_.write(text_of(words_[at]));
      out_column_ += words_[at].length();
      if (at + 1 < end) put_space(words_[at].space);
    }
    last_length_ = out_column_;
    out_.put('\n');
  }

  void put_space(int64_t n) {
    int64_t target = out_column_ + n;
    if (tabs_) {
      int64_t stop = target / 8 * 8;
      if (out_column_ + 1 < stop)
        for (; out_column_ < stop; out_column_ = (out_column_ / 8 + 1) * 8) out_.put('\t');
    }
    for (; out_column_ < target; out_column_++) out_.put(' ');
  }

  Process& p_;
  const O& o_;
  Output& out_;
  int64_t width_, goal_;
  std::string prefix_;
  int64_t lead_ = 0, full_length_ = 0;
  Input* in_ = nullptr;
  bool tabs_ = false;
  int next_ = kEof;
  int64_t in_column_ = 0, out_column_ = 0, next_indent_ = 0, prefix_indent_ = 0, first_indent_ = 0, other_indent_ = 0, last_length_ = 0;
  static constexpr size_t kLevels = 5, kReach = 1 << (kLevels - 1);
  std::vector<Word> words_;
  std::vector<int64_t> columns_;                 // where they would begin on one line
  std::array<std::vector<Cost>, kLevels> least_;
  std::string text_;               // of the words held
  std::string_view block_;         // of the input
  size_t block_at_ = 0;
};

// -60 as the first argument is -w 60.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  std::vector<std::string> out = argv;
  if (out.size() > 1 && out[1].size() > 1 && out[1][0] == '-' && ascii_digit(out[1][1])) out[1] = "-w" + out[1].substr(1);
  return out;
}

std::optional<int64_t> read_width(Process& p, const std::string& text, int64_t most) {
  auto n = parse_int(text);
  if (n && *n >= 0 && *n <= most) return n;
  if (n && *n >= 0) p.warn(Errno::RANGE, "invalid width: %s", quote(p, text).c_str());
  else p.warn("invalid width: %s", quote(p, text).c_str());
  return std::nullopt;
}

int fmt_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse_argv(p, kUsage, kFlags, o, modern_argv(p.argv()), files)) return *status;
  int64_t width = 75;
  if (o.width) {
    auto n = read_width(p, *o.width, static_cast<int64_t>(kMaxText) / 2);
    if (!n) return 1;
    width = *n;
  }
  int64_t goal = width * (2 * (100 - 7) + 1) / 200;
  if (o.goal) {
    auto n = read_width(p, *o.goal, width);
    if (!n) return 1;
    goal = *n;
    if (!o.width) width = goal + 10;
  }
  Output out(p);
  Formatter formatter(p, o, width, goal, out);
  if (files.empty()) files = {"-"};
  int status = 0;
  for (const auto& f : files) {
    auto fd = f == "-" ? Result<int>(0) : p.open(f, kOpenRead);
    if (!fd) {
      out.flush();
      p.warn(fd.error(), "cannot open %s for reading", quote_file(p, f).c_str());
      status = 1;
      continue;
    }
    Input in(p, *fd, f, f != "-");
    formatter.file(in);
    if (in.error() == Errno::OK) continue;
    out.flush();
    p.warn("read error");
    status = 1;
  }
  return out.finish(status);
}

}  // namespace

Command fmt_command() { return {{"fmt"}, kUsage, fmt_main}; }

}  // namespace nacre
