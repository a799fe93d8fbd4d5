// Any bytes: parsing must end, without a crash, and printing what was parsed too.
#include "driver.h"
#include "syntax/parser.h"
#include "syntax/print.h"

FUZZ_TARGET(text) {
  nacre::ParseOptions options;
  unsigned bits = nacre::fuzz::take_byte(text);
  options.extglob = bits & 1;
  options.posix = bits & 2;
  options.expand_aliases = bits & 4;
  static const std::string kAlias = "echo a; if ";
  static const std::string kBlankAlias = "b ";
  nacre::Parser parser(text, options, [](std::string_view name) { return name == "a" ? &kAlias : name == "c" ? &kBlankAlias : nullptr; });
  for (;;) {
    nacre::ParseResult r = parser.next();
    if (r.status == nacre::ParseResult::Status::End) break;
    if (r.status != nacre::ParseResult::Status::Command || !r.tree->list) continue;
    nacre::print_list(*r.tree->list);
    nacre::dump_json(*r.tree->list);
  }
}
