// The command line of rg: flags as the crate clap reads them, each with the flag that undoes it.
// Longer than most files: the table of them.
#include "commands/rg/options.h"

#include <cstdlib>
#include <cstring>

#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/args.h"
#include "commands/text_io.h"

namespace nacre {

const char kRgUsage[] =
    "rg - search directories for lines that match a regular expression\n\n"
    "USAGE:\n"
    "    rg [OPTIONS] PATTERN [PATH ...]\n"
    "    rg [OPTIONS] -e PATTERN ... [PATH ...]\n"
    "    rg [OPTIONS] -f PATTERNFILE ... [PATH ...]\n"
    "    rg [OPTIONS] --files [PATH ...]\n"
    "    rg [OPTIONS] --type-list\n\n"
    "PATTERNS:\n"
    "    -e, --regexp PATTERN        a pattern; may be given several times\n"
    "    -f, --file FILE             patterns from FILE, one a line\n"
    "    -F, --fixed-strings         patterns are text\n"
    "    -P, --pcre2                 patterns are Perl's (--engine default|pcre2|auto)\n"
    "    -i, --ignore-case  -s, --case-sensitive  -S, --smart-case\n"
    "    -w, --word-regexp  -x, --line-regexp\n"
    "    -U, --multiline  --multiline-dotall  --crlf  --null-data  --no-unicode\n"
    "WHAT IS SEARCHED:\n"
    "    -g, --glob GLOB  --iglob GLOB  --glob-case-insensitive\n"
    "    -t, --type TYPE  -T, --type-not TYPE  --type-list  --type-add SPEC  --type-clear TYPE\n"
    "    -., --hidden  -L, --follow  --max-depth N  --max-filesize N  --one-file-system\n"
    "    --ignore-file FILE  --ignore-file-case-insensitive  -u, --unrestricted (up to three times)\n"
    "    --no-ignore  --no-ignore-dot  --no-ignore-exclude  --no-ignore-files  --no-ignore-global\n"
    "    --no-ignore-parent  --no-ignore-vcs  --no-require-git\n"
    "    -a, --text  --binary  -z, --search-zip  -E, --encoding ENCODING  --files\n"
    "OUTPUT:\n"
    "    -v, --invert-match  -m, --max-count N  -o, --only-matching  -r, --replace TEXT  --passthru\n"
    "    -A, --after-context N  -B, --before-context N  -C, --context N  --context-separator SEP\n"
    "    -c, --count  --count-matches  --include-zero  -l, --files-with-matches  --files-without-match\n"
    "    -n, --line-number  -N, --no-line-number  --column  -b, --byte-offset  --vimgrep  --trim\n"
    "    -H, --with-filename  -I, --no-filename  --heading  --no-heading  -0, --null  -p, --pretty\n"
    "    --color always|never|auto|ansi  --colors SPEC  --path-separator SEP\n"
    "    --field-match-separator SEP  --field-context-separator SEP\n"
    "    -M, --max-columns N  --max-columns-preview  --json  --stats  -q, --quiet\n"
    "    --sort none|path|modified|accessed|created  --sortr ...  --line-buffered\n"
    "    --no-messages  --no-ignore-messages  --no-config\n"
    "Without --sort, files come in the order of their paths.\n"
    "Exit status is 0 if anything matched, 1 if not, 2 after an error.\n";

namespace {

constexpr char kClapUsage[] =
    "\n\nUSAGE:\n    \n"
    "    rg [OPTIONS] PATTERN [PATH ...]\n"
    "    rg [OPTIONS] -e PATTERN ... [PATH ...]\n"
    "    rg [OPTIONS] -f PATTERNFILE ... [PATH ...]\n"
    "    rg [OPTIONS] --files [PATH ...]\n"
    "    rg [OPTIONS] --type-list\n"
    "    command | rg [OPTIONS] PATTERN\n"
    "    rg [OPTIONS] --help\n"
    "    rg [OPTIONS] --version\n\n"
    "For more information try --help\n\n";

using O = RgOptions;

/// What is read while the flags go by and takes effect at the end.
struct Reading {
  Process& p;
  RgOptions& o;
  std::string error;            // text for stderr
  bool help = false, version = false, no_config = false, pcre2_version = false;
  std::vector<std::string> pattern_files, types_add;
  bool pretty = false;
};

struct RgFlag {
  char letter;
  std::string_view name;
  std::string_view value;                         // "NUM"; empty: takes none
  void (*set)(Reading&, std::string_view);
  std::string_view choices = "";
};

void bad_value(Reading& r, const RgFlag& f, const std::string& why) {
  r.error = "error: Invalid value for '--" + std::string(f.name) + " <" + std::string(f.value) + ">': " + why + "\n\n";
}

std::string digits_error(std::string_view v) {
  if (v.empty()) return "cannot parse integer from empty string";
  for (char c : v)
    if (!ascii_digit(c)) return "invalid digit found in string";
  return v.size() > 19 ? "number too large to fit in target type" : "";
}

uint64_t size_value(Reading& r, std::string_view v) {
  std::string_view digits = v;
  uint64_t unit = 1;
  if (!v.empty() && !ascii_digit(v.back())) {
    unit = v.back() == 'K' ? 1u << 10 : v.back() == 'M' ? 1u << 20 : v.back() == 'G' ? 1u << 30 : 0;
    digits.remove_suffix(1);
  }
  if (unit == 0 || !digits_error(digits).empty()) {
    r.error = "invalid format for size '" + std::string(v) + "', which should be a sequence of digits followed by an optional 'K', 'M' or 'G' suffix\n";
    return 0;
  }
  uint64_t n = 0;
  for (char c : digits) n = n * 10 + static_cast<uint64_t>(c - '0');
  return n * unit;
}

int64_t number(std::string_view v) { return parse_int(v).value_or(INT64_MAX); }

// "\t" and "\x41" in separators.
std::string unescape(std::string_view v) {
  std::string out;
  for (size_t i = 0; i < v.size(); i++) {
    char c = v[i], next = i + 1 < v.size() ? v[i + 1] : 0;
    if (c != '\\' || !std::strchr("0nrt\\x", next) || !next) {
      out += c;
      continue;
    }
    i++;
    if (next == 'x') {
      auto hex = [](char h) { return ascii_digit(h) ? h - '0' : (h | 32) >= 'a' && (h | 32) <= 'f' ? (h | 32) - 'a' + 10 : -1; };
      int high = i + 1 < v.size() ? hex(v[i + 1]) : -1, low = i + 2 < v.size() ? hex(v[i + 2]) : -1;
      if (high < 0 || low < 0) {
        out += "\\x";
        continue;
      }
      out += static_cast<char>(high * 16 + low);
      i += 2;
    } else {
      out += next == '0' ? '\0' : next == 'n' ? '\n' : next == 'r' ? '\r' : next == 't' ? '\t' : '\\';
    }
  }
  return out;
}

// ---- --colors
bool color_parameter(Reading& r, std::string_view v, bool background, bool intense, std::string& to) {
  static constexpr std::string_view kNames[] = {"black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"};
  std::string folded;
  for (char c : v) folded += ascii_lower(c);
  for (int i = 0; i < 8; i++) {
    if (folded != kNames[i]) continue;
    to = intense ? (background ? "48;5;" : "38;5;") + std::to_string(8 + i) : std::to_string((background ? 40 : 30) + i);
    return true;
  }
  std::vector<int> parts;
  size_t at = 0;
  bool numbers = true, any_digit = !v.empty() && (ascii_digit(v[0]) || v[0] == '-');
  for (;; at++) {
    size_t end = std::min(v.find(',', at), v.size());
    std::string one(v.substr(at, end - at));
    char* stop = nullptr;
    long n = one.empty() ? -1 : std::strtol(one.c_str(), &stop, one.starts_with("0x") ? 16 : 10);
    if (one.empty() || *stop || n < 0 || n > 255) numbers = false;
    parts.push_back(static_cast<int>(n));
    at = end;
    if (end == v.size()) break;
  }
  const char* lead = background ? "48;" : "38;";
  if (numbers && parts.size() == 1) to = std::string(lead) + "5;" + std::to_string(parts[0]);
  else if (numbers && parts.size() == 3)
    to = std::string(lead) + "2;" + std::to_string(parts[0]) + ";" + std::to_string(parts[1]) + ";" + std::to_string(parts[2]);
  else if (parts.size() > 1)
    r.error = "unrecognized RGB color triple, should be '[0-255],[0-255],[0-255]' (or a hex triple), but is '" + std::string(v) + "'\n";
  else if (any_digit) r.error = "unrecognized ansi256 color number, should be '[0-255]' (or a hex number), but is '" + std::string(v) + "'\n";
  else r.error = "unrecognized color name '" + std::string(v) + "'. Choose from: black, blue, green, red, cyan, magenta, yellow, white\n";
  return r.error.empty();
}

void add_color(Reading& r, std::string_view spec) {
  std::vector<std::string> parts{""};
  for (char c : spec) {
    if (c == ':') parts.emplace_back();
    else parts.back() += c;
  }
  auto invalid = [&] {
    r.error = "invalid color spec format: '" + std::string(spec) + "'. Valid format is '(path|line|column|match):(fg|bg|style):(value)'.\n";
  };
  if (parts.size() < 2 || parts.size() > 3) return invalid();
  auto lower_of = [](std::string s) {
    for (char& c : s) c = ascii_lower(c);
    return s;
  };
  std::string where = lower_of(parts[0]), kind = lower_of(parts[1]);
  RgColor* to = where == "path"     ? &r.o.path_color
                : where == "line"   ? &r.o.line_color
                : where == "column" ? &r.o.column_color
                : where == "match"  ? &r.o.match_color
                                    : nullptr;
  if (!to) {
    r.error = "unrecognized output type '" + parts[0] + "'. Choose from: path, line, column, match.\n";
    return;
  }
  if (kind != "none" && kind != "fg" && kind != "bg" && kind != "style") {
    r.error = "unrecognized spec type '" + parts[1] + "'. Choose from: fg, bg, style, none.\n";
    return;
  }
  if (kind == "none") {
    *to = {};
    return;
  }
  if (parts.size() != 3) return invalid();
  if (kind == "fg" || kind == "bg") {
    color_parameter(r, parts[2], kind == "bg", to->intense, kind == "bg" ? to->bg : to->fg);
    return;
  }
  std::string style = lower_of(parts[2]);
  if (style == "bold" || style == "nobold") to->bold = style == "bold";
  else if (style == "underline" || style == "nounderline") to->underline = style == "underline";
  else if (style == "intense" || style == "nointense") {
    to->intense = style == "intense";
    auto shift = [&](std::string& s) {
      size_t dark = s.size() == 2 ? static_cast<size_t>(s[1] - '0') : 0, n = s.size() > 5 ? static_cast<size_t>(std::atoi(s.c_str() + 5)) : 0;
      if (to->intense && s.size() == 2) s = (s[0] == '4' ? "48;5;" : "38;5;") + std::to_string(8 + dark);
      else if (!to->intense && n >= 8 && n < 16) s = std::to_string((s[0] == '4' ? 40 : 30) + n - 8);
    };
    shift(to->fg);
    shift(to->bg);
  } else {
    r.error = "unrecognized style attribute '" + parts[2] + "'. Choose from: nobold, bold, nointense, intense, nounderline, underline.\n";
  }
}

void no_ignore(RgOptions& o, bool on) { o.no_ignore_dot = o.no_ignore_exclude = o.no_ignore_global = o.no_ignore_parent = o.no_ignore_vcs = on; }

void set_sort(Reading& r, std::string_view v, bool reverse) {
  r.o.sort = v == "path"       ? O::Sort::Path
             : v == "modified" ? O::Sort::Modified
             : v == "accessed" ? O::Sort::Accessed
             : v == "created"  ? O::Sort::Created
                               : O::Sort::None;
  r.o.sort_reverse = reverse && r.o.sort != O::Sort::None;
}

#define RG_SET(letter, name, action)                     \
  {letter, name, "", +[](Reading& r, std::string_view) { \
     (void)r;                                            \
     action;                                             \
   }}
#define RG_VALUE(letter, name, value, action, ...)            \
  {letter, name, value, +[](Reading& r, std::string_view v) { \
     (void)v;                                                 \
     (void)r;                                                 \
     action;                                                  \
   } __VA_OPT__(, ) __VA_ARGS__}

constexpr RgFlag kFlags[] = {
    RG_VALUE('A', "after-context", "NUM", (r.o.after = number(v), r.o.around = 0)),
    RG_VALUE('B', "before-context", "NUM", (r.o.before = number(v), r.o.around = 0)),
    RG_VALUE('C', "context", "NUM", (r.o.around = number(v), r.o.after = r.o.before = 0)),
    RG_SET(0, "auto-hybrid-regex", r.o.engine = O::Engine::Auto),
    RG_SET(0, "no-auto-hybrid-regex", r.o.engine = O::Engine::Default),
    RG_SET(0, "binary", r.o.binary = O::Binary::Search),
    RG_SET(0, "no-binary", r.o.binary = O::Binary::Auto),
    RG_SET(0, "block-buffered", r.o.line_buffered = false),
    RG_SET(0, "no-block-buffered", r.o.line_buffered = false),
    RG_SET('b', "byte-offset", r.o.byte_offset = true),
    RG_SET('s', "case-sensitive", r.o.letter_case = O::Case::Sensitive),
    RG_SET('i', "ignore-case", r.o.letter_case = O::Case::Insensitive),
    RG_SET('S', "smart-case", r.o.letter_case = O::Case::Smart),
    RG_VALUE(0, "color", "WHEN",
             (r.o.color = v == "never"  ? O::When::Never
                          : v == "auto" ? O::When::Auto
                                        : O::When::Always),
             "always, ansi, auto, never"),
    RG_VALUE(0, "colors", "COLOR_SPEC>...", add_color(r, v)),
    RG_SET(0, "column", r.o.column = true),
    RG_SET(0, "no-column", r.o.column = false),
    RG_VALUE(0, "context-separator", "SEPARATOR", r.o.separator = unescape(v)),
    RG_SET(0, "no-context-separator", r.o.separator.reset()),
    RG_SET('c', "count", r.o.count = true),
    RG_SET(0, "count-matches", r.o.count_matches = true),
    RG_SET(0, "crlf", r.o.crlf = true),
    RG_SET(0, "no-crlf", r.o.crlf = false),
    RG_VALUE(0, "dfa-size-limit", "NUM+SUFFIX?", size_value(r, v)),
    RG_VALUE(0, "regex-size-limit", "NUM+SUFFIX?", size_value(r, v)),
    RG_VALUE('E', "encoding", "ENCODING", r.o.encoding = v),
    RG_SET(0, "no-encoding", r.o.encoding = "auto"),
    RG_VALUE(0, "engine", "ENGINE",
             (r.o.engine = v == "auto"    ? O::Engine::Auto
                           : v == "pcre2" ? O::Engine::Pcre2
                                          : O::Engine::Default),
             "auto, default, pcre2"),
    RG_VALUE(0, "field-context-separator", "SEPARATOR", r.o.context_separator = unescape(v)),
    RG_VALUE(0, "field-match-separator", "SEPARATOR", r.o.match_separator = unescape(v)),
    RG_VALUE('f', "file", "PATTERNFILE>...", (r.pattern_files.emplace_back(v), r.o.has_patterns = true)),
    RG_SET(0, "files", r.o.files = true),
    RG_SET('l', "files-with-matches", (r.o.with_matches = true, r.o.without_match = false)),
    RG_SET(0, "files-without-match", (r.o.without_match = true, r.o.with_matches = false)),
    RG_SET('F', "fixed-strings", r.o.fixed = true),
    RG_SET(0, "no-fixed-strings", r.o.fixed = false),
    RG_SET('L', "follow", r.o.follow = true),
    RG_SET(0, "no-follow", r.o.follow = false),
    RG_VALUE('g', "glob", "GLOB>...", r.o.globs.push_back({std::string(v), false})),
    RG_VALUE(0, "iglob", "GLOB>...", r.o.globs.push_back({std::string(v), true})),
    RG_SET(0, "glob-case-insensitive", r.o.glob_fold = true),
    RG_SET(0, "no-glob-case-insensitive", r.o.glob_fold = false),
    RG_SET('h', "help", r.help = true),
    RG_SET('V', "version", r.version = true),
    RG_SET(0, "heading", r.o.heading = true),
    RG_SET(0, "no-heading", r.o.heading = false),
    RG_SET('.', "hidden", r.o.hidden = true),
    RG_SET(0, "no-hidden", r.o.hidden = false),
    RG_VALUE(0, "ignore-file", "PATH>...", r.o.ignore_files.emplace_back(v)),
    RG_SET(0, "ignore-file-case-insensitive", r.o.ignore_fold = true),
    RG_SET(0, "no-ignore-file-case-insensitive", r.o.ignore_fold = false),
    RG_SET(0, "include-zero", r.o.include_zero = true),
    RG_SET('v', "invert-match", r.o.invert = true),
    RG_SET(0, "json", r.o.json = true),
    RG_SET(0, "no-json", r.o.json = false),
    RG_SET(0, "line-buffered", r.o.line_buffered = true),
    RG_SET(0, "no-line-buffered", r.o.line_buffered = false),
    RG_SET('n', "line-number", r.o.line_numbers = true),
    RG_SET('N', "no-line-number", r.o.line_numbers = false),
    RG_SET('x', "line-regexp", (r.o.whole_line = true, r.o.word = false)),
    RG_SET('w', "word-regexp", (r.o.word = true, r.o.whole_line = false)),
    RG_VALUE('M', "max-columns", "NUM", r.o.max_columns = static_cast<uint64_t>(number(v))),
    RG_SET(0, "max-columns-preview", r.o.max_columns_preview = true),
    RG_SET(0, "no-max-columns-preview", r.o.max_columns_preview = false),
    RG_VALUE('m', "max-count", "NUM", r.o.max_count = number(v)),
    RG_VALUE(0, "max-depth", "NUM", r.o.max_depth = number(v)),
    RG_VALUE(0, "maxdepth", "NUM", r.o.max_depth = number(v)),
    RG_VALUE(0, "max-filesize", "NUM+SUFFIX?", r.o.max_filesize = size_value(r, v)),
    RG_SET(0, "mmap", ),
    RG_SET(0, "no-mmap", ),   // how bytes are read makes no difference here
    RG_SET('U', "multiline", r.o.multiline = true),
    RG_SET(0, "no-multiline", r.o.multiline = false),
    RG_SET(0, "multiline-dotall", r.o.dot_all = true),
    RG_SET(0, "no-multiline-dotall", r.o.dot_all = false),
    RG_SET(0, "no-config", r.no_config = true),
    RG_SET('I', "no-filename", r.o.names = false),
    RG_SET('H', "with-filename", r.o.names = true),
    RG_SET(0, "no-ignore", no_ignore(r.o, true)),
    RG_SET(0, "ignore", no_ignore(r.o, false)),
    RG_SET(0, "no-ignore-dot", r.o.no_ignore_dot = true),
    RG_SET(0, "ignore-dot", r.o.no_ignore_dot = false),
    RG_SET(0, "no-ignore-exclude", r.o.no_ignore_exclude = true),
    RG_SET(0, "ignore-exclude", r.o.no_ignore_exclude = false),
    RG_SET(0, "no-ignore-files", r.o.no_ignore_files = true),
    RG_SET(0, "ignore-files", r.o.no_ignore_files = false),
    RG_SET(0, "no-ignore-global", r.o.no_ignore_global = true),
    RG_SET(0, "ignore-global", r.o.no_ignore_global = false),
    RG_SET(0, "no-ignore-messages", r.o.ignore_messages = false),
    RG_SET(0, "ignore-messages", r.o.ignore_messages = true),
    RG_SET(0, "no-ignore-parent", r.o.no_ignore_parent = true),
    RG_SET(0, "ignore-parent", r.o.no_ignore_parent = false),
    RG_SET(0, "no-ignore-vcs", r.o.no_ignore_vcs = true),
    RG_SET(0, "ignore-vcs", r.o.no_ignore_vcs = false),
    RG_SET(0, "no-messages", r.o.messages = false),
    RG_SET(0, "messages", r.o.messages = true),
    RG_SET(0, "no-require-git", r.o.require_git = false),
    RG_SET(0, "require-git", r.o.require_git = true),
    RG_SET(0, "no-unicode", r.o.unicode = false),
    RG_SET(0, "unicode", r.o.unicode = true),
    RG_SET(0, "no-pcre2-unicode", r.o.unicode = false),
    RG_SET(0, "pcre2-unicode", r.o.unicode = true),
    RG_SET('0', "null", r.o.null_names = true),
    RG_SET(0, "null-data", r.o.null_data = true),
    RG_SET(0, "one-file-system", r.o.one_file_system = true),
    RG_SET(0, "no-one-file-system", r.o.one_file_system = false),
    RG_SET('o', "only-matching", r.o.only_matching = true),
    RG_SET(0, "passthru", r.o.passthru = true),
    RG_SET(0, "passthrough", r.o.passthru = true),
    RG_VALUE(0, "path-separator", "SEPARATOR", r.o.path_separator = unescape(v)),
    RG_SET('P', "pcre2", r.o.engine = O::Engine::Pcre2),
    RG_SET(0, "no-pcre2", r.o.engine = O::Engine::Default),
    RG_SET(0, "pcre2-version", r.pcre2_version = true),
    RG_VALUE(0, "pre", "COMMAND", if (!v.empty()) r.error = "rg: --pre is not supported here: decode files with a pipe, or use -z\n"),
    RG_SET(0, "no-pre", ),
    RG_VALUE(0, "pre-glob", "GLOB>...", r.error = "rg: --pre-glob is not supported here\n"),
    RG_SET('p', "pretty", (r.pretty = true, r.o.heading = true, r.o.line_numbers = true)),
    RG_SET('q', "quiet", r.o.quiet = true),
    RG_VALUE('e', "regexp", "PATTERN>...", (r.o.patterns.emplace_back(v), r.o.has_patterns = true)),
    RG_VALUE('r', "replace", "REPLACEMENT_TEXT", r.o.replace = std::string(v)),
    RG_SET('z', "search-zip", r.o.search_zip = true),
    RG_SET(0, "no-search-zip", r.o.search_zip = false),
    RG_VALUE(0, "sort", "SORTBY", set_sort(r, v, false), "accessed, created, modified, none, path"),
    RG_VALUE(0, "sortr", "SORTBY", set_sort(r, v, true), "accessed, created, modified, none, path"),
    RG_SET(0, "sort-files", set_sort(r, "path", false)),
    RG_SET(0, "no-sort-files", set_sort(r, "none", false)),
    RG_SET(0, "stats", r.o.stats = true),
    RG_SET(0, "no-stats", r.o.stats = false),
    RG_SET('a', "text", r.o.binary = O::Binary::Text),
    RG_SET(0, "no-text", r.o.binary = O::Binary::Auto),
    RG_VALUE('j', "threads", "NUM", r.o.one_thread = v == "1"),   // more would only change the order
    RG_SET(0, "trim", r.o.trim = true),
    RG_SET(0, "no-trim", r.o.trim = false),
    RG_VALUE('t', "type", "TYPE>...", r.o.types.select(v, false)),
    RG_VALUE('T', "type-not", "TYPE>...", r.o.types.select(v, true)),
    RG_VALUE(0, "type-add", "TYPE_SPEC>...", r.types_add.emplace_back(v)),
    RG_VALUE(0, "type-clear", "TYPE>...", r.o.types.clear(v)),
    RG_SET(0, "type-list", r.o.type_list = true),
    RG_SET('u', "unrestricted", r.o.unrestricted++),
    RG_SET(0, "vimgrep", r.o.vimgrep = true),
};
#undef RG_SET
#undef RG_VALUE

const RgFlag* find_flag(std::string_view name) {
  for (const auto& f : kFlags)
    if (f.name == name) return &f;
  return nullptr;
}
const RgFlag* find_flag(char letter) {
  for (const auto& f : kFlags)
    if (f.letter == letter) return &f;
  return nullptr;
}

void unknown(Reading& r, const std::string& arg) {
  r.error = "error: Found argument '" + arg + "' which wasn't expected, or isn't valid in this context" + kClapUsage;
}

std::string value_name(const RgFlag& f) { return "--" + std::string(f.name) + " <" + std::string(f.value) + (f.value.ends_with("...") ? "" : ">"); }

void take(Reading& r, const RgFlag& f, std::string_view v) {
  if (!f.choices.empty() && (", " + std::string(f.choices) + ", ").find(", " + std::string(v) + ", ") == std::string::npos) {
    r.error =
        "error: '" + std::string(v) + "' isn't a valid value for '" + value_name(f) + "'\n\t[possible values: " + std::string(f.choices) + "]\n" + kClapUsage;
    return;
  }
  if (f.value == "NUM") {
    if (auto why = digits_error(v); !why.empty()) {
      if (f.letter == 'j') r.error = why + "\n";
      else bad_value(r, f, why);
      return;
    }
  }
  f.set(r, v);
}

void read_words(Reading& r, const std::vector<std::string>& words, size_t first) {
  bool ended = false;
  auto value_of = [&](const RgFlag& f, size_t& i) -> std::optional<std::string_view> {
    if (i + 1 < words.size() && (words[i + 1].size() < 2 || words[i + 1][0] != '-' || f.letter == 'e' || f.letter == 'r' || f.letter == 'g')) return words[++i];
    // A word that begins with a dash is a flag, if it can be one.
    if (i + 1 < words.size()) unknown(r, words[i + 1].size() > 1 && words[i + 1][1] == '-' ? words[i + 1] : words[i + 1].substr(0, 2));
    else if (r.o.paths.empty() && !r.o.has_patterns && f.letter != 'e' && f.letter != 'f') return std::nullopt;   // the pattern is missed first
    else r.error = "error: The argument '" + value_name(f) + "' requires a value but none was supplied" + kClapUsage;
    return std::nullopt;
  };
  for (size_t i = first; i < words.size() && r.error.empty(); i++) {
    const std::string& word = words[i];
    if (ended || word.size() < 2 || word[0] != '-') {
      r.o.paths.push_back(word);
      continue;
    }
    if (word == "--") {
      ended = true;
      continue;
    }
    if (word[1] == '-') {
      size_t eq = word.find('=');
      const RgFlag* f = find_flag(std::string_view(word).substr(2, eq == word.npos ? eq : eq - 2));
      if (!f) return unknown(r, word.substr(0, eq));
      if (f->value.empty()) f->set(r, {});
      else if (eq != word.npos) take(r, *f, std::string_view(word).substr(eq + 1));
      else if (auto v = value_of(*f, i)) take(r, *f, *v);
      continue;
    }
    for (size_t k = 1; k < word.size() && r.error.empty(); k++) {
      const RgFlag* f = find_flag(word[k]);
      if (!f) return unknown(r, "-" + word.substr(k, utf8::decode(std::string_view(word).substr(k)).length));
      if (f->value.empty()) {
        f->set(r, {});
        continue;
      }
      if (k + 1 < word.size()) take(r, *f, std::string_view(word).substr(word[k + 1] == '=' ? k + 2 : k + 1));
      else if (auto v = value_of(*f, i)) take(r, *f, *v);
      break;
    }
  }
}

// A flag or value a line; lines that begin with # are comments.
std::vector<std::string> config_words(Process& p, const RgOptions& o) {
  std::vector<std::string> out;
  const char* file = p.getenv("RIPGREP_CONFIG_PATH");
  if (!file || !*file) return out;
  auto text = read_file(p, file);
  if (!text) {
    if (o.messages)
      write_error(p, std::string(file) + ": " + std::string(message(text.error())) + " (os error " + std::to_string(static_cast<int>(text.error())) + ")\n");
    return out;
  }
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\n', at), text->size());
    std::string_view line = std::string_view(*text).substr(at, end - at);
    while (!line.empty() && ascii_space(line.front())) line.remove_prefix(1);
    while (!line.empty() && ascii_space(line.back())) line.remove_suffix(1);
    if (!line.empty() && line[0] != '#') out.emplace_back(line);
    at = end + 1;
  }
  return out;
}

bool read_pattern_files(Reading& r) {
  for (const auto& file : r.pattern_files) {
    std::string text;
    if (file == "-") {
      Input in(r.p, 0, "-", false);
      text = in.all();
    } else {
      auto got = read_file(r.p, file);
      if (!got) {
        r.error = file + ": " + std::string(message(got.error())) + " (os error " + std::to_string(static_cast<int>(got.error())) + ")\n";
        return false;
      }
      text = std::move(*got);
    }
    for (size_t at = 0; at < text.size();) {
      size_t end = std::min(text.find('\n', at), text.size());
      std::string line = text.substr(at, end - at);
      if (line.ends_with('\r')) line.pop_back();
      r.o.patterns.push_back(line);
      at = end + 1;
    }
  }
  return true;
}

}  // namespace

bool rg_colors_wanted(Process& p) {
  const char* term = p.getenv("TERM");
  const char* none = p.getenv("NO_COLOR");
  return term && std::strcmp(term, "dumb") != 0 && !none;
}

std::optional<int> read_rg_options(Process& p, RgOptions& o) {
  Reading r{p, o};
  for (const auto& w : p.argv()) {
    if (w == "--") break;
    r.no_config = r.no_config || w == "--no-config";
  }
  std::vector<std::string> words;
  if (!r.no_config) words = config_words(p, o);
  words.insert(words.end(), p.argv().begin() + 1, p.argv().end());
  read_words(r, words, 0);
  if (r.error.empty() && r.help) {
    Output out(p);
    out.write(kRgUsage);
    return out.finish(0);
  }
  if (r.error.empty() && r.version) return print_version(p);
  if (r.error.empty() && r.pcre2_version) {
    Output out(p);
    out.write("PCRE2 " + pcre2_version() + " is available\nJIT is available\n");
    return out.finish(0);
  }
  if (r.error.empty()) {
    for (const auto& t : r.types_add)
      if (!o.types.add(t)) {
        r.error = "invalid definition (format is type:glob, e.g., html:*.html)\n";
        break;
      }
  }
  if (r.error.empty() && o.path_separator.size() > 1)
    r.error = "A path separator must be exactly one byte, but the given separator is " + std::to_string(o.path_separator.size()) +
              " bytes: " + o.path_separator + "\nIn some shells on Windows '/' is automatically expanded. Use '//' instead.\n";
  if (r.error.empty() && o.json) {
    const char* other = o.count           ? "count"
                        : o.count_matches ? "count-matches"
                        : o.with_matches  ? "files-with-matches"
                        : o.without_match ? "files-without-match"
                        : o.files         ? "files"
                                          : nullptr;
    if (other) r.error = "error: The argument '--" + std::string(other) + "' cannot be used with '--json'" + kClapUsage;
  }
  bool searches = !o.files && !o.type_list;
  if (r.error.empty() && searches && !o.has_patterns) {
    if (o.paths.empty()) r.error = std::string("error: The following required arguments were not provided:\n    <PATTERN>") + kClapUsage;
    else o.patterns = {o.paths.front()}, o.paths.erase(o.paths.begin());
  }
  if (r.error.empty()) read_pattern_files(r);
  if (r.error.empty()) r.error = o.types.finish(), r.error += r.error.empty() ? "" : "\n";
  if (!r.error.empty()) {
    write_error(p, r.error);
    return 2;
  }
  if (o.unrestricted >= 1) no_ignore(o, true);
  if (o.unrestricted >= 2) o.hidden = true;
  if (o.unrestricted >= 3 && o.binary == O::Binary::Auto) o.binary = O::Binary::Search;
  if (o.around > 0) o.before = o.after = o.around;
  if (o.count && o.only_matching && !o.invert) o.count_matches = true;
  if (o.count_matches && o.invert) o.count = true, o.count_matches = false;
  if (o.count_matches) o.count = false;
  // Colors in a pipe, but not for a terminal that has none.
  if (r.pretty && o.color == O::When::Auto) o.color = rg_colors_wanted(p) ? O::When::Always : O::When::Never;
  using M = O::Mode;
  o.mode = o.type_list       ? M::TypeList
           : o.files         ? M::Files
           : o.with_matches  ? M::WithMatches
           : o.without_match ? M::WithoutMatch
           : o.count_matches ? M::CountMatches
           : o.count         ? M::Count
           : o.json          ? M::Json
                             : M::Lines;
  return std::nullopt;
}

}  // namespace nacre
