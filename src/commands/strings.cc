/// strings - print the sequences of printable characters in files.
/// Source: strings(1) of GNU binutils 2.40, checked against the tool.
/// Differs: whole files are scanned always (-d, -T are not there), UTF-8 gets no
/// special treatment (-U is not there), and no options are read from @FILE.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: strings [OPTION]... [FILE]...\n"
    "Print the sequences of printable characters in FILEs (standard input).\n\n"
    "  -a, --all, -                  scan whole files (always done)\n"
    "  -f, --print-file-name         print the name of the file before each string\n"
    "  -n, --bytes=NUMBER, -NUMBER   at least NUMBER characters (4)\n"
    "  -t, --radix={o,d,x}           print where each string is, in base 8, 10 or 16\n"
    "  -o                            as --radix=o\n"
    "  -w, --include-all-whitespace  all white space is part of strings, not only blanks and tabs\n"
    "  -e, --encoding={s,S,b,l,B,L}  7 bits, 8 bits, 16 bits {b,l} or 32 bits {B,L}, big or little endian\n"
    "  -s, --output-separator=TEXT   what follows each string, in place of a newline\n"
    "  -h, --help                    display this help and exit\n"
    "  -v, -V, --version             output version information and exit\n";

struct Options {
  uint64_t least = 4;
  std::optional<uint64_t> digits;   // of -NUMBER, which goes before -n
  bool names = false, all_space = false;
  char radix = 0, encoding = 's';
  std::string separator = "\n";
};

int usage(Process& p) {
  write_error(p, kUsage);
  return 1;
}

std::optional<int> set_least(Process& p, Options& o, std::string_view v) {
  auto n = parse_int(v);
  if (!n) {
    p.warn("invalid integer argument %s", std::string(v).c_str());
    return 1;
  }
  o.least = static_cast<uint64_t>(*n);
  return std::nullopt;
}

template <char digit>
void add_digit(Options& o) {
  o.digits = std::min<uint64_t>(o.digits.value_or(0) * 10 + (digit - '0'), INT32_MAX);
}

constexpr Flag<Options> kFlags[] = {
    {'a', "all", +[](Options&) {}},
    {'f', "print-file-name", &Options::names},
    {'n', "bytes", set_least},
    {'t', "radix",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       if (v != "o" && v != "d" && v != "x") return usage(p);
       o.radix = v[0];
       return std::nullopt;
     }},
    {'o', "", +[](Options& o) { o.radix = 'o'; }},
    {'w', "include-all-whitespace", &Options::all_space},
    {'e', "encoding",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       if (v.size() != 1 || std::string_view("sSblBL").find(v[0]) == std::string_view::npos) return usage(p);
       o.encoding = v[0];
       return std::nullopt;
     }},
    {'s', "output-separator", &Options::separator},
    {'0', "", add_digit<'0'>},
    {'1', "", add_digit<'1'>},
    {'2', "", add_digit<'2'>},
    {'3', "", add_digit<'3'>},
    {'4', "", add_digit<'4'>},
    {'5', "", add_digit<'5'>},
    {'6', "", add_digit<'6'>},
    {'7', "", add_digit<'7'>},
    {'8', "", add_digit<'8'>},
    {'9', "", add_digit<'9'>},
};

/// Finds strings in a stream. Until one is long enough it is held; then it is written as it comes.
class Scanner {
 public:
  Scanner(const Options& o, Input& in, Output& out, std::string name) : o_(o), in_(in), out_(out), name_(std::move(name)) {
    width_ = o.encoding == 's' || o.encoding == 'S' ? 1 : o.encoding == 'b' || o.encoding == 'l' ? 2 : 4;
  }

  void run() {
    for (uint64_t at = 0;;) {
      std::string_view block = in_.block(width_);
      if (block.size() < width_) break;
      size_t i = 0;
      while (i + width_ <= block.size()) {
        uint32_t c = value(block.data() + i);
        if (graphic(c)) {
          add(static_cast<char>(c), at + i);
          i += width_;
        } else {
          end();
          i++;
        }
      }
      in_.consume(i);
      at += i;
      in_.process().tick(static_cast<uint32_t>(i / 16 + 1));
    }
    end();
  }

 private:
  uint32_t value(const char* s) const {
    auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(s[i])); };
    switch (o_.encoding) {
      case 'b': return byte(0) << 8 | byte(1);
      case 'l': return byte(1) << 8 | byte(0);
      case 'B': return byte(0) << 24 | byte(1) << 16 | byte(2) << 8 | byte(3);
      case 'L': return byte(3) << 24 | byte(2) << 16 | byte(1) << 8 | byte(0);
      default: return byte(0);
    }
  }
  bool graphic(uint32_t c) const {
    if (c > 255) return false;
    return c == '\t' || (c >= ' ' && c < 0x7f) || (o_.all_space && c >= '\t' && c <= '\r') || (o_.encoding == 'S' && c > 127);
  }

  void add(char c, uint64_t at) {
    if (open_) return out_.put(c);
    if (held_.empty()) start_ = at;
    held_ += c;
    if (held_.size() < o_.least) return;
    open_ = true;
    if (o_.names) out_.write(name_ + ": ");
    if (o_.radix) out_.format(o_.radix == 'o' ? "%7llo " : o_.radix == 'x' ? "%7llx " : "%7llu ", static_cast<unsigned long long>(start_));
    out_.write(held_);
    held_.clear();
  }
  void end() {
    if (std::exchange(open_, false)) out_.write(o_.separator);
    held_.clear();
  }

  const Options& o_;
  Input& in_;
  Output& out_;
  std::string name_, held_;
  size_t width_;
  uint64_t start_ = 0;
  bool open_ = false;
};

bool scan_file(Process& p, const Options& o, Output& out, const std::string& file) {
  auto fd = p.open(file, kOpenRead);
  auto st = fd ? p.fstat(*fd) : Result<Stat>(Errno::NOENT);
  if (!fd || (st && st->is_dir())) {
    out.flush();
    if (fd) p.warn("Warning: '%s' is a directory", file.c_str());
    else if (fd.error() == Errno::NOENT) p.warn("'%s': No such file", file.c_str());
    else p.warn("%s: %s", file.c_str(), std::string(message(fd.error())).c_str());
    if (fd) (void)p.close(*fd);
    return false;
  }
  Input in(p, *fd, file);
  Scanner(o, in, out, file).run();
  return !report_read_error(p, in);
}

int strings_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  std::vector<std::string> argv = p.argv();
  // -v is --version; -h and wrong options show the usage.
  for (auto& a : argv)
    if (a == "-v" || a == "-V") return print_version(p);
  if (argv.size() > 1 && argv[1] == "-h") argv[1] = "--help";
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files, {.short_help = true})) return *status;
  if (o.digits) o.least = *o.digits;
  if (o.least == 0 || static_cast<int64_t>(o.least) < 0) {
    p.warn("invalid minimum string length %lld", static_cast<long long>(o.least));
    return 1;
  }
  Output out(p);
  if (files.empty()) {
    Input in(p, 0, "{standard input}", false);
    Scanner(o, in, out, "{standard input}").run();
    return out.finish(report_read_error(p, in) ? 1 : 0);
  }
  bool any = false;
  int status = 0;
  for (const auto& file : files) {
    if (file == "-") continue;
    any = true;
    if (!scan_file(p, o, out, file)) status = 1;
  }
  return any ? out.finish(status) : usage(p);
}

}  // namespace

Command strings_command() { return {{"strings"}, kUsage, strings_main}; }

}  // namespace nacre
