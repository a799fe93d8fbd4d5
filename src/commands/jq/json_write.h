/// json_write: values as JSON text: compact or indented, keys as they are or
/// sorted, ASCII only, in colours.
/// Source: jq 1.8 manual, "Invoking jq", "Colors".
#pragma once
#include <array>
#include <string>
#include <string_view>

#include "commands/jq/value.h"

namespace nacre::jq {

/// Terminal escapes, complete ("\33[1;39m"): of null, false, true, numbers, strings, arrays, objects, keys.
struct Colors {
  std::array<std::string, 8> text;
  Colors();
  /// Reads "0;90:0;39:..."; false when it is not understood (what came before the fault is taken).
  bool parse(std::string_view spec);
};

struct WriteOptions {
  int indent = 0;              ///< blanks per level; 0: all on one line
  bool tab = false;            ///< a tab per level instead
  bool sort = false, ascii = false;
  const Colors* colors = nullptr;
};

/// Appends the text of a value.
void write_json(std::string& out, const Value& v, const WriteOptions& options);
/// Compact.
void write_json(std::string& out, const Value& v);
std::string to_json(const Value& v);
/// At most 29 bytes for messages; what is cut ends in "..." and its closing bracket or quote.
std::string brief(const Value& v);
/// Appends a string as a JSON literal.
void write_string(std::string& out, std::string_view s, bool ascii = false);

}  // namespace nacre::jq
