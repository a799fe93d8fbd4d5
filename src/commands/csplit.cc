/// csplit - split a file into sections determined by context lines.
/// Source: GNU coreutils 9.1 manual, "csplit invocation"; POSIX XCU csplit.
/// Differs: none known.
#include <algorithm>
#include <cstdio>
#include <deque>

#include "algo/regex.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: csplit [OPTION]... FILE PATTERN...\n"
    "Output pieces of FILE separated by PATTERN(s) to files 'xx00', 'xx01', ..., and byte counts to standard output.\n\n"
    "Read standard input if FILE is -.\n\n"
    "  -b, --suffix-format=FORMAT  use sprintf FORMAT instead of %02d\n"
    "  -f, --prefix=PREFIX        use PREFIX instead of 'xx'\n"
    "  -k, --keep-files           do not remove output files on errors\n"
    "      --suppress-matched     suppress the lines matching PATTERN\n"
    "  -n, --digits=DIGITS        use specified number of digits instead of 2\n"
    "  -s, --quiet, --silent      do not print counts of output file sizes\n"
    "  -z, --elide-empty-files    remove empty output files\n"
    "      --help                 display this help and exit\n      --version              output version information and exit\n\n"
    "Each PATTERN may be:\n"
    "  INTEGER            copy up to but not including specified line number\n"
    "  /REGEXP/[OFFSET]   copy up to but not including a matching line\n"
    "  %REGEXP%[OFFSET]   skip to, but not including a matching line\n"
    "  {INTEGER}          repeat the previous pattern specified number of times\n"
    "  {*}                repeat the previous pattern as many times as possible\n";

struct Options {
  bool keep = false, suppress_matched = false, quiet = false, elide = false;
  std::string prefix = "xx";
  std::optional<std::string> format;
  size_t digits = 2;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'s', "silent", &O::quiet},
    {'f', "prefix", &O::prefix},
    {'k', "keep-files", &O::keep},
    {'b', "suffix-format", &O::format},
    {'n', "digits",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n < 0 || *n > 200) {
         p.warn("invalid number: %s", quote(p, v).c_str());
         return 1;
       }
       o.digits = static_cast<size_t>(*n);
       return std::nullopt;
     }},
    {'s', "quiet", &O::quiet},
    {0, "suppress-matched", &O::suppress_matched},
    {'q', "", &O::quiet},
    {'z', "elide-empty-files", &O::elide},
};

struct Pattern {
  std::string text;                 // as given
  std::unique_ptr<Regex> regex;     // null: a line number
  uint64_t line = 0, repeat = 0;
  bool skip = false, forever = false, repeated = false;
  int64_t offset = 0;
};

// A printf format with one %d-like directive in it, as -b wants. "": fine.
std::string check_format(const std::string& f) {
  size_t found = 0;
  for (size_t i = 0; i < f.size(); i++) {
    if (f[i] != '%') continue;
    if (i + 1 < f.size() && f[i + 1] == '%') {
      i++;
      continue;
    }
    size_t k = i + 1;
    while (k < f.size() && f[k] && std::string_view("-0#'").find(f[k]) != std::string_view::npos) k++;
    while (k < f.size() && ascii_digit(f[k])) k++;
    if (k < f.size() && f[k] == '.')
      for (k++; k < f.size() && ascii_digit(f[k]);) k++;
    if (k >= f.size()) return "missing conversion specifier in suffix";
    if (std::string_view("diouxX").find(f[k]) == std::string_view::npos) return std::string("invalid conversion specifier in suffix: ") + f[k];
    if (k - i > 40) return "invalid flags in conversion specification";
    found++;
    i = k;
  }
  return found == 0 ? "missing % conversion specification in suffix" : found > 1 ? "too many % conversion specifications in suffix" : "";
}

class Csplit {
 public:
  Csplit(Process& p, const O& o, Input& in) : p_(p), o_(o), in_(in), counts_(p) {}

  int run(const std::vector<Pattern>& patterns) {
    for (const auto& pattern : patterns) {
      for (uint64_t k = 0; pattern.forever || k <= pattern.repeat; k++) {
        if (pattern.forever && !pattern.regex && !line()) break;
        if (pattern.regex ? !to_match(pattern, k) : !to_line(pattern, k)) return counts_.finish(0);
      }
    }
    open();
    rest();
    close();
    return counts_.finish(0);
  }

 private:
  // ---- lines, of which those not yet written are held
  const std::string* line(size_t ahead = 0) {
    while (held_.size() <= ahead) {
      std::string_view s;
      if (!in_.next_line(s)) return nullptr;
      held_.emplace_back(s);
      if (in_.terminated()) held_.back() += '\n';
      p_.charge_memory(held_.back().size() + 32);
    }
    return &held_[ahead];
  }
  // The first held line is written, or dropped.
  void take(bool write) {
    if (write) {
      out_->write(held_.front());
      written_ += held_.front().size();
    }
    p_.release_memory(held_.front().size() + 32);
    held_.pop_front();
    first_++;
  }
  void rest() {
    while (line()) take(true);
  }

  // ---- files
  void open() {
    name_ = o_.prefix;
    if (o_.format) {
      std::vector<char> text(o_.format->size() + 4200);
      int n = std::snprintf(text.data(), text.size(), o_.format->c_str(), static_cast<int>(number_));
      name_.append(text.data(), static_cast<size_t>(std::clamp<int>(n, 0, static_cast<int>(text.size()) - 1)));
    } else {
      std::string digits = std::to_string(number_);
      name_ += std::string(o_.digits > digits.size() ? o_.digits - digits.size() : 0, '0') + digits;
    }
    auto fd = p_.open(name_, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!fd) {
      counts_.flush();
      p_.warn(fd.error(), "%s", quote_name(p_, name_).c_str());
      fail();
    }
    fd_ = *fd;
    out_ = std::make_unique<Output>(p_, fd_);
    written_ = 0;
    number_++;
    made_.push_back(name_);
  }

  void close() {
    if (!out_) return;
    out_->flush();
    out_.reset();
    (void)p_.close(fd_);
    if (written_ == 0 && o_.elide) {
      (void)p_.unlink(name_);
      made_.pop_back();
      number_--;
    } else if (!o_.quiet) {
      counts_.line(std::to_string(written_));
    }
  }

  [[noreturn]] void fail() {
    close();
    counts_.flush();
    if (!o_.keep)
      for (const auto& f : made_) (void)p_.unlink(f);
    p_.exit(1);
  }
  [[noreturn]] void fail(const std::string& text, const char* what, uint64_t repetition) {
    // Sizes that are not sent yet come after it, as stdio has it.
    p_.warn("%s: %s%s", quote(p_, text).c_str(), what, repetition ? (" on repetition " + std::to_string(repetition)).c_str() : "");
    fail();
  }

  // ---- patterns
  bool to_line(const Pattern& pattern, uint64_t repetition) {
    open();
    uint64_t stop = pattern.line * (repetition + 1);
    auto out_of_range = [&] { fail(pattern.text, "line number out of range", repetition); };
    if (!line() && o_.suppress_matched) out_of_range();
    while (first_ < stop) {
      if (!line()) out_of_range();
      take(true);
    }
    close();
    if (o_.suppress_matched && line()) take(false);
    if (!line() && !o_.suppress_matched) out_of_range();
    current_ = first_ - 1;   // a match may be in the very line that was counted to
    return true;
  }

  // False: there is no match any more, and that ends it all.
  bool to_match(const Pattern& pattern, uint64_t repetition) {
    bool write = !pattern.skip;
    if (write) open();
    for (;;) {
      current_++;
      // With an offset backwards, lines are held until it is known where to stop.
      if (pattern.offset >= 0)
        while (first_ < current_ && line()) take(write);
      const std::string* s = current_ >= first_ ? line(current_ - first_) : nullptr;
      if (!s) {
        if (write) {
          if (!pattern.forever) say_no_match(pattern, repetition);
          rest();
          close();
        } else if (!pattern.forever) {
          say_no_match(pattern, repetition);
        }
        if (pattern.forever) return false;
        fail();
      }
      std::string_view text = *s;
      if (text.ends_with('\n')) text.remove_suffix(1);
      if (pattern.regex->matches(text)) break;
      if ((current_ & 63) == 0) p_.tick(64);
    }
    int64_t stop = static_cast<int64_t>(current_) + pattern.offset;
    if (stop < static_cast<int64_t>(first_)) fail(pattern.text, "line number out of range", 0);
    while (static_cast<int64_t>(first_) < stop) {
      if (!line()) fail(pattern.text, "line number out of range", 0);
      take(write);
    }
    if (write) close();
    if (pattern.offset > 0) current_ = static_cast<uint64_t>(stop);
    if (o_.suppress_matched && line()) take(false);
    return true;
  }

  void say_no_match(const Pattern& pattern, uint64_t repetition) {
    counts_.flush();
    p_.warn("%s: match not found%s", quote(p_, pattern.text).c_str(), repetition ? (" on repetition " + std::to_string(repetition)).c_str() : "");
  }

  Process& p_;
  const O& o_;
  Input& in_;
  Output counts_;
  std::deque<std::string> held_;
  uint64_t first_ = 1, current_ = 0;   // number of the first held line; of the line looked at last
  std::unique_ptr<Output> out_;
  int fd_ = -1;
  std::string name_;
  uint64_t written_ = 0, number_ = 0;
  std::vector<std::string> made_;
};

std::optional<int> add_repeat(Process& p, std::vector<Pattern>& patterns, const std::string& word) {
  if (patterns.back().repeated) {
    p.warn("%s: invalid pattern", quote(p, word).c_str());
    return 1;
  }
  patterns.back().repeated = true;
  if (word.back() != '}') {
    p.warn("%s: '}' is required in repeat count", quote(p, word).c_str());
    return 1;
  }
  std::string count = word.substr(1, word.size() - 2);
  auto n = parse_int(count);
  if (count == "*") patterns.back().forever = true;
  else if (n && *n >= 0 && ascii_digit(count[0])) patterns.back().repeat = static_cast<uint64_t>(*n);
  else {
    p.warn("%s}: integer required between '{' and '}'", quote(p, word.substr(0, word.size() - 1)).c_str());
    return 1;
  }
  return std::nullopt;
}

std::optional<int> add_regex(Process& p, Pattern& pattern, const std::string& word) {
  char delimiter = word[0];
  size_t close = word.rfind(delimiter);
  if (close == 0) {
    p.warn("%s: closing delimiter '%c' missing", word.c_str(), delimiter);
    return 1;
  }
  std::string error, rest = word.substr(close + 1);
  pattern.regex = Regex::compile(word.substr(1, close - 1), p.utf8() ? kRegexUtf8 : 0, &error);
  if (!pattern.regex) {
    p.warn("%s: invalid regular expression: %s", quote(p, word).c_str(), error.c_str());
    return 1;
  }
  pattern.skip = delimiter == '%';
  if (rest.empty()) return std::nullopt;
  auto n = parse_int(rest);
  if (!n) {
    p.warn("%s: integer expected after delimiter", quote(p, word).c_str());
    return 1;
  }
  pattern.offset = *n;
  return std::nullopt;
}

std::optional<int> read_patterns(Process& p, const std::vector<std::string>& words, std::vector<Pattern>& patterns) {
  uint64_t last = 0;
  for (size_t i = 1; i < words.size(); i++) {
    const std::string& w = words[i];
    if (w.starts_with('{') && !patterns.empty()) {
      if (auto bad = add_repeat(p, patterns, w)) return bad;
      continue;
    }
    Pattern pattern;
    pattern.text = w;
    if (w.starts_with('/') || w.starts_with('%')) {
      if (auto bad = add_regex(p, pattern, w)) return bad;
    } else {
      auto n = w.empty() || !ascii_digit(w[0]) ? std::nullopt : parse_int(w);
      if (!n) {
        p.warn("%s: invalid pattern", quote(p, w).c_str());
        return 1;
      }
      if (*n == 0) {
        p.warn("%s: line number must be greater than zero", w.c_str());
        return 1;
      }
      pattern.line = static_cast<uint64_t>(*n);
      if (pattern.line < last) {
        p.warn("line number %s is smaller than preceding line number, %llu", quote(p, w).c_str(), static_cast<unsigned long long>(last));
        return 1;
      }
      if (pattern.line == last) p.warn("warning: line number %s is the same as preceding line number", quote(p, w).c_str());
      last = pattern.line;
    }
    patterns.push_back(std::move(pattern));
  }
  return std::nullopt;
}

int csplit_main(Process& p) {
  O o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kFlags, o, words)) return *status;
  if (words.size() < 2) return words.empty() ? missing_operand(p) : missing_operand_after(p, words[0]);
  if (o.format) {
    if (std::string error = check_format(*o.format); !error.empty()) {
      p.warn("%s", error.c_str());
      return 1;
    }
  }
  auto fd = words[0] == "-" ? Result<int>(0) : p.open(words[0], kOpenRead);
  if (!fd) {
    p.warn(fd.error(), "cannot open %s for reading", quote_file(p, words[0]).c_str());
    return 1;
  }
  std::vector<Pattern> patterns;
  if (auto status = read_patterns(p, words, patterns)) return *status;
  Input in(p, *fd, words[0], words[0] != "-");
  int status = Csplit(p, o, in).run(patterns);
  return report_read_error(p, in) ? 1 : status;
}

}  // namespace

Command csplit_command() { return {{"csplit"}, kUsage, csplit_main}; }

}  // namespace nacre
