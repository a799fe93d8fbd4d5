/// The list of commands entered: for `history`, `fc` and history expansion, when
/// the option `history` is on (in an interactive shell from the start).
/// Source: bash manual 9.1.
#pragma once
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "algo/history_expand.h"
#include "base/errno.h"
#include "syntax/parser.h"

namespace nacre {

class Shell;

struct History {
  std::vector<std::string> lines;   ///< oldest first
  std::vector<int64_t> times;       ///< seconds since 1970, for each
  size_t base = 1;                  ///< number of the oldest
  size_t unsaved = 0, read = 0;     ///< entries that `history -a` would write; lines of the history file that are known
  HistoryExpander expander;

  void add(const std::string& line, int64_t time);
  /// Forgets `count` entries from index `first` (0: the oldest).
  void remove(size_t first, size_t count);
  /// The same where `history -a` is not to write as many.
  void take_back(size_t first, size_t count);
  /// Keeps the `most` newest.
  void stifle(size_t most);
};

/// Puts a command on the list as HISTCONTROL, HISTIGNORE and HISTSIZE say; false: it was left out.
bool remember_command(Shell& sh, const std::string& command);
/// Adds the lines of a history file; `only_new`: those not read before.
Errno read_history(Shell& sh, const std::string& path, bool only_new);
/// Writes the list to a file, or appends what is not there yet.
Errno write_history(Shell& sh, const std::string& path, bool append);
/// `set -o history`: HISTSIZE has a value, HISTFILE is read.
void start_history(Shell& sh);

/// Expands and remembers the lines of the main text as its parser reads them.
class HistoryLines : public LineHook {
 public:
  HistoryLines(Shell& sh, Parser& parser) : sh_(sh), parser_(parser) { parser.set_line_hook(this); }
  ~HistoryLines() override { parser_.set_line_hook(nullptr); }
  bool wanted() const override;
  void line_read(std::string& line, Place place) override;

 private:
  void remember_more(const std::string& line, bool ended, Place place);
  bool expand(std::string& line);
  Shell& sh_;
  Parser& parser_;
};

}  // namespace nacre
