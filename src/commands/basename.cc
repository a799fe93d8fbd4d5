/// basename - strip directory and suffix from file names.
/// Source: GNU coreutils 9 manual, "basename invocation"; POSIX XCU basename.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: basename NAME [SUFFIX]\n  or:  basename OPTION... NAME...\n"
    "Print NAME with any leading directory components removed, and SUFFIX too if given.\n\n"
    "  -a, --multiple       support multiple arguments and treat each as a NAME\n"
    "  -s, --suffix=SUFFIX  remove a trailing SUFFIX; implies -a\n"
    "  -z, --zero           end each output line with NUL, not newline\n"
    "      --help           display this help and exit\n"
    "      --version        output version information and exit\n";

struct Options {
  bool multiple = false, zero = false;
  std::optional<std::string> suffix;
};
constexpr Flag<Options> kFlags[] = {{'a', "multiple", &Options::multiple}, {'s', "suffix", &Options::suffix}, {'z', "zero", &Options::zero}};

std::string_view strip(std::string_view name, std::string_view suffix) {
  std::string_view base = base_name(name);
  if (base.size() > suffix.size() && base != "/" && base.substr(base.size() - suffix.size()) == suffix) base.remove_suffix(suffix.size());
  return base;
}

int basename_main(Process& p) {
  Options o;
  std::vector<std::string> names;
  if (auto status = parse(p, kUsage, kFlags, o, names, {.in_order = true})) return *status;
  if (names.empty()) return missing_operand(p);
  Output out(p);
  char end = o.zero ? '\0' : '\n';
  if (o.multiple || o.suffix) {
    for (const auto& n : names) out.line(strip(n, o.suffix.value_or("")), end);
    return out.finish(0);
  }
  if (names.size() > 2) return extra_operand(p, names[2]);
  out.line(strip(names[0], names.size() > 1 ? names[1] : ""), end);
  return out.finish(0);
}

}  // namespace

Command basename_command() { return {{"basename"}, kUsage, basename_main}; }

}  // namespace nacre
