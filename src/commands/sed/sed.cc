/// sed - stream editor.
/// Source: GNU sed 4.9 manual; POSIX XCU sed.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/sed/runner.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n\n"
    "  -n, --quiet, --silent      suppress automatic printing of pattern space\n"
    "  -e script, --expression=script  add the script to the commands to be executed\n"
    "  -f script-file, --file=script-file  add the contents of script-file to the commands\n"
    "      --follow-symlinks      follow symlinks when processing in place\n"
    "  -i[SUFFIX], --in-place[=SUFFIX]  edit files in place (makes backup if SUFFIX supplied)\n"
    "  -l N, --line-length=N      specify the desired line-wrap length for the `l' command\n"
    "      --posix                disable all GNU extensions\n"
    "      --debug                show the program in canonical form, and what it does\n"
    "  -E, -r, --regexp-extended  use extended regular expressions in the script\n"
    "  -s, --separate             consider files as separate rather than as one continuous stream\n"
    "      --sandbox              reject the e, r and w commands\n"
    "  -u, --unbuffered           load minimal amounts of data and flush output often\n"
    "  -z, --null-data            separate lines by NUL characters\n"
    "      --help                 display this help and exit\n"
    "      --version              output version information and exit\n\n"
    "If no -e, --expression, -f, or --file option is given, then the first non-option argument is\n"
    "taken as the sed script.  All remaining arguments are names of input files; with none,\n"
    "standard input is read.\n";

struct Options {
  SedSettings settings;
  SedDialect dialect;
  std::vector<SedSource> sources;
};

std::optional<int> add_file(Process& p, Options& o, std::string_view name) {
  auto text = read_file(p, std::string(name));
  if (!text) {
    p.warn("couldn't open file %s: %s", std::string(name).c_str(), std::string(message(text.error())).c_str());
    return 4;
  }
  if (text->rfind("#!", 0) != 0 && !text->empty() && text->back() == '\n') text->pop_back();
  o.sources.push_back({*text, std::string(name)});
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {0, "debug", +[](Options& o) { o.settings.debug = o.dialect.debug = true; }},
    {'n', "quiet", +[](Options& o) { o.settings.quiet = true; }},
    {'n', "silent", +[](Options& o) { o.settings.quiet = true; }},
    {'e', "expression", +[](Options& o, std::string_view v) { o.sources.push_back({std::string(v), ""}); }},
    {'f', "file", add_file},
    {0, "follow-symlinks", +[](Options& o) { o.settings.follow_links = true; }},
    {'i', "in-place", +[](Options& o, std::optional<std::string_view> v) { o.settings.in_place = std::string(v.value_or("")); }},
    {'l', "line-length",
     +[](Options& o, std::string_view v) {
       // GNU's sed reads what digits there are.
       o.settings.line_length = 0;
       for (size_t i = 0; i < v.size() && v[i] >= '0' && v[i] <= '9'; i++)
         o.settings.line_length = std::min<int64_t>(o.settings.line_length * 10 + (v[i] - '0'), INT32_MAX);
     }},
    {0, "posix", +[](Options& o) { o.dialect.posix = o.settings.posix = true; }},
    {'E', "regexp-extended", +[](Options& o) { o.dialect.extended = true; }},
    {'r', "", +[](Options& o) { o.dialect.extended = true; }},
    {0, "sandbox", +[](Options& o) { o.dialect.sandbox = true; }},
    {'s', "separate", +[](Options& o) { o.settings.separate = true; }},
    {'u', "unbuffered", +[](Options& o) { o.settings.unbuffered = true; }},
    {'b', "binary", +[](Options&) {}},
    {'z', "null-data", +[](Options& o) { o.settings.delimiter = '\0'; }},
    {'z', "zero-terminated", +[](Options& o) { o.settings.delimiter = '\0'; }},
};

int sed_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files, {.error_status = 1, .short_help = true})) return *status;
  if (o.sources.empty()) {
    if (files.empty()) {
      write_error(p, called_usage(p, kUsage));
      return 1;
    }
    o.sources.push_back({files.front(), ""});
    files.erase(files.begin());
  }
  o.settings.utf8 = o.dialect.utf8 = p.utf8();
  o.settings.posix = o.settings.posix || p.getenv("POSIXLY_CORRECT");
  o.dialect.null_data = o.settings.delimiter == '\0';
  SedScript script = parse_sed(o.sources, o.dialect);
  if (!script.error.empty()) {
    p.warn("%s", script.error.c_str());
    return script.error_status;
  }
  if (o.settings.in_place && files.empty()) {
    p.warn("no input files");
    return 4;
  }
  o.settings.quiet = o.settings.quiet || script.quiet;
  return SedRunner(p, script, o.settings).run(std::move(files));
}

}  // namespace

Command sed_command() { return {{"sed"}, kUsage, sed_main}; }

}  // namespace nacre
