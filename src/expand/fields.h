/// Expander::Fields: the fields of one word while they are built.
///
/// Text is appended quoted (never split, matched literally) or unquoted; spans
/// of quoted text that hold pattern characters are remembered, so that only
/// fields that can be patterns pay for quoting them.
/// Source: bash manual, "Word Splitting", "Quote Removal".
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "expand/expander.h"

namespace nacre {

struct Expander::Fields {
  enum class Mode : uint8_t {
    Split,        ///< fields: IFS splitting and globbing
    String,       ///< one string, quotes removed
    Pattern,      ///< one string, quoted pattern characters escaped
    Regex,        ///< one string, quoted regular-expression characters escaped
    Replacement,  ///< one string, quoted & and \ escaped
  };
  Mode mode;
  std::string text;
  bool started = false;          ///< the current field exists even if empty
  bool has_glob = false;
  bool split_literals = false;   ///< inside ${x:-word}: literal text is split too
  bool whole = false;            ///< expansions are not split, but are patterns
  bool after_space = false;      ///< IFS white space has just ended a field
  std::vector<std::pair<size_t, size_t>> quoted;   ///< spans of text
  std::vector<std::string>* out = nullptr;
  Expander* expander = nullptr;

  /// Neither white space of the default IFS nor a character that can begin a pattern: one field, as it is.
  static bool is_plain(std::string_view s);
  void append_quoted(std::string_view s);
  void append_piece(std::string_view s);
  void append_unquoted(std::string_view s, bool glob);
  /// The result of an unquoted expansion.
  void append_split(std::string_view s);
  void end_field();
};

}  // namespace nacre
