/// RgPrinter: what a run of rg prints about its inputs: lines, counts, names or
/// JSON messages, and what --stats adds up.
/// Source: ripgrep 13 manual, --json; checked against the tool.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "commands/rg/searcher.h"

namespace nacre {

struct RgStats {
  uint64_t searches = 0, with_match = 0, bytes_searched = 0, bytes_printed = 0, matched_lines = 0, matches = 0;
  int64_t nanos = 0;
  void add(const RgStats& s);
};

class RgPrinter : public RgSink {
 public:
  RgPrinter(Process& p, const RgOptions& o, const RgMatcher& m, Output& out) : p_(p), o_(o), matcher_(m), out_(out) {}
  /// `show_path`: in front of lines, or as heading.
  virtual void begin(const std::string& path, bool show_path, bool quits_at_nul);
  /// True if the input counts as matched.
  virtual bool finish(uint64_t bytes, int64_t nanos);
  /// After the last input. `nanos` since the beginning of the run.
  virtual void end(int64_t nanos) = 0;
  const RgStats& stats() const { return total_; }
  /// Writes a path with its color, and the separator asked for.
  void write_path();

  void gap() override {}
  void binary(uint64_t offset) override {
    if (!binary_) binary_ = offset;
  }

 protected:
  void write(std::string_view s) {
    printed_ += s.size();
    out_.write(s);
  }
  void put(char c) {
    printed_++;
    out_.put(c);
  }
  /// The end of a line that has none of its own.
  void end_line() {
    if (o_.crlf) put('\r');
    put(matcher_.terminator());
  }
  void colored(const RgColor& c, std::string_view text);
  void start_color(const RgColor& c);
  bool color() const { return o_.color == RgOptions::When::Always; }
  std::string_view without_end(std::string_view line) const;
  void write_stats(int64_t nanos);

  Process& p_;
  const RgOptions& o_;
  const RgMatcher& matcher_;
  Output& out_;
  std::string path_;
  bool show_path_ = false, quits_ = false;
  uint64_t count_ = 0, printed_ = 0;
  std::optional<uint64_t> binary_;
  RgStats now_, total_;
};

std::unique_ptr<RgPrinter> make_rg_lines(Process& p, const RgOptions& o, const RgMatcher& m, Output& out);
std::unique_ptr<RgPrinter> make_rg_summary(Process& p, const RgOptions& o, const RgMatcher& m, Output& out);
std::unique_ptr<RgPrinter> make_rg_json(Process& p, const RgOptions& o, const RgMatcher& m, Output& out);

}  // namespace nacre
