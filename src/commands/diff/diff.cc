/// diff - compare files line by line.
/// Source: GNU diffutils 3.8 manual, "Invoking diff".
/// Differs: usage text is in our own words.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/diff/files.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: diff [OPTION]... FILES\nCompare FILES line by line.\n\n"
    "Formats:\n"
    "      --normal                  commands and lines (the default)\n"
    "  -q, --brief                   say only whether files differ\n"
    "  -s, --report-identical-files  say when two files are the same\n"
    "  -c, -C NUM, --context[=NUM]   copied context of NUM (default 3) lines\n"
    "  -u, -U NUM, --unified[=NUM]   unified context of NUM (default 3) lines\n"
    "  -e, --ed                      a script for ed\n"
    "  -f, --forward-ed              like -e, but in forward order\n"
    "  -n, --rcs                     an RCS script\n"
    "  -y, --side-by-side            two columns\n"
    "  -W, --width=NUM               at most NUM (default 130) columns with -y\n"
    "      --left-column             with -y, only the left column of common lines\n"
    "      --suppress-common-lines   with -y, no common lines\n"
    "  -D, --ifdef=NAME              the merged file with '#ifdef NAME' around differences\n"
    "      --GTYPE-group-format=GFMT format for groups of lines: old, new, unchanged, changed\n"
    "      --line-format=LFMT        format for all lines\n"
    "      --LTYPE-line-format=LFMT  format for lines: old, new, unchanged\n"
    "    In GFMT: %< lines of FILE1, %> lines of FILE2, %= common lines,\n"
    "      %[-][WIDTH][.[PREC]]{doxX}LETTER a number: F first line, L last line, N count,\n"
    "      E line before, M line after (upper case for FILE2), %(A=B?T:E) a choice\n"
    "    In LFMT: %L the line, %l the line without its newline, %[...]{doxX}n its number\n"
    "    In both: %% a percent sign, %c'C' a character, %c'\\OOO' one by octal code\n"
    "  -p, --show-c-function         show the C function of each change\n"
    "  -F, --show-function-line=RE   show the last line that matches RE before each change\n"
    "      --label LABEL             a header line's text instead of name and time (twice for both)\n"
    "  -t, --expand-tabs             tabs become spaces in the output\n"
    "  -T, --initial-tab             a tab before lines, so that their tabs line up\n"
    "      --tabsize=NUM             tab stops every NUM (default 8) columns\n"
    "  -l, --paginate                through pr: pages with headings\n"
    "      --suppress-blank-empty    no blank before empty lines\n"
    "      --color[=WHEN]            color: never, always or auto\n"
    "      --palette=PALETTE         colors, as in 'rs=0:hd=1:ad=32:de=31:ln=36'\n\n"
    "Files:\n"
    "  -r, --recursive               compare subdirectories too\n"
    "      --no-dereference          do not follow symbolic links\n"
    "  -N, --new-file                absent files count as empty\n"
    "  -P, --unidirectional-new-file absent first files count as empty\n"
    "      --ignore-file-name-case, --no-ignore-file-name-case\n"
    "  -x, --exclude=PAT             leave out files that match PAT\n"
    "  -X, --exclude-from=FILE       leave out files that match a pattern in FILE\n"
    "  -S, --starting-file=FILE      start with FILE when comparing directories\n"
    "      --from-file=FILE1         compare FILE1 with all operands\n"
    "      --to-file=FILE2           compare all operands with FILE2\n\n"
    "What counts as equal:\n"
    "  -i, --ignore-case             case does not matter\n"
    "  -E, --ignore-tab-expansion    tabs and the spaces they stand for are equal\n"
    "  -Z, --ignore-trailing-space   white space at line ends does not matter\n"
    "  -b, --ignore-space-change     the amount of white space does not matter\n"
    "  -w, --ignore-all-space        white space does not matter\n"
    "  -B, --ignore-blank-lines      changes of blank lines do not matter\n"
    "  -I, --ignore-matching-lines=RE  changes of lines that match RE do not matter\n"
    "  -a, --text                    all files are text\n"
    "      --strip-trailing-cr       drop carriage returns at line ends\n"
    "  -d, --minimal                 find the least set of changes\n"
    "      --horizon-lines=NUM       keep NUM lines of the common beginning and end\n"
    "  -H, --speed-large-files       assume large files with many small changes\n"
    "      --help                    display this help and exit\n"
    "  -v, --version                 output version information and exit\n\n"
    "A FILE '-' is standard input. Exit status is 0 if inputs are the same, 1 if different,\n2 if trouble.\n";

using O = DiffOptions;
using Value = std::optional<std::string_view>;

int try_diff_help(Process& p) {
  p.warn("Try '%s --help' for more information.", std::string(p.called()).c_str());
  return 2;
}

std::optional<int> set_style(Process& p, O& o, DiffStyle style) {
  if (o.style != DiffStyle::Unset && o.style != style) {
    p.warn("conflicting output style options");
    return try_diff_help(p);
  }
  o.style = style;
  return std::nullopt;
}

std::optional<int> set_number(Process& p, size_t& to, std::string_view v, const char* what, int64_t least) {
  auto n = parse_int(v);
  if (!n && !v.empty() && v.find_first_not_of("0123456789") == std::string_view::npos) n = INT32_MAX;
  if (n && *n >= least) {
    to = static_cast<size_t>(std::min<int64_t>(*n, INT32_MAX));
    return std::nullopt;
  }
  p.warn("invalid %s '%s'", what, std::string(v).c_str());
  return try_diff_help(p);
}

std::optional<int> set_once(Process& p, size_t& to, bool& given, std::string_view v, const char* what) {
  const size_t before = to;
  if (auto bad = set_number(p, to, v, what, 1)) return bad;
  if (std::exchange(given, true) && to != before) {
    p.warn("conflicting %s options", what);
    return 2;
  }
  return std::nullopt;
}

std::optional<int> set_context(Process& p, O& o, DiffStyle style, Value v) {
  size_t n = 3;
  if (v)
    if (auto bad = set_number(p, n, *v, "context length", 0)) return bad;
  o.context = o.context_given ? std::max(o.context, n) : n;
  o.context_given = true;
  return set_style(p, o, style);
}

std::optional<int> set_format(Process& p, O& o, std::optional<std::string>& to, std::string_view v, const char* option) {
  if (to && *to != v) {
    p.warn("conflicting %s option value '%s'", option, std::string(v).c_str());
    return try_diff_help(p);
  }
  to = std::string(v);
  return set_style(p, o, DiffStyle::Groups);
}

std::optional<int> set_ifdef(Process& p, O& o, std::string_view v) {
  std::string name(v);
  const std::string formats[] = {"#ifndef " + name + "\n%<#endif /* ! " + name + " */\n", "#ifdef " + name + "\n%>#endif /* " + name + " */\n",
                                 "%=", "#ifndef " + name + "\n%<#else /* " + name + " */\n%>#endif /* " + name + " */\n"};
  for (size_t k = 0; k < 4; k++)
    if (auto bad = set_format(p, o, o.group_format[k], formats[k], "-D")) return bad;
  return std::nullopt;
}

template <DiffKind kind>
std::optional<int> set_group(Process& p, O& o, Value v) {
  static constexpr const char* kNames[] = {"--old-group-format", "--new-group-format", "--unchanged-group-format", "--changed-group-format"};
  return set_format(p, o, o.group_format[kind], *v, kNames[kind]);
}
template <DiffKind kind>
std::optional<int> set_line(Process& p, O& o, Value v) {
  static constexpr const char* kNames[] = {"--old-line-format", "--new-line-format", "--unchanged-line-format"};
  return set_format(p, o, o.line_format[kind], *v, kNames[kind]);
}

void read_palette(Process& p, O& o) {
  struct Entry {
    std::string_view prefix;
    std::string DiffPalette::* to;
  };
  static constexpr Entry kEntries[] = {
      {"rs=", &DiffPalette::reset}, {"hd=", &DiffPalette::header}, {"ad=", &DiffPalette::added}, {"de=", &DiffPalette::deleted}, {"ln=", &DiffPalette::line}};
  for (std::string_view v = o.palette_text; !v.empty();) {
    std::string_view item = v.substr(0, v.find(':'));
    const Entry* found = std::find_if(std::begin(kEntries), std::end(kEntries), [&](const Entry& e) { return item.substr(0, 3) == e.prefix; });
    if (found == std::end(kEntries)) {
      p.warn("unrecognized prefix: %s", std::string(item.substr(0, 2)).c_str());
      p.warn("unparsable value for --palette");
      o.color = 0;
      return;
    }
    o.palette.*(found->to) = std::string(item.substr(3));
    v.remove_prefix(std::min(v.size(), item.size() + 1));
  }
}

std::optional<int> add_excludes(Process& p, O& o, std::string_view v) {
  auto text = read_file(p, std::string(v));
  if (!text) {
    p.warn(text.error(), "%s", std::string(v).c_str());
    return 2;
  }
  std::string_view rest = *text;
  while (!rest.empty()) {
    size_t end = std::min(rest.find('\n'), rest.size());
    if (end > 0) o.exclude.emplace_back(rest.substr(0, end));
    rest.remove_prefix(std::min(rest.size(), end + 1));
  }
  return std::nullopt;
}

std::optional<int> set_color(Process& p, O& o, Value v) {
  if (!v || *v == "auto") o.color = 1;
  else if (*v == "always") o.color = 2;
  else if (*v == "never") o.color = 0;
  else {
    p.warn("invalid color '%s'", std::string(*v).c_str());
    return try_diff_help(p);
  }
  return std::nullopt;
}

std::optional<int> set_once(Process& p, std::optional<std::string>& to, Value v, const char* option) {
  if (to && *to != *v) {
    p.warn("conflicting %s option value '%s'", option, std::string(*v).c_str());
    return try_diff_help(p);
  }
  to = std::string(*v);
  return std::nullopt;
}

struct DiffFlag {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
  std::optional<int> (*set)(Process&, O&, Value);
};
template <auto member, auto value>
std::optional<int> put(Process&, O& o, Value) {
  o.*member = value;
  return std::nullopt;
}
template <bool O::* member>
constexpr auto on = &put<member, true>;
// The laxest of several blanks options counts.
template <DiffBlanks value>
std::optional<int> blanks(Process&, O& o, Value) {
  o.blanks = std::max(o.blanks, value);
  return std::nullopt;
}

constexpr ArgKind kNo = ArgKind::None, kNeeds = ArgKind::Required, kMay = ArgKind::Optional;
#define SET(body)                                        \
  +[](Process& p, O& o, Value v) -> std::optional<int> { \
    (void)p;                                             \
    (void)o;                                             \
    (void)v;                                             \
    body                                                 \
  }
constexpr DiffFlag kFlags[] = {
    {'N', "new-file", kNo, on<&O::new_file>},
    {0, "binary", kNo, SET(return std::nullopt;)},   // lines end in one byte here
    {'q', "brief", kNo, on<&O::brief>},
    {'n', "rcs", kNo, SET(return set_style(p, o, DiffStyle::Rcs);)},
    {'c', "", kNo, SET(return set_context(p, o, DiffStyle::Context, std::nullopt);)},
    {'C', "", kNeeds, SET(o.context_asked = true; return set_context(p, o, DiffStyle::Context, v);)},
    {0, "changed-group-format", kNeeds, set_group<kDiffChanged>},
    {'u', "", kNo, SET(return set_context(p, o, DiffStyle::Unified, std::nullopt);)},
    {'U', "", kNeeds, SET(o.context_asked = true; return set_context(p, o, DiffStyle::Unified, v);)},
    {0, "unchanged-group-format", kNeeds, set_group<kDiffUnchanged>},
    {'e', "ed", kNo, SET(return set_style(p, o, DiffStyle::Ed);)},
    {'f', "forward-ed", kNo, SET(return set_style(p, o, DiffStyle::ForwardEd);)},
    {'r', "recursive", kNo, on<&O::recursive>},
    {'l', "paginate", kNo, on<&O::paginate>},
    {0, "sdiff-merge-assist", kNo, SET(o.merge_assist = true; return set_style(p, o, DiffStyle::SideBySide);)},
    {'W', "width", kNeeds, SET(return set_once(p, o.width, o.width_given, *v, "width");)},
    {'p', "show-c-function", kNo, SET(o.function_patterns.push_back("^[[:alpha:]$_]"); o.show_c = true; return std::nullopt;)},
    {'L', "label", kNeeds,
     SET(if (o.labels.size() == 2) {
       p.warn("too many file label options");
       return 2;
     } o.labels.emplace_back(*v);
         return std::nullopt;)},
    {'F', "show-function-line", kNeeds, SET(o.function_patterns.emplace_back(*v); return std::nullopt;)},
    {'D', "ifdef", kNeeds, SET(return set_ifdef(p, o, *v);)},
    {0, "old-group-format", kNeeds, set_group<kDiffOld>},
    {0, "new-group-format", kNeeds, set_group<kDiffNew>},
    {0, "unchanged-line-format", kNeeds, set_line<kDiffUnchanged>},
    {0, "color", kMay, set_color},
    {0, "left-column", kNo, on<&O::left_column>},
    {0, "old-line-format", kNeeds, set_line<kDiffOld>},
    {0, "new-line-format", kNeeds, set_line<kDiffNew>},
    {'P', "unidirectional-new-file", kNo, on<&O::first_new_file>},
    {'y', "side-by-side", kNo, SET(return set_style(p, o, DiffStyle::SideBySide);)},
    {'H', "speed-large-files", kNo, put<&O::effort, DiffEffort::Fast>},
    {0, "line-format", kNeeds, SET(for (auto& f : o.line_format) if (auto bad = set_format(p, o, f, *v, "--line-format")) return bad; return std::nullopt;)},
    {'x', "exclude", kNeeds, SET(o.exclude.emplace_back(*v); return std::nullopt;)},
    {'w', "ignore-all-space", kNo, blanks<DiffBlanks::All>},
    {0, "tabsize", kNeeds, SET(return set_once(p, o.tab, o.tab_given, *v, "tabsize");)},
    {'S', "starting-file", kNeeds, SET(return set_once(p, o.start_file, v, "-S");)},
    {0, "context", kMay, SET(o.context_asked = true; return set_context(p, o, DiffStyle::Context, v);)},
    {0, "palette", kNeeds, SET(o.palette_text = std::string(*v); return std::nullopt;)},
    {'s', "report-identical-files", kNo, on<&O::report_same>},
    {0, "no-dereference", kNo, on<&O::no_dereference>},
    {0, "no-ignore-file-name-case", kNo, put<&O::fold_names, false>},
    {0, "unified", kMay, SET(o.context_asked = true; return set_context(p, o, DiffStyle::Unified, v);)},
    {'B', "ignore-blank-lines", kNo, on<&O::ignore_blank_lines>},
    {0, "normal", kNo, SET(return set_style(p, o, DiffStyle::Normal);)},
    {'X', "exclude-from", kNeeds, SET(return add_excludes(p, o, *v);)},
    {'t', "expand-tabs", kNo, on<&O::expand_tabs>},
    {0, "strip-trailing-cr", kNo, on<&O::strip_cr>},
    {0, "from-file", kNeeds, SET(return set_once(p, o.from_file, v, "--from-file");)},
    {'a', "text", kNo, on<&O::text>},
    {'i', "ignore-case", kNo, on<&O::fold_case>},
    {0, "ignore-file-name-case", kNo, on<&O::fold_names>},
    {'I', "ignore-matching-lines", kNeeds, SET(o.ignore_patterns.emplace_back(*v); return std::nullopt;)},
    {'b', "ignore-space-change", kNo, blanks<DiffBlanks::Change>},
    {'E', "ignore-tab-expansion", kNo, blanks<DiffBlanks::Tabs>},
    {'Z', "ignore-trailing-space", kNo, blanks<DiffBlanks::Trailing>},
    {0, "inhibit-hunk-merge", kNo, SET(return std::nullopt;)},   // obsolete: nothing in GNU's too
    {'T', "initial-tab", kNo, on<&O::initial_tab>},
    {0, "to-file", kNeeds, SET(return set_once(p, o.to_file, v, "--to-file");)},
    {0, "suppress-blank-empty", kNo, on<&O::suppress_blank_empty>},
    {'d', "minimal", kNo, put<&O::effort, DiffEffort::Minimal>},
    {0, "horizon-lines", kNeeds, SET(return set_number(p, o.horizon, *v, "horizon length", 0);)},
    {0, "suppress-common-lines", kNo, on<&O::suppress_common>},
    {'v', "", kNo, SET(return print_version(p);)},
};
#undef SET

// -I and -F: several patterns are alternatives.
std::optional<int> compile_patterns(Process& p, const std::vector<std::string>& patterns, std::unique_ptr<Regex>& to) {
  if (patterns.empty()) return std::nullopt;
  std::string all, error;
  for (const auto& one : patterns) {
    if (!Regex::compile(one, p.utf8() ? kRegexUtf8 : 0, &error)) {
      p.warn("%s: %s", one.c_str(), error.c_str());
      return 2;
    }
    all += (all.empty() ? "" : "\\|") + one;
  }
  to = Regex::compile(all, p.utf8() ? kRegexUtf8 : 0, &error);
  return std::nullopt;
}

std::optional<int> check_operands(Process& p, const O& o, const std::vector<std::string>& files) {
  auto say = [&](const std::string& text) {
    p.warn("%s", text.c_str());
    return try_diff_help(p);
  };
  if (o.from_file && o.to_file) {
    p.warn("--from-file and --to-file both specified");
    return 2;
  }
  if (o.from_file || o.to_file) return std::nullopt;
  if (files.size() < 2) return say("missing operand after " + locale_quote(files.empty() ? p.argv().back() : files[0], false));
  if (files.size() > 2) return say("extra operand " + locale_quote(files[2], false));
  return std::nullopt;
}

// The options as given, for the heading of each pair; operands come in order.
std::string switches(Process& p, const std::vector<std::string>& files) {
  std::string out;
  size_t next = 0;
  for (size_t i = 1; i < p.argv().size(); i++) {
    const std::string& word = p.argv()[i];
    if (next < files.size() && word == files[next]) next++;
    else out += " " + shell_escape(word, p.utf8());
  }
  return out;
}

int diff_main(Process& p) {
  O o;
  std::vector<std::string> files;
  std::string lines;
  constexpr size_t n = std::size(kFlags);
  OptionSpec specs[n + 10];
  for (size_t i = 0; i < n; i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, kFlags[i].kind};
  for (size_t i = 0; i < 10; i++) specs[n + i] = {static_cast<int>('0' + i), "", kNo};
  // The obsolete -5: lines of context, once -u or -c is given. Digits that follow each other, even in
  // several words, are one number.
  bool in_number = false;
  auto take = [&](size_t i, Value v) -> std::optional<int> {
    const bool digit = i >= n;
    if (digit && !in_number) lines.clear();
    in_number = digit;
    if (!digit) return kFlags[i].set(p, o, v);
    lines += static_cast<char>('0' + (i - n));
    return std::nullopt;
  };
  if (auto status = parse_options(p, kUsage, specs, p.argv(), {.error_status = 2, .named_try = true}, files, take)) return *status;
  if (!lines.empty()) {
    size_t context = 3;
    if (auto bad = set_number(p, context, lines, "context length", 0)) return *bad;
    o.context = o.context_asked ? std::max(o.context, context) : context;
  }
  if (auto bad = compile_patterns(p, o.function_patterns, o.function)) return *bad;
  if (auto bad = compile_patterns(p, o.ignore_patterns, o.ignore)) return *bad;
  // -p alone asks for copied context.
  if (o.style == DiffStyle::Unset) o.style = o.show_c ? DiffStyle::Context : DiffStyle::Normal;
  if (auto bad = check_operands(p, o, files)) return *bad;
  if (o.color == 2 || (o.color == 1 && p.isatty(1))) read_palette(p, o);
  Output out(p, 1, 2);
  DiffFiles run(p, o, out, switches(p, files));
  if (o.from_file)
    for (const auto& f : files) run.top(*o.from_file, f);
  else if (o.to_file)
    for (const auto& f : files) run.top(f, *o.to_file);
  else run.top(files[0], files[1]);
  return out.finish(run.status());
}

}  // namespace

Command diff_command() { return {{"diff"}, kUsage, diff_main}; }

}  // namespace nacre
