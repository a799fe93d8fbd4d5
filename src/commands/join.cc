/// join - join lines of two files on a common field.
/// Source: GNU coreutils 9.1 manual, "join invocation"; POSIX XCU join.
/// Differs: none known.
#include <algorithm>

#include "algo/unicode.h"
#include "base/blanks.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: join [OPTION]... FILE1 FILE2\n"
    "For each pair of input lines with identical join fields, write a line to standard output.\n"
    "The join field is the first unless said otherwise. Both files must be sorted on it.\n\n"
    "  -a FILENUM             also print unpairable lines of file FILENUM (1 or 2)\n"
    "  -e STRING              what missing input fields become\n"
    "  -i, --ignore-case      ignore differences in case when comparing fields\n"
    "  -j FIELD               same as '-1 FIELD -2 FIELD'\n"
    "  -o FORMAT              fields of the output: FILENUM.FIELD or 0, by commas or blanks; or 'auto'\n"
    "  -t CHAR                use CHAR between fields of input and output (default: blanks)\n"
    "  -v FILENUM             like -a, but without joined lines\n"
    "  -1 FIELD               join on this FIELD of file 1\n"
    "  -2 FIELD               join on this FIELD of file 2\n"
    "      --check-order      check that the input is sorted, even if all lines have a pair\n"
    "      --nocheck-order    do not check that the input is sorted\n"
    "      --header           the first lines are headers: printed without looking for pairs\n"
    "  -z, --zero-terminated  line delimiter is NUL, not newline\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n";

constexpr size_t kNoField = SIZE_MAX;
/// A field of the output: of file 0 or 1, or (file 2) the join field.
struct Spec {
  int file;
  size_t field;
};

struct Options {
  size_t key[2] = {kNoField, kNoField};
  bool unpaired[2] = {false, false}, paired = true;
  std::optional<std::string> filler, separator;
  bool ignore_case = false, header = false, zero = false, automatic = false;
  int check = 0;   // 1 always, -1 never
  std::vector<Spec> format;
};
using O = Options;

std::optional<size_t> field_number(Process& p, std::string_view v) {
  auto n = parse_int(v);
  if (!n && !v.empty() && v.find_first_not_of("0123456789") == std::string_view::npos) n = INT64_MAX;
  if (n && *n > 0 && v[0] != '+') return static_cast<size_t>(*n) - 1;
  p.warn("invalid field number: %s", quote(p, v).c_str());
  return std::nullopt;
}

std::optional<int> set_key(Process& p, O& o, int file, std::string_view v) {
  auto n = field_number(p, v);
  if (!n) return 1;
  if (o.key[file] != kNoField && o.key[file] != *n) {
    p.warn("incompatible join fields %zu, %zu", o.key[file] + 1, *n + 1);
    return 1;
  }
  o.key[file] = *n;
  return std::nullopt;
}

std::optional<int> set_unpaired(Process& p, O& o, std::string_view v) {
  if (v != "1" && v != "2") {
    p.warn("invalid field number: %s", quote(p, v).c_str());
    return 1;
  }
  o.unpaired[v[0] - '1'] = true;
  return std::nullopt;
}

std::optional<int> add_format(Process& p, O& o, std::string_view v) {
  if (v == "auto") {
    o.automatic = true;
    return std::nullopt;
  }
  if (v.empty()) {
    p.warn("invalid file number in field spec: %s", quote(p, v).c_str());
    return 1;
  }
  while (!v.empty()) {
    size_t end = std::min(v.find_first_of(", \t"), v.size());
    std::string_view one = v.substr(0, end);
    v.remove_prefix(std::min(v.size(), end + 1));
    if (one == "0") {
      o.format.push_back({2, 0});
      continue;
    }
    if (one.empty() || (one[0] != '1' && one[0] != '2')) {
      p.warn(one.starts_with("0") ? "invalid field specifier: %s" : "invalid file number in field spec: %s", quote(p, one).c_str());
      return 1;
    }
    if (one.size() < 2 || one[1] != '.') {
      p.warn("invalid field specifier: %s", quote(p, one).c_str());
      return 1;
    }
    auto n = field_number(p, one.substr(2));
    if (!n) return 1;
    o.format.push_back({one[0] - '1', *n});
  }
  return std::nullopt;
}

std::optional<int> set_separator(Process& p, O& o, std::string_view v) {
  std::string s = v.empty() ? "\n" : v == "\\0" ? std::string(1, '\0') : std::string(v);
  if (s.size() > 1) {
    p.warn("multi-character tab %s", quote(p, v).c_str());
    return 1;
  }
  if (o.separator && *o.separator != s) {
    p.warn("incompatible tabs");
    return 1;
  }
  o.separator = s;
  return std::nullopt;
}

// -j FIELD, and the old -j1 FIELD: which has taken its digit as the value.
constexpr Flag<O> kFlags[] = {
    {'a', "", +[](Process& p, O& o, std::string_view v) { return set_unpaired(p, o, v); }},
    {'e', "",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       if (o.filler && *o.filler != v) {
         p.warn("conflicting empty-field replacement strings");
         return 1;
       }
       o.filler = std::string(v);
       return std::nullopt;
     }},
    {'i', "ignore-case", &O::ignore_case},
    {'j', "",
     +[](Process& p, O& o, std::string_view v) {
       auto bad = set_key(p, o, 0, v);
       return bad ? bad : set_key(p, o, 1, v);
     }},
    {'o', "", +[](Process& p, O& o, std::string_view v) { return add_format(p, o, v); }},
    {'t', "", +[](Process& p, O& o, std::string_view v) { return set_separator(p, o, v); }},
    {'v', "",
     +[](Process& p, O& o, std::string_view v) {
       o.paired = false;
       return set_unpaired(p, o, v);
     }},
    {'1', "", +[](Process& p, O& o, std::string_view v) { return set_key(p, o, 0, v); }},
    {'2', "", +[](Process& p, O& o, std::string_view v) { return set_key(p, o, 1, v); }},
    {0, "check-order", +[](O& o) { o.check = 1; }},
    {0, "nocheck-order", +[](O& o) { o.check = -1; }},
    {0, "header", &O::header},
    {'z', "zero-terminated", &O::zero},
};

struct Line {
  std::string text;
  std::vector<std::pair<size_t, size_t>> fields;   // offset, length
  std::string_view field(size_t i) const { return i < fields.size() ? std::string_view(text).substr(fields[i].first, fields[i].second) : std::string_view(); }
};

/// One file: the lines that share the join field now looked at; the last read is beyond them.
struct Side {
  std::unique_ptr<Input> in;
  std::string name;
  std::vector<Line> lines;
  uint64_t number = 0;
  std::optional<std::string> previous;   ///< join field of the line before
  bool warned = false;
};

class Join {
 public:
  Join(Process& p, const O& o) : p_(p), o_(o), out_(p), end_(o.zero ? '\0' : '\n') {
    for (int f = 0; f < 2; f++) key_[f] = o.key[f] == kNoField ? 0 : o.key[f];
  }

  int run(const std::string& a, const std::string& b) {
    if (!open(0, a) || !open(1, b)) return 1;
    for (int f = 0; f < 2; f++) read_next(f);
    if (o_.automatic)
      for (int f = 0; f < 2; f++) columns_[f] = s_[f].lines.empty() ? 0 : s_[f].lines[0].fields.size();
    if (o_.header && (!s_[0].lines.empty() || !s_[1].lines.empty())) header();
    while (!over_ && !s_[0].lines.empty() && !s_[1].lines.empty()) step();
    if (!over_) tails();
    out_.flush();
    if (!over_ && (s_[0].warned || s_[1].warned)) {
      p_.warn("input is not in sorted order");
      status_ = 1;
    }
    return out_.finish(status_);
  }

 private:
  bool open(int f, const std::string& name) {
    s_[f].name = name;
    s_[f].in = open_input(p_, name);
    return s_[f].in != nullptr;
  }

  void split(Line& line) const {
    std::string_view s = line.text;
    if (o_.separator) {
      char c = (*o_.separator)[0];
      size_t from = 0;
      for (size_t at; c != '\n' && (at = s.find(c, from)) != std::string_view::npos; from = at + 1) line.fields.push_back({from, at - from});
      if (!s.empty()) line.fields.push_back({from, s.size() - from});
      return;
    }
    size_t i = 0;
    while (i < s.size() && is_blank_or_newline(s[i])) i++;
    while (i < s.size()) {
      size_t from = i;
      i = static_cast<size_t>(find_blank(s.data() + i, s.data() + s.size()) - s.data());
      line.fields.push_back({from, i - from});
      if (i == s.size()) return;
      while (i < s.size() && is_blank_or_newline(s[i])) i++;
      if (i == s.size()) line.fields.push_back({i, 0});   // a blank at the end begins an empty field
    }
  }

  int compare(std::string_view a, std::string_view b) const {
    if (a.empty() || b.empty()) return a.empty() ? (b.empty() ? 0 : -1) : 1;
    if (!o_.ignore_case) return a.compare(b);
    size_t n = std::min(a.size(), b.size());
    for (size_t i = 0; i < n; i++) {
      int d = static_cast<unsigned char>(ascii_upper(a[i])) - static_cast<unsigned char>(ascii_upper(b[i]));
      if (d) return d;
    }
    return a.size() < b.size() ? -1 : a.size() > b.size();
  }
  int compare(const Line& a, const Line& b) const { return compare(a.field(key_[0]), b.field(key_[1])); }

  bool get_line(int f, Line& line) {
    std::string_view text;
    Side& s = s_[f];
    if (over_) return false;
    if (!s.in->next_line(text, end_)) {
      if (s.in->error() == Errno::OK) return false;
      out_.flush();
      p_.warn(s.in->error(), "read error");
      p_.exit(1);
    }
    line.text.assign(text);
    line.fields.clear();
    s.number++;
    split(line);
    p_.tick();
    if (o_.check >= 0 && (o_.check > 0 || seen_unpaired_) && !s.warned && s.previous && compare(*s.previous, line.field(key_[f])) > 0) {
      out_.flush();
      p_.warn("%s:%llu: is not sorted: %s", s.name.c_str(), static_cast<unsigned long long>(s.number), line.text.c_str());
      s.warned = true;
      if (o_.check > 0) {
        over_ = true;
        status_ = 1;
        return false;
      }
    }
    if (s.previous) s.previous->assign(line.field(key_[f]));
    else s.previous.emplace(line.field(key_[f]));
    return true;
  }

  bool read_next(int f) {
    Line line;
    if (!spare_.empty()) {
      line = std::move(spare_.back());
      spare_.pop_back();
    }
    if (!get_line(f, line)) return false;
    p_.charge_memory(line.text.size() + 64);
    s_[f].lines.push_back(std::move(line));
    return true;
  }

  // Forgets what is held; what was read beyond it stays.
  void drop(int f, size_t n) {
    auto& lines = s_[f].lines;
    for (size_t i = 0; i < n; i++) {
      p_.release_memory(lines[i].text.size() + 64);
      if (spare_.size() < kSpare && lines[i].text.size() < kShort) spare_.push_back(std::move(lines[i]));
    }
    lines.erase(lines.begin(), lines.begin() + static_cast<long>(n));
  }

  void header() {
    if (s_[0].lines.empty() || s_[1].lines.empty()) {
      const int f = s_[0].lines.empty();
      print_unpaired(f, s_[f].lines[0]);
    } else {
      print(s_[0].lines[0], s_[1].lines[0], false);
    }
    for (int f = 0; f < 2; f++) {
      s_[f].previous.reset();
      if (s_[f].lines.empty()) continue;
      drop(f, 1);
      read_next(f);
    }
  }

  void step() {
    int c = compare(s_[0].lines[0], s_[1].lines[0]);
    if (c != 0) {
      int f = c < 0 ? 0 : 1;
      if (o_.unpaired[f]) print_unpaired(f, s_[f].lines[0]);
      drop(f, 1);
      read_next(f);
      seen_unpaired_ = true;
      return;
    }
    size_t equal[2];
    for (int f = 0; f < 2; f++) {
      auto& lines = s_[f].lines;
      for (equal[f] = 1;; equal[f]++) {
        if (!read_next(f) || over_) break;
        if (f == 0 ? compare(lines.back(), s_[1].lines[0]) : compare(s_[0].lines[0], lines.back())) break;
      }
    }
    if (over_) return;
    if (o_.paired) {
      for (size_t i = 0; i < equal[0]; i++)
        for (size_t j = 0; j < equal[1]; j++) {
          print(s_[0].lines[i], s_[1].lines[j], false);
          p_.tick();
        }
    }
    drop(0, equal[0]);
    drop(1, equal[1]);
  }

  // What is left of either file has no pair; it is read to the end to see whether it is sorted.
  void tails() {
    bool check = o_.check >= 0 && !(s_[0].warned && s_[1].warned);
    for (int f = 0; f < 2; f++) {
      Side& s = s_[f];
      if (s.lines.empty() || !(o_.unpaired[f] || check)) continue;
      if (o_.unpaired[f]) print_unpaired(f, s.lines[0]);
      if (!s_[1 - f].lines.empty()) seen_unpaired_ = true;
      for (Line line; get_line(f, line);) {
        if (o_.unpaired[f]) print_unpaired(f, line);
        if (s.warned && !o_.unpaired[f]) break;
      }
    }
  }

  void print_unpaired(int f, const Line& line) {
    static const Line kNone;
    f == 0 ? print(line, kNone, false) : print(kNone, line, true);
  }

  void put_field(const Line& line, size_t i) {
    std::string_view v = line.field(i);
    if (!v.empty()) out_.write(v);
    else if (o_.filler) out_.write(*o_.filler);
  }

  void put_others(int f, const Line& line) {
    size_t n = o_.automatic ? columns_[f] : line.fields.size();
    for (size_t i = 0; i < n; i++) {
      if (i == key_[f]) continue;
      put_separator();
      put_field(line, i);
    }
  }
  void put_separator() { out_.put(o_.separator ? (*o_.separator)[0] : ' '); }

  void print(const Line& a, const Line& b, bool no_a) {
    auto put_key = [&] { no_a ? put_field(b, key_[1]) : put_field(a, key_[0]); };
    if (!o_.format.empty()) {
      for (size_t i = 0; i < o_.format.size(); i++) {
        if (i) put_separator();
        const Spec& s = o_.format[i];
        if (s.file == 2) put_key();
        else put_field(s.file == 0 ? a : b, s.field);
      }
    } else {
      put_key();
      put_others(0, a);
      put_others(1, b);
    }
    out_.put(end_);
  }

  Process& p_;
  const O& o_;
  Output out_;
  char end_;
  size_t key_[2], columns_[2] = {0, 0};
  static constexpr size_t kSpare = 16, kShort = 4096;
  std::vector<Line> spare_;   ///< their memory is used again
  Side s_[2];
  bool seen_unpaired_ = false, over_ = false;
  int status_ = 0;
};

// The old -j1 FIELD and -j2 FIELD become -1 FIELD and -2 FIELD.
std::vector<std::string> modern_argv(std::vector<std::string> argv) {
  for (size_t i = 1; i + 1 < argv.size() && argv[i] != "--"; i++)
    if ((argv[i] == "-j1" || argv[i] == "-j2") && parse_int(argv[i + 1])) argv[i].erase(1, 1);
  return argv;
}

int join_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse_argv(p, kUsage, kFlags, o, modern_argv(p.argv()), files)) return *status;
  // The old -o 1.1 2.2: what is too many before the files belongs to the format.
  while (files.size() > 2 && !o.format.empty()) {
    if (auto bad = add_format(p, o, files.front())) return *bad;
    files.erase(files.begin());
  }
  if (files.empty()) return missing_operand(p);
  if (files.size() == 1) return missing_operand_after(p, files[0]);
  if (files.size() > 2) {
    p.warn("extra operand %s", locale_quote(files[2], false).c_str());
    return try_help(p);
  }
  if (files[0] == "-" && files[1] == "-") {
    p.warn(Errno::NOENT, "both files cannot be standard input");   // GNU's errno is one left over
    return 1;
  }
  return Join(p, o).run(files[0], files[1]);
}

}  // namespace

Command join_command() { return {{"join"}, kUsage, join_main}; }

}  // namespace nacre
