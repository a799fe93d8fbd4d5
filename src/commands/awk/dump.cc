// AwkInterp: the variables and their values, for --dump-variables.
#include <cstdio>
#include <map>

#include "commands/awk/interp.h"
#include "commands/awk/pretty.h"

namespace nacre {

std::string AwkInterp::dump_variables() {
  std::map<std::string, std::string> lines;
  // What programs seldom ask for is no variable here until they do.
  for (auto [name, value] : {std::pair{"BINMODE", "0"},
                             {"LINT", "0"},
                             {"PREC", "53"},
                             {"ROUNDMODE", "\"N\""},
                             {"TEXTDOMAIN", "\"messages\""},
                             {"RT", "\"\""},
                             {"FIELDWIDTHS", "\"\""},
                             {"FILENAME", "\"\""},
                             {"IGNORECASE", "0"}})
    lines[name] = value;
  for (size_t i = 0; i < globals_.size(); i++) {
    const AwkCell& c = globals_[i];
    const std::string& name = prog_.globals[i];
    if (c.array) {
      lines[name] = "array, " + std::to_string(c.array->size()) + " elements";
      continue;
    }
    switch (c.value.kind) {
      case AwkValue::Unset:
        if (i < kSpecialCount) break;
        lines[name] = c.value.looks == AwkValue::kSeen ? "uninitialized scalar" : "untyped variable";
        break;
      case AwkValue::Number: {
        char text[64];
        std::snprintf(text, sizeof text, "%.17g", c.value.number);
        lines[name] = text;
        break;
      }
      case AwkValue::Pattern: lines[name] = "@/" + std::string(c.value.text.view()) + "/"; break;
      case AwkValue::Input:
        if (c.value.looks == 1) {
          char text[64];
          std::snprintf(text, sizeof text, "%.17g", c.value.number);
          lines[name] = text;
          break;
        }
        [[fallthrough]];
      default: lines[name] = awk_quoted(c.value.text.view()); break;
    }
  }
  lines.erase("SYMTAB");
  lines["FUNCTAB"] = "array, " + std::to_string(awk_builtin_count() + prog_.functions.size()) + " elements";
  lines["SYMTAB"] = "array, " + std::to_string(lines.size() - 1) + " elements";
  std::string out;
  for (const auto& [name, value] : lines) out += name + ": " + value + "\n";
  return out;
}

}  // namespace nacre
