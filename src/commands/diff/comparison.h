/// Comparison: two texts cut into lines, and what differs between them. The
/// printers of diff (print.h) work on this alone.
/// Source: GNU diffutils 3.8 manual, "What Comparison Means".
#pragma once
#include <deque>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "algo/line_numbers.h"
#include "commands/diff/options.h"
#include "commands/text_io.h"
#include "kernel/process.h"

namespace nacre {

/// One of the two files.
struct DiffSide {
  std::string name;
  Stat st{};
  bool there = false;
  std::string_view text;                 ///< in one of these
  std::unique_ptr<Input> input;
  std::string stripped;
  std::vector<std::string_view> lines;   ///< with their newlines
};

/// A range that differs; `ignore`: only lines that -B or -I leave out.
struct DiffChange : DiffRange {
  bool ignore = false;
};

class Comparison {
 public:
  /// Both texts are loaded. Lines are views into them.
  Comparison(Process& p, const DiffOptions& options, DiffSide& a, DiffSide& b);

  const DiffSide& a() const { return a_; }
  const DiffSide& b() const { return b_; }
  const std::vector<DiffChange>& changes() const { return changes_; }
  /// Changes that belong in one hunk of context: those whose context touches.
  std::vector<std::span<const DiffChange>> hunks() const;
  /// The last line above `line` of the first file that the function pattern matches; "" if none.
  /// To be asked with rising lines.
  std::string_view function_above(size_t line);

 private:
  void split(DiffSide& s);
  std::vector<uint32_t> numbers(const DiffSide& s, size_t from, size_t to);
  uint32_t number(std::string_view line);
  void key(std::string_view line);
  bool ignorable(std::string_view line) const;

  Process& p_;
  const DiffOptions& o_;
  DiffSide &a_, &b_;
  bool strict_end_;   // a line without its newline equals none that has it
  LineNumbers numbers_;
  std::string key_;                // of a line, where what counts is not the line itself
  std::deque<std::string> keys_;   // those in numbers_
  std::vector<DiffChange> changes_;
  size_t searched_ = 0;
  std::string_view function_;
};

}  // namespace nacre
