/// Parsing of a text inside the tree that is being built: the inside of
/// backquotes, a here-document's body.
#pragma once
#include <cstdint>
#include <string_view>

#include "base/arena.h"
#include "syntax/ast.h"
#include "syntax/parser.h"

namespace nacre {

/// How deep a text stands in what is being parsed.
struct TextNesting {
  uint32_t depth = 0;           ///< constructs around it
  uint32_t texts = 0;           ///< texts around it
  uint64_t* reread = nullptr;   ///< bytes read more than once so far; shared
  uintptr_t stack_base = 0;     ///< where the outermost parse began
};

/// Parses `text` (stable, in the arena) as commands into part.list; a syntax
/// error goes to part.error.
void parse_substitution_text(Arena& arena, std::string_view text, const ParseOptions& options, const AliasLookup& aliases, uint32_t line,
                             const TextNesting& nesting, ast::Part& part);
/// Parses `text` as the inside of a here-document.
const ast::Word* parse_here_document(Arena& arena, std::string_view text, const ParseOptions& options, const AliasLookup& aliases, uint32_t line,
                                     const TextNesting& nesting);

}  // namespace nacre
