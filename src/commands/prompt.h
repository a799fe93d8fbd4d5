/// prompt: yes-or-no questions on stderr, answered on standard input.
/// Source: GNU coreutils manual, rm -i and cp -i; an answer that begins with y or Y is yes.
#pragma once
#include <string>

#include "kernel/process.h"

namespace nacre {

/// Writes "NAME: question? " and reads a line.
inline bool ask_yes_no(Process& p, const std::string& question) {
  std::string text = std::string(p.called()) + ": " + question;
  (void)p.write(2, text);
  char c = 0, first = 0;
  bool any = false;
  while (true) {
    auto n = p.read(0, {&c, 1});
    if (!n || *n == 0 || c == '\n') break;
    if (!any) first = c;
    any = true;
  }
  return first == 'y' || first == 'Y';
}

}  // namespace nacre
