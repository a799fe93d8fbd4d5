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

// Where records begin when separators are looked for from the end: each time the last place where one
// fits in what is in front of the one before. Ascending, behind what `starts` holds.
void find_backwards(Process& p, const Regex& re, std::string_view text, bool before, std::vector<size_t>& starts) {
  constexpr size_t kWindow = 256;
  std::vector<size_t> found;
  RegexSpan m[1], last{};
  for (size_t reach = text.size(); reach > 0; reach = last.begin) {
    const std::string_view part = text.substr(0, reach);
    bool any = false;
    for (size_t window = kWindow; !any; window *= 4) {
      const size_t from = window < reach ? reach - window : 0;
      for (size_t at = from; at < reach && re.match(part, at, m) && m[0].begin < reach; at = m[0].begin + 1) {
        any = true;
        last = m[0];
      }
      if (from == 0) break;
    }
    if (!any) break;
    p.tick(1);
    const size_t cut = before ? last.begin : last.end;
    if (cut > 0 && cut < text.size()) found.push_back(cut);
  }
  starts.insert(starts.end(), found.rbegin(), found.rend());
}

// The expressions of Emacs, which tac takes, in the basic syntax: + and ? are operators unless escaped,
// and there are no intervals.
std::string basic_syntax(std::string_view emacs) {
  std::string out;
  for (size_t i = 0; i < emacs.size(); i++) {
    const char c = emacs[i];
    if (c == '[') {
      size_t end = i + 1;
      if (end < emacs.size() && emacs[end] == '^') end++;
      end = emacs.find(']', end + 1);
      if (end == std::string_view::npos) end = emacs.size() - 1;
      out += emacs.substr(i, end - i + 1);
      i = end;
    } else if (c == '+' || c == '?') {
      out += {'\\', c};
    } else if (c == '\\' && i + 1 < emacs.size()) {
      const char next = emacs[++i];
      if (next != '+' && next != '?' && next != '{' && next != '}') out += c;
      out += next;
    } else {
      out += c;
    }
  }
  return out;
}

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
  auto re = Regex::compile(o.regex ? basic_syntax(o.separator) : o.separator,
                           o.regex ? (p.utf8() ? kRegexUtf8 : 0) | kRegexLineAnchors : static_cast<uint32_t>(kRegexLiteral), &error);
  if (!re) {
    p.warn("%s", error.c_str());
    return 1;
  }
  // Separators are found from the end: that is another set of places when they can overlap.
  const bool backwards = o.regex || o.separator.size() > 1;
  Output out(p);
  if (files.empty()) files = {"-"};
  int status = 0;
  for (const auto& file : files) {
    auto fd = file == "-" ? Result<int>(0) : p.open(file, kOpenRead);
    if (!fd) {
      p.warn(fd.error(), "failed to open %s for reading", quote_file(p, file).c_str());
      status = 1;
      continue;
    }
    Input in(p, *fd, file, file != "-");
    std::string_view text = in.all();
    // The starts of the records; each ends where the next begins.
    std::vector<size_t> starts;
    RegexSpan m[1];
    if (!text.empty()) starts.push_back(0);
    if (backwards) find_backwards(p, *re, text, o.before, starts);
    for (size_t at = 0; !backwards && at <= text.size() && re->match(text, at, m);) {
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
    if (in.error() != Errno::OK) {
      p.warn(in.error(), "%s: read error", quote_name(p, in.name()).c_str());
      status = 1;
    }
  }
  return out.finish(status);
}

}  // namespace

Command tac_command() { return {{"tac"}, kUsage, tac_main}; }

}  // namespace nacre
