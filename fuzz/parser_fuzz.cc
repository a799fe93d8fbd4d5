// Any bytes: parsing must end, without a crash, and printing what was parsed too.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "syntax/parser.h"
#include "syntax/print.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view text(reinterpret_cast<const char*>(data), size);
  nacre::ParseOptions options;
  if (size > 0) {
    options.extglob = data[0] & 1;
    options.posix = data[0] & 2;
    options.expand_aliases = data[0] & 4;
    text.remove_prefix(1);
  }
  static const std::string kAlias = "echo a; if ";
  static const std::string kBlankAlias = "b ";
  nacre::Parser parser(text, options, [](std::string_view name) {
    return name == "a" ? &kAlias : name == "c" ? &kBlankAlias : nullptr;
  });
  for (;;) {
    nacre::ParseResult r = parser.next();
    if (r.status == nacre::ParseResult::Status::End) break;
    if (r.status != nacre::ParseResult::Status::Command || !r.tree->list) continue;
    nacre::print_list(*r.tree->list);
    nacre::dump_json(*r.tree->list);
  }
  nacre::Arena arena;
  nacre::SyntaxError error;
  nacre::parse_double_quoted(arena, text, options, &error);
  nacre::parse_word(arena, text, options, &error);
  nacre::ast::Seq<nacre::ast::ArrayItem> items;
  nacre::parse_array_items(arena, text, options, &items, &error);
  return 0;
}
