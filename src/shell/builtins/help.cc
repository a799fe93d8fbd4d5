/// help - descriptions of the builtins.
/// Source: bash manual 4.2, help. The texts are our own.
#include <algorithm>

#include "algo/glob.h"
#include "shell/builtins/operands.h"

namespace nacre {

std::string help_text(const Builtin& b) {
  std::string out = std::string(b.name) + ": " + b.synopsis + "\n";
  std::string_view rest = b.help;
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\n'), rest.size());
    out += "    " + std::string(rest.substr(0, end)) + "\n";
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return out;
}

}  // namespace nacre
