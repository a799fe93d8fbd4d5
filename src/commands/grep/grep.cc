/// grep, egrep, fgrep - print lines that match patterns.
/// Source: GNU grep 3.8 manual; POSIX XCU grep.
/// Differs: matches of patterns with back-references take the first alternative
/// that fits, not the longest; -P patterns see no \n.
#include <algorithm>

#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/grep/searcher.h"
#include "commands/paths.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: grep [OPTION]... PATTERNS [FILE]...\n"
    "Search for PATTERNS in each FILE.\n\n"
    "Pattern selection and interpretation:\n"
    "  -E, --extended-regexp     PATTERNS are extended regular expressions\n"
    "  -F, --fixed-strings       PATTERNS are strings\n"
    "  -G, --basic-regexp        PATTERNS are basic regular expressions\n"
    "  -P, --perl-regexp         PATTERNS are Perl regular expressions\n"
    "  -e, --regexp=PATTERNS     use PATTERNS for matching\n"
    "  -f, --file=FILE           take PATTERNS from FILE\n"
    "  -i, --ignore-case         ignore case distinctions\n"
    "      --no-ignore-case      do not ignore case distinctions (default)\n"
    "  -w, --word-regexp         match only whole words\n"
    "  -x, --line-regexp         match only whole lines\n"
    "  -z, --null-data           a data line ends in 0 byte, not newline\n\n"
    "Miscellaneous:\n"
    "  -s, --no-messages         suppress error messages\n"
    "  -v, --invert-match        select non-matching lines\n"
    "  -V, --version             display version information and exit\n"
    "      --help                display this help text and exit\n\n"
    "Output control:\n"
    "  -m, --max-count=NUM       stop after NUM selected lines\n"
    "  -b, --byte-offset         print the byte offset with output lines\n"
    "  -n, --line-number         print line number with output lines\n"
    "      --line-buffered       flush output on every line\n"
    "  -H, --with-filename       print file name with output lines\n"
    "  -h, --no-filename         suppress the file name prefix on output\n"
    "      --label=LABEL         use LABEL as the standard input file name prefix\n"
    "  -o, --only-matching       show only nonempty parts of lines that match\n"
    "  -q, --quiet, --silent     suppress all normal output\n"
    "      --binary-files=TYPE   assume that binary files are TYPE: 'binary', 'text', or 'without-match'\n"
    "  -a, --text                equivalent to --binary-files=text\n"
    "  -I                        equivalent to --binary-files=without-match\n"
    "  -d, --directories=ACTION  how to handle directories: 'read', 'recurse', or 'skip'\n"
    "  -D, --devices=ACTION      how to handle devices, FIFOs and sockets: 'read' or 'skip'\n"
    "  -r, --recursive           like --directories=recurse\n"
    "  -R, --dereference-recursive  likewise, but follow all symlinks\n"
    "      --include=GLOB        search only files that match GLOB\n"
    "      --exclude=GLOB        skip files that match GLOB\n"
    "      --exclude-from=FILE   skip files that match any file pattern from FILE\n"
    "      --exclude-dir=GLOB    skip directories that match GLOB\n"
    "  -L, --files-without-match  print only names of FILEs with no selected lines\n"
    "  -l, --files-with-matches  print only names of FILEs with selected lines\n"
    "  -c, --count               print only a count of selected lines per FILE\n"
    "  -T, --initial-tab         make tabs line up (if needed)\n"
    "  -Z, --null                print 0 byte after FILE name\n\n"
    "Context control:\n"
    "  -B, --before-context=NUM  print NUM lines of leading context\n"
    "  -A, --after-context=NUM   print NUM lines of trailing context\n"
    "  -C, --context=NUM         print NUM lines of output context\n"
    "  -NUM                      same as --context=NUM\n"
    "      --group-separator=SEP  print SEP on line between matches with context\n"
    "      --no-group-separator  do not print separator for matches with context\n"
    "      --color[=WHEN],\n"
    "      --colour[=WHEN]       use markers to highlight: WHEN is 'always', 'never', or 'auto'\n"
    "  -U, --binary              do not strip CR characters at EOL (no effect here)\n\n"
    "When FILE is '-', read standard input.  With no FILE, read '.' if recursive, '-' otherwise.\n"
    "Exit status is 0 if any line is selected, 1 otherwise; 2 if an error occurs.\n";

constexpr char kShortUsage[] = "Usage: grep [OPTION]... PATTERNS [FILE]...\nTry 'grep --help' for more information.\n";

struct Line : GrepOptions {
  std::optional<std::string> patterns;
  std::string digits;   // -NUM
  std::optional<std::string> color_when;
  int64_t context_all = -1, before_set = -1, after_set = -1;
  bool version = false, from_file = false, unix_offsets = false;

  bool kind_set = false, kinds_conflict = false;
  void set_kind(GrepSyntax::Kind k) {
    kinds_conflict = kinds_conflict || (kind_set && k != syntax.kind);
    syntax.kind = k;
    kind_set = true;
  }
  void add_patterns(std::string_view text) { patterns = patterns ? *patterns + "\n" + std::string(text) : std::string(text); }
};

std::optional<int> set_context(Process& p, int64_t& to, std::string_view v) {
  auto n = parse_int(v);
  if (!n && !v.empty() && v.find_first_not_of("0123456789") == std::string_view::npos) n = INT64_MAX;
  if (n && *n >= 0) {
    to = *n;
    return std::nullopt;
  }
  p.warn("%s: invalid context length argument", std::string(v).c_str());
  return 2;
}

std::optional<int> add_pattern_file(Process& p, Line& o, std::string_view file) {
  auto text = read_file(p, std::string(file));
  if (!text) {
    p.warn(text.error(), "%s", std::string(file).c_str());
    return 2;
  }
  if (text->empty()) {
    o.from_file = true;   // adds no pattern at all
    return std::nullopt;
  }
  if (text->back() == '\n') text->pop_back();
  o.add_patterns(*text);
  return std::nullopt;
}

void add_filter(std::vector<GrepFilter>& to, std::string_view pattern, bool include) {
  while (pattern.size() > 1 && pattern.back() == '/') pattern.remove_suffix(1);
  to.push_back({Glob::compile(pattern, kGlobUtf8), include, pattern.find('/') != std::string_view::npos});
}

std::optional<int> add_exclude_file(Process& p, Line& o, std::string_view file) {
  auto text = read_file(p, std::string(file));
  if (!text) {
    p.warn(text.error(), "%s", std::string(file).c_str());
    return 2;
  }
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\n', at), text->size());
    if (end > at) add_filter(o.files, std::string_view(*text).substr(at, end - at), false);
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<int> set_binary(Process& p, Line& o, std::string_view v) {
  if (v == "binary") o.binary = GrepOptions::Binary::Binary;
  else if (v == "text") o.binary = GrepOptions::Binary::Text;
  else if (v == "without-match") o.binary = GrepOptions::Binary::WithoutMatch;
  else {
    p.warn("unknown binary-files type");
    return 2;
  }
  return std::nullopt;
}

std::optional<int> set_directories(Process& p, Line& o, std::string_view v) {
  constexpr Choice kActions[] = {{"read", 0}, {"recurse", 1}, {"skip", 2}};
  auto n = choose(p, "--directories", v, kActions);
  if (!n) {
    write_error(p, kShortUsage);
    return 1;
  }
  o.dirs = *n == 0 ? GrepOptions::Dirs::Read : *n == 1 ? GrepOptions::Dirs::Recurse : GrepOptions::Dirs::Skip;
  return std::nullopt;
}

using L = Line;
template <char C>
void digit(L& o) {
  o.digits += C;
}

constexpr Flag<L> kFlags[] = {
    {'E', "extended-regexp", +[](L& o) { o.set_kind(GrepSyntax::Extended); }},
    {'F', "fixed-regexp", +[](L& o) { o.set_kind(GrepSyntax::Fixed); }},
    {'F', "fixed-strings", +[](L& o) { o.set_kind(GrepSyntax::Fixed); }},
    {'G', "basic-regexp", +[](L& o) { o.set_kind(GrepSyntax::Basic); }},
    {'P', "perl-regexp", +[](L& o) { o.set_kind(GrepSyntax::Perl); }},
    {'r', "recursive",
     +[](L& o) {
       o.dirs = GrepOptions::Dirs::Recurse;
       o.follow = false;
     }},
    {'f', "file", +[](Process& p, L& o, std::string_view v) { return add_pattern_file(p, o, v); }},
    {0, "include", +[](L& o, std::string_view v) { add_filter(o.files, v, true); }},
    {'y', "", +[](L& o) { o.syntax.fold = true; }},
    {0, "no-ignore-case", +[](L& o) { o.syntax.fold = false; }},
    {'H', "with-filename", +[](L& o) { o.names = GrepOptions::Names::Always; }},
    {0, "label", +[](L& o, std::string_view v) { o.label = std::string(v); }},
    {'h', "no-filename", +[](L& o) { o.names = GrepOptions::Names::Never; }},
    {0, "no-group-separator", +[](L& o) { o.separator.reset(); }},
    {'i', "ignore-case", +[](L& o) { o.syntax.fold = true; }},
    {'V', "", +[](L& o) { o.version = true; }},
    {'m', "max-count",
     +[](Process& p, L& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n) {
         p.warn("invalid max count");
         return 2;
       }
       o.max_count = *n < 0 ? -1 : *n;
       return std::nullopt;
     }},
    {'B', "before-context", +[](Process& p, L& o, std::string_view v) { return set_context(p, o.before_set, v); }},
    {0, "line-buffered", +[](L& o) { o.line_buffered = true; }},
    {'n', "line-number", +[](L& o) { o.line_numbers = true; }},
    {'w', "word-regexp", +[](L& o) { o.syntax.words = true; }},
    {'s', "no-messages", +[](L& o) { o.no_messages = true; }},
    {'x', "line-regexp", +[](L& o) { o.syntax.whole_lines = true; }},
    {'o', "only-matching", +[](L& o) { o.only_matching = true; }},
    {'q', "quiet", +[](L& o) { o.quiet = true; }},
    {'q', "silent", +[](L& o) { o.quiet = true; }},
    {0, "binary-files", +[](Process& p, L& o, std::string_view v) { return set_binary(p, o, v); }},
    {'a', "text", +[](L& o) { o.binary = GrepOptions::Binary::Text; }},
    {'I', "", +[](L& o) { o.binary = GrepOptions::Binary::WithoutMatch; }},
    {'D', "devices",
     +[](Process& p, L& o, std::string_view v) -> std::optional<int> {
       if (v != "read" && v != "skip") {
         p.warn("unknown devices method");
         return 2;
       }
       o.skip_devices = v == "skip";
       return std::nullopt;
     }},
    {'d', "directories", +[](Process& p, L& o, std::string_view v) { return set_directories(p, o, v); }},
    {'e', "regexp", +[](L& o, std::string_view v) { o.add_patterns(v); }},
    {'R', "dereference-recursive",
     +[](L& o) {
       o.dirs = GrepOptions::Dirs::Recurse;
       o.follow = true;
     }},
    {'T', "initial-tab", +[](L& o) { o.initial_tab = true; }},
    {0, "exclude", +[](L& o, std::string_view v) { add_filter(o.files, v, false); }},
    {0, "exclude-from", +[](Process& p, L& o, std::string_view v) { return add_exclude_file(p, o, v); }},
    {0, "exclude-dir", +[](L& o, std::string_view v) { add_filter(o.directories, v, false); }},
    {'l', "files-with-matches", +[](L& o) { o.list = GrepOptions::List::Matching; }},
    {'L', "files-without-match", +[](L& o) { o.list = GrepOptions::List::NotMatching; }},
    {'C', "context", +[](Process& p, L& o, std::string_view v) { return set_context(p, o.context_all, v); }},
    {'v', "invert-match", +[](L& o) { o.invert = true; }},
    {'Z', "null", +[](L& o) { o.null_names = true; }},
    {'b', "byte-offset", +[](L& o) { o.byte_offsets = true; }},
    {'A', "after-context", +[](Process& p, L& o, std::string_view v) { return set_context(p, o.after_set, v); }},
    {0, "color", +[](L& o, std::optional<std::string_view> v) { o.color_when = std::string(v.value_or("auto")); }},
    {0, "group-separator", +[](L& o, std::string_view v) { o.separator = std::string(v); }},
    {'z', "null-data", +[](L& o) { o.syntax.delimiter = '\0'; }},
    {0, "colour", +[](L& o, std::optional<std::string_view> v) { o.color_when = std::string(v.value_or("auto")); }},
    {'c', "count", +[](L& o) { o.count = true; }},
    {'U', "binary", +[](L&) {}},
    {'u', "unix-byte-offsets", +[](L& o) { o.unix_offsets = true; }},
    {'0', "", digit<'0'>},
    {'1', "", digit<'1'>},
    {'2', "", digit<'2'>},
    {'3', "", digit<'3'>},
    {'4', "", digit<'4'>},
    {'5', "", digit<'5'>},
    {'6', "", digit<'6'>},
    {'7', "", digit<'7'>},
    {'8', "", digit<'8'>},
    {'9', "", digit<'9'>},
};

class Grep {
 public:
  Grep(Process& p, const GrepOptions& o, const GrepMatcher& matcher) : p_(p), o_(o), out_(p, 1, 2), searcher_(p, o, matcher, out_) {}

  int run(std::vector<std::string> files) {
    bool recurse = o_.dirs == GrepOptions::Dirs::Recurse;
    bool implied = files.empty() && recurse;
    if (files.empty()) files = {recurse ? "." : "-"};
    show_names_ = o_.names == GrepOptions::Names::Always || (o_.names == GrepOptions::Names::Default && (files.size() > 1 || recurse));
    lone_ = o_.names == GrepOptions::Names::Default && files.size() == 1;
    for (const auto& f : files) {
      if (f == "-") {
        Input in(p_, 0, "-", false);
        bool names = o_.names == GrepOptions::Names::Default && recurse && files.size() == 1 ? false : show_names_;
        search(in, o_.label, names);
        in.give_back();
      } else {
        top(f, implied);
      }
      if (o_.quiet && selected_) break;
    }
    out_.flush();
    bool found = selected_;
    if (o_.quiet && selected_) return 0;
    return failed_ ? 2 : found ? 0 : 1;
  }

 private:
  void fail(Errno e, const std::string& file) {
    failed_ = true;
    if (o_.no_messages) return;
    out_.flush();
    p_.warn(e, "%s", file.c_str());
  }

  bool excluded(const std::vector<GrepFilter>& filters, const std::string& path, bool command_line) const {
    const std::string_view name = command_line ? std::string_view(path) : base_name(path);
    // The last filter that matches decides; without a match, files are kept unless the first is an --include.
    // A name of the command line may match from any slash on.
    for (auto f = filters.rbegin(); f != filters.rend(); ++f) {
      bool hit = f->glob.match(name);
      for (size_t slash = name.find('/'); command_line && !hit && slash != std::string_view::npos; slash = name.find('/', slash + 1))
        hit = slash + 1 < name.size() && name[slash + 1] != '/' && f->glob.match(name.substr(slash + 1));
      if (hit) return !f->include;
    }
    return !filters.empty() && filters.front().include;
  }

  void top(const std::string& path, bool implied) {
    auto st = p_.stat(path);
    if (!st) return fail(st.error(), path);
    if (lone_ && !st->is_dir()) show_names_ = false;
    visit(path, st->type, true, implied ? 2 : 0);
  }

  void visit(const std::string& path, FileType type, bool command_line, size_t cut) {
    const bool is_dir = type == FileType::Directory;
    if (is_dir) {
      if (o_.dirs == GrepOptions::Dirs::Skip) return;
      if (!cut && excluded(o_.directories, path, command_line)) return;
      if (o_.dirs == GrepOptions::Dirs::Recurse) return descend(path, cut ? std::string() : path);
    } else if (excluded(o_.files, path, command_line)) {
      return;
    }
    bool device = type == FileType::CharDevice || type == FileType::BlockDevice || type == FileType::Fifo || type == FileType::Socket;
    if (device && (o_.skip_devices || (!command_line && o_.dirs == GrepOptions::Dirs::Recurse))) return;
    auto fd = p_.open(path, kOpenRead);
    if (!fd) return fail(fd.error(), path);
    Input in(p_, *fd, path);
    if (is_dir) {
      failed_ = true;
      out_.flush();
      if (!o_.no_messages) p_.warn("%s: Is a directory", path.c_str());
      // It counts as a file of no lines.
      const bool found = searcher_.search(in, path, show_names_);
      selected_ = selected_ || found;
      listed_ = listed_ || !found;
      return;
    }
    search(in, path, show_names_);
  }

  // Links that are followed may lead back to where they are.
  void descend(const std::string& path, const std::string& prefix) {
    if (!o_.follow) return directory(path, prefix);
    auto st = p_.stat(path);
    if (!st) return fail(st.error(), path);
    const std::pair id{st->dev, st->ino};
    if (std::ranges::count(above_, id)) {
      out_.flush();
      if (!o_.no_messages) p_.warn("%s: warning: recursive directory loop", path.c_str());
      return;
    }
    above_.push_back(id);
    directory(path, prefix);
    above_.pop_back();
  }

  // `prefix` is how the directory appears in names: "" for the implied ".".
  void directory(const std::string& path, const std::string& prefix) {
    auto entries = p_.list(path);
    if (!entries) return fail(entries.error(), path);
    for (const auto& e : *entries) {
      if (o_.quiet && selected_) return;
      std::string child = prefix.empty() ? e.name : join_path(prefix, e.name);
      FileType type = e.type;
      if (type == FileType::Symlink) {
        if (!o_.follow) continue;
        auto st = p_.stat(child);
        if (!st) {
          fail(st.error(), child);
          continue;
        }
        type = st->type;
      }
      deep_call([&] { visit(child, type, false, 0); });
    }
  }

  // Reading what is being written would not end.
  bool is_output(const Input& in) {
    if (o_.quiet || o_.list != GrepOptions::List::None || (o_.max_count >= 0 && o_.max_count <= 1)) return false;
    auto out = p_.fstat(1), st = p_.fstat(in.fd());
    return out && st && out->is_regular() && st->is_regular() && out->dev == st->dev && out->ino == st->ino && st->size > 0;
  }

  void search(Input& in, const std::string& name, bool names) {
    if (is_output(in)) {
      failed_ = true;
      out_.flush();
      if (!o_.no_messages) p_.warn("%s: input file is also the output", name.c_str());
      return;
    }
    bool found = searcher_.search(in, name, names);
    selected_ = selected_ || found;
    listed_ = listed_ || !found;
    if (in.error() != Errno::OK) fail(in.error(), name);
  }

  Process& p_;
  const GrepOptions& o_;
  Output out_;
  GrepSearcher searcher_;
  std::vector<std::pair<decltype(Stat::dev), decltype(Stat::ino)>> above_;   ///< the directories being read
  bool lone_ = false;   ///< of one operand, names are shown only where it is a directory
  bool show_names_ = false, selected_ = false, listed_ = false, failed_ = false;
};

// "mt=01;31:fn=35:rv": what is not understood ends the reading, as in GNU's.
void read_colors(Process& p, GrepOptions::Colors& c) {
  const char* old = p.getenv("GREP_COLOR");
  if (old && *old && std::string_view(old).find_first_not_of("0123456789;") == std::string_view::npos) {
    c.selected_match = c.context_match = old;
    p.warn("warning: GREP_COLOR='%s' is deprecated; use GREP_COLORS='mt=%s'", old, old);
  }
  const char* text = p.getenv("GREP_COLORS");
  struct Entry {
    std::string_view name;
    std::string GrepOptions::Colors::* to;
  };
  static constexpr Entry kEntries[] = {{"ms", &GrepOptions::Colors::selected_match}, {"mc", &GrepOptions::Colors::context_match},
                                       {"sl", &GrepOptions::Colors::selected},       {"cx", &GrepOptions::Colors::context},
                                       {"fn", &GrepOptions::Colors::name},           {"ln", &GrepOptions::Colors::line},
                                       {"bn", &GrepOptions::Colors::byte},           {"se", &GrepOptions::Colors::separator}};
  for (std::string_view rest = text ? text : ""; !rest.empty();) {
    std::string_view item = rest.substr(0, rest.find(':'));
    rest.remove_prefix(std::min(rest.size(), item.size() + 1));
    size_t eq = item.find('=');
    std::string value(eq == std::string_view::npos ? "" : item.substr(eq + 1));
    std::string_view name = item.substr(0, eq);
    if (value.find_first_not_of("0123456789;") != std::string::npos) return;
    if (name == "rv") c.reverse = true;
    else if (name == "ne") c.no_erase = true;
    else if (name == "mt" && eq != std::string_view::npos) c.selected_match = c.context_match = value;
    for (const auto& e : kEntries)
      if (name == e.name && eq != std::string_view::npos) c.*e.to = value;
  }
}

// The end of an interval that begins at s[0]; 0 if it is none, but text.
size_t interval_size(std::string_view s) {
  size_t i = 1;
  auto digits = [&] {
    const size_t from = i;
    while (i < s.size() && ascii_digit(s[i])) i++;
    return i > from;
  };
  bool any = digits();
  if (i < s.size() && s[i] == ',') i++, (void)digits(), any = true;
  return any && i < s.size() && s[i] == '}' ? i + 1 : 0;
}

// A repetition with nothing to repeat is allowed, but hardly meant.
void warn_of_repetitions(Process& p, std::string_view s) {
  bool start = true;
  for (size_t i = 0; i < s.size(); i++) {
    const char c = s[i];
    if (c == '\n' || c == '(' || c == '|') {
      start = true;
    } else if (c == '\\') {
      start = false;
      i++;
    } else if (c == '[') {
      start = false;
      i = std::min(s.find(']', i + (s.substr(i + 1).starts_with('^') ? 3 : 2)), s.size());
    } else if (c == '*' || c == '+' || c == '?') {
      if (start) p.warn("warning: %c at start of expression", c);
    } else if (const size_t n = c == '{' ? interval_size(s.substr(i)) : 0) {
      if (start) p.warn("warning: {...} at start of expression");
      i += n - 1;
    } else if (c != '^' || !start) {
      start = false;
    }
  }
}

int grep_main(Process& p) {
  Line o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files, {.error_status = 2, .try_text = kShortUsage})) return *status;
  if (o.version) {
    Output out(p, 1, 2);
    out.line(std::string(p.name()) + " (nacre) 0.1.0");
    return out.finish(0);
  }
  if (o.kinds_conflict) {
    p.warn("conflicting matchers specified");
    return 2;
  }
  if (o.unix_offsets) p.warn("warning: --unix-byte-offsets (-u) is obsolete");
  if (!o.digits.empty() && set_context(p, o.context_all, o.digits)) return 2;
  if (o.color_when) {
    if (*o.color_when == "always" || *o.color_when == "yes" || *o.color_when == "force") o.color = true;
    else if (*o.color_when == "auto" || *o.color_when == "tty" || *o.color_when == "if-tty") o.color = p.isatty(1);
    else if (*o.color_when != "never" && *o.color_when != "no" && *o.color_when != "none") {
      // What asks for no known thing gets the help.
      Output help(p, 1, 2);
      help.write(kUsage);
      return help.finish(0);
    }
  }
  o.context = o.context_all >= 0 || o.before_set >= 0 || o.after_set >= 0;
  o.before = o.before_set >= 0 ? o.before_set : std::max<int64_t>(o.context_all, 0);
  o.after = o.after_set >= 0 ? o.after_set : std::max<int64_t>(o.context_all, 0);
  bool empty_file = !o.patterns && o.from_file;
  if (!o.patterns && !empty_file) {
    if (files.empty()) {
      write_error(p, kShortUsage);
      return 2;
    }
    o.patterns = files.front();
    files.erase(files.begin());
  }
  o.syntax.utf8 = p.utf8();
  // Nothing can be selected, so not even patterns are looked at.
  const bool listing = o.list == GrepOptions::List::NotMatching;
  const bool all_but_every_line =
      o.patterns && o.patterns->find_first_not_of('\n') == std::string::npos && o.invert && !o.syntax.whole_lines && !o.syntax.words;
  if ((o.max_count == 0 || all_but_every_line) && !listing) return 1;
  GrepMatcher matcher;
  if (!empty_file && (o.syntax.kind == GrepSyntax::Basic || o.syntax.kind == GrepSyntax::Extended) && misses_a_bracket(*o.patterns)) {
    p.warn("character class syntax is [[:space:]], not [:space:]");
    return 2;
  }
  if (!empty_file) {
    if (o.syntax.kind == GrepSyntax::Extended) warn_of_repetitions(p, *o.patterns);
    if (auto error = matcher.compile(*o.patterns, o.syntax); !error.empty()) {
      p.warn("%s", error.c_str());
      return 2;
    }
  }
  if (matcher.never() && !o.invert && !listing) return 1;   // not even counts are printed
  if (o.color) read_colors(p, o.colors);
  return Grep(p, o, matcher).run(std::move(files));
}

/// egrep, fgrep and rgrep run grep, as the scripts of those names do: messages speak of grep.
int run_grep(Process& p, const char* kind) {
  std::vector<std::string> argv{"grep", kind};
  argv.insert(argv.end(), p.argv().begin() + 1, p.argv().end());
  const Errno e = p.exec_program(std::move(argv), p.shared_env());
  p.warn(e, "grep");
  return 127;
}

int egrep_main(Process& p) { return run_grep(p, "-E"); }
int fgrep_main(Process& p) { return run_grep(p, "-F"); }
int rgrep_main(Process& p) { return run_grep(p, "-r"); }

}  // namespace

Command grep_command() { return {{"grep"}, kUsage, grep_main}; }
Command egrep_command() { return {{"egrep"}, kUsage, egrep_main}; }
Command fgrep_command() { return {{"fgrep"}, kUsage, fgrep_main}; }
Command rgrep_command() { return {{"rgrep"}, kUsage, rgrep_main}; }

}  // namespace nacre
