/// diff - compare files line by line.
/// Source: GNU diffutils 3.8 manual, "Invoking diff", "Output Formats".
/// Differs: no -c, -y, -e and --ifdef; no -I, -F, -x; -d is always in effect;
/// usage errors are worded as coreutils words them.
#include <algorithm>
#include <cstring>
#include <unordered_map>

#include "algo/date.h"
#include "algo/diff.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: diff [OPTION]... FILES\nCompare FILES line by line.\n\n"
    "  -q, --brief                   report only when files differ\n"
    "  -s, --report-identical-files  report when two files are the same\n"
    "  -u, -U NUM, --unified[=NUM]   output NUM (default 3) lines of unified context\n"
    "      --label LABEL             use LABEL instead of file name and timestamp (can be repeated)\n"
    "  -r, --recursive               recursively compare any subdirectories found\n"
    "  -N, --new-file                treat absent files as empty\n"
    "  -i, --ignore-case             ignore case differences in file contents\n"
    "  -b, --ignore-space-change     ignore changes in the amount of white space\n"
    "  -w, --ignore-all-space        ignore all white space\n"
    "  -B, --ignore-blank-lines      ignore changes where lines are all blank\n"
    "  -a, --text                    treat all files as text\n"
    "      --help                    display this help and exit\n      --version                 output version information and exit\n\n"
    "Exit status is 0 if inputs are the same, 1 if different, 2 if trouble.\n";

struct Options {
  bool brief = false, same = false, unified = false, recursive = false, absent = false;
  bool fold = false, spaces = false, no_spaces = false, blank = false, text = false;
  size_t context = 3;
  std::vector<std::string> labels;
};
using O = Options;

std::optional<int> set_context(Process& p, O& o, std::string_view v) {
  auto n = parse_int(v);
  if (!n || *n < 0) {
    p.warn("invalid context length '%s'", std::string(v).c_str());
    return try_help(p, 2);
  }
  o.unified = true;
  o.context = static_cast<size_t>(*n);
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {
    {'q', "brief", &O::brief}, {'s', "report-identical-files", &O::same}, {'u', "", &O::unified},
    {'U', "", +[](Process& p, O& o, std::string_view v) { return set_context(p, o, v); }},
    {0, "unified", +[](O& o, std::optional<std::string_view> v) {
       o.unified = true;
       if (auto n = parse_int(v.value_or("3"))) o.context = static_cast<size_t>(std::max<int64_t>(*n, 0));
     }},
    {'L', "label", &O::labels}, {'r', "recursive", &O::recursive}, {'N', "new-file", &O::absent},
    {'i', "ignore-case", &O::fold}, {'b', "ignore-space-change", &O::spaces}, {'w', "ignore-all-space", &O::no_spaces},
    {'B', "ignore-blank-lines", &O::blank}, {'a', "text", &O::text}};

struct Side {
  std::string name;
  Stat st{};
  bool there = false;
  std::string text;
  std::vector<std::string_view> lines;   // with their newlines
  std::vector<uint32_t> ids;
};

bool blank_char(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

class Diff {
 public:
  Diff(Process& p, const O& o, std::string switches) : p_(p), o_(o), out_(p, 1, 2), zone_(process_zone(p)), switches_(std::move(switches)) {}

  int run(std::string a, std::string b) {
    auto is_dir = [&](const std::string& f) { auto st = f == "-" ? p_.fstat(0) : p_.stat(f); return st && st->is_dir(); };
    bool dirs[2] = {is_dir(a), is_dir(b)};
    auto base = [](const std::string& f) { return f.substr(f.find_last_of('/') + 1); };
    if (dirs[0] && !dirs[1]) a = join(a, base(b));
    if (dirs[1] && !dirs[0]) b = join(b, base(a));
    pair(a, b, true);
    return out_.finish(status_);
  }

 private:
  static std::string join(const std::string& dir, const std::string& name) { return dir.ends_with('/') ? dir + name : dir + "/" + name; }
  void trouble(Errno e, const std::string& name) {
    out_.flush();
    p_.warn(e, "%s", quote_name(p_, name).c_str());
    status_ = 2;
  }
  void differ() { status_ = std::max(status_, 1); }

  bool examine(Side& s, bool may_lack) {
    auto st = s.name == "-" ? p_.fstat(0) : p_.stat(s.name);
    if (st) {
      s.st = *st;
      s.there = true;
      return true;
    }
    if (may_lack && st.error() == Errno::NOENT) return true;
    trouble(st.error(), s.name);
    return false;
  }

  bool load(Side& s) {
    if (!s.there) return true;
    auto in = open_input(p_, s.name);
    if (in) s.text = in->all();
    if (in && !report_read_error(p_, *in)) return true;
    status_ = 2;
    return false;
  }

  void pair(const std::string& a, const std::string& b, bool top) {
    Side s[2];
    s[0].name = a;
    s[1].name = b;
    bool good = examine(s[0], o_.absent), also = examine(s[1], o_.absent);
    if (!good || !also) return;
    if (!s[0].there && !s[1].there) return trouble(Errno::NOENT, a);
    bool d0 = s[0].there ? s[0].st.is_dir() : s[1].st.is_dir(), d1 = s[1].there ? s[1].st.is_dir() : d0;
    if (d0 && d1) {
      if (top || o_.recursive) return directory(s[0], s[1]);
      out_.write("Common subdirectories: " + quote_name(p_, a) + " and " + quote_name(p_, b) + "\n");
      return;
    }
    if (d0 != d1) {
      auto kind = [&](const Side& x) { return x.st.is_dir() ? "directory" : x.st.size ? "regular file" : "regular empty file"; };
      out_.write("File " + quote_name(p_, a) + " is a " + kind(s[0]) + " while file " + quote_name(p_, b) + " is a " + kind(s[1]) + "\n");
      return differ();
    }
    if (load(s[0]) && load(s[1])) files(s[0], s[1], top);
  }

  void directory(const Side& a, const Side& b) {
    std::vector<std::string> names;
    std::unordered_map<std::string, int> where;
    for (int i = 0; i < 2; i++) {
      const Side& s = i ? b : a;
      if (!s.there) continue;
      auto list = p_.list(s.name);
      if (!list) { trouble(list.error(), s.name); continue; }
      for (const auto& e : *list) {
        if (!where[e.name]) names.push_back(e.name);
        where[e.name] |= 1 << i;
      }
    }
    std::sort(names.begin(), names.end());
    for (const auto& n : names) {
      if (where[n] == 3 || o_.absent) {
        pair(join(a.name, n), join(b.name, n), false);
        continue;
      }
      out_.write("Only in " + quote_name(p_, where[n] == 1 ? a.name : b.name) + ": " + quote_name(p_, n) + "\n");
      differ();
    }
  }

  void files(Side& a, Side& b, bool top) {
    std::string both = quote_name(p_, a.name) + " and " + quote_name(p_, b.name);
    if (a.text == b.text && a.there == b.there) return identical(both);
    auto binary = [](const Side& s) { return memchr(s.text.data(), 0, std::min<size_t>(s.text.size(), 32768)) != nullptr; };
    if (!o_.text && a.text != b.text && (binary(a) || binary(b))) {
      out_.write((o_.brief ? "Files " : "Binary files ") + both + " differ\n");
      return differ();
    }
    split(a);
    split(b);
    ids_.clear();
    auto hunks = group(diff_ranges(a.ids, b.ids, [this](uint32_t n) { p_.tick(n); }), a, b);
    if (hunks.empty()) return identical(both);
    differ();
    if (o_.brief) {
      out_.write("Files " + both + " differ\n");
      return;
    }
    if (!top) out_.write("diff" + switches_ + " " + quote_name(p_, a.name) + " " + quote_name(p_, b.name) + "\n");
    if (o_.unified) unified(hunks, a, b);
    else normal(hunks, a, b);
  }

  void identical(const std::string& both) {
    if (o_.same) out_.write("Files " + both + " are identical\n");
  }

  // Cuts into lines and numbers them: lines that count as equal get one number.
  void split(Side& s) {
    for (size_t at = 0; at < s.text.size();) {
      size_t end = std::min(s.text.find('\n', at), s.text.size() - 1) + 1;
      s.lines.push_back(std::string_view(s.text).substr(at, end - at));
      s.ids.push_back(ids_.try_emplace(key(s.lines.back()), static_cast<uint32_t>(ids_.size())).first->second);
      at = end;
    }
    p_.tick(static_cast<uint32_t>(s.lines.size() / 8 + 1));
  }

  std::string key(std::string_view line) const {
    std::string out;
    for (char c : line) {
      if (blank_char(c) && o_.no_spaces) continue;
      if (blank_char(c) && o_.spaces) {
        if (!out.ends_with(' ')) out += ' ';
        continue;
      }
      out += o_.fold && c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    if (o_.spaces && out.ends_with(' ')) out.pop_back();
    return out;
  }

  using Hunk = std::vector<DiffRange>;

  // The ranges that are shown together: in unified output those whose context touches.
  std::vector<Hunk> group(const std::vector<DiffRange>& ranges, const Side& a, const Side& b) const {
    std::vector<Hunk> out;
    for (const auto& r : ranges) {
      bool joined = o_.unified && !out.empty() && r.a - (out.back().back().a + out.back().back().deleted) <= 2 * o_.context;
      if (joined) out.back().push_back(r);
      else out.push_back({r});
    }
    auto trivial = [&](const DiffRange& r) {
      auto empty = [](std::string_view l) { return l == "\n"; };
      return std::all_of(a.lines.begin() + static_cast<long>(r.a), a.lines.begin() + static_cast<long>(r.a + r.deleted), empty) &&
             std::all_of(b.lines.begin() + static_cast<long>(r.b), b.lines.begin() + static_cast<long>(r.b + r.inserted), empty);
    };
    if (o_.blank) std::erase_if(out, [&](const Hunk& h) { return std::all_of(h.begin(), h.end(), trivial); });
    return out;
  }

  void lines(const Side& s, size_t from, size_t n, std::string_view mark) {
    for (size_t i = from; i < from + n; i++) {
      out_.write(mark);
      out_.write(s.lines[i]);
      if (!s.lines[i].ends_with('\n')) out_.write("\n\\ No newline at end of file\n");
    }
  }

  void normal(const std::vector<Hunk>& hunks, const Side& a, const Side& b) {
    auto range = [](size_t from, size_t n) {
      if (n <= 1) return std::to_string(from + n);
      return std::to_string(from + 1) + "," + std::to_string(from + n);
    };
    for (const auto& h : hunks) {
      const DiffRange& r = h[0];
      const char* verb = !r.deleted ? "a" : !r.inserted ? "d" : "c";
      out_.write(range(r.a, r.deleted) + verb + range(r.b, r.inserted) + "\n");
      lines(a, r.a, r.deleted, "< ");
      if (r.deleted && r.inserted) out_.write("---\n");
      lines(b, r.b, r.inserted, "> ");
    }
  }

  void header(const char* mark, const Side& s, size_t i) {
    if (i < o_.labels.size()) {
      out_.write(mark + o_.labels[i] + "\n");
      return;
    }
    Timespec t = s.there ? s.st.mtime : Timespec{};
    out_.write(mark + quote_name(p_, s.name) + "\t" + format_time("%Y-%m-%d %H:%M:%S.%N %z", zone_.local(t.sec), t.sec, t.nsec) + "\n");
  }

  void unified(const std::vector<Hunk>& hunks, const Side& a, const Side& b) {
    header("--- ", a, 0);
    header("+++ ", b, 1);
    auto range = [](size_t from, size_t n) {
      if (n == 1) return std::to_string(from + 1);
      return std::to_string(n ? from + 1 : from) + "," + std::to_string(n);
    };
    for (const auto& h : hunks) {
      const DiffRange &first = h.front(), &last = h.back();
      size_t lead = std::min({o_.context, first.a, first.b}), end = last.a + last.deleted;
      size_t tail = std::min({o_.context, a.lines.size() - end, b.lines.size() - (last.b + last.inserted)});
      out_.write("@@ -" + range(first.a - lead, end + tail - (first.a - lead)) + " +" +
                 range(first.b - lead, last.b + last.inserted + tail - (first.b - lead)) + " @@\n");
      size_t at = first.a - lead;
      for (const auto& r : h) {
        lines(a, at, r.a - at, " ");
        lines(a, r.a, r.deleted, "-");
        lines(b, r.b, r.inserted, "+");
        at = r.a + r.deleted;
      }
      lines(a, end, tail, " ");
    }
  }

  Process& p_;
  const O& o_;
  Output out_;
  TimeZone zone_;
  std::string switches_;   // as given, for the line above each pair of a recursive run
  std::unordered_map<std::string, uint32_t> ids_;
  int status_ = 0;
};

int diff_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files, {.error_status = 2})) return *status;
  if (files.empty()) return missing_operand_after(p, p.argv()[0], 2);
  if (files.size() == 1) return missing_operand_after(p, files[0], 2);
  if (files.size() > 2) return extra_operand(p, files[2], 2);
  std::string switches;
  for (size_t i = 1; i < p.argv().size(); i++) {
    const std::string& word = p.argv()[i];
    if (std::find(files.begin(), files.end(), word) == files.end()) switches += " " + quote_name(p, word);
  }
  return Diff(p, o, switches).run(files[0], files[1]);
}

}  // namespace

Command diff_command() { return {{"diff"}, kUsage, diff_main}; }

}  // namespace nacre
