#include "commands/ls/options.h"

#include "commands/args.h"
#include "commands/ls/usage.h"
#include "commands/quoting.h"

namespace nacre::ls {
namespace {

/// The command line as given; what is not given is decided later.
struct Given {
  Options o;
  std::optional<Format> format;
  std::optional<Sort> sort;
  std::optional<QuoteStyle> quote;
  std::optional<Follow> follow;
  std::optional<bool> question_marks;
  std::optional<SizeFormat> blocks, sizes;
  std::optional<std::string> time_style;
  std::optional<size_t> width, tab;
  bool time_given = false, kilobytes = false;
};
using G = Given;

template <class T>
std::optional<int> pick(Process& p, const char* option, std::string_view v, std::span<const Choice> choices, T& to) {
  auto c = choose(p, option, v, choices);
  if (!c) return try_help(p, 1);
  to = static_cast<T>(*c);
  return std::nullopt;
}

/// --color[=WHEN] and its like. A status if WHEN is no such word.
std::optional<int> when(Process& p, const char* option, std::string_view word, bool& on) {
  constexpr Choice k[] = {{"always", 1}, {"yes", 1}, {"force", 1}, {"never", 0}, {"no", 0}, {"none", 0}, {"auto", 2}, {"tty", 2}, {"if-tty", 2}};
  int c = 0;
  if (auto status = pick(p, option, word, k, c)) return status;
  on = c == 1 || (c == 2 && p.isatty(1));
  return std::nullopt;
}

/// Columns as -w and $COLUMNS have them; more than can be counted is no limit.
std::optional<size_t> columns_of(std::string_view text) {
  NumberText n = read_number(text, "", 0);
  if (n.flaw == NumberText::Overflow) return 0;
  if (n.flaw) return std::nullopt;
  return n.value > INT64_MAX ? 0 : n.value;
}

template <Format f>
void set_format(G& g) {
  g.format = f;
}
template <Sort s>
void set_sort(G& g) {
  g.sort = s;
}
template <QuoteStyle q>
void set_quote(G& g) {
  g.quote = q;
}
template <Which w>
void set_time(G& g) {
  g.o.time = w;
  g.time_given = true;
}
template <uint64_t base>
void set_human(G& g) {
  SizeFormat f;
  f.set_human(base);
  g.blocks = g.sizes = f;
}

/// Long options in the order in which GNU lists them where a beginning is ambiguous.
constexpr Flag<G> kFlags[] = {
    {'a', "all", +[](G& g) { g.o.hidden = Hidden::All; }},
    {'b', "escape", set_quote<QuoteStyle::Escape>},
    {'d', "directory", +[](G& g) { g.o.directory = true; }},
    {'D', "dired", +[](G& g) { g.o.dired = true; }},
    {0, "full-time",
     +[](G& g) {
       g.format = Format::Long;
       g.time_style = "full-iso";
     }},
    {0, "group-directories-first", +[](G& g) { g.o.dirs_first = true; }},
    {'h', "human-readable", set_human<1024>},
    {'i', "inode", +[](G& g) { g.o.inode = true; }},
    {'k', "kibibytes", +[](G& g) { g.kilobytes = true; }},
    {'n', "numeric-uid-gid",
     +[](G& g) {
       g.format = Format::Long;
       g.o.numeric = true;
     }},
    {'G', "no-group", +[](G& g) { g.o.group = false; }},
    {'q', "hide-control-chars", +[](G& g) { g.question_marks = true; }},
    {'r', "reverse", +[](G& g) { g.o.reverse = true; }},
    {'s', "size", +[](G& g) { g.o.size = true; }},
    {'w', "width",
     +[](Process& p, G& g, std::string_view v) -> std::optional<int> {
       g.width = columns_of(v);
       if (g.width) return std::nullopt;
       p.warn("invalid line width: %s", quote(p, v).c_str());
       return 2;
     }},
    {'A', "almost-all", +[](G& g) { g.o.hidden = Hidden::AlmostAll; }},
    {'B', "ignore-backups",
     +[](G& g) {
       g.o.ignore.emplace_back("*~");
       g.o.ignore.emplace_back(".*~");
     }},
    {0, "classify",
     +[](Process& p, G& g, std::optional<std::string_view> v) {
       bool on = false;
       auto status = when(p, "--classify", v.value_or("always"), on);
       if (on) g.o.mark = Mark::Classify;
       return status;
     }},
    {0, "file-type", +[](G& g) { g.o.mark = Mark::FileType; }},
    {0, "si", set_human<1000>},
    {'H', "dereference-command-line", +[](G& g) { g.follow = Follow::Arguments; }},
    {0, "dereference-command-line-symlink-to-dir", +[](G& g) { g.follow = Follow::ArgumentDirs; }},
    {0, "hide", +[](G& g, std::string_view v) { g.o.hide.emplace_back(v); }},
    {'I', "ignore", +[](G& g, std::string_view v) { g.o.ignore.emplace_back(v); }},
    {0, "indicator-style",
     +[](Process& p, G& g, std::string_view v) {
       constexpr Choice k[] = {{"none", 0}, {"slash", 1}, {"file-type", 2}, {"classify", 3}};
       return pick(p, "--indicator-style", v, k, g.o.mark);
     }},
    {'L', "dereference", +[](G& g) { g.follow = Follow::Always; }},
    {'N', "literal", set_quote<QuoteStyle::Literal>},
    {'Q', "quote-name", set_quote<QuoteStyle::C>},
    {0, "quoting-style", +[](Process& p, G& g, std::string_view v) { return pick(p, "--quoting-style", v, quote_styles(), g.quote.emplace()); }},
    {'R', "recursive", +[](G& g) { g.o.recursive = true; }},
    {0, "format",
     +[](Process& p, G& g, std::string_view v) {
       constexpr Choice k[] = {{"verbose", 1}, {"long", 1}, {"commas", 4}, {"horizontal", 3}, {"across", 3}, {"vertical", 2}, {"single-column", 0}};
       return pick(p, "--format", v, k, g.format.emplace());
     }},
    {0, "show-control-chars", +[](G& g) { g.question_marks = false; }},
    {0, "sort",
     +[](Process& p, G& g, std::string_view v) {
       constexpr Choice k[] = {{"none", 1}, {"time", 3}, {"size", 2}, {"extension", 5}, {"version", 4}, {"width", 6}};
       return pick(p, "--sort", v, k, g.sort.emplace());
     }},
    {'T', "tabsize",
     +[](Process& p, G& g, std::string_view v) -> std::optional<int> {
       NumberText n = read_number(v, "", 0);
       if (n.flaw) {
         p.warn("invalid tab size: %s%s", quote(p, v).c_str(), n.flaw == NumberText::Overflow ? ": Value too large for defined data type" : "");
         return 2;
       }
       g.tab = n.value;
       return std::nullopt;
     }},
    {0, "time",
     +[](Process& p, G& g, std::string_view v) {
       constexpr Choice k[] = {{"atime", 1}, {"access", 1}, {"use", 1}, {"ctime", 2}, {"status", 2}, {"birth", 3}, {"creation", 3}};
       g.time_given = true;
       return pick(p, "--time", v, k, g.o.time);
     }},
    {0, "time-style", +[](G& g, std::string_view v) { g.time_style = std::string(v); }},
    {0, "zero",
     +[](G& g) {
       g.o.zero = true;
       g.o.color = false;
       g.question_marks = false;
       if (g.format != Format::Long) g.format = Format::One;
       g.quote = QuoteStyle::Literal;
     }},
    {0, "color", +[](Process& p, G& g, std::optional<std::string_view> v) { return when(p, "--color", v.value_or("always"), g.o.color); }},
    {0, "hyperlink", +[](Process& p, G& g, std::optional<std::string_view> v) { return when(p, "--hyperlink", v.value_or("always"), g.o.hyperlink); }},
    {0, "block-size",
     +[](Process& p, G& g, std::string_view v) -> std::optional<int> {
       SizeFormat f;
       if (auto status = f.set_option(p, "--block-size", v, 2)) return status;
       g.blocks = g.sizes = f;
       return std::nullopt;
     }},
    {'Z', "context", +[](G& g) { g.o.context = true; }},
    {0, "author", +[](G& g) { g.o.author = true; }},
    {'c', "", set_time<Which::Change>},
    {'C', "", set_format<Format::Vertical>},
    {'f', "",
     +[](G& g) {
       g.o.hidden = Hidden::All;
       g.sort = Sort::None;
       if (g.format == Format::Long) g.format.reset();
       g.o.color = g.o.hyperlink = g.o.size = false;
     }},
    {'F', "", +[](G& g) { g.o.mark = Mark::Classify; }},
    {'g', "",
     +[](G& g) {
       g.format = Format::Long;
       g.o.owner = false;
     }},
    {'l', "", set_format<Format::Long>},
    {'m', "", set_format<Format::Commas>},
    {'o', "",
     +[](G& g) {
       g.format = Format::Long;
       g.o.group = false;
     }},
    {'p', "", +[](G& g) { g.o.mark = Mark::Slash; }},
    {'S', "", set_sort<Sort::Size>},
    {'t', "", set_sort<Sort::Time>},
    {'u', "", set_time<Which::Access>},
    {'U', "", set_sort<Sort::None>},
    {'v', "", set_sort<Sort::Version>},
    {'x', "", set_format<Format::Horizontal>},
    {'X', "", set_sort<Sort::Extension>},
    {'1', "",
     +[](G& g) {
       if (g.format != Format::Long) g.format = Format::One;
     }},
};

/// Sizes: -h and --block-size count for both kinds; $BLOCKSIZE and -k only for disk usage.
void decide_sizes(Process& p, G& g) {
  if (g.blocks) {
    g.o.blocks = *g.blocks;
    g.o.sizes = *g.sizes;
    return;
  }
  g.o.blocks.from_environment(p, "LS_BLOCK_SIZE");
  if (p.getenv("LS_BLOCK_SIZE") || p.getenv("BLOCK_SIZE")) g.o.sizes = g.o.blocks;
  else (void)g.o.sizes.set_block("1");
  if (g.kilobytes) (void)g.o.blocks.set_block("1024");
}

void decide_width(Process& p, G& g) {
  bool columns = g.o.format == Format::Vertical || g.o.format == Format::Horizontal || g.o.format == Format::Commas;
  if (!g.width && (columns || g.o.color)) {
    const char* text = p.getenv("COLUMNS");
    if (text && *text && !(g.width = columns_of(text))) p.warn("ignoring invalid width in environment variable COLUMNS: %s", quote(p, text).c_str());
  }
  g.o.width = g.width.value_or(80);
  if (!columns) return;
  if (!g.tab) {
    if (const char* text = p.getenv("TABSIZE")) {
      NumberText n = read_number(text, "", 0);
      if (n.flaw) p.warn("ignoring invalid tab size in environment variable TABSIZE: %s", quote(p, text).c_str());
      else g.tab = n.value;
    }
  }
  g.o.tab = g.tab.value_or(8);
}

void decide_quotes(Process& p, G& g) {
  bool tty = p.name() == "ls" && p.isatty(1);
  g.o.question_marks = g.question_marks.value_or(tty);
  if (!g.quote) g.quote = quote_style_from_environment(p);
  g.o.quote = g.quote.value_or(p.name() != "ls" ? QuoteStyle::Escape : tty ? QuoteStyle::ShellEscape : QuoteStyle::Literal);
  QuoteStyle q = g.o.quote;
  bool columns = (g.o.format == Format::Vertical || g.o.format == Format::Horizontal) && g.o.width > 0;
  g.o.align_quotes = (g.o.format == Format::Long || columns) && (q == QuoteStyle::Shell || q == QuoteStyle::ShellEscape || q == QuoteStyle::CMaybe);
  if (q == QuoteStyle::Escape) g.o.quoted_too = " ";
  // A mark must not look like a part of the name.
  if (g.o.mark == Mark::FileType) g.o.quoted_too += "=>@|";
  if (g.o.mark == Mark::Classify) g.o.quoted_too += "*=>@|";
}

/// The two time formats of a long listing.
std::optional<int> decide_times(Process& p, G& g) {
  auto both = [&](const char* format) { g.o.old_time = g.o.recent_time = format; };
  g.o.old_time = "%b %e  %Y";
  g.o.recent_time = "%b %e %H:%M";
  const char* variable = p.getenv("TIME_STYLE");
  std::string style = g.time_style.value_or(variable ? variable : "locale");
  while (style.starts_with("posix-")) {
    if (!p.utf8()) return std::nullopt;   // "posix-" counts outside the C locale only
    style.erase(0, 6);
  }
  if (style.starts_with('+')) {
    size_t line = style.find('\n');
    if (line != style.npos && style.find('\n', line + 1) != style.npos) {
      p.warn("invalid time style format %s", quote(p, style.substr(1)).c_str());
      return 2;
    }
    g.o.old_time = style.substr(1, line == style.npos ? line : line - 1);
    g.o.recent_time = line == style.npos ? g.o.old_time : style.substr(line + 1);
    return std::nullopt;
  }
  constexpr std::string_view kStyles[] = {"full-iso", "long-iso", "iso", "locale"};
  size_t found = 4, matches = 0;
  for (size_t i = 0; i < 4; i++) {
    if (!kStyles[i].starts_with(style)) continue;
    found = i;
    matches++;
    if (kStyles[i] == style) {
      matches = 1;
      break;
    }
  }
  if (matches != 1) {
    p.warn("%s argument %s for %s", matches ? "ambiguous" : "invalid", quote(p, style).c_str(), quote(p, "time style").c_str());
    std::string list = "Valid arguments are:\n";
    for (auto s : kStyles) list += "  - [posix-]" + std::string(s) + "\n";
    (void)p.write(2, list + "  - +FORMAT (e.g., +%H:%M) for a 'date'-style format\n");
    return try_help(p, 2);
  }
  if (found == 0) both("%Y-%m-%d %H:%M:%S.%N %z");
  if (found == 1) both("%Y-%m-%d %H:%M");
  if (found == 2) {
    g.o.old_time = "%Y-%m-%d ";
    g.o.recent_time = "%m-%d %H:%M";
  }
  return std::nullopt;
}

std::optional<int> decide(Process& p, G& g) {
  Options& o = g.o;
  bool tty = p.isatty(1);
  o.format = g.format.value_or(p.name() == "vdir" ? Format::Long : p.name() == "dir" || tty ? Format::Vertical : Format::One);
  decide_sizes(p, g);
  decide_width(p, g);
  decide_quotes(p, g);
  o.dired = o.dired && o.format == Format::Long && !o.hyperlink;
  if (o.dired && o.zero) {
    p.warn("--dired and --zero are incompatible");
    return 2;
  }
  o.sort = g.sort.value_or(o.format != Format::Long && g.time_given ? Sort::Time : Sort::Name);
  bool stays = o.directory || o.mark == Mark::Classify || o.format == Format::Long;
  o.follow = g.follow.value_or(stays ? Follow::Never : Follow::ArgumentDirs);
  return o.format == Format::Long ? decide_times(p, g) : std::nullopt;
}

}  // namespace

std::optional<int> read_options(Process& p, Options& o, std::vector<std::string>& files) {
  G g;
  std::string usage = kUsage;
  usage.replace(usage.find("ls"), 2, p.name());
  auto status = parse(p, usage, kFlags, g, files, {.error_status = 2});
  if (!status) status = decide(p, g);
  o = std::move(g.o);
  return status;
}

}  // namespace nacre::ls
