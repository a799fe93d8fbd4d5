/// printf - write arguments under control of a format.
/// Source: bash manual 4.2, printf; POSIX XCU printf.
#include "algo/printf_format.h"
#include "shell/builtins/operands.h"
#include "shell/builtins/time_text.h"

namespace nacre {
namespace {

int run_printf(Shell& sh, Args& args) {
  BuiltinOptions options(sh, args, "v:");
  std::string target;
  bool to_variable = false;
  while (char c = options.next()) {
    if (c == '?') return 2;
    to_variable = true;
    target = options.value();
    if (!is_name(target) && !is_element_name(target)) {
      invalid_identifier(sh, target);
      return 2;
    }
  }
  size_t at = options.index();
  if (at >= args.size()) return sh.usage();
  bool written = true;
  PrintfOptions po;
  po.utf8 = sh.expander().utf8();
  po.warn = [&](const std::string& message) { sh.builtin_error(message); };
  po.time = [&](std::string_view format, int64_t seconds) {
    if (seconds == -1) seconds = sh.process().now().sec;
    else if (seconds == -2) seconds = sh.state().start_time.sec;
    return time_text(sh, format, seconds);
  };
  po.store = [&](std::string_view name, size_t bytes) {
    if (is_name(name)) return sh.expander().assign_name(std::string(name), std::to_string(bytes));
    invalid_identifier(sh, std::string(name));
    return false;
  };
  if (!to_variable) {
    po.drain = [&](std::string& text) {
      written = sh.out(text) && written;
      text.clear();
      sh.process().tick(32);
    };
  }
  std::vector<std::string_view> values(args.words.begin() + static_cast<ptrdiff_t>(at) + 1, args.words.end());
  std::string text;
  int status = format_printf(text, args[at], values, po);
  if (to_variable) return sh.expander().assign_name(target, text) ? status : 1;
  return sh.out(text) && written ? status : 1;
}

}  // namespace

Builtin printf_builtin() {
  return {"printf", run_printf, 0, "printf [-v var] format [arguments]",
          "Writes the arguments as the format says; the format is used again while arguments are left.\n"
          "  -v VAR  assign the result to VAR (a name or an array element) instead\n"
          "Besides the conversions of C's printf: %b reads escapes in its argument, %q quotes it for the\n"
          "shell, %Q does so after applying a precision, %(FORMAT)T is a time (-1: now, -2: start of the shell)."};
}

}  // namespace nacre
