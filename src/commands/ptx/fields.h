/// PtxPrinter: a line for each listed word, in four fields around it: what comes
/// before and after, and what of the context finds room at the far ends.
/// Source: GNU coreutils 9.1 manual, "ptx invocation", "Output formatting".
#pragma once
#include "commands/ptx/index.h"

namespace nacre {

class PtxPrinter {
 public:
  PtxPrinter(Process& p, const PtxOptions& options, const WordIndex& index, Output& out);
  void print();

 private:
  /// Part of a text; `cut`: more of the context would follow at its outer end.
  struct Field {
    size_t begin = 0, end = 0;
    bool cut = false;
  };

  void cut(const Occurrence& one);
  size_t step(size_t at, size_t limit) const;
  size_t over_space(size_t at, size_t limit) const;
  size_t back_over_space(size_t at, size_t limit) const;
  std::string shown(const Field& f) const;
  void blanks(int64_t n);
  void plain();
  void roff();
  void tex();

  Process& p_;
  const PtxOptions& o_;
  const WordIndex& index_;
  Output& out_;
  int64_t reference_width_ = 0, half_ = 0, before_width_ = 0, after_width_ = 0;
  std::string_view text_;
  Field tail_, before_, after_, head_;
  std::string reference_;
};

}  // namespace nacre
