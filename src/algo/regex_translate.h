/// RegexTranslation: a POSIX pattern rewritten in the syntax RE2 and PCRE2
/// share. Internal to regex.cc.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

struct RegexTranslation {
  std::string text;             ///< for the engine
  std::string error;            ///< GNU's wording; empty: fine
  int groups = 0;
  bool needs_backtracking = false;
  bool literal = true;          ///< no operators: plain holds the text
  std::string plain;
  bool has_classes = false;     ///< text depends on `unicode`
  bool has_boundary = false;   ///< \b, \< and so on: which characters words have depends on `unicode`
};

/// flags: RegexFlags. `pcre`: may use look-around and back-references. `unicode`: classes beyond ASCII.
RegexTranslation translate_regex(std::string_view pattern, uint32_t flags, bool pcre, bool unicode);

}  // namespace nacre
