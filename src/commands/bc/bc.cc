/// bc - an arbitrary precision calculator language.
/// Source: POSIX XCU bc; GNU bc manual 1.07.
/// Differs: read() takes the next number of standard input even when the program
/// comes from there, too; usage and warranty texts are in our own words.
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/bc/machine.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: bc [OPTION]... [FILE]...\n"
    "Run the programs in FILEs, then what standard input holds.\n\n"
    "  -h, --help         print this usage and exit\n"
    "  -i, --interactive  as if on a terminal: print the banner, write at once\n"
    "  -l, --mathlib      define s, c, a, l, e and j, and set scale to 20\n"
    "  -q, --quiet        no banner\n"
    "  -s, --standard     what POSIX bc does not know is an error\n"
    "  -w, --warn         what POSIX bc does not know gives a warning\n"
    "  -v, --version      print version information and exit\n";

constexpr Flag<BcOptions> kFlags[] = {
    {'i', "interactive", &BcOptions::interactive}, {'l', "mathlib", &BcOptions::math}, {'q', "quiet", &BcOptions::quiet},
    {'s', "standard", &BcOptions::standard},       {'w', "warn", &BcOptions::warn},
};

int print_usage(Process& p, int status) {
  Output out(p);
  out.write(kUsage);
  return out.finish(status);
}

// -h and -v are words of their own; an error shows the usage, too.
std::optional<int> read_options(Process& p, const std::vector<std::string>& argv, BcOptions& o, std::vector<std::string>& files) {
  constexpr size_t n = std::size(kFlags);
  OptionSpec specs[n + 2];
  for (size_t i = 0; i < n; i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, ArgKind::None};
  specs[n] = {'h', "help", ArgKind::None};
  specs[n + 1] = {'v', "version", ArgKind::None};
  auto status = parse_options(p, "", specs, argv, {.short_help = true}, files, [&](size_t i, std::optional<std::string_view> v) -> std::optional<int> {
    if (i < n) return apply(p, kFlags[i], o, v);
    return specs[i].short_name == 'v' ? print_version(p) : print_usage(p, 0);
  });
  if (status && *status != 0) return print_usage(p, *status);
  return status;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out = {"bc"};
  for (size_t i = 0; i < text.size();) {
    size_t start = i;
    while (i < text.size() && !ascii_space(text[i])) i++;
    if (i > start) out.emplace_back(text.substr(start, i - start));
    while (i < text.size() && ascii_space(text[i])) i++;
  }
  return out;
}

int bc_main(Process& p) {
  BcOptions o;
  std::vector<std::string> files;
  if (const char* given = p.getenv("BC_ENV_ARGS"))
    if (auto status = read_options(p, words(given), o, files)) return *status;
  if (auto status = read_options(p, p.argv(), o, files)) return *status;
  if (p.getenv("POSIXLY_CORRECT")) o.standard = true;
  bool terminal = o.interactive || (p.isatty(0) && p.isatty(1));
  FoldedOutput out(p, "BC_LINE_LENGTH", 1);
  if (terminal && !o.quiet) out.raw().write("bc (nacre), with the language of GNU bc 1.07\n");
  if (terminal) out.raw().set_line_buffered(true);
  BcTables tables;
  BcLexer lexer(p, std::move(files), true);
  BcCompiler compiler(p, o, tables, lexer);
  BcMachine machine(p, tables, lexer, out, o.math);
  compiler.on_text = [&](std::string_view text) { out.raw().write(text); };
  lexer.on_wait = [&] { out.raw().flush(); };
  BcCode code;
  for (;;) {
    auto item = compiler.next(code);
    if (item == BcCompiler::Item::End || item == BcCompiler::Item::Quit) break;
    if (item == BcCompiler::Item::Run && !machine.run(code)) break;
  }
  return out.raw().finish(lexer.failed() ? 1 : 0);
}

}  // namespace

Command bc_command() { return {{"bc"}, kUsage, bc_main}; }

}  // namespace nacre
