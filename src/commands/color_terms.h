/// color_terms: the terminals that are known to show colors.
/// Source: GNU coreutils 9.1 manual, "dircolors invocation".
#pragma once
#include <string_view>

namespace nacre {

/// Patterns for $TERM, each with a space behind it.
inline constexpr std::string_view kColorTerms =
    "Eterm ansi *color* con[0-9]*x[0-9]* cons25 console cygwin *direct* dtterm gnome hurd jfbterm konsole kterm "
    "linux linux-c mlterm putty rxvt* screen* st terminator tmux* vt100 xterm* ";

}  // namespace nacre
