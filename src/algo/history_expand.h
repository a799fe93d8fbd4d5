/// History expansion: !!, !n, !text, !?text?, ^old^new^, word designators and
/// modifiers. Bytes to bytes; the list of events belongs to the caller.
/// Threads: one per object. Source: bash manual 9.3, "History Expansion".
#pragma once
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

class HistoryExpander {
 public:
  enum class Outcome {
    Unchanged,   ///< nothing to expand
    Changed,
    Print,       ///< a modifier :p: to be shown and remembered, not run
    Error,       ///< *out is the message: "!x: event not found"
  };
  /// Expands one line (without its newline). `events`: oldest first, the first
  /// has number `base`. `extglob`: !( is a pattern.
  Outcome expand(std::string_view line, const std::vector<std::string>& events, size_t base, bool extglob, std::string* out);
  /// histchars: the expansion character, that of quick substitution, that of comments.
  void set_chars(std::string_view chars);

 private:
  friend class HistoryExpansion;
  char expansion_ = '!', quick_ = '^', comment_ = '#';
  std::string search_;             ///< the last !?text?
  std::string matched_;            ///< the word it was found in, for %
  std::string old_, replacement_;  ///< the last s/old/new/, for & and for an empty old
};

/// The words of a line as history counts them: quotes kept, operators alone.
std::vector<std::string> history_words(std::string_view line);

}  // namespace nacre
