// A script that parses is printed; that text parses, and prints the same again.
#include "driver.h"
#include "syntax/parser.h"
#include "syntax/print.h"

namespace {

// False: a syntax error.
bool printed(std::string_view text, std::string* out) {
  nacre::ParseOptions options;
  options.extglob = true;
  nacre::Parser parser(text, options);
  while (true) {
    nacre::ParseResult r = parser.next();
    if (r.status == nacre::ParseResult::Status::End) return true;
    if (r.status == nacre::ParseResult::Status::Error) return false;
    if (r.tree->list) *out += nacre::print_list(*r.tree->list) + "\n";
  }
}

}  // namespace

FUZZ_TARGET(text) {
  std::string first, second;
  if (text.find('\0') != text.npos || !printed("f() {\n" + std::string(text) + "\n}", &first)) return;
  if (printed(first, &second) && second == first) return;
  std::fprintf(stderr, "first:\n%s\nsecond:\n%s\n", first.c_str(), second.c_str());
  __builtin_trap();
}
