/// ls, dir, vdir - list directory contents.
/// Source: GNU coreutils 9 manual, "ls invocation"; POSIX XCU ls.
/// Differs: --hyperlink and -D (dired) are not known; colors are the built-in
/// defaults, not those of $LS_COLORS.
#include <algorithm>

#include "algo/glob.h"
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"
#include "commands/accounts.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/sort/keys.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: ls [OPTION]... [FILE]...\n"
    "List information about the FILEs (the current directory by default), sorted by name.\n\n"
    "  -a, --all, -A, --almost-all   do not ignore entries starting with . (-A: but . and ..)\n"
    "      --author, -g, -G, --no-group, -o, -n, --numeric-uid-gid, -l   long listings\n"
    "  -b, --escape, -N, --literal, -q, --hide-control-chars, --show-control-chars, -Q, --quote-name,\n"
    "      --quoting-style=WORD      how names are written\n"
    "  -B, --ignore-backups, -I, --ignore=PATTERN, --hide=PATTERN\n"
    "  -c, -u, --time=WORD, --time-style=STYLE, --full-time   which time, and how\n"
    "  -C, -x, -m, -1, --format=WORD, -w, --width=COLS, --zero   layout\n"
    "      --color[=WHEN], -F, --classify[=WHEN], --file-type, -p, --indicator-style=WORD\n"
    "  -d, --directory, -R, --recursive, -H, -L, --dereference, --dereference-command-line\n"
    "  -h, --human-readable, --si, -k, --kibibytes, -s, --size, --block-size=SIZE, -i, --inode\n"
    "  -f, -r, --reverse, -S, -t, -U, -v, -X, --sort=WORD, --group-directories-first   order\n"
    "      --help, --version\n";

enum class Format { One, Long, Vertical, Horizontal, Commas };
enum class Sort { Name, None, Size, Time, Version, Extension, Width };
enum class Quote { Literal, Shell, ShellAlways, ShellEscape, ShellEscapeAlways, C, Escape, Locale };
enum class Mark { None, Slash, FileType, Classify };
enum class Which { Modify, Access, Change, Birth };

struct Options {
  bool all = false, almost = false, author = false, backups = false, directory = false, recursive = false, reverse = false;
  bool context = false;   // -Z: "?", since there are no security contexts
  bool inode = false, size = false, numeric = false, no_owner = false, no_group = false, human = false, si = false, kilo = false;
  bool follow = false, follow_arguments = false, dirs_first = false, hide_control = false, zero = false, color = false, show_control = false;
  std::optional<Format> format;
  std::optional<Sort> sort;
  std::optional<Quote> quote;
  Mark mark = Mark::None;
  Which time = Which::Modify;
  bool time_set = false;
  std::optional<std::string> time_style, block_size, color_when, classify_when;
  std::vector<std::string> ignore, hide;
  uint64_t block = 1024;
  std::string block_suffix;   // of --block-size=K
  bool block_given = false;
  int width = 0;
};
using O = Options;

template <class T>
std::optional<int> pick(Process& p, const char* option, std::string_view v, std::span<const Choice> choices, T& to) {
  auto c = choose(p, option, v, choices);
  if (!c) return try_help(p, 1);
  to = static_cast<typename std::remove_reference_t<T>>(*c);
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {
    {'a', "all", +[](O& o) { o.all = true; }},
    {'A', "almost-all",
     +[](O& o) {
       o.almost = true;
       o.all = false;
     }},
    {0, "author", &O::author},
    {'b', "escape", +[](O& o) { o.quote = Quote::Escape; }},
    {0, "block-size", +[](O& o, std::string_view v) { o.block_size = std::string(v); }},
    {'B', "ignore-backups", &O::backups},
    {'c', "",
     +[](O& o) {
       o.time = Which::Change;
       o.time_set = true;
     }},
    {'C', "", +[](O& o) { o.format = Format::Vertical; }},
    {0, "color", +[](O& o, std::optional<std::string_view> v) { o.color_when = std::string(v.value_or("always")); }},
    {'d', "directory", &O::directory},
    {'f', "",
     +[](O& o) {
       o.all = true;
       o.sort = Sort::None;
       if (o.format == Format::Long) o.format.reset();
       o.color = false;
     }},
    {'F', "", +[](O& o) { o.mark = Mark::Classify; }},
    {0, "classify", +[](O& o, std::optional<std::string_view> v) { o.classify_when = std::string(v.value_or("always")); }},
    {0, "file-type", +[](O& o) { o.mark = Mark::FileType; }},
    {0, "format",
     +[](Process& p, O& o, std::string_view v) {
       constexpr Choice k[] = {{"across", 3}, {"horizontal", 3}, {"commas", 4}, {"long", 1}, {"verbose", 1}, {"single-column", 0}, {"vertical", 2}};
       Format f = Format::One;
       auto status = pick(p, "--format", v, k, f);
       o.format = f;
       return status;
     }},
    {0, "full-time",
     +[](O& o) {
       o.format = Format::Long;
       o.time_style = "full-iso";
     }},
    {'g', "",
     +[](O& o) {
       o.format = Format::Long;
       o.no_owner = true;
     }},
    {0, "group-directories-first", &O::dirs_first},
    {'G', "no-group", &O::no_group},
    {'h', "human-readable",
     +[](O& o) {
       o.human = true;
       o.si = false;
     }},
    {0, "si", +[](O& o) { o.human = o.si = true; }},
    {'H', "dereference-command-line", &O::follow_arguments},
    {0, "dereference-command-line-symlink-to-dir", &O::follow_arguments},
    {0, "hide", &O::hide},
    {0, "indicator-style",
     +[](Process& p, O& o, std::string_view v) {
       constexpr Choice k[] = {{"none", 0}, {"slash", 1}, {"file-type", 2}, {"classify", 3}};
       return pick(p, "--indicator-style", v, k, o.mark);
     }},
    {'i', "inode", &O::inode},
    {'I', "ignore", &O::ignore},
    {'k', "kibibytes", &O::kilo},
    {'l', "", +[](O& o) { o.format = Format::Long; }},
    {'L', "dereference", &O::follow},
    {'m', "", +[](O& o) { o.format = Format::Commas; }},
    {'n', "numeric-uid-gid",
     +[](O& o) {
       o.format = Format::Long;
       o.numeric = true;
     }},
    {'N', "literal", +[](O& o) { o.quote = Quote::Literal; }},
    {'o', "",
     +[](O& o) {
       o.format = Format::Long;
       o.no_group = true;
     }},
    {'p', "", +[](O& o) { o.mark = Mark::Slash; }},
    {'q', "hide-control-chars", &O::hide_control},
    {0, "show-control-chars",
     +[](O& o) {
       o.show_control = true;
       o.hide_control = false;
     }},
    {'Q', "quote-name", +[](O& o) { o.quote = Quote::C; }},
    {0, "quoting-style",
     +[](Process& p, O& o, std::string_view v) {
       constexpr Choice k[] = {{"literal", 0}, {"shell", 1},  {"shell-always", 2}, {"shell-escape", 3}, {"shell-escape-always", 4},
                               {"c", 5},       {"escape", 6}, {"locale", 7}};
       Quote q = Quote::Literal;
       auto status = pick(p, "--quoting-style", v, k, q);
       o.quote = q;
       return status;
     }},
    {'r', "reverse", &O::reverse},
    {'R', "recursive", &O::recursive},
    {'s', "size", &O::size},
    {'S', "", +[](O& o) { o.sort = Sort::Size; }},
    {0, "sort",
     +[](Process& p, O& o, std::string_view v) {
       constexpr Choice k[] = {{"none", 1}, {"time", 3}, {"size", 2}, {"extension", 5}, {"version", 4}, {"width", 6}};
       Sort s = Sort::Name;
       auto status = pick(p, "--sort", v, k, s);
       o.sort = s;
       return status;
     }},
    {0, "time",
     +[](Process& p, O& o, std::string_view v) {
       constexpr Choice k[] = {{"atime", 1}, {"access", 1}, {"use", 1}, {"ctime", 2}, {"status", 2}, {"birth", 3}, {"creation", 3}};
       o.time_set = true;
       return pick(p, "--time", v, k, o.time);
     }},
    {0, "time-style", +[](O& o, std::string_view v) { o.time_style = std::string(v); }},
    {'t', "", +[](O& o) { o.sort = Sort::Time; }},
    {'u', "",
     +[](O& o) {
       o.time = Which::Access;
       o.time_set = true;
     }},
    {'U', "", +[](O& o) { o.sort = Sort::None; }},
    {'v', "", +[](O& o) { o.sort = Sort::Version; }},
    {'w', "width",
     +[](O& o, std::string_view v) {
       o.width = static_cast<int>(parse_int(v).value_or(80));
       if (o.width == 0) o.width = INT32_MAX;
     }},
    {'x', "", +[](O& o) { o.format = Format::Horizontal; }},
    {'X', "", +[](O& o) { o.sort = Sort::Extension; }},
    {'1', "",
     +[](O& o) {
       if (o.format != Format::Long) o.format = Format::One;
     }},
    {0, "zero",
     +[](O& o) {
       o.zero = true;
       if (o.format != Format::Long) o.format = Format::One;
       o.quote = Quote::Literal;
     }},
    {'Z', "context", &O::context},
};

struct Entry {
  std::string name, path, target;
  Stat st;
  bool known = true, target_dir = false, dangling = false;
  Stat target_st;
};

std::string human_size(uint64_t n, uint64_t base) {
  const char* letters = base == 1000 ? "kMGTPE" : "KMGTPE";
  if (n < base) return std::to_string(n);
  int power = -1;
  uint64_t unit = 1;
  while (n / unit >= base && power < 5) {
    unit *= base;
    power++;
  }
  // Rounded up; one decimal below ten.
  uint64_t tenths = n / unit * 10 + (n % unit * 10 + unit - 1) / unit;
  if (tenths < 100) return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + letters[power];
  uint64_t whole = (n + unit - 1) / unit;
  if (whole >= base && power < 5) return std::string("1.0") + letters[power + 1];
  return std::to_string(whole) + letters[power];
}

class Ls {
 public:
  Ls(Process& p, const O& o) : p_(p), o_(o), out_(p, 1, 2), accounts_(p), zone_(process_zone(p)), now_(p.now()) {}

  int run(std::vector<std::string> args) {
    if (args.empty()) args = {"."};
    std::vector<Entry> files, dirs;
    for (const auto& a : args) {
      Entry e;
      // Without -L and -H only a link to a directory is followed; load() sees to that.
      if (!load(a, a, o_.follow || o_.follow_arguments, e, true)) continue;
      (e.st.is_dir() && !o_.directory ? dirs : files).push_back(std::move(e));
    }
    order(files);
    order(dirs);
    if (!files.empty()) print(files);
    bool titled = o_.recursive || args.size() > 1;
    bool first = files.empty();
    for (const auto& d : dirs) directory(d.name, titled, first);
    return out_.finish(status_);
  }

 private:
  void fail(Errno e, const char* what, const std::string& name, int status) {
    out_.flush();
    p_.warn(e, "%s %s", what, quote_file(p_, name).c_str());
    status_ = std::max(status_, status);
  }

  bool load(const std::string& name, const std::string& path, bool follow, Entry& e, bool argument) {
    e.name = name;
    e.path = path;
    auto st = follow ? p_.stat(path) : p_.lstat(path);
    if (!st && follow) st = p_.lstat(path);
    if (!st) {
      fail(st.error(), "cannot access", path, argument ? 2 : 1);
      e.known = false;
      return !argument;
    }
    e.st = *st;
    if (st->is_symlink()) {
      auto target = p_.stat(path);
      e.target_dir = target && target->is_dir();
      e.dangling = !target;
      if (target) e.target_st = *target;
      if (argument && e.target_dir && !o_.directory && o_.format != Format::Long && o_.mark != Mark::Classify) e.st = *target;
      if (auto text = p_.readlink(path)) e.target = *text;
    }
    return true;
  }

  bool hidden(const std::string& name) const {
    if (name[0] == '.' && !o_.all && !o_.almost) return true;
    if (o_.backups && name.size() > 1 && name.back() == '~') return true;
    for (const auto& g : o_.ignore)
      if (Glob::compile(g, kGlobUtf8 | kGlobPeriod).match(name)) return true;
    if (!o_.all && !o_.almost)
      for (const auto& g : o_.hide)
        if (Glob::compile(g, kGlobUtf8 | kGlobPeriod).match(name)) return true;
    return false;
  }

  void directory(const std::string& path, bool titled, bool& first) {
    auto list = p_.list(path);
    if (!list) return fail(list.error(), "cannot open directory", path, 2);
    std::vector<Entry> entries;
    auto add = [&](const std::string& name) {
      Entry e;
      if (load(name, join_path(path, name), o_.follow, e, false)) entries.push_back(std::move(e));
    };
    if (o_.all) {
      add(".");
      add("..");
    }
    for (const auto& d : *list) {
      if (!hidden(d.name)) add(d.name);
      p_.tick();
    }
    order(entries);
    if (titled) {
      if (!first) out_.put('\n');
      out_.write(quoted(path, true) + ":\n");
    }
    first = false;
    if (o_.format == Format::Long || o_.size) {
      uint64_t blocks = 0;
      for (const auto& e : entries) blocks += e.st.blocks;
      out_.write("total " + blocks_text(blocks) + (o_.zero ? std::string(1, '\0') : "\n"));
    }
    print(entries);
    if (!o_.recursive) return;
    for (const auto& e : entries) {
      if (!e.st.is_dir() || is_dot_or_dotdot(e.name)) continue;
      deep_call([&] { directory(join_path(path, e.name), true, first); });
    }
  }

  const Timespec& time_of(const Stat& st) const {
    return o_.time == Which::Access ? st.atime : o_.time == Which::Change ? st.ctime : o_.time == Which::Birth ? st.btime : st.mtime;
  }

  void order(std::vector<Entry>& v) const {
    Sort sort = o_.sort.value_or(o_.time_set && o_.format != Format::Long ? Sort::Time : Sort::Name);
    if (sort != Sort::None) {
      std::stable_sort(v.begin(), v.end(), [&](const Entry& a, const Entry& b) {
        int c = 0;
        switch (sort) {
          case Sort::Size: c = a.st.size == b.st.size ? 0 : a.st.size > b.st.size ? -1 : 1; break;
          case Sort::Time: c = time_of(a.st) == time_of(b.st) ? 0 : time_of(a.st) > time_of(b.st) ? -1 : 1; break;
          case Sort::Version: c = compare_versions(a.name, b.name); break;
          case Sort::Extension: c = extension(a.name).compare(extension(b.name)); break;
          case Sort::Width: c = static_cast<int>(text_width(a.name, true)) - static_cast<int>(text_width(b.name, true)); break;
          default: break;
        }
        if (c == 0) c = a.name.compare(b.name);
        return o_.reverse ? c > 0 : c < 0;
      });
    }
    if (o_.dirs_first && sort != Sort::None) {
      std::stable_sort(v.begin(), v.end(), [](const Entry& a, const Entry& b) { return (a.st.is_dir() || a.target_dir) > (b.st.is_dir() || b.target_dir); });
    }
  }
  static std::string_view extension(const std::string& name) {
    size_t dot = name.rfind('.');
    return dot == std::string::npos ? std::string_view() : std::string_view(name).substr(dot);
  }

  std::string quoted(const std::string& name, bool title = false) const {
    bool utf8 = p_.utf8();
    bool tty = p_.isatty(1);
    Quote q = o_.quote.value_or(tty ? Quote::ShellEscape : Quote::Literal);
    switch (q) {
      case Quote::Shell:
      case Quote::ShellEscape: return shell_escape(name, utf8, false, title);
      case Quote::ShellAlways:
      case Quote::ShellEscapeAlways: return shell_escape(name, utf8, true);
      case Quote::C: return c_quote(name, utf8);
      case Quote::Escape: return c_quote(name, utf8, true, true);
      case Quote::Locale: return locale_quote(name, utf8);
      case Quote::Literal: break;
    }
    if (!o_.hide_control && (!tty || o_.show_control)) return name;
    std::string s;
    for (size_t i = 0; i < name.size();) {
      utf8::Char c{static_cast<unsigned char>(name[i]), 1, static_cast<unsigned char>(name[i]) < 0x80};
      if (utf8) c = utf8::decode(std::string_view(name).substr(i));
      if (c.valid && in_class(c.code, CharClass::Print)) s.append(name, i, c.length);
      else s += '?';
      i += c.length;
    }
    return s;
  }

  std::string mark(const Stat& st, bool dangling = false) const {
    if (o_.mark == Mark::None || dangling) return "";
    if (st.is_dir()) return "/";
    if (o_.mark == Mark::Slash) return "";
    if (st.is_symlink()) return "@";
    if (st.type == FileType::Fifo) return "|";
    if (st.type == FileType::Socket) return "=";
    return o_.mark == Mark::Classify && st.is_regular() && (st.mode & 0111) ? "*" : "";
  }

  const char* color(const Entry& e) const {
    const Stat& st = e.st;
    switch (st.type) {
      case FileType::Directory: return (st.mode & 01002) == 01002 ? "30;42" : st.mode & 2 ? "34;42" : st.mode & 01000 ? "37;44" : "01;34";
      case FileType::Symlink: return e.dangling ? "40;31;01" : "01;36";
      case FileType::Fifo: return "40;33";
      case FileType::Socket: return "01;35";
      case FileType::CharDevice:
      case FileType::BlockDevice: return "40;33;01";
      case FileType::Regular: return st.mode & 04000 ? "37;41" : st.mode & 02000 ? "30;43" : st.mode & 0111 ? "01;32" : nullptr;
    }
    return nullptr;
  }

  std::string shown_name(const Entry& e) const {
    std::string name = quoted(e.name);
    if (o_.color && e.known) {
      if (const char* c = color(e)) {
        name = (colored_any_ ? "" : "\33[0m") + ("\33[" + std::string(c) + "m") + name + "\33[0m";
        colored_any_ = true;
      }
    }
    if (!(e.st.is_symlink() && o_.format == Format::Long)) name += mark(e.st);
    return name;
  }

  std::string blocks_text(uint64_t blocks) const {
    uint64_t bytes = blocks * 512;
    if (o_.human && !o_.block_given) return human_size(bytes, o_.si ? 1000 : 1024);
    return std::to_string((bytes + o_.block - 1) / o_.block) + o_.block_suffix;
  }
  std::string size_text(const Stat& st) const {
    if (st.type == FileType::CharDevice || st.type == FileType::BlockDevice) return std::to_string(st.rdev_major) + ", " + std::to_string(st.rdev_minor);
    if (o_.human && !o_.block_given) return human_size(st.size, o_.si ? 1000 : 1024);
    if (o_.block_given) return std::to_string((st.size + o_.block - 1) / o_.block) + o_.block_suffix;
    return std::to_string(st.size);
  }

  std::string time_text(const Stat& st) const {
    const Timespec& t = time_of(st);
    if (now_ < t) now_ = p_.now();   // a file that was written since
    bool recent = t.sec > now_.sec - 31556952 / 2 && t <= now_;
    std::string style = o_.time_style.value_or("locale"), format;
    if (style.rfind("posix-", 0) == 0) style = style.substr(6);
    if (style == "full-iso") format = "%Y-%m-%d %H:%M:%S.%N %z";
    else if (style == "long-iso") format = "%Y-%m-%d %H:%M";
    else if (style == "iso") format = recent ? "%m-%d %H:%M" : "%Y-%m-%d ";
    else if (style[0] == '+') {
      format = style.substr(1);
      if (size_t nl = format.find('\n'); nl != std::string::npos) format = recent ? format.substr(nl + 1) : format.substr(0, nl);
    } else format = recent ? "%b %e %H:%M" : "%b %e  %Y";
    return format_time(format, zone_.local(t.sec), t.sec, t.nsec);
  }

  void print_long(const std::vector<Entry>& v) {
    std::vector<std::vector<std::string>> rows;
    std::vector<bool> right;
    for (const auto& e : v) {
      std::vector<std::string> row;
      right.clear();
      auto add = [&](std::string s, bool r) {
        row.push_back(e.known ? std::move(s) : "?");
        right.push_back(r);
      };
      if (o_.inode) add(std::to_string(e.st.ino), true);
      if (o_.size) add(blocks_text(e.st.blocks), true);
      row.push_back(e.known ? mode_text(e.st) : "??????????");
      right.push_back(false);
      add(std::to_string(e.st.nlink), true);
      if (!o_.no_owner) add(o_.numeric ? std::to_string(e.st.uid) : accounts_.user_name(e.st.uid), o_.numeric);
      if (!o_.no_group) add(o_.numeric ? std::to_string(e.st.gid) : accounts_.group_name(e.st.gid), o_.numeric);
      if (o_.context) add("?", false);
      if (o_.author) add(o_.numeric ? std::to_string(e.st.uid) : accounts_.user_name(e.st.uid), o_.numeric);
      add(size_text(e.st), true);
      add(time_text(e.st), true);
      rows.push_back(std::move(row));
    }
    std::vector<size_t> widths(right.size(), 0);
    for (const auto& row : rows)
      for (size_t k = 0; k < row.size(); k++) widths[k] = std::max(widths[k], text_width(row[k], true));
    for (size_t i = 0; i < v.size(); i++) {
      for (size_t k = 0; k < rows[i].size(); k++) {
        size_t pad = widths[k] - text_width(rows[i][k], true);
        if (right[k]) out_.write(std::string(pad, ' '));
        out_.write(rows[i][k]);
        if (!right[k]) out_.write(std::string(pad, ' '));
        out_.put(' ');
      }
      out_.write(shown_name(v[i]));
      if (v[i].st.is_symlink()) out_.write(" -> " + quoted(v[i].target) + mark(v[i].target_st, v[i].dangling));
      out_.put(o_.zero ? '\0' : '\n');
    }
  }

  std::string prefix(const Entry& e, size_t inode_width, size_t size_width) const {
    std::string s;
    auto add = [&](const std::string& t, size_t w) { s += std::string(w > t.size() ? w - t.size() : 0, ' ') + t + " "; };
    if (o_.inode) add(e.known ? std::to_string(e.st.ino) : "?", inode_width);
    if (o_.size) add(e.known ? blocks_text(e.st.blocks) : "?", size_width);
    if (o_.context) add("?", 1);
    return s;
  }

  void print(const std::vector<Entry>& v) {
    if (o_.format == Format::Long) return print_long(v);
    size_t inode_width = 0, size_width = 0;
    if (o_.format != Format::Commas) {
      for (const auto& e : v) {
        inode_width = std::max(inode_width, std::to_string(e.st.ino).size());
        size_width = std::max(size_width, blocks_text(e.st.blocks).size());
      }
    }
    std::vector<std::string> cells;
    std::vector<size_t> widths;
    for (const auto& e : v) {
      cells.push_back(prefix(e, inode_width, size_width) + shown_name(e));
      widths.push_back(text_width(prefix(e, inode_width, size_width) + quoted(e.name) + mark(e.st), p_.utf8()));
    }
    Format f = o_.format.value_or(p_.isatty(1) ? Format::Vertical : Format::One);
    if (f == Format::One) {
      for (const auto& c : cells) out_.line(c, o_.zero ? '\0' : '\n');
    } else if (f == Format::Commas) {
      commas(cells, widths);
    } else {
      columns(cells, widths, f == Format::Vertical);
    }
  }

  size_t line_width() const {
    if (o_.width) return static_cast<size_t>(o_.width);
    const char* c = p_.getenv("COLUMNS");
    return c && parse_int(c).value_or(0) > 0 ? static_cast<size_t>(*parse_int(c)) : 80;
  }

  void commas(const std::vector<std::string>& cells, const std::vector<size_t>& widths) {
    size_t at = 0, limit = line_width();
    for (size_t i = 0; i < cells.size(); i++) {
      if (i) {
        out_.put(',');
        at++;
        if (at + 1 + widths[i] + 1 < limit) {
          out_.put(' ');
          at++;
        } else {
          out_.put('\n');
          at = 0;
        }
      }
      out_.write(cells[i]);
      at += widths[i];
    }
    if (!cells.empty()) out_.put('\n');
  }

  void columns(const std::vector<std::string>& cells, const std::vector<size_t>& widths, bool down) {
    size_t n = cells.size(), limit = line_width();
    if (n == 0) return;
    size_t best_rows = n, best_columns = 1;
    for (size_t columns = std::min(n, std::max<size_t>(1, limit / 3)); columns > 1; columns--) {
      size_t rows = (n + columns - 1) / columns, total = 0;
      if (down && (n + rows - 1) / rows != columns) continue;
      for (size_t c = 0; c < columns; c++) {
        size_t w = 0;
        for (size_t r = 0; r < rows; r++) {
          size_t i = down ? c * rows + r : r * columns + c;
          if (i < n) w = std::max(w, widths[i] + (c + 1 < columns ? 2 : 0));
        }
        total += w;
      }
      if (total < limit) {
        best_rows = rows;
        best_columns = columns;
        break;
      }
    }
    std::vector<size_t> column(best_columns, 0);
    for (size_t i = 0; i < n; i++) {
      size_t c = down ? i / best_rows : i % best_columns;
      column[c] = std::max(column[c], widths[i] + 2);
    }
    for (size_t r = 0; r < best_rows; r++) {
      size_t at = 0, want = 0;
      for (size_t c = 0; c < best_columns; c++) {
        size_t i = down ? c * best_rows + r : r * best_columns + c;
        if (i >= n) break;
        // Tabs where they reach, as GNU's default tab size makes them.
        while (at < want) {
          if (want / 8 > (at + 1) / 8) {
            out_.put('\t');
            at += 8 - at % 8;
          } else {
            out_.put(' ');
            at++;
          }
        }
        out_.write(cells[i]);
        at += widths[i];
        want += column[c];
      }
      out_.put('\n');
    }
  }

  Process& p_;
  const O& o_;
  Output out_;
  mutable Accounts accounts_;
  TimeZone zone_;
  mutable Timespec now_;   ///< moves on when a younger file is met
  int status_ = 0;
  mutable bool colored_any_ = false;
};

bool when(Process& p, const std::string& option, const std::string& word, bool& on) {
  constexpr Choice k[] = {{"always", 1}, {"yes", 1}, {"force", 1}, {"never", 0}, {"no", 0}, {"none", 0}, {"auto", 2}, {"tty", 2}, {"if-tty", 2}};
  auto c = choose(p, option, word, k);
  if (!c) {
    try_help(p, 1);
    return false;
  }
  on = *c == 1 || (*c == 2 && p.isatty(1));
  return true;
}

int ls_main(Process& p) {
  O o;
  std::vector<std::string> args;
  if (auto status = parse(p, kUsage, kFlags, o, args, {.error_status = 2})) return *status;
  if (p.name() == "vdir" && !o.format) o.format = Format::Long;
  if (p.name() == "dir" && !o.format) o.format = Format::Vertical;
  if (p.name() != "ls" && !o.quote) o.quote = Quote::Escape;
  if (o.color_when && !when(p, "--color", *o.color_when, o.color)) return 1;
  if (o.classify_when) {
    bool on = false;
    if (!when(p, "--classify", *o.classify_when, on)) return 1;
    if (on) o.mark = Mark::Classify;
  }
  if (o.block_size) {
    if (*o.block_size == "human-readable") o.human = true;
    else if (*o.block_size == "si") o.human = o.si = true;
    else {
      auto n = parse_size(*o.block_size, "bkKmMGTPEZY0");
      if (!n || *n == 0) {
        p.warn("invalid --block-size argument %s", quote(p, *o.block_size).c_str());
        return 2;
      }
      o.block = *n;
      o.block_given = true;
      if (!ascii_digit((*o.block_size)[0])) o.block_suffix = *o.block_size;
    }
  }
  return Ls(p, o).run(std::move(args));
}

}  // namespace

Command ls_command() { return {{"ls", "dir", "vdir"}, kUsage, ls_main}; }

}  // namespace nacre
