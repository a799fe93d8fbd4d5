/// tac - concatenate and print files in reverse.
/// Source: GNU coreutils 9 manual, "tac invocation".
/// Differs: none known.
#include "algo/regex.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tac [OPTION]... [FILE]...\n"
    "Write each FILE to standard output, last line first.\n\n"
    "  -b, --before             attach the separator before instead of after\n"
    "  -r, --regex              interpret the separator as a regular expression\n"
    "  -s, --separator=STRING   use STRING as the separator instead of newline\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n";

struct Options {
  bool before = false, regex = false;
  std::string separator = "\n";
};
constexpr Flag<Options> kFlags[] = {{'b', "before", &Options::before}, {'r', "regex", &Options::regex}, {'s', "separator", &Options::separator}};

int tac_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.separator.empty() && o.regex) {
    p.warn("separator cannot be empty");
    return 1;
  }
  if (o.separator.empty()) o.separator = std::string(1, '\0');
  std::string error;
  auto re = Regex::compile(o.separator, o.regex ? (p.utf8() ? kRegexUtf8 : 0) | kRegexLineAnchors : static_cast<uint32_t>(kRegexLiteral), &error);
  if (!re) {
    p.warn("%s", error.c_str());
    return 1;
  }
  Output out(p);
  int status = for_each_input(p, files, [&](Input& in) {
    std::string_view text = in.all();
    // The starts of the records; each ends where the next begins.
    std::vector<size_t> starts;
    RegexSpan m[1];
    if (!text.empty()) starts.push_back(0);
    for (size_t at = 0; at <= text.size() && re->match(text, at, m);) {
      size_t cut = o.before ? m[0].begin : m[0].end;
      if (cut > 0 && cut < text.size()) starts.push_back(cut);
      at = m[0].size() ? m[0].end : m[0].end + 1;
    }
    size_t end = text.size();
    for (size_t i = starts.size(); i-- > 0;) {
      out.write(text.substr(starts[i], end - starts[i]));
      end = starts[i];
      if ((i & 255) == 0) p.tick(16);
    }
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command tac_command() { return {{"tac"}, kUsage, tac_main}; }

}  // namespace nacre
