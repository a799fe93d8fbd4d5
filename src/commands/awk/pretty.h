/// A program as text in gawk's layout, for --pretty-print. Comments stay; they, the spelling of numbers and
/// regular expressions, and the namespaces are in AwkNotes, which the parser fills when asked to.
/// Source: gawk manual 2.2 "Command-Line Options" (-o), 12.5 "Profiling"; the layout as gawk 5.2 prints it.
#pragma once
#include <string>

#include "commands/awk/ast.h"

namespace nacre {

std::string awk_pretty(const AwkProgram& program);

/// A text as a string constant, with its quotes.
std::string awk_quoted(std::string_view text);

}  // namespace nacre
