/// tail - output the last part of files.
/// Source: GNU coreutils 9 manual, "tail invocation"; POSIX XCU tail.
/// Differs: there is no inotify: without -s, -f looks 50 times a second.
#include <algorithm>
#include <cstring>
#include <deque>

#include "base/count_byte.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/last_lines.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: tail [OPTION]... [FILE]...\n"
    "Print the last 10 lines of each FILE to standard output, each with its name if there are more.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -c, --bytes=[+]NUM       output the last NUM bytes; with '+', from byte NUM on\n"
    "  -f, --follow[={name|descriptor}]\n"
    "                           output appended data as the file grows\n"
    "  -F                       same as --follow=name --retry\n"
    "      --max-unchanged-stats=N  for other systems: a followed name is looked up every time here\n"
    "  -n, --lines=[+]NUM       output the last NUM lines; with '+', from line NUM on\n"
    "      --pid=PID            with -f, end after process PID has died\n"
    "  -q, --quiet, --silent    never output headers giving file names\n"
    "      --retry              keep trying to open a file that is inaccessible\n"
    "  -s, --sleep-interval=N   with -f, sleep about N seconds (default 1.0) between looks\n"
    "  -v, --verbose            always output headers giving file names\n"
    "  -z, --zero-terminated    line delimiter is NUL, not newline\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n";

struct Options {
  uint64_t count = 10;
  bool bytes = false, from_start = false;
  int headers = 0;   // 1 always, -1 never
  bool zero = false;
  bool follow = false, by_name = false, retry = false;
  int64_t pid = 0;
  double interval = 0.02;
};

std::optional<int> set_count(Process& p, Options& o, std::string_view text, bool bytes) {
  o.bytes = bytes;
  o.from_start = o.from_start || (!text.empty() && text[0] == '+');   // once asked for, it stays
  std::string_view digits = text;
  if (!digits.empty() && (digits[0] == '+' || digits[0] == '-')) digits.remove_prefix(1);
  NumberText n = read_number(digits, "bkKmMGTPEZY0");
  const char* what = bytes ? "bytes" : "lines";
  if (n.flaw == NumberText::Overflow) p.warn(Errno::OVERFLOW, "invalid number of %s: %s", what, quote(p, digits).c_str());
  else if (n.flaw) p.warn("invalid number of %s: %s", what, quote(p, text).c_str());
  if (n.flaw) return 1;
  o.count = n.value;
  return std::nullopt;
}

/// A digit that is not where the historical form has it.
template <char c>
std::optional<int> misplaced(Process& p, Options&, std::optional<std::string_view>) {
  p.warn("option used in invalid context -- %c", c);
  return 1;
}

constexpr Flag<Options> kFlags[] = {
    {'c', "bytes", +[](Process& p, Options& o, std::string_view v) { return set_count(p, o, v, true); }},
    {'n', "lines", +[](Process& p, Options& o, std::string_view v) { return set_count(p, o, v, false); }},
    {'f', "", +[](Options& o) { o.follow = true; }},
    {0, "follow",
     +[](Process& p, Options& o, std::optional<std::string_view> v) -> std::optional<int> {
       constexpr Choice kHow[] = {{"descriptor", 0}, {"name", 1}};
       auto c = choose(p, "--follow", v.value_or("descriptor"), kHow);
       if (!c) return try_help(p);
       o.follow = true;
       o.by_name = *c == 1;
       return std::nullopt;
     }},   // How often to look whether a name is another file now: every look does that here.
    {0, "max-unchanged-stats",
     +[](Process& p, Options&, std::string_view v) -> std::optional<int> {
       if (!read_number(v, "").flaw) return std::nullopt;
       p.warn("invalid maximum number of unchanged stats between opens: %s", quote(p, v).c_str());
       return 1;
     }},
    {'F', "", +[](Options& o) { o.follow = o.by_name = o.retry = true; }},
    {0, "retry", &Options::retry},
    {0, "pid",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (n && *n >= 0) {
         o.pid = *n;
         return std::nullopt;
       }
       p.warn("invalid PID: %s", quote(p, v).c_str());
       return 1;
     }},
    {'q', "silent", +[](Options& o) { o.headers = -1; }},
    {'q', "quiet", +[](Options& o) { o.headers = -1; }},
    {'s', "sleep-interval",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       std::string text(v);
       char* end;
       o.interval = std::strtod(text.c_str(), &end);
       if (*end == 0 && !text.empty() && o.interval >= 0) return std::nullopt;
       p.warn("invalid number of seconds: %s", quote(p, v).c_str());
       return 1;
     }},
    {'v', "verbose", +[](Options& o) { o.headers = 1; }},
    {'z', "zero-terminated", &Options::zero},
    {'0', "", misplaced<'0'>},
    {'1', "", misplaced<'1'>},
    {'2', "", misplaced<'2'>},
    {'3', "", misplaced<'3'>},
    {'4', "", misplaced<'4'>},
    {'5', "", misplaced<'5'>},
    {'6', "", misplaced<'6'>},
    {'7', "", misplaced<'7'>},
    {'8', "", misplaced<'8'>},
    {'9', "", misplaced<'9'>},
};

// The historical forms -5, +5, -5c, -5f as the first argument.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  if (argv.size() < 2 || argv[1].size() < 2 || (argv[1][0] != '-' && argv[1][0] != '+')) return argv;
  const std::string& old = argv[1];
  size_t i = 1;
  while (i < old.size() && old[i] >= '0' && old[i] <= '9') i++;
  bool digits = i > 1;
  std::string count = digits ? old.substr(1, i - 1) : "10";
  char unit = 'n';
  if (i < old.size() && (old[i] == 'b' || old[i] == 'c' || old[i] == 'l')) {
    unit = old[i] == 'l' ? 'n' : 'c';
    if (old[i] == 'b') count += 'b';
    i++;
  }
  bool follow = i < old.size() && old[i] == 'f';
  if (follow) i++;
  if (i != old.size() || (!digits && old[0] == '-') || argv.size() > (argv.size() > 2 && argv[2] == "--" ? 4U : 3U)) return argv;
  std::vector<std::string> out = {argv[0], std::string("-") + unit + (old[0] == '+' ? "+" : "") + count};
  if (follow) out.push_back("-f");
  out.insert(out.end(), argv.begin() + 2, argv.end());
  return out;
}

void copy_rest(Input& in, Output& out) {
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    out.write(block);
    in.consume(block.size());
  }
}

void from_start(Input& in, Output& out, const Options& o) {
  uint64_t skip = o.count ? o.count - 1 : 0;
  while (skip > 0) {
    std::string_view block = in.block();
    if (block.empty()) return;
    size_t at = 0;
    if (o.bytes) {
      at = std::min<uint64_t>(block.size(), skip);
      skip -= at;
    }
    if (!o.bytes) at = past_bytes(block, o.zero ? '\0' : '\n', skip);
    in.consume(at);
  }
  copy_rest(in, out);
  // What cannot be read from its beginning on ends the run, as with GNU's.
  if (in.error() != Errno::OK) {
    out.flush();
    in.process().warn(in.error(), "error reading %s", quote_file(in.process(), in.name() == "-" ? "standard input" : in.name()).c_str());
    in.process().exit(1);
  }
}

// A stream: blocks that can still hold wanted lines or bytes are kept.
void last_of_stream(Process& p, Input& in, Output& out, const Options& o) {
  struct Block {
    std::string text;
    uint64_t units;
  };
  std::deque<Block> held;
  uint64_t units = 0, charged = 0;
  char delimiter = o.zero ? '\0' : '\n';
  for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
    uint64_t n = o.bytes ? block.size() : count_byte(block, delimiter);
    if (!held.empty() && held.back().text.size() + block.size() < Input::kBlock) {
      held.back().text += block;
      held.back().units += n;
    } else {
      held.push_back({std::string(block), n});
      p.charge_memory(Input::kBlock);
      charged += Input::kBlock;
    }
    units += n;
    in.consume(block.size());
    while (held.size() > 1 && units - held.front().units > o.count) {
      units -= held.front().units;
      held.pop_front();
      p.release_memory(Input::kBlock);
      charged -= Input::kBlock;
    }
  }
  std::string all;
  for (auto& b : held) all += b.text;
  size_t at = o.bytes ? (all.size() > o.count ? all.size() - o.count : 0) : last_lines(all, o.count, delimiter);
  out.write(std::string_view(all).substr(at));
  p.release_memory(charged);
}

// A file that can seek: read backwards. False if it cannot.
bool last_of_file(Process& p, int fd, Output& out, const Options& o) {
  auto st = p.fstat(fd);
  auto now = p.lseek(fd, 0, Whence::Current);
  if (!st || !st->is_regular() || !now || st->size == 0) return false;
  uint64_t size = st->size, start = *now;
  if (start > size) start = size;
  uint64_t from = start;
  if (o.bytes) {
    from = size - start > o.count ? size - o.count : start;
  } else {
    auto lines = last_lines_of_file(p, fd, start, size, o.count, o.zero ? '\0' : '\n');
    if (!lines) return false;
    from = *lines;
  }
  if (!p.lseek(fd, static_cast<int64_t>(from), Whence::Set)) return false;
  Input in(p, fd, "", false);
  copy_rest(in, out);
  return true;
}

struct Followed {
  std::string name;
  int fd = -1;
  uint64_t size = 0, dev = 0, ino = 0;
  bool regular = false;
};

class Tail {
 public:
  Tail(Process& p, const Options& o) : p_(p), o_(o), out_(p) {}

  int run(std::vector<std::string> files) {
    if (files.empty()) files = {"-"};
    // Nothing is wanted: not even whether the files are there.
    if (!o_.follow && !o_.from_start && o_.count == 0) return 0;
    headers_ = o_.headers ? o_.headers > 0 : files.size() > 1;
    for (const auto& f : files) one(f);
    out_.flush();
    if (o_.follow) follow();
    return out_.finish(status_);
  }

 private:
  void header(const std::string& name) {
    if (headers_) out_.format("%s==> %s <==\n", first_ ? "" : "\n", name == "-" ? "standard input" : name.c_str());
    first_ = false;
    shown_ = name;
  }

  void one(const std::string& name) {
    Followed f;
    f.name = name;
    auto fd = name == "-" ? Result<int>(0) : p_.open(name, kOpenRead);
    if (!fd) {
      p_.warn(fd.error(), "cannot open %s for reading", quote_file(p_, name).c_str());
      status_ = 1;
      if (o_.follow && o_.retry) followed_.push_back(f);
      return;
    }
    f.fd = *fd;
    header(name);
    if (!show(f)) status_ = 1;
    if (o_.follow) remember(f);
    else if (*fd != 0) (void)p_.close(*fd);
  }

  bool show(const Followed& f) {
    if (!o_.from_start && last_of_file(p_, f.fd, out_, o_)) return true;
    Input in(p_, f.fd, f.name, false);
    if (o_.from_start) from_start(in, out_, o_);
    else last_of_stream(p_, in, out_, o_);
    if (in.error() == Errno::OK) return true;
    out_.flush();
    p_.warn(in.error(), "error reading %s", quote_file(p_, f.name == "-" ? "standard input" : f.name).c_str());
    return false;
  }

  void remember(Followed f) {
    auto st = p_.fstat(f.fd);
    if (!st) return;
    f.size = st->size;
    f.dev = st->dev;
    f.ino = st->ino;
    f.regular = st->is_regular();
    if (f.regular || st->type == FileType::Fifo || st->type == FileType::CharDevice) followed_.push_back(f);
  }

  // Ended and not yet waited for counts as gone: a shell that waits for tail may take no notice of others meanwhile.
  bool writer_gone() {
    if (o_.pid <= 0) return false;
    if (!p_.kill(static_cast<int>(o_.pid), 0)) return true;
    const auto stat = read_file(p_, "/proc/" + std::to_string(o_.pid) + "/stat");
    return stat && stat->find(") Z ") != std::string::npos;
  }

  void follow() {
    if (followed_.empty()) return;
    for (;;) {
      bool last_look = writer_gone();
      bool any = false;
      for (auto& f : followed_) {
        if (f.regular || f.fd < 0) look(f);
        else drain(f);
        any = any || f.fd >= 0 || o_.retry;
      }
      out_.flush();
      if (last_look || !any) return;
      auto nanos = static_cast<int64_t>(o_.interval * 1e9);
      p_.sleep({nanos / 1'000'000'000, static_cast<int32_t>(nanos % 1'000'000'000)});
    }
  }

  // A pipe: wait for what comes.
  void drain(Followed& f) {
    std::string block(Input::kBlock, 0);
    for (;;) {
      auto n = p_.read(f.fd, block);
      if (!n || *n == 0) {
        f.fd = -1;
        return;
      }
      out_.write({block.data(), *n});
      out_.flush();
    }
  }

  void look(Followed& f) {
    if (o_.by_name) reopen(f);
    if (f.fd < 0) return;
    auto st = p_.fstat(f.fd);
    if (!st) return;
    if (st->size < f.size) {
      out_.flush();
      p_.warn("%s: file truncated", quote_name(p_, f.name).c_str());
      (void)p_.lseek(f.fd, 0, Whence::Set);
    }
    if (st->size != f.size) {
      if (shown_ != f.name) header(f.name);
      Input in(p_, f.fd, f.name, false);
      copy_rest(in, out_);
    }
    f.size = st->size;
  }

  void reopen(Followed& f) {
    auto st = p_.stat(f.name);
    if (st && f.fd >= 0 && st->dev == f.dev && st->ino == f.ino) return;
    if (!st) {
      if (f.fd >= 0) {
        out_.flush();
        p_.warn(st.error(), "%s has become inaccessible", quote_file(p_, f.name).c_str());
        (void)p_.close(f.fd);
        f.fd = -1;
      }
      return;
    }
    auto fd = p_.open(f.name, kOpenRead);
    if (!fd) return;
    out_.flush();
    p_.warn(f.fd < 0 ? "%s has appeared;  following new file" : "%s has been replaced;  following new file", quote_file(p_, f.name).c_str());
    if (f.fd > 2) (void)p_.close(f.fd);
    f.fd = *fd;
    f.size = 0;
    f.dev = st->dev;
    f.ino = st->ino;
    f.regular = st->is_regular();
  }

  Process& p_;
  const Options& o_;
  Output out_;
  bool headers_ = false, first_ = true;
  std::string shown_;
  std::vector<Followed> followed_;
  int status_ = 0;
};

int tail_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse_argv(p, kUsage, kFlags, o, modern_argv(p.argv()), files)) return *status;
  if (o.retry && !o.follow) p.warn("warning: --retry ignored; --retry is useful only when following");
  else if (o.retry && !o.by_name) p.warn("warning: --retry only effective for the initial open");
  if (o.pid && !o.follow) p.warn("warning: PID ignored; --pid=PID is useful only when following");
  return Tail(p, o).run(files);
}

}  // namespace

Command tail_command() { return {{"tail"}, kUsage, tail_main}; }

}  // namespace nacre
