/// perl_lines: a Perl pattern in the syntax of RegexNfa, where lines with a match are the same
/// whichever way alternatives and repetitions are tried: characters, classes of ASCII, groups,
/// repetitions, ^ and $. Anything else (look-around, back-references, \b, possessive repetition)
/// has none, nor has what may need more steps than PCRE2's limit allows, which has to be told.
/// Internal to regex.cc. Source: pcre2pattern(3).
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace nacre {

/// `pattern`: one that PCRE2 takes with PCRE2_MULTILINE and no other syntax options.
std::optional<std::string> perl_lines(std::string_view pattern);

}  // namespace nacre
