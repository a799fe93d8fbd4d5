/// RustRegex: a pattern in the syntax of Rust's regex crate (ripgrep's) rewritten
/// for RE2, which it is close to: Unicode classes, `a**`, (?x) and \u{..} are
/// spelled out, and what RE2 would understand but Rust refuses is an error in
/// Rust's words, with a line that points at the place.
///
/// Differs: set operations in brackets (&& -- ~~) and (?-u) are refused.
/// Source: documentation of the regex crate 1.5, "Syntax".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

struct RustRegex {
  std::string text;             ///< for RE2 (and PCRE2), without flags in front
  std::string error;            ///< whole message, several lines; empty: fine
  int groups = 0;
  bool has_classes = false;     ///< text depends on `unicode`
  bool has_boundary = false;    ///< \b or \B: where words end depends on `unicode`
  bool any_literal = false, any_upper = false;   ///< for --smart-case
  size_t property = 0, property_end = 0;         ///< where the first \p is; only RE2 knows whether it has it
  bool newline = false;         ///< \n is named
  std::string required;         ///< every match holds this text (of a pattern where case counts)
};

/// `no_newline`: classes and . never match \n. `unicode`: classes know more than ASCII. `crlf`: $
/// matches before \r\n, too.
RustRegex translate_rust_regex(std::string_view pattern, bool no_newline, bool unicode, bool crlf);

}  // namespace nacre
