#include "shell/pretty_print.h"

#include "syntax/print.h"

namespace nacre {

bool pretty_print(Parser& parser, std::string* out, SyntaxError* error) {
  bool after_blank = false;
  while (true) {
    ParseResult r = parser.next();
    if (r.status == ParseResult::Status::Error) {
      *error = std::move(r.error);
      return false;
    }
    const bool end = r.status == ParseResult::Status::End;
    if (!end && r.tree->list) {
      *out += print_list(*r.tree->list, true) + "\n";
      after_blank = false;
    } else if (!after_blank) {
      *out += '\n';
      after_blank = true;
    }
    if (end) return true;
  }
}

}  // namespace nacre
