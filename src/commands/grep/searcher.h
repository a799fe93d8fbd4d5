/// GrepSearcher: searches one input and prints what it selects.
/// Source: GNU grep 3.8 manual, 2.1.3 to 2.1.5.
#pragma once
#include <deque>
#include <string>

#include "commands/grep/options.h"
#include "commands/text_io.h"

namespace nacre {

class GrepSearcher {
 public:
  GrepSearcher(Process& p, const GrepOptions& o, const GrepMatcher& matcher, Output& out) : p_(p), o_(o), matcher_(matcher), out_(out) {}

  /// True if a line was selected. `name` is printed before lines when show_names.
  bool search(Input& in, const std::string& name, bool show_names);

 private:
  void search_blocks(Input& in);
  void search_text(std::string_view text);
  void search_lines(Input& in);
  void skip_lines(std::string_view text);
  bool select(std::string_view line, bool terminated);
  bool print_line(std::string_view line, char mark, uint64_t number, uint64_t offset);
  void print_only_matching(std::string_view line, uint64_t number, uint64_t offset);
  void print_prefix(char mark, uint64_t number, uint64_t offset, bool empty);
  void print_colored(std::string_view line, bool selected);
  void colored(const std::string& color, std::string_view text);
  bool is_binary_line(std::string_view line) const;
  bool done() const { return stop_ || (o_.max_count >= 0 && static_cast<int64_t>(count_) >= o_.max_count); }
  bool prints_lines() const { return !o_.quiet && !o_.count && o_.list == GrepOptions::List::None; }

  Process& p_;
  const GrepOptions& o_;
  const GrepMatcher& matcher_;
  Output& out_;
  std::string name_;
  bool show_names_ = false, binary_ = false, stop_ = false, binary_matched_ = false;
  std::string zapped_;         ///< a block whose NULs became ends of lines
  bool any_printed_ = false;   ///< by any file: a separator comes between groups
  int number_width_ = 0;   ///< -T: columns of line numbers and offsets
  uint64_t count_ = 0;     ///< selected lines
  uint64_t line_ = 0;      ///< lines before the current position
  uint64_t offset_ = 0;    ///< bytes before it
};

}  // namespace nacre
