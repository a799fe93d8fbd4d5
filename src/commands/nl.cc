/// nl - number lines of files.
/// Source: GNU coreutils 9 manual, "nl invocation"; POSIX XCU nl.
/// Differs: none known.
#include "algo/regex.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: nl [OPTION]... [FILE]...\n"
    "Write each FILE to standard output, with line numbers added.\n\n"
    "  -b, --body-numbering=STYLE      use STYLE for numbering body lines\n"
    "  -d, --section-delimiter=CC      use CC for logical page delimiters\n"
    "  -f, --footer-numbering=STYLE    use STYLE for numbering footer lines\n"
    "  -h, --header-numbering=STYLE    use STYLE for numbering header lines\n"
    "  -i, --line-increment=NUMBER     line number increment at each line\n"
    "  -l, --join-blank-lines=NUMBER   group of NUMBER empty lines counted as one\n"
    "  -n, --number-format=FORMAT      insert line numbers according to FORMAT: ln, rn, rz\n"
    "  -p, --no-renumber               do not reset line numbers for each section\n"
    "  -s, --number-separator=STRING   add STRING after (possible) line number\n"
    "  -v, --starting-line-number=NUMBER  first line number for each section\n"
    "  -w, --number-width=NUMBER       use NUMBER columns for line numbers\n"
    "      --help                      display this help and exit\n"
    "      --version                   output version information and exit\n\n"
    "STYLE is a (all lines), t (nonempty lines), n (none), or pBRE (lines that match BRE).\n";

struct Options {
  bool bad_option = false;
  std::string body = "t", header = "n", footer = "n", delimiter = "\\:", separator = "\t", format = "rn";
  int64_t increment = 1, start = 1, width = 6, join = 1;
  bool no_renumber = false;
};

std::optional<int> number(Process& p, int64_t& to, std::string_view v, const char* what, int64_t least) {
  auto n = parse_int(v);
  if (n && *n >= least) {
    to = *n;
    return std::nullopt;
  }
  if (n) p.warn(Errno::RANGE, "invalid %s: %s", what, quote(p, v).c_str());
  else p.warn("invalid %s: %s", what, quote(p, v).c_str());
  return 1;
}

std::optional<int> set_style(Process& p, Options& o, std::string& to, std::string_view v, const char* what) {
  to = std::string(v);
  if (v.starts_with('p')) {
    std::string error;
    if (Regex::compile(std::string(v.substr(1)), p.utf8() ? kRegexUtf8 : 0, &error)) return std::nullopt;
    p.warn("%s", error.c_str());
    return 1;
  }
  if (v == "a" || v == "t" || v == "n") return std::nullopt;
  p.warn("invalid %s numbering style: %s", what, quote(p, v).c_str());
  o.bad_option = true;
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'b', "body-numbering", +[](Process& p, Options& o, std::string_view v) { return set_style(p, o, o.body, v, "body"); }},
    {'v', "starting-line-number", +[](Process& p, Options& o, std::string_view v) { return number(p, o.start, v, "starting line number", INT64_MIN); }},
    {'f', "footer-numbering", +[](Process& p, Options& o, std::string_view v) { return set_style(p, o, o.footer, v, "footer"); }},
    {'h', "header-numbering", +[](Process& p, Options& o, std::string_view v) { return set_style(p, o, o.header, v, "header"); }},
    {'i', "line-increment", +[](Process& p, Options& o, std::string_view v) { return number(p, o.increment, v, "line number increment", INT64_MIN); }},
    {'l', "join-blank-lines", +[](Process& p, Options& o, std::string_view v) { return number(p, o.join, v, "line number of blank lines", 1); }},
    {'p', "no-renumber", &Options::no_renumber},
    {'s', "number-separator", &Options::separator},
    {'w', "number-width", +[](Process& p, Options& o, std::string_view v) { return number(p, o.width, v, "line number field width", 1); }},
    {'d', "section-delimiter", &Options::delimiter},
    {'n', "number-format",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       o.format = std::string(v);
       if (v != "ln" && v != "rn" && v != "rz") {
         p.warn("invalid line numbering format: %s", quote(p, v).c_str());
         o.bad_option = true;
       }
       return std::nullopt;
     }},
};

struct Style {
  char kind = 't';
  std::unique_ptr<Regex> regex;
};

bool make_style(Process& p, const std::string& text, Style& out) {
  if (text == "a" || text == "t" || text == "n") {
    out.kind = text[0];
    return true;
  }
  if (!text.empty() && text[0] == 'p') {
    std::string error;
    out.kind = 'p';
    out.regex = Regex::compile(text.substr(1), p.utf8() ? kRegexUtf8 : 0, &error);
    if (out.regex) return true;
    p.warn("%s", error.c_str());
    return false;
  }
  return false;
}

class Numberer {
 public:
  Numberer(Process& p, const Options& o, Output& out) : o_(o), out_(out), p_(p), next_(o.start) {}

  bool prepare() {
    if (o_.bad_option) {
      try_help(p_);
      return false;
    }
    if (!make_style(p_, o_.header, styles_[0]) || !make_style(p_, o_.body, styles_[1]) || !make_style(p_, o_.footer, styles_[2])) return false;
    mark_ = o_.delimiter.size() == 1 ? o_.delimiter + ":" : o_.delimiter;
    return true;
  }

  void line(std::string_view s) {
    if (!mark_.empty()) {
      for (int n = 3; n >= 1; n--) {
        std::string mark;
        for (int k = 0; k < n; k++) mark += mark_;
        if (s != mark) continue;
        section_ = 3 - n;
        if (!o_.no_renumber) next_ = o_.start;
        blanks_ = 0;
        out_.put('\n');
        return;
      }
    }
    if (numbered(s)) {
      char text[64];
      const char* format = o_.format == "ln" ? "%-*lld" : o_.format == "rn" ? "%*lld" : "%0*lld";
      int n = std::snprintf(text, sizeof text, format, static_cast<int>(std::min<int64_t>(o_.width, 40)), static_cast<long long>(next_));
      out_.write({text, static_cast<size_t>(n)});
      out_.write(o_.separator);
      next_ += o_.increment;
    } else {
      out_.write(std::string(static_cast<size_t>(o_.width) + o_.separator.size(), ' '));
    }
    out_.line(s);
  }

 private:
  bool numbered(std::string_view s) {
    const Style& style = styles_[section_];
    switch (style.kind) {
      case 'a':
        if (o_.join > 1) {
          if (!s.empty()) {
            blanks_ = 0;
            return true;
          }
          if (++blanks_ < o_.join) return false;
          blanks_ = 0;
        }
        return true;
      case 't': return !s.empty();
      case 'p': return style.regex->matches(s);
      default: return false;
    }
  }

  const Options& o_;
  Output& out_;
  Process& p_;
  Style styles_[3];
  std::string mark_;
  int section_ = 1;
  int64_t next_, blanks_ = 0;
};

int nl_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  Output out(p);
  Numberer numberer(p, o, out);
  if (!numberer.prepare()) return 1;
  int status = for_each_input(p, files, [&](Input& in) {
    std::string_view line;
    while (in.next_line(line)) numberer.line(line);
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command nl_command() { return {{"nl"}, kUsage, nl_main}; }

}  // namespace nacre
