/// xxd - make a hex dump or do the reverse.
/// Source: xxd(1) of 2022-01-14 (vim 9.0), checked against the tool.
/// Differs: --help prints to standard output and succeeds; usage text is in our own words.
#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: xxd [OPTION]... [INFILE [OUTFILE]]\n"
    "  or:  xxd -r [-s OFFSET] [-c COLS] [-p] [INFILE [OUTFILE]]\n"
    "Dump INFILE (standard input) in hexadecimal, or turn such a dump back into bytes.\n\n"
    "  -a          a single '*' stands for lines of NUL bytes (toggles)\n"
    "  -b          dump binary digits (not with -p, -i, -r)\n"
    "  -C          capitalize names in -i output\n"
    "  -c COLS     COLS bytes a line: 16; -i: 12, -p: 30, -b: 6\n"
    "  -d          offsets in decimal\n"
    "  -E          characters as EBCDIC\n"
    "  -e          little-endian words (not with -p, -i, -r)\n"
    "  -g BYTES    bytes in a group: 2; -e: 4, -b: 1\n"
    "  -h          print this summary\n"
    "  -i          output as a C array\n"
    "  -l LEN      stop after LEN bytes\n"
    "  -n NAME     name of the array in -i output\n"
    "  -o OFF      add OFF to the displayed position\n"
    "  -p, -ps     plain hex digits\n"
    "  -r          reverse: hex dump into bytes; OUTFILE is not truncated\n"
    "  -s [+][-]SEEK  start at byte SEEK; +: from the current position, -: from the end\n"
    "              with -r: add SEEK to the positions in the dump\n"
    "  -u          upper case hex digits\n"
    "  -v          show the version\n";

enum class Style : uint8_t { Hex, Bits, Little, Plain, Include };

struct Options {
  Style style = Style::Hex;
  bool skip_zeros = false, capitals = false, decimal = false, ebcdic = false, reverse = false, cols_given = false;
  bool from_here = true, backwards = false;   // the kind of seek
  const char* digits = "0123456789abcdef";
  const char* prefix = "0x";
  long cols = 0, group = -1, length = -1, seek = 0;
  unsigned long display = 0;
  std::optional<std::string> name;
  std::vector<std::string> files;
};

int usage_error(Process& p) {
  write_error(p, kUsage);
  return 1;
}

// "+5", "-5", "0x10": a seek.
void set_seek(Options& o, const char* s) {
  o.from_here = o.backwards = false;
  if (*s == '+') {
    o.from_here = true;
    s++;
  }
  if (*s == '-') {
    o.backwards = true;
    s++;
  }
  o.seek = std::strtol(s, nullptr, 0);
}

void set_value(Options& o, char letter, const std::string& v) {
  const char* s = v.c_str();
  switch (letter) {
    case 'c':
      o.cols = std::strtol(s, nullptr, 0);
      o.cols_given = true;
      break;
    case 'g': o.group = std::strtol(s, nullptr, 0); break;
    case 'o': o.display = std::strtoul(s, nullptr, 0); break;
    case 'l': o.length = std::strtol(s, nullptr, 0); break;
    case 'n': o.name = v; break;
    default: set_seek(o, s); break;
  }
}

// Only the first letter of a word counts, unless more can be its value.
std::optional<int> set_switch(Process& p, Options& o, char letter) {
  switch (letter) {
    case 'a': o.skip_zeros = !o.skip_zeros; break;
    case 'b': o.style = Style::Bits; break;
    case 'e': o.style = Style::Little; break;
    case 'p': o.style = Style::Plain; break;
    case 'i': o.style = Style::Include; break;
    case 'u':
      o.digits = "0123456789ABCDEF";
      o.prefix = "0X";
      break;
    case 'C': o.capitals = true; break;
    case 'd': o.decimal = true; break;
    case 'E': o.ebcdic = true; break;
    case 'r': o.reverse = true; break;
    case 'v': return print_version(p);
    default: return usage_error(p);
  }
  return std::nullopt;
}

std::optional<int> read_options(Process& p, Options& o) {
  const auto& argv = p.argv();
  constexpr std::string_view kValued = "cgolsn";
  constexpr const char* kLong[] = {"ols", "roup", "ffset", "en", "kip", "ame"};
  size_t at = 1;
  for (; at < argv.size(); at++) {
    std::string_view word = argv[at];
    if (word == "--help") {
      Output out(p);
      out.write(kUsage);
      return out.finish(0);
    }
    if (word == "--") {
      at++;
      break;
    }
    if (word.size() > 2 && word.starts_with("--")) word.remove_prefix(1);
    if (word.size() < 2 || word[0] != '-') break;
    size_t k = kValued.find(word[1]);
    if (k == std::string_view::npos) {
      if (auto status = set_switch(p, o, word[1])) return status;
      continue;
    }
    std::string_view rest = word.substr(2), longer = kLong[k];
    bool spelled = rest.substr(0, longer.size()) == longer || (word[1] == 's' && rest.substr(0, 3) == "eek");
    if (!rest.empty() && !spelled) {
      set_value(o, word[1], std::string(rest));
      continue;
    }
    if (++at >= argv.size()) return usage_error(p);
    set_value(o, word[1], argv[at]);
  }
  o.files.assign(argv.begin() + static_cast<long>(std::min(at, argv.size())), argv.end());
  return o.files.size() > 2 ? std::optional<int>(usage_error(p)) : std::nullopt;
}

/// EBCDIC (code page 37) of the bytes that are printable there; '.' for others.
char ebcdic_char(unsigned char c) {
  constexpr std::string_view k40 = " ...........<(+|&.........!$*);~-/.........,%_>?.........`:#@'=\"";
  constexpr std::string_view k80 = ".abcdefghi.......jklmnopqr^.......stuvwxyz...[...............]..";
  constexpr std::string_view kC0 = "{ABCDEFGHI......}JKLMNOPQR......\\.STUVWXYZ......0123456789......";
  if (c < 0x40) return '.';
  return (c < 0x80 ? k40 : c < 0xc0 ? k80 : kC0)[c & 0x3f];
}

/// The usual dump: address, groups, characters.
class Dump {
 public:
  Dump(const Options& o, Output& out, unsigned long address) : o_(o), out_(out), address_(address) {
    size_t unit = o.style == Style::Bits ? 8 : 2;
    group_ = static_cast<size_t>(o.group);
    stride_ = unit * group_ + 1;
    cols_ = static_cast<size_t>(o.cols);
    line_.resize(24 + 3 + stride_ * (cols_ + group_) / group_ + unit * 2 + cols_ * 2);
  }

  void add(std::string_view bytes) {
    for (char c : bytes) {
      put(static_cast<unsigned char>(c));
      if (used_ == cols_) end_line();
    }
  }
  void finish() {
    if (used_ > 0) {
      any_ = true;
      end_line();
    } else if (o_.skip_zeros && zeros_ > 0) {
      // The last line is shown, so that the size can be seen.
      zeros_--;
      skipped();
      if (zeros_ > 0) out_.write(last_);
    }
  }

 private:
  void start_line() {
    int n = std::snprintf(line_.data(), 24, o_.decimal ? "%08ld:" : "%08lx:", address_);
    width_ = static_cast<size_t>(n);
    std::fill(line_.begin() + n, line_.end(), ' ');
    text_at_ = width_ + 3 + (stride_ * cols_ - 1) / group_;
    any_ = false;
  }

  void put(unsigned char c) {
    if (used_ == 0) start_line();
    size_t place = o_.style == Style::Little ? used_ ^ (group_ - 1) : used_;
    char* at = line_.data() + width_ + 1 + stride_ * place / group_;
    if (o_.style == Style::Bits) {
      for (int bit = 7; bit >= 0; bit--) *at++ = static_cast<char>('0' + (c >> bit & 1));
    } else {
      at[0] = o_.digits[c >> 4];
      at[1] = o_.digits[c & 15];
    }
    line_[text_at_ + used_] = o_.ebcdic ? ebcdic_char(c) : c >= ' ' && c < 0x7f ? static_cast<char>(c) : '.';
    any_ = any_ || c != 0;
    used_++;
    address_++;
  }

  void end_line() {
    size_t n = text_at_ + used_;
    line_[n] = '\n';
    std::string_view text(line_.data(), n + 1);
    used_ = 0;
    if (!o_.skip_zeros) return out_.write(text);
    if (any_) {
      skipped();
      zeros_ = 0;
      return out_.write(text);
    }
    if (++zeros_ == 1) out_.write(text);
    if (zeros_ == 2) second_ = text;
    last_ = text;
  }
  // What stands for a run of lines of NUL after its first one.
  void skipped() {
    if (zeros_ == 2) out_.write(second_);
    if (zeros_ > 2) out_.write("*\n");
  }

  const Options& o_;
  Output& out_;
  unsigned long address_;
  size_t group_, stride_, cols_, used_ = 0, width_ = 0, text_at_ = 0;
  uint64_t zeros_ = 0;
  bool any_ = false;
  std::vector<char> line_;
  std::string second_, last_;
};

/// At most `length` bytes of the input (all if negative), block by block.
template <class F>
long each_block(Input& in, long length, F&& use) {
  long done = 0;
  while (length < 0 || done < length) {
    std::string_view block = in.block();
    if (block.empty()) break;
    if (length >= 0) block = block.substr(0, static_cast<size_t>(length - done));
    use(block);
    in.process().tick(static_cast<uint32_t>(block.size() / 8));
    done += static_cast<long>(block.size());
    in.consume(block.size());
  }
  return done;
}

void dump_plain(const Options& o, Input& in, Output& out) {
  long used = 0;
  each_block(in, o.length, [&](std::string_view block) {
    for (char c : block) {
      out.put(o.digits[static_cast<unsigned char>(c) >> 4]);
      out.put(o.digits[c & 15]);
      if (++used == o.cols) {
        out.put('\n');
        used = 0;
      }
    }
  });
  if (o.cols == 0 || used > 0) out.put('\n');
}

std::string variable(const Options& o, const std::string& name) {
  std::string out = !name.empty() && ascii_digit(name[0]) ? "__" : "";
  for (char c : name) out += ascii_alnum(c) ? (o.capitals ? ascii_upper(c) : c) : '_';
  return out;
}

void dump_include(const Options& o, Input& in, Output& out, const std::optional<std::string>& file) {
  std::optional<std::string> name;
  if (o.name || file) name = variable(o, o.name ? *o.name : *file);
  if (name) out.write("unsigned char " + *name + "[] = {\n");
  long n = 0;
  each_block(in, o.length, [&](std::string_view block) {
    for (char c : block) {
      out.write(n == 0 ? "  " : n % o.cols ? ", " : ",\n  ");
      out.write(o.prefix);
      out.put(o.digits[static_cast<unsigned char>(c) >> 4]);
      out.put(o.digits[c & 15]);
      n++;
    }
  });
  if (n > 0) out.put('\n');
  if (!name) return;
  out.write("};\n");
  out.format("unsigned int %s%s = %ld;\n", name->c_str(), o.capitals ? "_LEN" : "_len", n);
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

/// A dump read back. Garbage is skipped: a line counts up to its columns, or up to three
/// characters in a row that are no digits.
class Revert {
 public:
  Revert(Process& p, const Options& o, int fd) : p_(p), o_(o), out_(p, fd, 3), fd_(fd), base_(o.backwards ? -o.seek : o.seek), column_(o.cols) {}

  int run(Input& in) {
    int status = 0;
    each_block(in, -1, [&](std::string_view block) {
      for (char c : block)
        if (!status && c != '\r') status = take(c);
    });
    out_.flush();
    (void)p_.lseek(fd_, 0, Whence::End);
    return status;
  }

 private:
  bool plain() const { return o_.style == Style::Plain; }

  int take(char c) {
    if (skipping_) {
      if (c == '\n') end_line();
      return 0;
    }
    if (plain() && (c == ' ' || c == '\n' || c == '\t')) return 0;
    before_ = high_;
    high_ = low_;
    low_ = hex_digit(c);
    if (low_ < 0 && searching_) return 0;
    searching_ = false;
    if (!plain() && column_ >= o_.cols) {
      // Still in the address.
      if (low_ < 0) column_ = 0;
      else want_ = static_cast<long>(static_cast<unsigned long>(want_) << 4 | static_cast<unsigned long>(low_));
      return 0;
    }
    if (int status = move()) return status;
    if (high_ >= 0 && low_ >= 0) {
      out_.put(static_cast<char>(high_ << 4 | low_));
      have_++;
      want_++;
      low_ = -1;
      if (!plain() && ++column_ >= o_.cols) skipping_ = true;
      return 0;
    }
    if (high_ < 0 && low_ < 0 && before_ < 0) skipping_ = true;
    if (c == '\n') end_line();
    return 0;
  }

  void end_line() {
    if (!plain()) want_ = 0;
    column_ = o_.cols;
    searching_ = true;
    skipping_ = false;
  }

  // To where the next byte belongs: by seeking, or with NUL bytes where that cannot be done.
  int move() {
    long to = static_cast<long>(static_cast<unsigned long>(base_) + static_cast<unsigned long>(want_));
    if (to == have_) return 0;
    out_.flush();
    if (p_.lseek(fd_, to - have_, Whence::Current)) have_ = to;
    if (to < have_) {
      p_.warn("Sorry, cannot seek backwards.");
      return 5;
    }
    for (; have_ < to; have_++) {
      out_.put('\0');
      p_.tick();
    }
    return 0;
  }

  Process& p_;
  const Options& o_;
  Output out_;
  int fd_;
  long base_, column_, have_ = 0, want_ = 0;
  int low_ = -1, high_ = 0, before_ = 0;
  bool searching_ = true, skipping_ = false;
};

// Goes to where the dump starts; *address is what to show there.
bool seek(Process& p, Options& o, Input& in, int fd) {
  if (o.seek == 0 && !o.backwards && o.from_here) return true;
  Whence whence = o.from_here ? Whence::Current : o.backwards ? Whence::End : Whence::Set;
  auto at = p.lseek(fd, o.backwards ? -o.seek : o.seek, whence);
  if (at) {
    o.seek = static_cast<long>(*at);
    return true;
  }
  bool reached = !o.backwards && each_block(in, o.seek, [](std::string_view) {}) == o.seek;
  if (!reached) p.warn("Sorry, cannot seek.");
  return reached;
}

// What was not given follows from the style. False after a message.
bool settle(Process& p, Options& o) {
  constexpr long kCols[] = {16, 6, 16, 30, 12}, kGroups[] = {2, 1, 4, 0, 0};
  size_t s = static_cast<size_t>(o.style);
  bool text = o.style == Style::Plain || o.style == Style::Include;
  bool one_line = o.style == Style::Plain && o.cols == 0 && o.cols_given;
  if (o.cols == 0 && !one_line) o.cols = kCols[s];
  if (o.group < 0) o.group = kGroups[s];
  if ((o.cols < 1 && !one_line) || (!text && o.cols > 256)) {
    p.warn("invalid number of columns (max. 256).");
    return false;
  }
  if (o.group < 1 || o.group > o.cols) o.group = o.cols;
  if (o.style == Style::Little && (o.group & (o.group - 1))) {
    p.warn("number of octets per group must be a power of 2 with -e.");
    return false;
  }
  return true;
}

int dump(Process& p, Options& o, Input& in, int to, bool standard) {
  if (!seek(p, o, in, in.fd())) return 4;
  Output out(p, to, 3);
  if (o.style == Style::Include) {
    dump_include(o, in, out, standard ? std::nullopt : std::optional<std::string>(o.files[0]));
  } else if (o.style == Style::Plain) {
    dump_plain(o, in, out);
  } else {
    Dump hex(o, out, static_cast<unsigned long>(o.seek) + o.display);
    each_block(in, o.length, [&](std::string_view block) { hex.add(block); });
    hex.finish();
  }
  return out.finish(0);
}

int xxd_main(Process& p) {
  Options o;
  if (auto status = read_options(p, o)) return *status;
  if (!settle(p, o)) return 1;
  bool standard = o.files.empty() || o.files[0] == "-";
  auto from = standard ? Result<int>(0) : p.open(o.files[0], kOpenRead);
  if (!from) {
    p.warn(from.error(), "%s", o.files[0].c_str());
    return 2;
  }
  Input in(p, *from, standard ? "-" : o.files[0], !standard);
  int to = 1;
  if (o.files.size() > 1 && o.files[1] != "-") {
    auto fd = p.open(o.files[1], kOpenWrite | kOpenCreate | (o.reverse ? 0u : static_cast<uint32_t>(kOpenTruncate)));
    if (!fd) {
      p.warn(fd.error(), "%s", o.files[1].c_str());
      return 3;
    }
    to = *fd;
  }
  int status;
  if (!o.reverse) {
    status = dump(p, o, in, to, standard);
  } else if (o.style != Style::Hex && o.style != Style::Plain) {
    p.warn("Sorry, cannot revert this type of hexdump");
    status = 255;
  } else {
    status = Revert(p, o, to).run(in);
  }
  if (in.error() == Errno::OK) return status;
  p.warn("%s", std::string(message(in.error())).c_str());
  return 2;
}

}  // namespace

Command xxd_command() { return {{"xxd"}, kUsage, xxd_main, MessageName::Short}; }

}  // namespace nacre
