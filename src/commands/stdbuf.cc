/// stdbuf - run a command with another buffering of its standard streams.
/// Source: GNU coreutils 9.1 manual, "stdbuf invocation".
/// Differs: a size is taken as full buffering; input is read as it comes whatever is said.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: stdbuf OPTION... COMMAND\n"
    "Run COMMAND, with modified buffering operations for its standard streams.\n\n"
    "  -i, --input=MODE   adjust standard input stream buffering\n"
    "  -o, --output=MODE  adjust standard output stream buffering\n"
    "  -e, --error=MODE   adjust standard error stream buffering\n"
    "      --help         display this help and exit\n      --version      output version information and exit\n\n"
    "MODE 'L' is line buffered (not for input), '0' unbuffered; otherwise MODE is a size, with suffixes like K and M.\n";

struct Options {
  std::optional<std::string> mode[3];
};
using O = Options;

template <int N>
std::optional<int> set_mode(Process& p, O& o, std::string_view v) {
  while (!v.empty() && (v[0] == ' ' || v[0] == '\t')) v.remove_prefix(1);
  if (N == 0 && v == "L") {
    p.warn("line buffering stdin is meaningless");
    return try_help(p, 125);
  }
  if (v != "L" && (v.empty() || v[0] < '0' || v[0] > '9' || !parse_size(v, "kKmMGTPEZY0"))) {
    p.warn("invalid mode %s", quote(p, v).c_str());
    return 125;
  }
  o.mode[N] = std::string(v);
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {{'i', "input", set_mode<0>}, {'o', "output", set_mode<1>}, {'e', "error", set_mode<2>}};

int stdbuf_main(Process& p) {
  O o;
  std::vector<std::string> command;
  if (auto status = parse(p, kUsage, kFlags, o, command, {.error_status = 125, .in_order = true})) return *status;
  if (command.empty()) return missing_operand(p, 125);
  if (!o.mode[0] && !o.mode[1] && !o.mode[2]) {
    p.warn("you must specify a buffering mode option");
    return try_help(p, 125);
  }
  // The command's Output reads these, as GNU's library does.
  auto env = std::make_shared<EnvList>();
  for (const auto& e : p.env())
    if (!(e.size() > 9 && e.starts_with("_STDBUF_") && e[9] == '=')) env->push_back(e);
  for (int i = 0; i < 3; i++)
    if (o.mode[i]) env->push_back(std::string("_STDBUF_") + "IOE"[i] + "=" + *o.mode[i]);
  Errno e = p.exec_program(command, env);
  p.warn(e, "failed to run command %s", quote(p, command[0]).c_str());
  return e == Errno::NOENT ? 127 : 126;
}

}  // namespace

Command stdbuf_command() { return {{"stdbuf"}, kUsage, stdbuf_main}; }

}  // namespace nacre
