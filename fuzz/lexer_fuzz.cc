// Texts that are read without a grammar around them: words, quoted texts, array elements.
#include "driver.h"
#include "syntax/parser.h"

FUZZ_TARGET(text) {
  nacre::ParseOptions options;
  unsigned bits = nacre::fuzz::take_byte(text);
  options.extglob = bits & 1;
  options.posix = bits & 2;
  nacre::Arena arena;
  nacre::SyntaxError error;
  nacre::parse_double_quoted(arena, text, options, &error);
  nacre::parse_word(arena, text, options, &error);
  nacre::ast::Seq<nacre::ast::ArrayItem> items;
  nacre::parse_array_items(arena, text, options, &items, &error);
}
