/// du - estimate file space usage.
/// Source: GNU coreutils 9.1 manual, "du invocation"; POSIX XCU du.
/// Differs: none known.
#include <algorithm>
#include <set>

#include "algo/glob.h"
#include "base/deep_call.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/human.h"
#include "commands/paths.h"
#include "commands/quoting.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: du [OPTION]... [FILE]...\n  or:  du [OPTION]... --files0-from=F\n"
    "Summarize device usage of the set of FILEs, recursively for directories.\n\n"
    "  -0, --null            end each output line with NUL, not newline\n"
    "  -a, --all             write counts for all files, not just directories\n"
    "      --apparent-size   print apparent sizes rather than device usage\n"
    "  -B, --block-size=SIZE  scale sizes by SIZE before printing them\n"
    "  -b, --bytes           equivalent to '--apparent-size --block-size=1'\n"
    "  -c, --total           produce a grand total\n"
    "  -D, --dereference-args  dereference only symlinks that are listed on the command line\n"
    "  -d, --max-depth=N     print the total for a directory only if it is N or fewer levels below\n"
    "      --files0-from=F   summarize the NUL-terminated file names specified in file F\n"
    "  -H                    equivalent to --dereference-args (-D)\n"
    "  -h, --human-readable  print sizes in human readable format (e.g., 1K 234M 2G)\n"
    "      --inodes          list inode usage information instead of block usage\n"
    "  -k                    like --block-size=1K\n"
    "  -L, --dereference     dereference all symbolic links\n"
    "  -l, --count-links     count sizes many times if hard linked\n"
    "  -m                    like --block-size=1M\n"
    "  -P, --no-dereference  don't follow any symbolic links (this is the default)\n"
    "  -S, --separate-dirs   for directories do not include size of subdirectories\n"
    "      --si              like -h, but use powers of 1000 not 1024\n"
    "  -s, --summarize       display only a total for each argument\n"
    "  -t, --threshold=SIZE  exclude entries smaller than SIZE if positive, or greater if negative\n"
    "      --time[=WORD]     show time of the last modification, or WORD: atime, access, use, ctime, status\n"
    "      --time-style=STYLE  full-iso, long-iso, iso, or +FORMAT\n"
    "  -X, --exclude-from=FILE  exclude files that match any pattern in FILE\n"
    "      --exclude=PATTERN  exclude files that match PATTERN\n"
    "  -x, --one-file-system  skip directories on different file systems\n"
    "      --help            display this help and exit\n"
    "      --version         output version information and exit\n";

struct Options {
  bool null = false, all = false, apparent = false, total = false, inodes = false, links = false, separate = false, summarize = false, one_fs = false;
  char follow = 'P';
  std::optional<int64_t> max_depth, threshold;
  SizeFormat format;
  std::optional<std::string> files0, time, time_style;
  std::vector<std::string> exclude;
};
using O = Options;

std::optional<int> set_threshold(Process& p, O& o, std::string_view v) {
  bool negative = v.starts_with('-');
  NumberText n = read_number(negative ? v.substr(1) : v, "kKmMGTPEZY0", 0);
  if (!n.flaw && n.value > INT64_MAX) n.flaw = NumberText::Overflow;
  if (!n.flaw && negative && n.value == 0) n.flaw = NumberText::Invalid;
  if (n.flaw) return warn_number(p, n.flaw, "--threshold", v);
  o.threshold = negative ? -static_cast<int64_t>(n.value) : static_cast<int64_t>(n.value);
  return std::nullopt;
}

std::optional<int> add_excludes(Process& p, O& o, std::string_view file) {
  auto text = read_file(p, std::string(file));
  if (!text) {
    p.warn(text.error(), "%s", quote_name(p, file).c_str());
    return 1;
  }
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\n', at), text->size());
    if (end > at) o.exclude.push_back(text->substr(at, end - at));
    at = end + 1;
  }
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {
    {'0', "null", &O::null},
    {'a', "all", &O::all},
    {0, "apparent-size", &O::apparent},
    {'B', "", +[](Process& p, O& o, std::string_view v) { return o.format.set_option(p, "-B", v); }},
    {0, "block-size", +[](Process& p, O& o, std::string_view v) { return o.format.set_option(p, "--block-size", v); }},
    {'b', "bytes",
     +[](O& o) {
       o.apparent = true;
       (void)o.format.set_block("1");
     }},
    {'c', "total", &O::total},
    {'L', "dereference", +[](O& o) { o.follow = 'L'; }},
    {'d', "max-depth",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n < 0) {
         p.warn("invalid maximum depth %s", quote(p, v).c_str());
         return try_help(p);
       }
       o.max_depth = *n;
       return std::nullopt;
     }},
    {0, "files0-from", &O::files0},
    {'H', "", +[](O& o) { o.follow = 'D'; }},
    {'h', "human-readable", +[](O& o) { o.format.set_human(1024); }},
    {0, "inodes", &O::inodes},
    {'k', "", +[](O& o) { (void)o.format.set_block("1K"); }},
    {'D', "dereference-args", +[](O& o) { o.follow = 'D'; }},
    {'l', "count-links", &O::links},
    {'m', "", +[](O& o) { (void)o.format.set_block("1M"); }},
    {'P', "no-dereference", +[](O& o) { o.follow = 'P'; }},
    {0, "si", +[](O& o) { o.format.set_human(1000); }},
    {'S', "separate-dirs", &O::separate},
    {'s', "summarize", &O::summarize},
    {'t', "threshold", set_threshold},
    {0, "time", +[](O& o, std::optional<std::string_view> v) { o.time = std::string(v.value_or("")); }},
    {0, "time-style", &O::time_style},
    {0, "exclude", &O::exclude},
    {'X', "exclude-from", add_excludes},
    {'x', "one-file-system", &O::one_fs},
};

struct Usage {
  uint64_t bytes = 0, inodes = 0;
  Timespec latest{INT64_MIN, 0};
  void add(const Usage& o) {
    bytes += o.bytes;
    inodes += o.inodes;
    latest = std::max(latest, o.latest);
  }
};

class Du {
 public:
  /// `many`: a file may be met twice, as an operand and below another.
  Du(Process& p, const O& o, char time, std::string time_format, bool many)
      : p_(p), o_(o), many_(many || o.follow == 'L'), time_(time), time_format_(std::move(time_format)), out_(p), zone_(process_zone(p)) {
    for (const auto& e : o.exclude) exclude_.push_back(Glob::compile(e, p.utf8() ? uint32_t{kGlobUtf8} : 0));
  }

  void argument(const std::string& file) {
    auto st = o_.follow != 'P' ? p_.stat(file) : p_.lstat(file);
    if (!st) return not_reached(st.error(), file);
    if (excluded(file)) return;
    device_ = st->dev;
    total_.add(visit(file, *st, 0));
  }
  int finish() {
    if (o_.total) print(total_, "total");
    return out_.finish(status_);
  }
  void failed() { status_ = 1; }
  void flush() { out_.flush(); }

 private:
  void fail(Errno e, const char* what, const std::string& file) {
    out_.flush();
    p_.warn(e, "%s %s", what, quote_file(p_, file).c_str());
    status_ = 1;
  }

  // Of a link that leads nowhere no reason is given.
  void not_reached(Errno e, const std::string& file) {
    if (!p_.lstat(file)) return fail(e, "cannot access", file);
    out_.flush();
    p_.warn("cannot access %s", quote_file(p_, file).c_str());
    status_ = 1;
  }

  bool excluded(const std::string& path) const {
    return std::any_of(exclude_.begin(), exclude_.end(), [&](const Glob& g) {
      if (g.match(path)) return true;
      for (size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1))
        if (g.match(std::string_view(path).substr(slash + 1))) return true;
      return false;
    });
  }

  Usage own(const Stat& st) const {
    Usage u;
    u.bytes = o_.apparent ? st.size : st.blocks * 512;
    u.inodes = 1;
    u.latest = time_ == 'a' ? st.atime : time_ == 'c' ? st.ctime : st.mtime;
    return u;
  }

  // What a file and all below it use. A file with several names counts once.
  Usage visit(const std::string& path, const Stat& st, int64_t depth) {
    p_.tick();
    bool shared = st.nlink > 1 || st.is_dir() || many_;
    if (!o_.links && shared && !seen_.insert({st.dev, st.ino}).second) return {};
    Usage self = own(st), all = self;
    if (st.is_dir()) {
      Usage below;
      auto entries = p_.list(path);
      if (!entries) fail(entries.error(), "cannot read directory", path);
      else
        for (const auto& e : *entries)
          deep_call([&] {
            child(join_path(path, e.name), depth, self, below);
            return 0;
          });
      all = self;
      all.add(below);
      if (shown(depth, true)) print(o_.separate ? self : all, path);
    } else if (shown(depth, false)) {
      print(all, path);
    }
    return all;
  }

  // Files of a directory count for it; directories in it only without -S.
  void child(const std::string& path, int64_t depth, Usage& self, Usage& below) {
    if (excluded(path)) return;
    auto st = o_.follow == 'L' ? p_.stat(path) : p_.lstat(path);
    if (!st) return not_reached(st.error(), path);
    if (o_.one_fs && st->dev != device_) return;
    Usage u = visit(path, *st, depth + 1);
    (st->is_dir() ? below : self).add(u);
  }

  bool shown(int64_t depth, bool dir) const {
    if (depth == 0) return true;
    if (o_.summarize) return false;
    if (o_.max_depth && depth > *o_.max_depth) return false;
    return dir || o_.all;
  }

  void print(const Usage& u, const std::string& name) {
    uint64_t amount = o_.inodes ? u.inodes : u.bytes;
    if (o_.threshold && (*o_.threshold < 0 ? static_cast<int64_t>(amount) > -*o_.threshold : static_cast<int64_t>(amount) < *o_.threshold)) return;
    out_.write(o_.inodes && !o_.format.human() ? std::to_string(amount) : o_.format.text(amount));
    if (time_) {
      Timespec t = u.latest.sec == INT64_MIN ? Timespec{} : u.latest;
      out_.write("\t" + format_time(time_format_, zone_.local(t.sec), t.sec, t.nsec));
    }
    out_.write("\t" + name);
    out_.put(o_.null ? '\0' : '\n');
  }

  Process& p_;
  const O& o_;
  bool many_;
  char time_;
  std::string time_format_;
  Output out_;
  TimeZone zone_;
  std::vector<Glob> exclude_;
  std::set<std::pair<uint64_t, uint64_t>> seen_;
  uint64_t device_ = 0;
  Usage total_;
  int status_ = 0;
};

std::optional<int> read_names(Process& p, const std::string& from, std::vector<std::string>& files, bool& bad) {
  if (!files.empty()) {
    p.warn("extra operand %s", quote(p, files[0]).c_str());
    write_error(p, "file operands cannot be combined with --files0-from\n");
    return try_help(p);
  }
  auto text = read_file(p, from);
  if (!text && text.error() == Errno::ISDIR) {
    p.warn(text.error(), "%s: read error", quote_name(p, from).c_str());
    return 1;
  }
  if (!text) {
    p.warn(text.error(), "cannot open %s for reading", quote_file(p, from).c_str());
    return 1;
  }
  size_t number = 0;
  for (size_t at = 0; at < text->size();) {
    size_t end = std::min(text->find('\0', at), text->size());
    number++;
    std::string name = text->substr(at, end - at);
    if (name == "-" && from == "-") {
      p.warn("when reading file names from stdin, no file name of %s allowed", quote_file(p, name).c_str());
      bad = true;
    } else if (!name.empty()) {
      files.push_back(name);
    } else {
      p.warn("%s:%zu: invalid zero-length file name", quote_name(p, from).c_str(), number);
      bad = true;
    }
    at = end + 1;
  }
  return std::nullopt;
}

std::optional<int> time_options(Process& p, const O& o, char& which, std::string& format) {
  constexpr Choice kTimes[] = {{"atime", 'a'}, {"access", 'a'}, {"use", 'a'}, {"ctime", 'c'}, {"status", 'c'}};
  constexpr Choice kStyles[] = {{"full-iso", 0}, {"long-iso", 1}, {"iso", 2}};
  if (!o.time) return std::nullopt;
  which = 'm';
  if (!o.time->empty()) {
    auto c = choose(p, "--time", *o.time, kTimes);
    if (!c) return try_help(p);
    which = static_cast<char>(*c);
  }
  const char* variable = p.getenv("TIME_STYLE");
  std::string style = o.time_style.value_or(variable && std::string_view(variable) != "locale" ? variable : "long-iso");
  // What ls knows beyond: two lines for two ages, and a prefix for the C locale.
  if (!o.time_style)
    while (style.starts_with("posix-")) style.erase(0, 6);
  if (style.starts_with('+')) {
    format = style.substr(1, o.time_style ? style.npos : style.find('\n') - 1);
    return std::nullopt;
  }
  auto s = choose(p, "time style", style, kStyles);
  if (!s) return try_help(p);
  format = *s == 0 ? "%Y-%m-%d %H:%M:%S.%N %z" : *s == 1 ? "%Y-%m-%d %H:%M" : "%Y-%m-%d";
  return std::nullopt;
}

int du_main(Process& p) {
  O o;
  std::vector<std::string> files;
  o.format.from_environment(p, "DU_BLOCK_SIZE");
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.all && o.summarize) {
    p.warn("cannot both summarize and show all entries");
    return try_help(p);
  }
  if (o.summarize && o.max_depth && *o.max_depth > 0) {
    p.warn("warning: summarizing conflicts with --max-depth=%lld", static_cast<long long>(*o.max_depth));
    return try_help(p);
  }
  if (o.summarize && o.max_depth) p.warn("warning: summarizing is the same as using --max-depth=0");
  char time = 0;
  std::string format;
  if (auto status = time_options(p, o, time, format)) return *status;
  bool bad = false;
  if (o.files0) {
    if (auto status = read_names(p, *o.files0, files, bad)) return *status;
  } else if (files.empty()) {
    files = {"."};
  }
  if (o.inodes && o.apparent) p.warn("warning: options --apparent-size and -b are ineffective with --inodes");
  Du run(p, o, time, format, o.files0 || files.size() > 1);
  for (const auto& f : files) {
    if (f.empty()) {
      run.flush();
      p.warn("invalid zero-length file name");
      bad = true;
      continue;
    }
    run.argument(f);
  }
  if (bad) run.failed();
  return run.finish();
}

}  // namespace

Command du_command() { return {{"du"}, kUsage, du_main}; }

}  // namespace nacre
