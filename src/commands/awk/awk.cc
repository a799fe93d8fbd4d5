/// awk, gawk, mawk - pattern scanning and processing language.
/// Source: POSIX XCU awk; gawk 5.2 manual for the extensions (gensub, strftime,
/// asort, switch, BEGINFILE, FPAT, FIELDWIDTHS, IGNORECASE, RT ...).
/// Differs: `for (k in a)` goes in order of insertion; no arrays of arrays,
/// @include, coprocesses, or -M.
#include "commands/args.h"
#include "commands/awk/interp.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: awk [POSIX or GNU style options] -f progfile [--] file ...\n"
    "Usage: awk [POSIX or GNU style options] [--] 'program' file ...\n\n"
    "  -f progfile, --file=progfile    read the program from progfile\n"
    "  -F fs, --field-separator=fs     set FS\n"
    "  -v var=val, --assign=var=val    set a variable before the program begins\n"
    "  -e 'program-text', --source='program-text'  take program text\n"
    "  -c, -C, -n, -P, -r, -s, -S, -t, -O  modes of gawk; the language is the same here\n"
    "      --help                      display this help and exit\n"
    "      --version                   output version information and exit\n";

struct Options {
  std::vector<std::string> assigns;
  std::string program;
  bool has_program = false;
  std::optional<std::string> fs;

  void add(std::string_view text) {
    if (has_program) program += '\n';
    program += text;
    has_program = true;
  }
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'f', "file", +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto text = read_file(p, std::string(v));
       if (!text) {
         p.warn("fatal: cannot open source file `%s' for reading: %s", std::string(v).c_str(), std::string(message(text.error())).c_str());
         return 2;
       }
       o.add(*text);
       return std::nullopt;
     }},
    {'F', "field-separator", +[](O& o, std::string_view v) { o.fs = v == "t" ? "\t" : std::string(v); }},
    {'v', "assign", &O::assigns},
    {'e', "source", +[](O& o, std::string_view v) { o.add(v); }},
    {'c', "traditional", +[](O&) {}}, {'n', "non-decimal-data", +[](O&) {}}, {'P', "posix", +[](O&) {}}, {'r', "re-interval", +[](O&) {}},
    {'s', "no-optimize", +[](O&) {}}, {'O', "optimize", +[](O&) {}}, {'t', "lint-old", +[](O&) {}}, {'S', "sandbox", +[](O&) {}}, {'b', "characters-as-bytes", +[](O&) {}},
};

int awk_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.error_status = 1, .in_order = true, .short_help = true})) return *status;
  if (!o.has_program) {
    if (operands.empty()) {
      write_error(p, kUsage);
      return 1;
    }
    o.program = operands.front();
    operands.erase(operands.begin());
  }
  auto program = parse_awk(o.program, p.utf8());
  if (!program->error.empty()) {
    p.warn("%s", program->error.c_str());
    return program->error.find("fatal:") != std::string::npos ? 2 : 1;
  }
  AwkInterp interp(p, *program);
  if (o.fs && !interp.assign_operand("FS=" + *o.fs)) return 2;
  for (const auto& a : o.assigns) {
    if (interp.assign_operand(a)) continue;
    p.warn("fatal: `%s' argument to `-v' not in `var=value' form", a.c_str());
    return 2;
  }
  return interp.run(std::string(p.argv()[0]), operands);
}

}  // namespace

Command awk_command() { return {{"awk", "gawk", "mawk"}, kUsage, awk_main}; }

}  // namespace nacre
