/// quote: the ways GNU programs and bash write a string so that it reads back
/// as one word. Pure functions of bytes.
/// Source: bash manual, printf %q and ${x@Q}; GNU coreutils manual 10.1.7
/// "Formatting the file names" (quoting styles).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

/// Where GNU coreutils quote a file name in a message: only if it needs it
/// ('a b', "it's", 'a'$'\n''b'); `always` quotes plain words too; `colon` also
/// counts ':' as special.
std::string shell_escape(std::string_view s, bool utf8, bool always = false, bool colon = false);
/// The quoting styles of GNU programs that list names, in the order of their names in messages.
enum class QuoteStyle : uint8_t { Literal, Shell, ShellAlways, ShellEscape, ShellEscapeAlways, C, CMaybe, Escape, Locale, CLocale };
/// `s` in a style; the characters of `also` are special in it too (ls: ":" in titles, " " with Escape).
std::string quote_as(QuoteStyle style, std::string_view s, bool utf8, std::string_view also = {});

/// Where a message mentions a word that is no file name: ‘word’, or 'word' without UTF-8.
std::string locale_quote(std::string_view s, bool utf8);
/// C string style between double quotes (ls -Q); with `bare`, without them. The characters of `also` get a
/// backslash.
std::string c_quote(std::string_view s, bool utf8, bool bare = false, std::string_view also = {});

/// Between single quotes as it is, control characters and all.
std::string single_quote(std::string_view s);
/// bash's printf %q: backslashes, or $'...' when there are control characters; '' if empty.
std::string bash_quote(std::string_view s, bool utf8);
/// bash's ${x@Q}, declare -p of arrays' keys, set: 'single quotes', or $'...'.
std::string bash_single_quote(std::string_view s, bool utf8);
/// bash's declare -p: "double quotes", or $'...' when there are control characters.
std::string bash_double_quote(std::string_view s, bool utf8);
/// $'...' whatever the content.
std::string bash_ansi_quote(std::string_view s, bool utf8);
/// True when $'...' is needed: control characters or bytes that are no characters.
bool needs_ansi_quote(std::string_view s, bool utf8);

}  // namespace nacre
