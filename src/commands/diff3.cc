/// diff3 - compare three files line by line.
/// Source: GNU diffutils 3.8 manual, "Comparing Three Files" and "diff3 Merging".
/// Differs: usage text is in our own words.
#include <bit>
#include <algorithm>
#include <array>
#include <utility>

#include "algo/diff.h"
#include "algo/line_numbers.h"
#include "algo/quote.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: diff3 [OPTION]... MYFILE OLDFILE YOURFILE\n"
    "Compare three files line by line, or merge the changes from OLDFILE to YOURFILE into MYFILE.\n\n"
    "  -A, --show-all              all changes, with conflicts between brackets\n"
    "  -e, --ed                    an ed script of the changes from OLDFILE to YOURFILE\n"
    "  -E, --show-overlap          like -e, with conflicts between brackets\n"
    "  -3, --easy-only             like -e, but only changes that do not overlap\n"
    "  -x, --overlap-only          like -e, but only changes that overlap\n"
    "  -X                          as -x\n"
    "  -i                          w and q at the end of ed scripts\n"
    "  -m, --merge                 the merged file in place of a script (as -A if nothing else is asked for)\n"
    "  -a, --text                  all files are text\n"
    "      --strip-trailing-cr     drop carriage returns at line ends\n"
    "  -T, --initial-tab           a tab before lines, so that their tabs line up\n"
    "  -L, --label=LABEL           LABEL in place of a file name (up to three times)\n"
    "      --help                  display this help and exit\n"
    "  -v, --version               output version information and exit\n\n"
    "A FILE '-' is standard input. Exit status is 0 if successful, 1 if there are conflicts, 2 if trouble.\n";

struct Options {
  bool script = false, merge = false, show_old = false, flag = false, overlap_only = false, easy_only = false, final_write = false, strip_cr = false,
       tab = false, text = false;
  unsigned outputs = 0;   ///< a bit for each kind of script that was asked for
  std::vector<std::string> labels;
};

/// Lines with their newlines; numbers say which are equal.
struct Side {
  std::string text;
  std::vector<std::string_view> lines;
  std::vector<uint32_t> ids;
  std::string raw_text;                    ///< with --strip-trailing-cr: as it was read
  std::vector<std::string_view> raw_lines;
  const std::vector<std::string_view>& as_read() const { return raw_text.empty() ? lines : raw_lines; }
};

void split(Process& p, std::string_view rest, std::vector<std::string_view>& lines) {
  while (!rest.empty()) {
    size_t n = std::min(rest.find('\n'), rest.size() - 1) + 1;
    lines.push_back(rest.substr(0, n));
    rest.remove_prefix(n);
    p.tick();
  }
}

/// Which file is the odd one; the files by their place on the command line.
enum Odd { kFirst, kSecond, kThird, kAll };
/// Lines [from, to) of each file.
struct Block {
  Odd odd;
  std::array<size_t, 3> from, to;
  size_t count(size_t file) const { return to[file] - from[file]; }
};

class Diff3 {
 public:
  Diff3(Process& p, const Options& o, std::array<Side, 3>& sides, std::array<std::string, 3> names)
      : p_(p), o_(o), sides_(sides), names_(std::move(names)), out_(p, 1, 2) {}

  int run() {
    // Reports are made from the third file's view, merges from the old one's.
    size_t common = o_.script || o_.merge ? 1 : 2;
    compare(common);
    bool conflicts = o_.merge ? merge() : o_.script ? script() : (report(), false);
    return out_.finish(conflicts ? 1 : 0);
  }

 private:
  void compare(size_t common) {
    size_t other = common == 1 ? 2 : 1;
    auto tick = [this](uint32_t n) { p_.tick(n); };
    auto a = diff_ranges(sides_[0].ids, sides_[common].ids, tick), b = diff_ranges(sides_[other].ids, sides_[common].ids, tick);
    // How far each file is ahead of the common one.
    int64_t ahead[2] = {0, 0};
    for (size_t i = 0, k = 0; i < a.size() || k < b.size();) {
      bool first = k == b.size() || (i < a.size() && a[i].b <= b[k].b);
      size_t low = first ? a[i].b : b[k].b, high = low;
      int64_t start[2] = {ahead[0], ahead[1]};
      bool any[2] = {false, false};
      // Ranges that overlap or touch are one block.
      for (bool more = true; more;) {
        more = false;
        auto take = [&](std::vector<DiffRange>& ranges, size_t& at, size_t which) {
          while (at < ranges.size() && (ranges[at].b <= high) && (any[0] || any[1] || ranges[at].b == low)) {
            high = std::max(high, ranges[at].b + ranges[at].inserted);
            ahead[which] += static_cast<int64_t>(ranges[at].deleted) - static_cast<int64_t>(ranges[at].inserted);
            any[which] = more = true;
            at++;
          }
        };
        if (first) take(a, i, 0);
        take(b, k, 1);
        take(a, i, 0);
      }
      Block block{};
      auto place = [&](size_t file, int64_t before, int64_t after) {
        block.from[file] = static_cast<size_t>(static_cast<int64_t>(low) + before);
        block.to[file] = static_cast<size_t>(static_cast<int64_t>(high) + after);
      };
      place(common, 0, 0);
      place(0, start[0], ahead[0]);
      place(other, start[1], ahead[1]);
      if (any[0] && any[1]) block.odd = equal(block, 0, other) ? static_cast<Odd>(common) : kAll;
      else block.odd = any[0] ? kFirst : static_cast<Odd>(other);
      blocks_.push_back(block);
      p_.tick();
    }
  }

  bool equal(const Block& b, size_t x, size_t y) const {
    if (b.count(x) != b.count(y)) return false;
    for (size_t k = 0; k < b.count(x); k++)
      if (sides_[x].ids[b.from[x] + k] != sides_[y].ids[b.from[y] + k]) return false;
    return true;
  }

  // Whether a block concerns the output, and is a conflict.
  bool wanted(const Block& b, bool& conflict) const {
    conflict = false;
    switch (b.odd) {
      case kSecond: conflict = true; return o_.show_old;
      case kThird: return !o_.overlap_only;
      case kAll: conflict = o_.flag; return !o_.easy_only;
      default: return false;
    }
  }

  void report() {
    for (const auto& b : blocks_) {
      out_.write(b.odd == kAll ? "====\n" : "====" + std::to_string(b.odd + 1) + "\n");
      size_t silent = b.odd == kAll ? 3 : b.odd == kFirst ? 1 : 0;
      // The two that are alike stand together.
      constexpr size_t kOrders[2][3] = {{0, 1, 2}, {0, 2, 1}};
      for (size_t file : kOrders[b.odd == kSecond]) {
        size_t n = b.count(file), low = b.from[file] + 1;
        if (n == 0) out_.format("%zu:%zua\n", file + 1, low - 1);
        else if (n == 1) out_.format("%zu:%zuc\n", file + 1, low);
        else out_.format("%zu:%zu,%zuc\n", file + 1, low, b.to[file]);
        if (file == silent) continue;
        for (size_t k = b.from[file]; k < b.to[file]; k++) {
          out_.write(o_.tab ? "\t" : "  ");
          out_.write(sides_[file].lines[k]);
          if (!sides_[file].lines[k].ends_with('\n')) out_.write("\n\\ No newline at end of file\n");
        }
      }
    }
  }

  void lines(const Block& b, size_t file) {
    for (size_t k = b.from[file]; k < b.to[file]; k++) out_.write(sides_[file].lines[k]);
    p_.tick(static_cast<uint32_t>(b.count(file)));
  }

  // Lines for an ed script; true if some begin with a dot, which gets another.
  bool dotted(const Block& b, size_t file) {
    bool any = false;
    for (size_t k = b.from[file]; k < b.to[file]; k++) {
      std::string_view l = sides_[file].lines[k];
      if (l.starts_with('.')) {
        any = true;
        out_.put('.');
      }
      out_.write(l);
      if (!l.ends_with('\n')) out_.put('\n');
    }
    return any;
  }
  void undot(bool any, size_t first, size_t count) {
    out_.write(".\n");
    if (!any) return;
    if (count == 1) out_.format("%zus/^\\.//\n", first);
    else out_.format("%zu,%zus/^\\.//\n", first, first + count - 1);
  }

  bool script() {
    bool conflicts = false;
    for (size_t i = blocks_.size(); i-- > 0;) {
      const Block& b = blocks_[i];
      bool conflict;
      if (!wanted(b, conflict)) continue;
      size_t low = b.from[0] + 1, high = b.to[0];
      if (conflict) {
        conflicts = true;
        bool dots = false;
        out_.format("%zua\n", high);
        if (b.odd == kAll) {
          if (o_.show_old) {
            out_.write("||||||| " + names_[1] + "\n");
            dots = dotted(b, 1);
          }
          out_.write("=======\n");
          dots = dotted(b, 2) || dots;
        }
        out_.write(">>>>>>> " + names_[2] + "\n");
        undot(dots, high + 2, b.count(1) + b.count(2) + 1);
        out_.format("%zua\n", low - 1);
        out_.write("<<<<<<< " + names_[b.odd == kAll ? 0 : 1] + "\n");
        dots = false;
        if (b.odd == kSecond) {
          dots = dotted(b, 1);
          out_.write("=======\n");
        }
        undot(dots, low + 1, b.count(1));
      } else if (b.count(2) == 0) {
        if (low == high) out_.format("%zud\n", low);
        else out_.format("%zu,%zud\n", low, high);
      } else {
        if (b.count(0) == 0) out_.format("%zua\n", high);
        else if (b.count(0) == 1) out_.format("%zuc\n", high);
        else out_.format("%zu,%zuc\n", low, high);
        undot(dotted(b, 2), low, b.count(2));
      }
    }
    if (o_.final_write) out_.write("w\nq\n");
    return conflicts;
  }

  bool merge() {
    bool conflicts = false;
    size_t done = 0;
    for (const auto& b : blocks_) {
      bool conflict;
      if (!wanted(b, conflict)) continue;
      for (; done < b.from[0]; done++) out_.write(sides_[0].as_read()[done]);
      if (conflict) {
        conflicts = true;
        if (b.odd == kAll) {
          out_.write("<<<<<<< " + names_[0] + "\n");
          lines(b, 0);
        }
        if (o_.show_old) {
          out_.write((b.odd == kAll ? "||||||| " : "<<<<<<< ") + names_[1] + "\n");
          lines(b, 1);
        }
        out_.write("=======\n");
      }
      lines(b, 2);
      if (conflict) out_.write(">>>>>>> " + names_[2] + "\n");
      done = b.to[0];
    }
    for (; done < sides_[0].as_read().size(); done++) out_.write(sides_[0].as_read()[done]);
    return conflicts;
  }

  Process& p_;
  const Options& o_;
  std::array<Side, 3>& sides_;
  std::array<std::string, 3> names_;
  Output out_;
  std::vector<Block> blocks_;
};

using V = std::optional<std::string_view>;
struct Diff3Flag {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
  std::optional<int> (*set)(Process&, Options&, V);
};
#define SET(body)                                                                                             \
  +[]([[maybe_unused]] Process& p, [[maybe_unused]] Options& o, [[maybe_unused]] V v) -> std::optional<int> { \
    body;                                                                                                     \
    return std::nullopt;                                                                                      \
  }
constexpr Diff3Flag kFlags[] = {
    {'a', "text", ArgKind::None, SET(o.text = true)},
    {'A', "show-all", ArgKind::None, SET(o.show_old = o.flag = o.script = true; o.outputs |= 1u)},
    {'3', "easy-only", ArgKind::None, SET(o.script = o.easy_only = true; o.outputs |= 2u)},
    {'E', "show-overlap", ArgKind::None, SET(o.script = o.flag = true; o.outputs |= 4u)},
    {'e', "ed", ArgKind::None, SET(o.script = true; o.outputs |= 8u)},
    {'x', "overlap-only", ArgKind::None, SET(o.script = o.overlap_only = true; o.outputs |= 16u)},
    {'X', "", ArgKind::None, SET(o.script = o.overlap_only = true; o.outputs |= 32u)},
    {'i', "", ArgKind::None, SET(o.final_write = true)},
    {'m', "merge", ArgKind::None, SET(o.merge = true)},
    {0, "strip-trailing-cr", ArgKind::None, SET(o.strip_cr = true)},
    {'T', "initial-tab", ArgKind::None, SET(o.tab = true)},
    {'L', "label", ArgKind::Required, SET(if (o.labels.size() == 3) {
       p.warn("too many file label options");
       p.warn("Try '%s --help' for more information.", std::string(p.called()).c_str());
       return 2;
     } o.labels.emplace_back(*v))},
    {'v', "", ArgKind::None, SET(return print_version(p))},
};
#undef SET

bool load(Process& p, const Options& o, const std::string& file, Side& side, LineNumbers& ids) {
  auto fd = file == "-" ? Result<int>(0) : p.open(file, kOpenRead);
  auto st = fd ? p.fstat(*fd) : Result<Stat>(Errno::NOENT);
  if (!fd || (st && st->is_dir())) {
    p.warn(fd ? Errno::ISDIR : fd.error(), "%s", quote_name(p, file).c_str());
    return false;
  }
  Input in(p, *fd, file, *fd != 0);
  side.text = in.all();
  if (in.error() != Errno::OK) {
    p.warn(in.error(), "%s", quote_name(p, file).c_str());
    return false;
  }
  if (o.strip_cr) {
    std::string kept;
    for (size_t i = 0; i < side.text.size(); i++)
      if (!(side.text[i] == '\r' && i + 1 < side.text.size() && side.text[i + 1] == '\n')) kept += side.text[i];
    side.raw_text = std::exchange(side.text, std::move(kept));
    split(p, side.raw_text, side.raw_lines);
  }
  p.charge_memory(side.text.size() * 2);
  split(p, side.text, side.lines);
  for (auto line : side.lines) {
    side.ids.push_back(ids.number(line));
    if (ids.work >= 1024) p.tick(static_cast<uint32_t>(std::exchange(ids.work, 0) / 8));
  }
  return true;
}

/// Whether two files that are compared differ and one is no text; says so.
bool binaries_differ(Process& p, const Options& o, const std::array<Side, 3>& sides, const std::vector<std::string>& files) {
  constexpr size_t kLooked = 32768;   // diff looks no further
  auto binary = [&](size_t i) { return sides[i].text.find('\0') < std::min(kLooked, sides[i].text.size()); };
  // Both are compared with the old file, or, where the three are only shown, with the last.
  const size_t common = o.script ? 1 : 2;
  for (size_t other : {3 - common, size_t{0}}) {
    if (o.text || (!binary(other) && !binary(common)) || sides[other].text == sides[common].text) continue;
    p.warn("diff failed: Binary files %s and %s differ", files[other].c_str(), files[common].c_str());
    return true;
  }
  return false;
}

int diff3_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  constexpr size_t n = std::size(kFlags);
  OptionSpec specs[n];
  for (size_t i = 0; i < n; i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, kFlags[i].kind};
  if (auto status =
          parse_options(p, kUsage, specs, p.argv(), {.error_status = 2, .named_try = true}, files, [&](size_t i, V v) { return kFlags[i].set(p, o, v); }))
    return *status;
  auto fail = [&](const std::string& text) {
    p.warn("%s", text.c_str());
    p.warn("Try '%s --help' for more information.", std::string(p.called()).c_str());
    return 2;
  };
  // -m alone shows all.
  if (o.merge && !o.script) o.show_old = o.flag = o.script = true;
  if (std::popcount(o.outputs) > 1 || (o.final_write && o.merge) || (!o.labels.empty() && !o.flag)) return fail("incompatible options");
  if (files.size() < 3)
    return fail(files.empty() ? "missing operand after " + locale_quote(p.argv().back(), false) : "missing operand after " + locale_quote(files.back(), false));
  if (files.size() > 3) return fail("extra operand " + locale_quote(files[3], false));
  if (std::count(files.begin(), files.end(), "-") > 1) {
    p.warn("'-' specified for more than one input file");
    return 2;
  }
  std::array<Side, 3> sides;
  LineNumbers ids;
  for (size_t i = 0; i < 3; i++)
    if (!load(p, o, files[i], sides[i], ids)) return 2;
  if (binaries_differ(p, o, sides, files)) return 2;
  std::array<std::string, 3> names;
  for (size_t i = 0; i < 3; i++) names[i] = i < o.labels.size() ? o.labels[i] : files[i];
  return Diff3(p, o, sides, std::move(names)).run();
}

}  // namespace

Command diff3_command() { return {{"diff3"}, kUsage, diff3_main}; }

}  // namespace nacre
