/// help - descriptions of the builtins.
/// Source: bash manual 4.2, help. The texts are our own.
#include <algorithm>

#include "algo/glob.h"
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

std::string indented(std::string_view text, const char* indent) {
  std::string out;
  while (!text.empty()) {
    size_t end = std::min(text.find('\n'), text.size());
    out += indent + std::string(text.substr(0, end)) + "\n";
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

std::string first_sentence(const Builtin& b) {
  std::string_view text = b.help;
  return std::string(text.substr(0, text.find('\n')));
}

enum class Form : uint8_t { Full, Synopsis, Short, Manual };

std::string describe(const Builtin& b, Form form) {
  std::string name = b.name;
  switch (form) {
    case Form::Synopsis: return name + ": " + b.synopsis + "\n";
    case Form::Short: return name + " - " + first_sentence(b) + "\n";
    case Form::Manual:
      return "NAME\n    " + name + " - " + first_sentence(b) + "\n\nSYNOPSIS\n    " + b.synopsis + "\n\nDESCRIPTION\n" + indented(b.help, "    ") +
             "\nSEE ALSO\n    bash(1)\n\n";
    case Form::Full: break;
  }
  return help_text(b);
}

int overview(Shell& sh) {
  std::string out = "Builtins of this shell. `help NAME' tells more about one; an asterisk means it is turned off.\n\n";
  for (const Builtin& b : all_builtins()) out += std::string(sh.builtin(b.name) ? " " : "*") + b.synopsis + "\n";
  return sh.out(out) ? 0 : 1;
}

int run_help(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "dms");
  Form form = Form::Full;
  while (char c = options.next()) {
    if (c == '?') return 2;
    form = c == 'd' ? Form::Short : c == 'm' ? Form::Manual : Form::Synopsis;
  }
  if (options.index() >= args.size()) return overview(sh);
  std::string out;
  bool found = false;
  bool patterns = false;
  for (size_t i = options.index(); i < args.size(); i++) patterns |= args[i].find_first_of("*?[") != std::string::npos && !find_builtin(args[i]);
  if (patterns) {
    out = args.size() - options.index() > 1 ? "Shell commands matching keywords `" : "Shell commands matching keyword `";
    for (size_t i = options.index(); i < args.size(); i++) out += (i > options.index() ? ", " : "") + args[i];
    out += "'\n\n";
  }
  for (size_t i = options.index(); i < args.size(); i++) {
    const Builtin* exact = find_builtin(args[i]);
    bool pattern = args[i].find_first_of("*?[") != std::string::npos && !exact;
    for (const Builtin& b : all_builtins()) {
      std::string name = b.name;
      bool hit = exact ? &b == exact : pattern ? sh.expander().matches(args[i], name) : name.starts_with(args[i]);
      if (!hit) continue;
      found = true;
      out += describe(b, form);
    }
  }
  if (!found) {
    const std::string& last = args.words.back();
    sh.builtin_error("no help topics match `" + last + "'.  Try `help help' or `man -k " + last + "' or `info " + last + "'.");
    return 1;
  }
  return sh.out(out) ? 0 : 1;
}

}  // namespace

std::string help_text(const Builtin& b) { return std::string(b.name) + ": " + b.synopsis + "\n" + indented(b.help, "    "); }

Builtin help_builtin() {
  return {"help", run_help, 0, "help [-dms] [pattern ...]",
          "Describes builtins whose names match a pattern, or lists all.\n"
          "  -d  one line each    -m  like a manual page    -s  the synopsis only"};
}

}  // namespace nacre
