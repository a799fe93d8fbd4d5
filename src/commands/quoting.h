/// quoting: how messages name files and words, as the GNU programs do.
/// Source: GNU coreutils manual 10.1.7 "Formatting the file names"; checked against the tools.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "algo/quote.h"
#include "kernel/process.h"

namespace nacre {

/// A word in a message: ‘word’ ('word' outside UTF-8 locales).
inline std::string quote(Process& p, std::string_view s) { return locale_quote(s, p.utf8()); }
/// A file name at the front of a message, quoted only if odd: `cat: foo: No such ...`.
inline std::string quote_name(Process& p, std::string_view s) { return shell_escape(s, p.utf8(), false, true); }
/// A file name in a sentence, always quoted: `rm: cannot remove 'foo': ...`.
inline std::string quote_file(Process& p, std::string_view s) { return shell_escape(s, p.utf8(), true); }

struct Choice;
/// The names of QuoteStyle's values.
std::span<const Choice> quote_styles();
/// The style that $QUOTING_STYLE names; none after a warning, or where it is not set.
std::optional<QuoteStyle> quote_style_from_environment(Process& p);

}  // namespace nacre
