/// echo - write arguments separated by spaces.
/// Source: bash manual 4.2, echo; xpg_echo of shopt.
#include "algo/printf_format.h"
#include "base/grow.h"
#include "shell/shell.h"

namespace nacre {
namespace {

// Only words made of n, e and E are options.
bool is_option(const std::string& arg) { return arg.size() > 1 && arg[0] == '-' && arg.find_first_not_of("neE", 1) == std::string::npos; }

/// False: \c ended the output.
bool append_escaped(Shell& sh, std::string& out, const std::string& arg) {
  for (size_t at = 0; at < arg.size();) {
    if (arg[at] == '\\') {
      if (!append_escape(out, arg, at, EscapeStyle::BashEcho, sh.expander().utf8())) return false;
      continue;
    }
    size_t end = std::min(arg.find('\\', at), arg.size());
    append_slices(out, std::string_view(arg).substr(at, end - at), [&] { sh.process().tick(64); });
    at = end;
  }
  return true;
}

int run_echo(Shell& sh, Args& args) {
  bool newline = true, escapes = sh.options()[Option::XpgEcho];
  size_t i = 1;
  // A strictly POSIX echo has no options at all.
  if (!(escapes && sh.options()[Option::Posix])) {
    for (; i < args.size() && is_option(args[i]); i++) {
      for (char c : std::string_view(args[i]).substr(1)) {
        if (c == 'n') newline = false;
        else escapes = c == 'e';
      }
    }
  }
  std::string text;
  bool stopped = false;
  for (size_t first = i; i < args.size() && !stopped; i++) {
    if (i > first) text.push_back(' ');
    if (escapes) stopped = !append_escaped(sh, text, args[i]);
    else append_slices(text, args[i], [&] { sh.process().tick(64); });
  }
  if (newline && !stopped) text.push_back('\n');
  return sh.out(text) ? 0 : 1;
}

}  // namespace

Builtin echo_builtin() {
  return {"echo", run_echo, 0, "echo [-neE] [arg ...]",
          "Writes its arguments, separated by spaces, and a newline.\n"
          "  -n  no newline at the end\n"
          "  -e  interpret backslash escapes: \\a \\b \\c (stop here) \\e \\f \\n \\r \\t \\v \\\\ \\0NNN \\xHH \\uHHHH \\UHHHHHHHH\n"
          "  -E  do not interpret them (the default, unless xpg_echo is set)"};
}

}  // namespace nacre
