/// Lowering, inside: what its files share.
#pragma once
#include <vector>

#include "program/program.h"

namespace nacre {

struct LowerContext {
  Arena& arena;
  Symbols& symbols;
  const LowerOptions& options;
  uint32_t items = 0;     ///< of lists, lowered so far
  bool stopped = false;   ///< the run has to end: what is left is left out
};

/// Lowers one word: collects parts, then joins and classifies them.
class WordLowering {
 public:
  explicit WordLowering(LowerContext& ctx) : ctx_(ctx) {}
  const ir::Word* run(const ast::Word& word, WordMode mode);
  void finish(ir::Word* w);
  std::vector<ir::Part> with_open_tildes() const;
  void mark_whole();

 private:
  void part(const ast::Part& p, size_t index, size_t count, WordMode mode, bool quoted);
  void text(std::string_view s, bool quoted);
  void double_quoted(const ast::Part& p);
  void literal(std::string_view s, bool at_start, bool last, bool value);
  const ir::Param* param(const ast::Param& p, bool quoted);

  LowerContext& ctx_;
  std::vector<ir::Part> parts_;
  bool value_start_ = false;
  std::string_view shown_;   ///< the word, or what stands between the quotes: what a bad substitution is told by
};

const ir::Word* lower_word(LowerContext& ctx, const ast::Word& word, WordMode mode);
const ir::ArithText* lower_arith(LowerContext& ctx, const ast::Word& word);
const ir::List* lower_list(LowerContext& ctx, const ast::List& list);
ir::Seq<ir::Element> lower_elements(LowerContext& ctx, ast::Seq<ast::ArrayItem> items);

/// Finds brace expansions in the parts of a word; false if there are none.
bool find_braces(LowerContext& ctx, const std::vector<ir::Part>& parts, ir::Word* out);

}  // namespace nacre
