// SedRunner: what --debug tells of each line and command.
#include <algorithm>

#include "commands/sed/debug.h"
#include "commands/sed/runner.h"

namespace nacre {

// Among the output, past the account of newlines that are owed.
void SedRunner::trace(std::string_view text) {
  if (o_.debug) stdout_.out->write(text);
}

void SedRunner::trace_text(const char* name, std::string_view text) {
  std::string line = name;
  append_sed_shown(line, text);
  trace(line + "\n");
}

void SedRunner::trace_input() {
  if (!o_.debug) return;
  trace("INPUT:   '" + (in_name_ == "-" ? "STDIN" : in_name_) + "' line " + std::to_string(line_) + "\n");
  trace_text("PATTERN: ", space_);
}

// Blocks that a jump leaves go on to indent.
void SedRunner::trace_command(const SedCommand& c) {
  if (c.name == '}') trace_level_ -= std::min<size_t>(trace_level_, 1);
  trace("COMMAND: " + std::string(2 * trace_level_, ' ') + sed_shown(c) + "\n");
  if (c.name == '{') trace_level_++;
}

void SedRunner::trace_registers() {
  trace("MATCHED REGEX REGISTERS\n");
  for (size_t k = 0; k < spans_.size(); k++) {
    const RegexSpan& m = spans_[k];
    if (!m.matched()) continue;
    trace("  regex[" + std::to_string(k) + "] = " + std::to_string(m.begin) + "-" + std::to_string(m.end) + " '");
    trace(std::string_view(space_).substr(m.begin, m.size()));
    trace("'\n");
  }
}

// What a command may have changed, in the choice that GNU's sed makes.
void SedRunner::trace_after(char command) {
  switch (command) {
    case 'x':
      trace_text("PATTERN: ", space_);
      trace_text("HOLD:    ", hold_);
      break;
    case 'g':
    case 'h':
    case 'H': trace_text("HOLD:    ", hold_); break;
    case 'G':
    case 'n':
    case 'N':
    case 's':
    case 'y':
    case 'z': trace_text("PATTERN: ", space_); break;
    default: break;
  }
}

}  // namespace nacre
