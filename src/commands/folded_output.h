/// FoldedOutput: what bc and dc print: numbers too long for a line go on behind a
/// backslash and a newline. Source: GNU bc manual 6, BC_LINE_LENGTH.
#pragma once
#include <cstdlib>

#include "commands/text_io.h"

namespace nacre {

class FoldedOutput {
 public:
  /// `variable`: holds the line length; 70 without it, 0 is no limit. `spare` columns stay free.
  FoldedOutput(Process& p, const char* variable, size_t spare) : out_(p), spare_(spare) {
    const char* v = p.getenv(variable);
    long n = v ? std::strtol(v, nullptr, 10) : 70;
    limit_ = n == 0 ? 0 : n < 3 ? 70 : static_cast<size_t>(n);
  }

  void put(char c) {
    if (c == '\n') {
      column_ = 0;
    } else if (limit_ != 0 && ++column_ == limit_ - spare_) {
      out_.write("\\\n");
      column_ = 1;
    }
    out_.put(c);
  }
  void write(std::string_view text) {
    for (char c : text) put(c);
  }
  /// As it is.
  Output& raw() { return out_; }

 private:
  Output out_;
  size_t spare_, limit_, column_ = 0;
};

}  // namespace nacre
