/// EdBuffer: the lines of ed's text, with marks, the cut buffer and the change that
/// undo takes back. Lines are numbered from 1. Source: GNU ed manual 1.19.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre {

class EdBuffer {
 public:
  using Line = std::shared_ptr<const std::string>;
  explicit EdBuffer(Process& p) : p_(p) {}
  ~EdBuffer() { p_.release_memory(charged_); }

  size_t size() const { return store_.size() - gap_size_; }
  const std::string& text(size_t n) const { return *line(n); }
  const Line& line(size_t n) const { return store_[n <= gap_ ? n - 1 : n - 1 + gap_size_]; }
  /// The number of a line that may be gone: 0.
  size_t find(const Line& line) const;

  /// Puts lines behind line n.
  void insert(size_t n, std::vector<Line> lines);
  /// Takes lines away.
  void erase(size_t first, size_t last);
  /// Puts lines in place of one.
  void replace_line(size_t n, std::vector<Line> lines) { replace(n - 1, 1, std::move(lines)); }
  Line make(std::string text);

  /// Changes from here on are one for undo.
  void begin_change(size_t current);
  /// Takes back the last change, or that; the current line of before. nullopt: there is none.
  std::optional<size_t> undo(size_t current);
  /// Forgets what could be undone.
  void clear_undo() {
    steps_.clear();
    has_change_ = false;
  }

  std::vector<Line> cut;
  std::map<char, Line> marks;
  bool modified = false;

 private:
  struct Step {
    size_t at, inserted;
    std::vector<Line> removed;
  };
  void replace(size_t at, size_t count, std::vector<Line> lines);
  void move_gap(size_t to);

  Process& p_;
  /// The lines, with a gap where the last change was, so that one change after another is cheap.
  std::vector<Line> store_;
  size_t gap_ = 0, gap_size_ = 0;
  std::vector<Step> steps_;
  size_t current_before_ = 0;
  bool has_change_ = false, modified_before_ = false;
  uint64_t charged_ = 0;
};

}  // namespace nacre
