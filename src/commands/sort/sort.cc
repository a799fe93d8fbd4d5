/// sort - sort lines of text files.
/// Source: GNU coreutils 9 manual, "sort invocation"; POSIX XCU sort.
/// Differs: one thread sorts, whatever --parallel says.
#include <algorithm>
#include <cstring>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/sort/sorter.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: sort [OPTION]... [FILE]...\n  or:  sort [OPTION]... --files0-from=F\n"
    "Write sorted concatenation of all FILE(s) to standard output.\n\n"
    "  -b, --ignore-leading-blanks  ignore leading blanks\n"
    "  -d, --dictionary-order      consider only blanks and alphanumeric characters\n"
    "  -f, --ignore-case           fold lower case to upper case characters\n"
    "  -g, --general-numeric-sort  compare according to general numerical value\n"
    "  -i, --ignore-nonprinting    consider only printable characters\n"
    "  -M, --month-sort            compare (unknown) < 'JAN' < ... < 'DEC'\n"
    "  -h, --human-numeric-sort    compare human readable numbers (e.g., 2K 1G)\n"
    "  -n, --numeric-sort          compare according to string numerical value\n"
    "  -R, --random-sort           shuffle, but group identical keys\n"
    "      --random-source=FILE    get random bytes from FILE\n"
    "  -r, --reverse               reverse the result of comparisons\n"
    "      --sort=WORD             sort according to WORD: general-numeric, human-numeric, month,\n"
    "                              numeric, random, version\n"
    "  -V, --version-sort          natural sort of (version) numbers within text\n"
    "  -c, --check, --check=diagnose-first  check for sorted input; do not sort\n"
    "  -C, --check=quiet, --check=silent  like -c, but do not report first bad line\n"
    "      --files0-from=F         read input from the files named in F, ended by NULs\n"
    "  -k, --key=KEYDEF            sort via a key: F[.C][OPTS][,F[.C][OPTS]]\n"
    "  -m, --merge                 merge already sorted files; do not sort\n"
    "  -o, --output=FILE           write result to FILE instead of standard output\n"
    "  -s, --stable                stabilize sort by disabling last-resort comparison\n"
    "  -S, --buffer-size=SIZE      use SIZE for main memory buffer: K by default, b, M, G... or %\n"
    "  -t, --field-separator=SEP   use SEP instead of non-blank to blank transition\n"
    "  -T, --temporary-directory=DIR  use DIR for temporaries, not $TMPDIR or /tmp; may be repeated\n"
    "      --batch-size=NMERGE     merge at most NMERGE inputs at once; for more use temp files\n"
    "      --compress-program=PROG  compress temporaries with PROG; decompress them with PROG -d\n"
    "      --debug                 annotate the part of the line used to sort, and warn about questionable usage\n"
    "      --parallel=N            change the number of sorts run concurrently to N\n"
    "  -u, --unique                output only the first of an equal run; with -c, check for strict ordering\n"
    "  -z, --zero-terminated       line delimiter is NUL, not newline\n"
    "      --help                  display this help and exit\n"
    "      --version               output version information and exit\n";

struct Options {
  SortKey global;
  std::vector<SortKey> keys;
  std::optional<std::string> output, separator, files0, check, random_source;
  std::optional<std::string> compress;
  std::vector<std::string> directories;
  uint64_t buffer = 0, batch = 16;
  bool debug = false;
  bool merge = false, stable = false, unique = false, zero = false;
  bool check_loud = false, check_quiet = false;
  std::string letters;                    ///< ordering options outside of keys
};

void set_order(SortKey& k, SortOrder order) { k.order = order; }

// One ordering letter. False: not one.
bool apply_letter(SortKey& k, char c, bool start, bool end) {
  switch (c) {
    case 'b':
      if (start) k.skip_start = true;
      if (end) k.skip_end = true;
      return true;
    case 'd': k.dictionary = true; return true;
    case 'f': k.fold = true; return true;
    case 'g': set_order(k, SortOrder::General); return true;
    case 'h': set_order(k, SortOrder::Human); return true;
    case 'i': k.printing = true; return true;
    case 'M': set_order(k, SortOrder::Month); return true;
    case 'n': set_order(k, SortOrder::Numeric); return true;
    case 'r': k.reverse = true; return true;
    case 'R': set_order(k, SortOrder::Random); return true;
    case 'V': set_order(k, SortOrder::Version); return true;
    default: return false;
  }
}

// At most one way to compare: -n -g -h -M, or one of -V -R -d -i.
std::optional<int> check_letters(Process& p, const std::string& given) {
  auto has = [&](char c) { return given.find(c) != std::string::npos; };
  int ways = has('n') + has('g') + has('h') + has('M') + (has('V') || has('R') || has('d') || has('i'));
  if (ways <= 1) return std::nullopt;
  std::string shown;
  for (char c : std::string_view("dfghiMnRV"))
    if (has(c) && !(c == 'i' && has('d'))) shown += c;
  p.warn("options '-%s' are incompatible", shown.c_str());
  return 2;
}

std::optional<int> bad_key(Process& p, const char* what, std::string_view spec) {
  p.warn("%s: invalid field specification %s", what, quote(p, spec).c_str());
  return 2;
}

bool take_count(std::string_view s, size_t& i, size_t& n) {
  if (i + 1 < s.size() && s[i] == '+' && ascii_digit(s[i + 1])) i++;   // as strtoul
  size_t start = i;
  n = 0;
  for (; i < s.size() && ascii_digit(s[i]); i++) n = n > SIZE_MAX / 20 ? SIZE_MAX / 2 : n * 10 + static_cast<size_t>(s[i] - '0');
  return i > start;
}

std::optional<int> add_key(Process& p, Options& o, std::string_view spec) {
  SortKey k;
  size_t i = 0, n = 0;
  if (!take_count(spec, i, n)) {
    p.warn("invalid number at field start: invalid count at start of %s", quote(p, spec).c_str());
    return 2;
  }
  if (n == 0) return bad_key(p, "field number is zero", spec);
  k.start_field = n - 1;
  if (i < spec.size() && spec[i] == '.') {
    i++;
    if (!take_count(spec, i, n)) {
      p.warn("invalid number after '.': invalid count at start of %s", quote(p, spec.substr(i)).c_str());
      return 2;
    }
    if (n == 0) return bad_key(p, "character offset is zero", spec);
    k.start_char = n - 1;
  }
  while (i < spec.size() && apply_letter(k, spec[i], true, false)) i++;
  if (i < spec.size() && spec[i] == ',') {
    i++;
    if (!take_count(spec, i, n)) {
      p.warn("invalid number after ',': invalid count at start of %s", quote(p, spec.substr(i)).c_str());
      return 2;
    }
    if (n == 0) return bad_key(p, "field number is zero", spec);
    k.end_field = n - 1;
    if (i < spec.size() && spec[i] == '.') {
      i++;
      if (!take_count(spec, i, n)) {
        p.warn("invalid number after '.': invalid count at start of %s", quote(p, spec.substr(i)).c_str());
        return 2;
      }
      k.end_char = n;
    }
    while (i < spec.size() && apply_letter(k, spec[i], false, true)) i++;
  }
  if (i < spec.size()) return bad_key(p, "stray character in field spec", spec);
  std::string letters;
  for (char c : spec)
    if (ascii_alpha(c)) letters += c;
  if (auto bad = check_letters(p, letters)) return bad;
  o.keys.push_back(k);
  return std::nullopt;
}

std::optional<int> set_sort_word(Process& p, Options& o, std::string_view word) {
  constexpr Choice kWords[] = {{"general-numeric", 'g'}, {"human-numeric", 'h'}, {"month", 'M'}, {"numeric", 'n'}, {"random", 'R'}, {"version", 'V'}};
  auto c = choose(p, "--sort", word, kWords);
  if (!c) return try_help(p, 1);
  o.letters += static_cast<char>(*c);
  apply_letter(o.global, static_cast<char>(*c), true, true);
  return std::nullopt;
}

template <char C>
void letter(Options& o) {
  apply_letter(o.global, C, true, true);
  o.letters += C;
}

// A count as xstrtoumax reads it. '\0': fits; 'i' invalid, 's' a suffix, 'o' too large.
char take_number(std::string_view v, uint64_t& n, std::string_view& suffix) {
  size_t i = 0;
  while (i < v.size() && (v[i] == ' ' || v[i] == '\t')) i++;
  if (i < v.size() && v[i] == '+') i++;
  size_t start = i;
  bool over = false;
  for (n = 0; i < v.size() && ascii_digit(v[i]); i++) {
    over |= __builtin_mul_overflow(n, 10, &n);
    over |= __builtin_add_overflow(n, static_cast<uint64_t>(v[i] - '0'), &n);
  }
  suffix = v.substr(i);
  if (i == start) return 'i';
  return over ? 'o' : suffix.empty() ? '\0' : 's';
}

int bad_number(Process& p, char how, const char* option, std::string_view v) {
  const char* format = how == 'o' ? "%s argument '%s' too large" : how == 's' ? "invalid suffix in %s argument '%s'" : "invalid %s argument '%s'";
  p.warn(format, option, std::string(v).c_str());
  return 2;
}

// K is the default unit. The largest of several sizes counts.
std::optional<int> set_buffer(Process& p, Options& o, std::string_view v, const char* option) {
  uint64_t n;
  std::string_view suffix;
  char how = take_number(v, n, suffix);
  if (how == 's' && suffix == "b") how = 0;
  else if (how == 's' && suffix == "%") {
    uint64_t memory = p.budget().limits().memory_bytes;
    double size = static_cast<double>(memory ? memory : uint64_t{1} << 30) * static_cast<double>(n) / 100;
    how = size < 18446744073709551615.0 ? 0 : 'o';
    if (!how) n = static_cast<uint64_t>(size);
  } else if (how == 's' || how == 0) {
    bool over = false;
    auto size = parse_size(how ? v : std::string(v) + "K", "EgGkKmMPtTYZ", &over);
    how = !size ? 's' : over ? 'o' : 0;
    if (size) n = *size;
  }
  if (how) return bad_number(p, how, option, v);
  o.buffer = std::max({o.buffer, n, uint64_t{1}});
  return std::nullopt;
}
std::optional<int> buffer_size(Process& p, Options& o, std::string_view v) { return set_buffer(p, o, v, "--buffer-size"); }
std::optional<int> buffer_size_short(Process& p, Options& o, std::string_view v) { return set_buffer(p, o, v, "-S"); }

// One thread does it all: a number of them is only checked.
std::optional<int> parallel(Process& p, Options&, std::string_view v) {
  uint64_t n;
  std::string_view suffix;
  char how = take_number(v, n, suffix);
  if (how && how != 'o') return bad_number(p, how, "--parallel", v);
  if (how || n) return std::nullopt;
  p.warn("number in parallel must be nonzero");
  return 2;
}

std::optional<int> batch_size(Process& p, Options& o, std::string_view v) {
  uint64_t n, fds = p.fd_limit(), most = fds > 3 ? fds - 3 : SIZE_MAX;
  std::string_view suffix;
  char how = take_number(v, n, suffix);
  if (!how && n > most) how = 'o';
  if (!how && n < 2) {
    p.warn("invalid --batch-size argument %s", quote(p, v).c_str());
    p.warn("minimum --batch-size argument is %s", quote(p, "2").c_str());
    return 2;
  }
  if (how == 'o') {
    p.warn("--batch-size argument %s too large", quote(p, v).c_str());
    p.warn("maximum --batch-size argument with current rlimit is %llu", static_cast<unsigned long long>(most));
    return 2;
  }
  if (how) return bad_number(p, how, "--batch-size", v);
  o.batch = n;
  return std::nullopt;
}

std::optional<int> set_once(Process& p, std::optional<std::string>& to, std::string_view v, const char* message) {
  if (to && *to != v) {
    p.warn("%s", message);
    return 2;
  }
  to = std::string(v);
  return std::nullopt;
}

std::optional<int> set_separator(Process& p, Options& o, std::string_view v) {
  if (v.empty()) p.warn("empty tab");
  else if (v.size() > 1 && v != "\\0") p.warn("multi-character tab %s", quote(p, v).c_str());
  else return set_once(p, o.separator, v, "incompatible tabs");
  return 2;
}

std::optional<int> set_check(Process& p, Options& o, std::optional<std::string_view> v) {
  constexpr Choice kChecks[] = {{"quiet", 0}, {"silent", 0}, {"diagnose-first", 1}};
  const auto c = v ? choose(p, "--check", *v, kChecks) : 1;
  if (!c) return try_help(p, 1);
  o.check = *c ? "diagnose-first" : "quiet";
  (*c ? o.check_loud : o.check_quiet) = true;
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'b', "ignore-leading-blanks", letter<'b'>},
    {0, "debug", &Options::debug},
    {'f', "ignore-case", letter<'f'>},
    {'g', "general-numeric-sort", letter<'g'>},
    {'i', "ignore-nonprinting", letter<'i'>},
    {'m', "merge", &Options::merge},
    {'h', "human-numeric-sort", letter<'h'>},
    {'n', "numeric-sort", letter<'n'>},
    {'R', "random-sort", letter<'R'>},
    {0, "random-source", &Options::random_source},
    {'r', "reverse", letter<'r'>},
    {0, "sort", set_sort_word},
    {'V', "version-sort", letter<'V'>},
    {'c', "",
     +[](Options& o) {
       o.check = "diagnose-first";
       o.check_loud = true;
     }},
    {0, "check", set_check},
    {'C', "",
     +[](Options& o) {
       o.check = "quiet";
       o.check_quiet = true;
     }},
    {0, "files0-from", &Options::files0},
    {'k', "key", add_key},
    {'M', "month-sort", letter<'M'>},
    {'o', "output", +[](Process& p, Options& o, std::string_view v) { return set_once(p, o.output, v, "multiple output files specified"); }},
    {'s', "stable", &Options::stable},
    {'S', "", buffer_size_short},
    {0, "batch-size", batch_size},
    {'t', "field-separator", set_separator},
    {'T', "temporary-directory", &Options::directories},
    {'d', "dictionary-order", letter<'d'>},
    {'y', "", +[](Options&, std::string_view) {}},   // of Solaris; means nothing
    {0, "parallel", parallel},
    {0, "buffer-size", buffer_size},
    {0, "compress-program", +[](Process& p, Options& o, std::string_view v) { return set_once(p, o.compress, v, "multiple compress programs specified"); }},
    {'u', "unique", &Options::unique},
    {'z', "zero-terminated", &Options::zero},
};

// -c and -C.
int check_order(Process& p, const SortPlan& plan, const std::string& file, bool loud) {
  auto fd = file == "-" ? Result<int>(0) : p.open(file, kOpenRead);
  if (!fd) {
    p.warn(fd.error(), "open failed: %s", quote_name(p, file).c_str());
    return 2;
  }
  Input in(p, *fd, file, file != "-");
  std::string held;   // the line before, when its block is gone
  SortLine before;
  std::string_view text;
  const bool plain = plan.keys.plain_text();
  auto next = [&] {
    const std::string_view block = in.buffered();
    const void* hit = block.empty() ? nullptr : std::memchr(block.data(), plan.end, block.size());
    if (hit) {
      text = block.substr(0, static_cast<size_t>(static_cast<const char*>(hit) - block.data()));
      in.consume(text.size() + 1);
      return true;
    }
    held.assign(before.view());
    before.text = held.data();
    return in.next_line(text, plan.end);
  };
  for (uint64_t number = 1; next(); number++) {
    SortLine line;
    line.text = text.data();
    line.length = text.size();
    if (!plain) plan.keys.prepare(line);
    int c = number == 1 ? -1 : plain ? before.view().compare(text) : plan.keys.compare(before, line);
    if (c > 0 || (c == 0 && plan.keys.unique)) {
      if (loud) write_error(p, std::string(p.called()) + ": " + file + ":" + std::to_string(number) + ": disorder: " + std::string(text) + "\n");
      return 1;
    }
    before = line;
  }
  if (in.error() == Errno::OK) return 0;
  p.warn(in.error(), "read failed: %s", quote_name(p, file).c_str());
  return 2;
}

constexpr size_t kSalt = 16;

std::optional<int> set_salt(Process& p, const Options& o, SortKeys& keys) {
  while (!o.random_source && keys.salt.size() < kSalt) {
    uint64_t r = p.random();
    keys.salt.append(reinterpret_cast<const char*>(&r), sizeof r);
  }
  if (!o.random_source) return std::nullopt;
  auto fd = p.open(*o.random_source, kOpenRead);
  if (!fd) {
    p.warn(fd.error(), "open failed: %s", quote_name(p, *o.random_source).c_str());
    return 2;
  }
  Input in(p, *fd, *o.random_source);
  keys.salt = in.block(kSalt).substr(0, kSalt);
  if (keys.salt.size() == kSalt) return std::nullopt;
  p.warn("%s: end of file", quote(p, *o.random_source).c_str());
  return 2;
}

// Name of the locale that orders text; "" where it is C's, nullopt where there is none of that name.
std::optional<std::string> collation(Process& p) {
  std::string name;
  for (const char* variable : {"LC_ALL", "LC_COLLATE", "LANG"}) {
    const char* v = p.getenv(variable);
    if (v && *v) {
      name = v;
      break;
    }
  }
  if (name.empty() || name == "C" || name == "POSIX") return "";
  if (name == "C.UTF-8" || name == "C.utf8") return name;
  return std::nullopt;
}

std::optional<int> prepare_keys(Process& p, Options& o, SortKeys& keys) {
  if (o.separator) {
    std::string s = *o.separator;
    if (s == "\\0") s = std::string(1, '\0');
    keys.separator = s[0];
    keys.has_separator = true;
  }
  // Keys without options of their own take the global ones.
  for (auto& k : o.keys) {
    if (k.has_options()) continue;
    SortKey plain = o.global;
    plain.start_field = k.start_field;
    plain.start_char = k.start_char;
    plain.end_field = k.end_field;
    plain.end_char = k.end_char;
    plain.old_style = k.old_style;
    k = plain;
  }
  keys.keys = o.keys.empty() ? std::vector<SortKey>{o.global} : o.keys;
  keys.keys[0].global = o.keys.empty();
  keys.reverse = o.global.reverse;
  keys.stable = o.stable;
  keys.unique = o.unique;
  bool random = false;
  for (const SortKey& k : keys.keys) random |= k.order == SortOrder::Random;
  if (random) return set_salt(p, o, keys);
  return std::nullopt;
}

// The -y of Solaris takes a word behind it only if that is a number.
std::string with_y_alone(const std::string& arg, std::string_view next) {
  const bool last = arg.size() > 1 && arg[0] == '-' && arg[1] != '-' && arg.find_first_of("koStTy") == arg.size() - 1 && arg.back() == 'y';
  return last && next.find_first_not_of("0123456789") != std::string_view::npos ? arg + "0" : arg;
}

/// Letters, the last with an argument that is the next word.
bool takes_next(std::string_view arg) {
  if (arg.size() < 2 || arg[0] != '-' || std::string_view("koStT").find(arg.back()) == std::string_view::npos) return false;
  return arg.substr(1, arg.size() - 2).find_first_not_of("bcCdfghiMmnrRsuVz") == std::string_view::npos;
}

// The old +POS1 [-POS2], which count from 0: as -k.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  std::vector<std::string> out;
  // F[.C][OPTS]: the parts, or false.
  auto position = [](std::string_view s, size_t& field, size_t& c, bool& has_c, std::string& opts) {
    size_t i = 0;
    if (!take_count(s, i, field)) return false;
    has_c = i < s.size() && s[i] == '.';
    c = 0;
    if (has_c && !take_count(s, ++i, c)) return false;
    opts = s.substr(i);
    return opts.find_first_not_of("bdfghiMnRrV") == std::string::npos;
  };
  for (size_t i = 0; i < argv.size(); i++) {
    if (argv[i] == "--") {
      out.insert(out.end(), argv.begin() + static_cast<long>(i), argv.end());
      break;
    }
    size_t field, c;
    bool has_c;
    std::string opts;
    if (takes_next(argv[i]) && i + 1 < argv.size()) {
      out.push_back(argv[i]);
      out.push_back(argv[++i]);
      continue;
    }
    if (i == 0 || argv[i].size() < 2 || argv[i][0] != '+' || !position(std::string_view(argv[i]).substr(1), field, c, has_c, opts)) {
      out.push_back(with_y_alone(argv[i], i + 1 < argv.size() ? argv[i + 1] : ""));
      continue;
    }
    std::string key = std::to_string(field + 1) + "." + std::to_string(c + 1) + opts;
    if (i + 1 < argv.size() && argv[i + 1].size() > 1 && argv[i + 1][0] == '-' && position(std::string_view(argv[i + 1]).substr(1), field, c, has_c, opts)) {
      key += "," + (c ? std::to_string(field + 1) + "." + std::to_string(c) : std::to_string(field)) + opts;
      i++;
    }
    out.push_back("-k" + key);
  }
  return out;
}

int sort_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse_argv(p, kUsage, kFlags, o, modern_argv(p.argv()), files, {.error_status = 2})) return *status;
  if (o.files0 && !files.empty()) {
    p.warn("extra operand %s", quote_file(p, files[0]).c_str());
    write_error(p, "file operands cannot be combined with --files0-from\n");
    return try_help(p, 2);
  }
  // What no key takes over cannot contradict itself.
  if (o.keys.empty() || std::any_of(o.keys.begin(), o.keys.end(), [](const SortKey& k) { return !k.has_options(); })) {
    if (auto bad = check_letters(p, o.letters)) return *bad;
  }
  if (o.check_loud && o.check_quiet) {
    p.warn("options '-cC' are incompatible");
    return 2;
  }
  SortPlan plan;
  if (auto status = prepare_keys(p, o, plan.keys)) return *status;
  if (o.files0) {
    auto text = read_file(p, *o.files0);
    if (!text) {
      p.warn(text.error(), "open failed: %s", quote_name(p, *o.files0).c_str());
      return 2;
    }
    for (size_t at = 0; at < text->size();) {
      size_t stop = std::min(text->find('\0', at), text->size());
      files.push_back(text->substr(at, stop - at));
      at = stop + 1;
    }
    if (files.empty()) {
      p.warn("no input from %s", quote_file(p, *o.files0).c_str());
      return 2;
    }
  }
  if (files.empty()) files = {"-"};
  bool loud = o.check == "diagnose-first";
  if (o.debug && (o.check || o.output)) {
    p.warn("options '-%c --debug' are incompatible", o.check ? (loud ? 'c' : 'C') : 'o');
    return 2;
  }
  SortKey but_reverse = o.global;
  but_reverse.reverse = false;
  plan.has_keys = !o.keys.empty() || but_reverse.has_options();
  plan.end = o.zero ? '\0' : '\n';
  plan.debug = o.debug;
  auto locale = collation(p);
  plan.keys.locale = locale && !locale->empty();
  if (o.debug) {
    if (!locale) p.warn("failed to set locale");
    if (plan.keys.locale) p.warn("text ordering performed using %s sorting rules", quote(p, *locale).c_str());
    else p.warn("text ordering performed using simple byte comparison");
    warn_sort_keys(p, plan, o.global);
  }
  if (o.check) {
    if (files.size() > 1) {
      p.warn("extra operand %s not allowed with -%c", quote_file(p, files[1]).c_str(), loud ? 'c' : 'C');
      return 2;
    }
    if (o.output) {
      p.warn("options '-%co' are incompatible", loud ? 'c' : 'C');
      return 2;
    }
    return check_order(p, plan, files[0], loud);
  }
  for (const auto& f : files) {
    auto readable = f == "-" ? Result<void>() : p.access(f, 4);
    if (readable) continue;
    p.warn(readable.error(), "cannot read: %s", quote_name(p, f).c_str());
    return 2;
  }
  plan.output = o.output;
  plan.buffer = o.buffer;
  plan.batch = o.batch;
  plan.directories = o.directories;
  if (plan.directories.empty()) {
    const char* dir = p.getenv("TMPDIR");
    plan.directories = {dir ? dir : "/tmp"};
  }
  plan.compress = o.compress.value_or("");
  Sorter sorter(p, std::move(plan));
  return o.merge ? sorter.merge(files) : sorter.sort(files);
}

}  // namespace

Command sort_command() { return {{"sort"}, kUsage, sort_main}; }

}  // namespace nacre
