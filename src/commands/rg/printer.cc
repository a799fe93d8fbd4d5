#include "commands/rg/printer.h"

#include <algorithm>

#include "algo/unicode.h"
#include "base/utf8.h"

namespace nacre {

void RgStats::add(const RgStats& s) {
  searches += s.searches;
  with_match += s.with_match;
  bytes_searched += s.bytes_searched;
  bytes_printed += s.bytes_printed;
  matched_lines += s.matched_lines;
  matches += s.matches;
  nanos += s.nanos;
}

void RgPrinter::begin(const std::string& path, bool show_path, bool quits_at_nul) {
  path_ = path;
  if (!o_.path_separator.empty())
    for (char& c : path_)
      if (c == '/') c = o_.path_separator[0];
  show_path_ = show_path;
  quits_ = quits_at_nul;
  count_ = printed_ = 0;
  binary_.reset();
  now_ = {};
}

bool RgPrinter::finish(uint64_t bytes, int64_t nanos) {
  now_.searches = 1;
  now_.with_match = count_ > 0;
  now_.bytes_searched = bytes;
  now_.bytes_printed = printed_;
  now_.nanos = nanos;
  total_.add(now_);
  return count_ > 0;
}

void RgPrinter::start_color(const RgColor& c) {
  write("\33[0m");
  if (c.bold) write("\33[1m");
  if (c.underline) write("\33[4m");
  for (const auto* part : {&c.fg, &c.bg}) {
    if (part->empty()) continue;
    write("\33[");
    write(*part);
    put('m');
  }
}

void RgPrinter::colored(const RgColor& c, std::string_view text) {
  if (!color()) return write(text);
  start_color(c);
  write(text);
  write("\33[0m");
}

void RgPrinter::write_path() { colored(o_.path_color, path_); }

std::string_view RgPrinter::without_end(std::string_view line) const {
  if (!line.empty() && line.back() == matcher_.terminator()) line.remove_suffix(1);
  if (o_.crlf && !line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

void RgPrinter::write_stats(int64_t nanos) {
  auto count = [&](uint64_t n, const char* what) { out_.format("%llu %s\n", static_cast<unsigned long long>(n), what); };
  out_.put('\n');
  count(total_.matches, "matches");
  count(total_.matched_lines, "matched lines");
  count(total_.with_match, "files contained matches");
  count(total_.searches, "files searched");
  count(total_.bytes_printed, "bytes printed");
  count(total_.bytes_searched, "bytes searched");
  out_.format("%.6f seconds spent searching\n%.6f seconds\n", static_cast<double>(total_.nanos) / 1e9, static_cast<double>(nanos) / 1e9);
}

namespace {

class Lines : public RgPrinter {
 public:
  Lines(Process& p, const RgOptions& o, const RgMatcher& m, Output& out) : RgPrinter(p, o, m, out) {
    granular_ = color() || o.only_matching || o.column.value_or(false) || o.vimgrep || o.stats || o.replace;
  }

  void begin(const std::string& path, bool show_path, bool quits_at_nul) override {
    RgPrinter::begin(path, show_path, quits_at_nul);
    after_left_ = 0;
    begun_ = false;
  }

  bool matched(const RgLines& lines) override {
    count_++;
    if (o_.max_count && count_ > static_cast<uint64_t>(*o_.max_count)) after_left_ = std::max<int64_t>(0, after_left_ - 1);
    else after_left_ = o_.after;
    record(lines.bytes, true);
    if (binary_ && !quits_) return false;
    if (!o_.quiet) print(lines, false);
    return !full();
  }

  bool context(const RgLines& line, bool after) override {
    if (after) after_left_ = std::max<int64_t>(0, after_left_ - 1);
    matches_.clear();
    replaced_.clear();
    if (o_.invert) record(line.bytes, false);
    if (binary_ && !quits_) return false;
    if (!o_.quiet) print(line, true);
    return !full();
  }

  void gap() override {
    if (o_.quiet || !o_.separator) return;
    write(*o_.separator);
    put('\n');
  }

  bool finish(uint64_t bytes, int64_t nanos) override {
    if (binary_ && count_ > 0 && !o_.quiet) {
      separate_files();
      if (show_path_) {
        write_path();
        write(": ");
      }
      std::string at = "(found \"\\0\" byte around offset " + std::to_string(*binary_) + ")\n";
      write(quits_ ? "WARNING: stopped searching binary file after match " : "binary file matches ");
      write(at);
    }
    return RgPrinter::finish(bytes, nanos);
  }

  void end(int64_t nanos) override {
    if (o_.stats) write_stats(nanos);
  }

 private:
  bool full() const { return o_.max_count && count_ >= static_cast<uint64_t>(*o_.max_count) && after_left_ == 0; }

  void record(std::string_view bytes, bool counts) {
    matches_.clear();
    replaced_.clear();
    original_ = 0;
    if (counts) now_.matched_lines += std::max<int64_t>(1, std::count(bytes.begin(), bytes.end(), matcher_.terminator()));
    if (!granular_) {
      // Only --stats shows how many there are.
      return;
    }
    std::string_view text = o_.multiline ? bytes : without_end(bytes);
    if (o_.replace) {
      matcher_.replace(text, *o_.replace, replaced_, matches_);
      if (!o_.multiline) replaced_ += bytes.substr(text.size());
    } else {
      matcher_.find_all(text, matches_);
    }
    size_t end = o_.multiline ? bytes.size() : text.size() + 1;
    if (!o_.replace && !matches_.empty() && matches_.back().size() == 0 && matches_.back().begin >= (o_.multiline ? end : bytes.size())) matches_.pop_back();
    original_ = matches_.size();
    now_.matches += counts ? matches_.size() : 0;
  }

  // Between what two files print: an empty line, or the separator of context.
  void separate_files() {
    if (begun_) return;
    begun_ = true;
    if (any_printed_ && o_.heading.value_or(false)) {
      put('\n');
    } else if (any_printed_ && (o_.before || o_.after) && o_.separator) {
      write(*o_.separator);
      put('\n');
    }
    any_printed_ = true;
  }

  void print(const RgLines& lines, bool is_context) {
    if (!begun_) {
      separate_files();
      if (o_.heading.value_or(false) && show_path_) {
        write_path();
        put(o_.null_names ? '\0' : '\n');
      }
    }
    std::string_view bytes = o_.replace && (!is_context || o_.invert) && original_ + matches_.size() > 0 ? std::string_view(replaced_) : lines.bytes;
    bool per_line = o_.multiline && !is_context;
    if (matches_.empty()) {
      if (o_.only_matching && !is_context && !o_.invert) return;
      return per_line ? each_line(lines, bytes) : one(lines.offset, lines.number, std::nullopt, bytes, is_context);
    }
    if (o_.only_matching && per_line) return only_matching_lines(lines, bytes);
    if (o_.only_matching || o_.vimgrep) {
      if (o_.vimgrep && per_line) return each_line(lines, bytes);
      auto all = matches_;
      for (const auto& m : all) {
        if (o_.only_matching) {
          matches_ = {{0, m.size()}};
          one(lines.offset + m.begin, lines.number, m.begin + 1, bytes.substr(m.begin, m.size()), is_context);
        } else {
          one(lines.offset + m.begin, lines.number, m.begin + 1, bytes, is_context);
        }
      }
      return;
    }
    if (per_line) return each_line(lines, bytes);
    one(lines.offset, lines.number, matches_[0].begin + 1, bytes, is_context);
  }

  // The lines of a match that has several, each with its part of the matches.
  void each_line(const RgLines& lines, std::string_view bytes) {
    auto all = matches_;
    size_t at = 0;
    for (uint64_t number = lines.number; at < bytes.size(); number++) {
      size_t end = std::min(bytes.find(matcher_.terminator(), at), bytes.size() - 1) + 1;
      size_t text_end = end - (bytes[end - 1] == matcher_.terminator());
      matches_.clear();
      std::optional<size_t> column;
      if (!all.empty()) column = all[0].begin + 1;
      for (const auto& m : all) {
        size_t from = std::max(m.begin, at), to = std::min(m.end, text_end);
        if (from < to || (m.size() == 0 && m.begin >= at && m.begin < end)) {
          if (o_.vimgrep && m.begin >= at) {
            matches_ = {{from - at, to - at}};
            one(lines.offset + at, number, m.begin - at + 1, bytes.substr(at, end - at), false);
          }
          matches_.push_back({from - at, std::max(from, to) - at});
        }
      }
      if (!o_.vimgrep) one(lines.offset + at, number, column, bytes.substr(at, end - at), false);
      at = end;
    }
  }

  void only_matching_lines(const RgLines& lines, std::string_view bytes) {
    auto all = matches_;
    for (const auto& m : all) {
      uint64_t number = lines.number + static_cast<uint64_t>(std::count(bytes.begin(), bytes.begin() + static_cast<ptrdiff_t>(m.begin), matcher_.terminator()));
      for (size_t at = m.begin; at < m.end || at == m.begin; number++) {
        size_t end = std::min({bytes.find(matcher_.terminator(), at), m.end, bytes.size()});
        matches_ = {{0, end - at}};
        one(lines.offset + m.begin, number, m.begin + 1, bytes.substr(at, end - at), false);
        at = end + 1;
      }
    }
  }

  void field(std::string_view text, const RgColor& c, bool is_context) {
    colored(c, text);
    write(is_context ? o_.context_separator : o_.match_separator);
  }

  void one(uint64_t offset, uint64_t number, std::optional<size_t> column, std::string_view line, bool is_context) {
    if (show_path_ && !o_.heading.value_or(false)) {
      write_path();
      if (o_.null_names) put('\0');
      else write(is_context ? o_.context_separator : o_.match_separator);
    }
    if (o_.line_numbers.value_or(false)) field(std::to_string(number), o_.line_color, is_context);
    if (o_.column.value_or(false) && column) field(std::to_string(*column), o_.column_color, is_context);
    if (o_.byte_offset) field(std::to_string(offset), o_.column_color, is_context);
    size_t cut = 0;
    if (o_.trim)
      while (cut < line.size() && ascii_space(line[cut]) && line[cut] != '\n') cut++;
    if (o_.max_columns && line.size() - (o_.max_columns_preview ? 0 : 0) > o_.max_columns) return exceeding(line, is_context);
    std::string_view text = line;
    bool ended = !text.empty() && text.back() == matcher_.terminator();
    write_matches(text, cut, text.size());
    if (!ended) end_line();
  }

  // line[from, to) with its matches colored.
  void write_matches(std::string_view line, size_t from, size_t to) {
    if (!color() || !o_.match_color.any() || matches_.empty()) return write(line.substr(from, to - from));
    size_t at = from;
    bool on = false;   // matches side by side share one color
    auto switch_to = [&](bool now) {
      if (now && !on) start_color(o_.match_color);
      if (!now && on) write("\33[0m");
      on = now;
    };
    for (const auto& m : matches_) {
      size_t begin = std::clamp(m.begin, at, to), end = std::clamp(m.end, at, to);
      if (begin > at) switch_to(false), write(line.substr(at, begin - at));
      if (end > begin) switch_to(true), write(line.substr(begin, end - begin));
      at = end;
    }
    switch_to(false);
    write(line.substr(at, to - at));
  }

  void exceeding(std::string_view line, bool is_context) {
    if (o_.max_columns_preview) {
      size_t end = utf8::offset(line, std::min<size_t>(utf8::length(line), o_.max_columns));
      write_matches(line, 0, end);
      if (matches_.empty()) {
        write(" [... omitted end of long line]");
      } else {
        auto more = std::count_if(matches_.begin(), matches_.end(), [&](const RegexSpan& m) { return m.begin >= end; });
        write(" [... " + std::to_string(more) + " more " + (more == 1 ? "match]" : "matches]"));
      }
    } else if (original_ == 0 || o_.only_matching) {
      write(is_context ? "[Omitted long context line]" : "[Omitted long matching line]");
    } else {
      write("[Omitted long line with " + std::to_string(original_) + " matches]");
    }
    end_line();
  }

  bool granular_, begun_ = false, any_printed_ = false;
  int64_t after_left_ = 0;
  size_t original_ = 0;
  std::vector<RegexSpan> matches_;
  std::string replaced_;
};

class Summary : public RgPrinter {
 public:
  using RgPrinter::RgPrinter;

  bool matched(const RgLines& lines) override {
    count_++;
    now_.matched_lines += o_.multiline ? std::max<int64_t>(1, std::count(lines.bytes.begin(), lines.bytes.end(), matcher_.terminator())) : 1;
    if (o_.mode == RgOptions::Mode::CountMatches || o_.stats) {
      matches_.clear();
      matcher_.find_all(o_.multiline ? lines.bytes : without_end(lines.bytes), matches_);
      now_.matches += matches_.size();
    }
    bool one_is_enough = o_.quiet || o_.mode == RgOptions::Mode::WithMatches || o_.mode == RgOptions::Mode::WithoutMatch;
    if (one_is_enough && !o_.stats) return false;
    return !o_.max_count || count_ < static_cast<uint64_t>(*o_.max_count);
  }
  bool context(const RgLines&, bool) override { return true; }

  bool finish(uint64_t bytes, int64_t nanos) override {
    // What comes before a NUL byte of a file that nobody named does not count.
    if (binary_ && quits_) count_ = 0;
    using M = RgOptions::Mode;
    if (!o_.quiet && (o_.mode == M::Count || o_.mode == M::CountMatches)) {
      if (count_ > 0 || o_.include_zero) {
        if (show_path_) {
          write_path();
          if (o_.null_names) put('\0');
          else write(o_.match_separator);
        }
        write(std::to_string(o_.mode == M::Count ? count_ : now_.matches));
        end_line();
      }
    } else if (!o_.quiet && !(binary_ && quits_) && (o_.mode == M::WithMatches ? count_ > 0 : o_.mode == M::WithoutMatch && count_ == 0)) {
      write_path();
      put(o_.null_names ? '\0' : '\n');
    }
    printed_ = 0;   // only lines count
    RgPrinter::finish(bytes, nanos);
    return o_.mode == M::WithoutMatch ? count_ == 0 : count_ > 0;
  }
  void end(int64_t nanos) override {
    if (o_.stats) write_stats(nanos);
  }

 private:
  std::vector<RegexSpan> matches_;
};

}  // namespace

std::unique_ptr<RgPrinter> make_rg_lines(Process& p, const RgOptions& o, const RgMatcher& m, Output& out) { return std::make_unique<Lines>(p, o, m, out); }
std::unique_ptr<RgPrinter> make_rg_summary(Process& p, const RgOptions& o, const RgMatcher& m, Output& out) { return std::make_unique<Summary>(p, o, m, out); }

}  // namespace nacre
