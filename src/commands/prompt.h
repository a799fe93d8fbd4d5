/// prompt: yes-or-no questions on stderr, answered on standard input.
/// Source: GNU coreutils manual, rm -i and cp -i; an answer that begins with y or Y is yes.
#pragma once
#include <optional>
#include <string>

#include "kernel/process.h"

namespace nacre {

/// A line of a terminal or of standard input, read byte by byte, so that nothing behind it is taken;
/// of a longer one the first 4096 bytes. None at the end.
inline std::optional<std::string> read_answer(Process& p, int fd) {
  std::string line;
  char c = 0;
  for (auto n = p.read(fd, {&c, 1});; n = p.read(fd, {&c, 1})) {
    if (!n || *n == 0) return line.empty() ? std::nullopt : std::optional(line);
    if (c == '\n') return line;
    if (line.size() < 4096) line += c;
  }
}

inline bool is_yes(const std::optional<std::string>& answer) { return answer && (answer->starts_with('y') || answer->starts_with('Y')); }

/// Writes "NAME: question? " and reads a line.
inline bool ask_yes_no(Process& p, const std::string& question) {
  (void)p.write(2, std::string(p.called()) + ": " + question);
  return is_yes(read_answer(p, 0));
}

}  // namespace nacre
