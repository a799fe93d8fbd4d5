/// envsubst - substitute environment variables in text.
/// Source: GNU gettext 0.21 manual, "Invoking the envsubst program".
/// Differs: none known.
#include <set>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: envsubst [OPTION] [SHELL-FORMAT]\n\n"
    "Copy standard input, with $VARIABLE and ${VARIABLE} replaced by the values of\n"
    "environment variables: all, or those that SHELL-FORMAT mentions.\n\n"
    "  -v, --variables    print the names of the variables that SHELL-FORMAT mentions\n"
    "  -h, --help         display this help and exit\n"
    "  -V, --version      output version information and exit\n";

struct Options {
  bool variables = false, help = false, version = false;
};
constexpr Flag<Options> kFlags[] = {{'v', "variables", &Options::variables}, {'h', "help", &Options::help}, {'V', "version", &Options::version}};

bool starts_name(char c) { return ascii_alpha(c) || c == '_'; }
bool in_name(char c) { return starts_name(c) || ascii_digit(c); }

/// Calls text() for what stays and name(name, whole) for references, in order.
template <class Text, class Name>
void scan(std::string_view s, Text text, Name name) {
  size_t from = 0;
  for (size_t at = 0; (at = s.find('$', at)) != std::string_view::npos;) {
    size_t begin = at + 1;
    bool braces = begin < s.size() && s[begin] == '{';
    begin += braces;
    size_t end = begin;
    if (end < s.size() && starts_name(s[end]))
      while (end < s.size() && in_name(s[end])) end++;
    if (end == begin || (braces && (end == s.size() || s[end] != '}'))) {
      at++;
      continue;
    }
    text(s.substr(from, at - from));
    size_t after = end + braces;
    name(s.substr(begin, end - begin), s.substr(at, after - at));
    from = at = after;
  }
  text(s.substr(from));
}

int envsubst_main(Process& p) {
  Options o;
  std::vector<std::string> formats;
  if (auto status = parse(p, kUsage, kFlags, o, formats, {.help_version = false})) return *status;
  if (o.version) return print_version(p);
  Output out(p);
  if (o.help) {
    out.write(called_usage(p, kUsage));
    return out.finish(0);
  }
  if (formats.size() > 1 || (o.variables && formats.empty())) {
    p.warn(formats.empty() ? "missing arguments" : "too many arguments");
    return 1;
  }
  auto nothing = [](std::string_view) {};
  if (o.variables) {
    scan(formats[0], nothing, [&](std::string_view name, std::string_view) { out.line(name); });
    return out.finish(0);
  }
  std::set<std::string, std::less<>> wanted;
  if (!formats.empty()) scan(formats[0], nothing, [&](std::string_view name, std::string_view) { wanted.emplace(name); });
  Input in(p, 0, "-", false);
  std::string_view line;
  while (in.next_line(line)) {
    scan(
        line, [&](std::string_view text) { out.write(text); },
        [&](std::string_view name, std::string_view whole) {
          if (!formats.empty() && !wanted.contains(name)) return out.write(whole);
          if (const char* value = p.getenv(name)) out.write(value);
        });
    if (in.terminated()) out.put('\n');
  }
  int status = out.finish(0);
  if (in.error() == Errno::OK) return status;
  p.warn(in.error(), "error while reading \"standard input\"");
  return 1;
}

}  // namespace

Command envsubst_command() { return {{"envsubst"}, kUsage, envsubst_main}; }

}  // namespace nacre
