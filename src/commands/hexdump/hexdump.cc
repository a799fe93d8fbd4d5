/// hexdump, hd - display file contents in hexadecimal, decimal, octal or ASCII.
/// Source: hexdump(1) of util-linux 2.38, checked against the tool.
/// Differs: usage text is in our own words.
#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/hexdump/format.h"
#include "commands/quoting.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: hexdump [OPTION]... [FILE]...\n"
    "  or:  hd [OPTION]... [FILE]...\n"
    "Display FILEs (standard input) in hexadecimal, or as a format says. hd is hexdump -C.\n\n"
    "  -b, --one-byte-octal      bytes in octal\n"
    "  -c, --one-byte-char       bytes as characters\n"
    "  -C, --canonical           bytes in hexadecimal, and as characters beside them\n"
    "  -d, --two-bytes-decimal   two-byte words in decimal\n"
    "  -o, --two-bytes-octal     two-byte words in octal\n"
    "  -x, --two-bytes-hex       two-byte words in hexadecimal\n"
    "  -L, --color[=WHEN]        use the colors in formats: auto, never or always\n"
    "  -e, --format=FORMAT       display as FORMAT says\n"
    "  -f, --format-file=FILE    formats from the lines of FILE\n"
    "  -n, --length=LENGTH       only LENGTH bytes of input\n"
    "  -s, --skip=OFFSET         skip OFFSET bytes\n"
    "  -v, --no-squeezing        display identical lines, too\n"
    "  -h, --help                display this help and exit\n"
    "  -V, --version             output version information and exit\n\n"
    "FORMAT is a list of [ITERATIONS[/BYTES]] \"TEXT\", TEXT as for printf, with\n"
    "%_a[dox] the offset, %_A[dox] the offset at the end, %_c %_p %_u characters,\n"
    "and _L[COLOR[:VALUE][@FIRST[-LAST]],...] behind a conversion.\n"
    "LENGTH and OFFSET may have a suffix: K, KiB 1024, KB 1000, and so on for M, G, T, P, E.\n";

struct Options {
  std::vector<HexFormat> formats;
  std::optional<uint64_t> length;
  uint64_t skip = 0;
  bool all = false;
  int color = 0;
};

std::optional<int> add(Process& p, Options& o, std::initializer_list<std::string_view> texts) {
  for (auto text : texts)
    if (!parse_hex_format(p, text, o.formats)) return 1;
  return std::nullopt;
}

constexpr std::string_view kEnd = "\"%07.7_Ax\n\"";
std::optional<int> canonical(Process& p, Options& o) {
  return add(p, o, {"\"%08.8_Ax\n\"", "\"%08.8_ax  \" 8/1 \"%02x \" \"  \" 8/1 \"%02x \" ", "\"  |\" 16/1 \"%_p\" \"|\n\""});
}

std::optional<int> read_format_file(Process& p, Options& o, const std::string& file) {
  auto text = read_file(p, file);
  if (!text) {
    p.warn(text.error(), "can't read %s", file.c_str());
    return 1;
  }
  for (std::string_view rest = *text; !rest.empty();) {
    size_t end = std::min(rest.find('\n'), rest.size());
    std::string_view line = rest.substr(0, end + 1);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    size_t start = 0;
    while (start < line.size() && ascii_space(line[start])) start++;
    if (start == line.size() || line[start] == '#') continue;
    if (auto status = add(p, o, {line.substr(start)})) return status;
  }
  return std::nullopt;
}

// "0x10", "010", "1K", "2MiB", "3MB".
std::optional<int> size(Process& p, std::string_view v, const char* what, uint64_t& to) {
  std::string text(v);
  char* end = nullptr;
  uint64_t n = text.empty() || !ascii_digit(text[0]) ? 0 : std::strtoull(text.c_str(), &end, 0);
  bool fine = end != nullptr;
  if (fine && *end) {
    constexpr std::string_view kUnits = "KMGTPE";
    size_t k = kUnits.find(ascii_upper(*end));
    std::string_view unit = end + 1;
    fine = k != std::string_view::npos && (unit.empty() || unit == "iB" || unit == "B");
    for (size_t i = 0; fine && i <= k; i++) fine = !__builtin_mul_overflow(n, unit == "B" ? 1000 : 1024, &n);
  }
  if (fine) {
    to = n;
    return std::nullopt;
  }
  p.warn("failed to parse %s: '%s': Invalid argument", what, text.c_str());
  return 1;
}

using V = std::optional<std::string_view>;
struct HexFlag {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
  std::optional<int> (*set)(Process&, Options&, V);
};
constexpr HexFlag kFlags[] = {
    {'b', "one-byte-octal", ArgKind::None, +[](Process& p, Options& o, V) { return add(p, o, {kEnd, "\"%07.7_ax \" 16/1 \"%03o \" \"\n\""}); }},
    {'c', "one-byte-char", ArgKind::None, +[](Process& p, Options& o, V) { return add(p, o, {kEnd, "\"%07.7_ax \" 16/1 \"%3_c \" \"\n\""}); }},
    {'C', "canonical", ArgKind::None, +[](Process& p, Options& o, V) { return canonical(p, o); }},
    {'d', "two-bytes-decimal", ArgKind::None, +[](Process& p, Options& o, V) { return add(p, o, {kEnd, "\"%07.7_ax \" 8/2 \"  %05u \" \"\n\""}); }},
    {'o', "two-bytes-octal", ArgKind::None, +[](Process& p, Options& o, V) { return add(p, o, {kEnd, "\"%07.7_ax \" 8/2 \" %06o \" \"\n\""}); }},
    {'x', "two-bytes-hex", ArgKind::None, +[](Process& p, Options& o, V) { return add(p, o, {kEnd, "\"%07.7_ax \" 8/2 \"   %04x \" \"\n\""}); }},
    {'e', "format", ArgKind::Required, +[](Process& p, Options& o, V v) { return add(p, o, {*v}); }},
    {'f', "format-file", ArgKind::Required, +[](Process& p, Options& o, V v) { return read_format_file(p, o, std::string(*v)); }},
    {'L', "color", ArgKind::Optional,
     +[](Process& p, Options& o, V v) -> std::optional<int> {
       std::string_view when = v.value_or("auto");
       if (when.starts_with('=')) when.remove_prefix(1);
       if (when == "auto" || when == "never" || when == "always") {
         o.color = when == "auto" ? 0 : when == "always" ? 1 : -1;
         return std::nullopt;
       }
       p.warn("unsupported color mode: '%s'", std::string(*v).c_str());
       return 1;
     }},
    {'n', "length", ArgKind::Required,
     +[](Process& p, Options& o, V v) {
       o.length = 0;
       return size(p, *v, "length", *o.length);
     }},
    {'s', "skip", ArgKind::Required, +[](Process& p, Options& o, V v) { return size(p, *v, "offset", o.skip); }},
    {'v', "no-squeezing", ArgKind::None,
     +[](Process&, Options& o, V) -> std::optional<int> {
       o.all = true;
       return std::nullopt;
     }},
    {'h', "", ArgKind::None,
     +[](Process& p, Options&, V) -> std::optional<int> {
       Output out(p);
       out.write(kUsage);
       return out.finish(0);
     }},
    {'V', "", ArgKind::None, +[](Process& p, Options&, V) -> std::optional<int> { return print_version(p); }},
};

/// The files as one stream, after what is skipped.
class Stream {
 public:
  Stream(Process& p, const Options& o, std::vector<std::string> files, Output& out)
      : p_(p), out_(out), files_(std::move(files)), skip_(o.skip), left_(o.length) {
    if (files_.empty()) files_ = {"-"};
    standard_ = files_.size() == 1 && files_[0] == "-";
  }

  // Adds up to n bytes; fewer only at the end. False when the command is over.
  bool fill(std::string& block, size_t n) {
    while (block.size() < n && (!left_ || *left_ > 0)) {
      if (!in_ && !open()) return !failed_;
      if (!in_) break;
      std::string_view got = in_->block();
      if (got.empty()) {
        if (in_->error() != Errno::OK) {
          out_.flush();
          p_.warn(in_->error(), "%s", in_->name().c_str());
        }
        in_.reset();
        continue;
      }
      got = got.substr(0, n - block.size());
      if (left_) {
        got = got.substr(0, *left_);
        *left_ -= got.size();
      }
      block += got;
      in_->consume(got.size());
    }
    return true;
  }
  uint64_t skipped() const { return skipped_; }
  int status() const { return status_; }
  bool any() const { return any_; }

 private:
  // The next file that can be opened; none left: in_ stays null.
  bool open() {
    while (next_ < files_.size()) {
      const std::string& file = files_[next_++];
      auto fd = standard_ ? Result<int>(0) : p_.open(file, kOpenRead);
      if (!fd) {
        out_.flush();
        p_.warn(fd.error(), "%s", file.c_str());
        status_ = 1;
        continue;
      }
      any_ = true;
      in_ = std::make_unique<Input>(p_, *fd, standard_ ? "stdin" : file, !standard_);
      if (skip_ > 0 && !skip()) return false;
      if (skip_ == 0 || next_ == files_.size()) return true;
      in_.reset();
    }
    return true;
  }

  bool skip() {
    auto st = p_.fstat(in_->fd());
    if (st && st->is_regular() && skip_ > st->size) {
      skip_ -= st->size;
      skipped_ += st->size;
      if (next_ == files_.size()) (void)p_.lseek(in_->fd(), 0, Whence::End);
      return true;
    }
    if (auto to = p_.lseek(in_->fd(), static_cast<int64_t>(skip_), Whence::Set); !to) {
      p_.warn(to.error(), "%s", in_->name().c_str());
      status_ = 1;
      failed_ = true;
      return false;
    }
    skipped_ += std::exchange(skip_, 0);
    return true;
  }

  Process& p_;
  Output& out_;
  std::vector<std::string> files_;
  size_t next_ = 0;
  uint64_t skip_, skipped_ = 0;
  std::optional<uint64_t> left_;
  std::unique_ptr<Input> in_;
  int status_ = 0;
  bool standard_ = false, any_ = false, failed_ = false;
};

int dump(Process& p, Options& o, size_t size, bool color, std::vector<std::string> files) {
  Output out(p);
  Stream stream(p, o, std::move(files), out);
  HexPrinter printer(p, o.formats, out, color);
  p.charge_memory(2 * size);
  std::string block, last;
  bool starred = false, have_last = false;
  std::optional<uint64_t> end;
  uint64_t address = 0;
  for (bool first = true; size > 0; first = false) {
    block.clear();
    if (!stream.fill(block, size)) return out.finish(1);
    if (first) address = stream.skipped();
    if (block.empty()) break;
    p.tick(static_cast<uint32_t>(size / 16 + 1));
    if (!o.all && have_last && block == last) {
      if (!std::exchange(starred, true)) out.write("*\n");
      address += block.size();
      continue;
    }
    starred = false;
    size_t got = block.size();
    if (got < size) end = address + got;
    block.resize(size);
    printer.block(block, address, end);
    address += got;
    std::swap(block, last);
    have_last = got == size;
    if (end) break;
  }
  if (!stream.any() && stream.status()) {
    out.flush();
    p.warn("all input file arguments failed");
  } else if (address > 0) {
    printer.finish(address);
  }
  return out.finish(stream.status());
}

int hexdump_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  OptionSpec specs[std::size(kFlags)];
  for (size_t i = 0; i < std::size(kFlags); i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, kFlags[i].kind};
  if (p.name() == "hd")
    if (auto status = canonical(p, o)) return *status;
  if (auto status = parse_options(p, kUsage, specs, p.argv(), {}, files, [&](size_t i, V v) { return kFlags[i].set(p, o, v); })) return *status;
  if (o.formats.empty()) (void)add(p, o, {kEnd, "\"%07.7_ax \" 8/2 \"%04x \" \"\n\""});
  bool color = o.color > 0 || (o.color == 0 && p.isatty(1));
  auto size = settle_hex_formats(p, o.formats, color);
  return size ? dump(p, o, *size, color, std::move(files)) : 1;
}

}  // namespace

Command hexdump_command() { return {{"hexdump", "hd"}, kUsage, hexdump_main, MessageName::Short}; }

}  // namespace nacre
