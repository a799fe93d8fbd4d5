/// sort - sort lines of text files.
/// Source: GNU coreutils 9 manual, "sort invocation"; POSIX XCU sort.
/// Differs: sorting is done in memory, so the hints -S, -T and --parallel have nothing
/// to speed up; --batch-size, --compress-program and --debug are not known.
#include <algorithm>
#include <cstring>

#include "algo/unicode.h"
#include "base/count_byte.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/sort/keys.h"
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
    "  -S, --buffer-size=SIZE      (see the manual; no effect in memory)\n"
    "  -t, --field-separator=SEP   use SEP instead of non-blank to blank transition\n"
    "  -T, --temporary-directory=DIR  (no temporaries are used)\n"
    "  -u, --unique                output only the first of an equal run; with -c, check for strict ordering\n"
    "  -z, --zero-terminated       line delimiter is NUL, not newline\n"
    "      --help                  display this help and exit\n"
    "      --version               output version information and exit\n";

struct Options {
  SortKey global;
  std::vector<SortKey> keys;
  std::optional<std::string> output, separator, files0, check, random_source;
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
    if (has(c)) shown += c;
  p.warn("options '-%s' are incompatible", shown.c_str());
  return 2;
}

std::optional<int> bad_key(Process& p, const char* what, std::string_view spec) {
  p.warn("%s: invalid field specification %s", what, quote(p, spec).c_str());
  return 2;
}

bool take_count(std::string_view s, size_t& i, size_t& n) {
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

// Hints on speed only: the output is the same whatever they say, if they say anything.
void nothing(Options&, std::string_view) {}
std::optional<int> buffer_size(Process& p, Options&, std::string_view v) {
  bool percent = v.ends_with('%') && parse_int(v.substr(0, v.size() - 1)).value_or(-1) >= 0;
  if (percent || parse_size(v, "bKkMmGgTtPEZY")) return std::nullopt;
  p.warn("invalid -S argument '%s'", std::string(v).c_str());
  return 2;
}
std::optional<int> parallel(Process& p, Options&, std::string_view v) {
  auto n = parse_int(v);
  if (n && *n > 0) return std::nullopt;
  if (n && *n == 0) p.warn("number in parallel must be nonzero");
  else p.warn("invalid --parallel argument '%s'", std::string(v).c_str());
  return 2;
}
std::optional<int> batch_size(Process& p, Options&, std::string_view v) {
  auto n = parse_int(v);
  if (n && *n >= 2) return std::nullopt;
  if (n && *n >= 0) {
    p.warn("invalid --batch-size argument %s", quote(p, v).c_str());
    p.warn("minimum --batch-size argument is %s", quote(p, "2").c_str());
  } else {
    p.warn("invalid --batch-size argument '%s'", std::string(v).c_str());
  }
  return 2;
}

std::optional<int> set_once(Process& p, std::optional<std::string>& to, std::string_view v, const char* message) {
  if (to && *to != v) {
    p.warn("%s", message);
    return 2;
  }
  to = std::string(v);
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'b', "ignore-leading-blanks", letter<'b'>},
    {'d', "dictionary-order", letter<'d'>},
    {'f', "ignore-case", letter<'f'>},
    {'g', "general-numeric-sort", letter<'g'>},
    {'i', "ignore-nonprinting", letter<'i'>},
    {'M', "month-sort", letter<'M'>},
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
    {0, "check", +[](Options& o, std::optional<std::string_view> v) { o.check = std::string(v.value_or("diagnose-first")); }},
    {'C', "",
     +[](Options& o) {
       o.check = "quiet";
       o.check_quiet = true;
     }},
    {0, "files0-from", &Options::files0},
    {'k', "key", add_key},
    {'m', "merge", &Options::merge},
    {'o', "output", +[](Process& p, Options& o, std::string_view v) { return set_once(p, o.output, v, "multiple output files specified"); }},
    {'s', "stable", &Options::stable},
    {'S', "buffer-size", buffer_size},
    {'t', "field-separator", +[](Process& p, Options& o, std::string_view v) { return set_once(p, o.separator, v, "incompatible tabs"); }},
    {'T', "temporary-directory", nothing},
    {0, "parallel", parallel},
    {0, "batch-size", batch_size},
    {0, "compress-program", nothing},
    {'u', "unique", &Options::unique},
    {'z', "zero-terminated", &Options::zero},
};

class Sort {
 public:
  Sort(Process& p, const Options& o, SortKeys keys) : p_(p), o_(o), keys_(std::move(keys)), end_(o.zero ? '\0' : '\n') {}
  ~Sort() { p_.release_memory(charged_); }

  int run(const std::vector<std::string>& files) {
    if (o_.check) return check(files);
    for (const auto& f : files)
      if (int status = read(f)) return status;
    uint32_t count = 0;
    auto less = [&](const SortLine& a, const SortLine& b) {
      if ((++count & 0xfff) == 0) p_.tick(256);
      int c = keys_.compare(a, b);
      // Equal lines keep their order: the text of the earlier one comes first in memory.
      return c < 0 || (c == 0 && order_of(a) < order_of(b));
    };
    if (o_.merge) merge();
    else if (plain_text()) sort_plain();
    else std::sort(lines_.begin(), lines_.end(), less);
    return write();
  }

 private:
  // Whole lines as bytes: the common case needs nothing but prefix and memcmp.
  bool plain_text() const {
    const SortKey& k = keys_.keys[0];
    return keys_.keys.size() == 1 && k.order == SortOrder::Text && !k.dictionary && !k.fold && !k.printing && k.start_field == 0 && k.start_char == 0 &&
           k.end_field == SIZE_MAX && !k.skip_start;
  }

  void sort_plain() {
    uint32_t count = 0;
    bool reverse = keys_.keys[0].reverse;
    auto less = [&](const SortLine& a, const SortLine& b) {
      if ((++count & 0xfff) == 0) p_.tick(256);
      if (a.prefix != b.prefix) return a.prefix < b.prefix;
      size_t n = std::min(a.length, b.length);
      if (n > 8) {
        int c = std::memcmp(a.text + 8, b.text + 8, n - 8);
        if (c) return c < 0;
      }
      return a.length != b.length ? a.length < b.length : reverse ? order_of(b) < order_of(a) : order_of(a) < order_of(b);
    };
    std::sort(lines_.begin(), lines_.end(), less);
    if (reverse) std::reverse(lines_.begin(), lines_.end());
  }

  // Inputs that are sorted already: the least of their first lines comes next.
  void merge() {
    std::vector<size_t> at = {0}, end;
    for (size_t n : counts_) {
      end.push_back(at.back() + n);
      at.push_back(end.back());
    }
    std::vector<SortLine> out;
    out.reserve(lines_.size());
    charge(lines_.size() * sizeof(SortLine));
    while (out.size() < lines_.size()) {
      size_t best = SIZE_MAX;
      for (size_t k = 0; k < end.size(); k++)
        if (at[k] < end[k] && (best == SIZE_MAX || keys_.compare(lines_[at[k]], lines_[at[best]]) < 0)) best = k;
      out.push_back(lines_[at[best]++]);
      if ((out.size() & 0xff) == 0) p_.tick(static_cast<uint32_t>(16 * end.size()));
    }
    lines_ = std::move(out);
  }

  // Inputs are read one after the other; a line's place is (input, address).
  uint64_t order_of(const SortLine& line) const {
    if (texts_.size() == 1) return reinterpret_cast<uint64_t>(line.text);
    uint64_t k = 0;
    while (k + 1 < texts_.size() && !(line.text >= texts_[k].data() && line.text <= texts_[k].data() + texts_[k].size())) k++;
    return k << 48 | static_cast<uint64_t>(line.text - texts_[k].data());
  }

  void charge(uint64_t n) {
    p_.charge_memory(n);
    charged_ += n;
  }

  std::unique_ptr<Input> open(const std::string& file) {
    auto fd = file == "-" ? Result<int>(0) : p_.open(file, kOpenRead);
    if (fd) return std::make_unique<Input>(p_, *fd, file, file != "-");
    p_.warn(fd.error(), "cannot read: %s", quote_name(p_, file).c_str());
    return nullptr;
  }

  bool failed(const Input& in) {
    if (in.error() == Errno::OK) return false;
    p_.warn(in.error(), "read failed: %s", quote_name(p_, in.name()).c_str());
    return true;
  }

  int read(const std::string& file) {
    auto opened = open(file);
    if (!opened) return 2;
    inputs_.push_back(std::move(opened));
    std::string_view text = inputs_.back()->all();
    if (failed(*inputs_.back())) return 2;
    texts_.push_back(text);
    size_t lines = count_byte(text, end_) + 1;
    charge(lines * sizeof(SortLine));
    size_t before = lines_.size();
    lines_.reserve(lines_.size() + lines);
    for (size_t at = 0; at < text.size();) {
      const void* hit = std::memchr(text.data() + at, end_, text.size() - at);
      size_t stop = hit ? static_cast<size_t>(static_cast<const char*>(hit) - text.data()) : text.size();
      SortLine line;
      line.text = text.data() + at;
      line.length = static_cast<uint32_t>(stop - at);
      keys_.prepare(line);
      lines_.push_back(line);
      at = stop + 1;
      if ((lines_.size() & 0xfff) == 0) p_.tick(256);
    }
    counts_.push_back(lines_.size() - before);
    return 0;
  }

  int write() {
    int fd = 1;
    if (o_.output) {
      auto opened = p_.open(*o_.output, kOpenWrite | kOpenCreate | kOpenTruncate);
      if (!opened) {
        p_.warn(opened.error(), "open failed: %s", quote_name(p_, *o_.output).c_str());
        return 2;
      }
      fd = *opened;
    }
    Output out(p_, fd, 2);
    const SortLine* last = nullptr;
    for (const auto& line : lines_) {
      if (o_.unique && last && keys_.compare_keys(*last, line) == 0) continue;
      last = &line;
      out.line(line.view(), end_);
    }
    return out.finish(0);
  }

  int check(const std::vector<std::string>& files) {
    if (files.size() > 1) {
      p_.warn("extra operand %s not allowed with -c", quote_file(p_, files[1]).c_str());
      return 2;
    }
    auto in = open(files[0]);
    if (!in) return 2;
    std::string held;   // the line before, when its block is gone
    SortLine before;
    std::string_view text;
    for (uint64_t number = 1; in->next_line(text, end_); number++) {
      SortLine line;
      line.text = text.data();
      line.length = static_cast<uint32_t>(text.size());
      keys_.prepare(line);
      int c = number == 1 ? -1 : keys_.compare(before, line);
      if (c > 0 || (c == 0 && o_.unique)) {
        if (*o_.check == "diagnose-first")
          write_error(p_, std::string(p_.name()) + ": " + files[0] + ":" + std::to_string(number) + ": disorder: " + std::string(text) + "\n");
        return 1;
      }
      held.assign(text);
      before = line;
      before.text = held.data();
    }
    return failed(*in) ? 2 : 0;
  }

  Process& p_;
  const Options& o_;
  SortKeys keys_;
  char end_;
  std::vector<std::unique_ptr<Input>> inputs_;
  std::vector<std::string_view> texts_;
  std::vector<SortLine> lines_;
  std::vector<size_t> counts_;   ///< lines of each input
  uint64_t charged_ = 0;
};

std::optional<int> prepare_keys(Process& p, Options& o, SortKeys& keys) {
  if (o.separator) {
    std::string s = *o.separator;
    if (s.empty()) {
      p.warn("empty tab");
      return 2;
    }
    if (s == "\\0") s = std::string(1, '\0');
    if (s.size() > 1) {
      p.warn("multi-character tab %s", quote(p, s).c_str());
      return 2;
    }
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
    k = plain;
  }
  keys.keys = o.keys.empty() ? std::vector<SortKey>{o.global} : o.keys;
  keys.reverse = o.global.reverse;
  keys.stable = o.stable;
  keys.unique = o.unique;
  if (o.random_source) {
    auto text = read_file(p, *o.random_source);
    if (!text) {
      p.warn(text.error(), "open failed: %s", quote_name(p, *o.random_source).c_str());
      return 2;
    }
    for (char c : *text) keys.salt = keys.salt * 1099511628211ull + static_cast<unsigned char>(c);
  } else {
    keys.salt = p.random();
  }
  return std::nullopt;
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
    if (i == 0 || argv[i].size() < 2 || argv[i][0] != '+' || !position(std::string_view(argv[i]).substr(1), field, c, has_c, opts)) {
      out.push_back(argv[i]);
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
  if (auto bad = check_letters(p, o.letters)) return *bad;
  if (o.check_loud && o.check_quiet) {
    p.warn("options '-cC' are incompatible");
    return 2;
  }
  if (o.check) {
    constexpr Choice kChecks[] = {{"quiet", 0}, {"silent", 0}, {"diagnose-first", 1}};
    auto c = choose(p, "--check", *o.check, kChecks);
    if (!c) return try_help(p, 1);
    o.check = *c ? "diagnose-first" : "quiet";
  }
  SortKeys keys;
  if (auto status = prepare_keys(p, o, keys)) return *status;
  if (o.files0) {
    if (!files.empty()) {
      p.warn("extra operand %s", quote_file(p, files[0]).c_str());
      write_error(p, "file operands cannot be combined with --files0-from\n");
      return try_help(p, 2);
    }
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
  return Sort(p, o, std::move(keys)).run(files);
}

}  // namespace

Command sort_command() { return {{"sort"}, kUsage, sort_main}; }

}  // namespace nacre
