/// dd - convert and copy a file.
/// Source: GNU coreutils 9.1 manual, "dd invocation"; POSIX XCU dd.
/// Differs: flags about how the disk is reached (direct, sync, nonblock, noatime ...) have
/// nothing to do here.
#include <algorithm>
#include <bit>
#include <cmath>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/dd/records.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: dd [OPERAND]...\n  or:  dd OPTION\n"
    "Copy a file, converting and formatting according to the operands.\n\n"
    "  bs=BYTES        read and write up to BYTES bytes at a time (default: 512); overrides ibs and obs\n"
    "  cbs=BYTES       convert BYTES bytes at a time\n"
    "  conv=CONVS      convert the file as per the comma separated symbol list\n"
    "  count=N         copy only N input blocks\n"
    "  ibs=BYTES       read up to BYTES bytes at a time (default: 512)\n"
    "  if=FILE         read from FILE instead of stdin\n"
    "  iflag=FLAGS     read as per the comma separated symbol list\n"
    "  obs=BYTES       write BYTES bytes at a time (default: 512)\n"
    "  of=FILE         write to FILE instead of stdout\n"
    "  oflag=FLAGS     write as per the comma separated symbol list\n"
    "  seek=N          (or oseek=N) skip N obs-sized output blocks\n"
    "  skip=N          (or iseek=N) skip N ibs-sized input blocks\n"
    "  status=LEVEL    'none', 'noxfer' (no transfer statistics) or 'progress'\n"
    "      --help      display this help and exit\n      --version   output version information and exit\n\n"
    "N and BYTES may have a suffix: c 1, w 2, b 512, kB 1000, K 1024, and so on for M, G, T, P, E, Z, Y; and be\n"
    "products: 2x512. A count that ends in B counts bytes.\n"
    "CONVS: ascii ebcdic ibm block unblock lcase ucase swab sync sparse excl nocreat notrunc noerror fdatasync fsync\n"
    "FLAGS: append directory fullblock count_bytes skip_bytes seek_bytes nofollow\n"
    "       direct dsync sync nonblock noatime nocache noctty (nothing to do here)\n";

enum Flags : uint32_t {
  kLower = 1,
  kUpper = 2,
  kSwab = 4,
  kSync = 8,
  kSparse = 16,
  kExcl = 32,
  kNoCreate = 64,
  kNoTruncate = 128,
  kNoError = 256,
  kFlush = 512,
  kAscii = 1024,
  kEbcdic = 2048,
  kIbm = 4096,
  kBlock = 8192,
  kUnblock = 16384,
  kAppend = 1,
  kDirectory = 2,
  kFullBlock = 4,
  kCountBytes = 8,
  kSkipBytes = 16,
  kSeekBytes = 32,
  kNoFollow = 64,
  kDirect = 128,
  kNoCache = 256,
  kNothing = 512,
  kTranslates = kLower | kUpper | kAscii | kEbcdic | kIbm,
};
struct Symbol {
  std::string_view name;
  uint32_t bit;
};
constexpr Symbol kConversions[] = {{"ascii", kAscii | kUnblock},
                                   {"ebcdic", kEbcdic | kBlock},
                                   {"ibm", kIbm | kBlock},
                                   {"block", kBlock},
                                   {"unblock", kUnblock},
                                   {"lcase", kLower},
                                   {"ucase", kUpper},
                                   {"swab", kSwab},
                                   {"sync", kSync},
                                   {"sparse", kSparse},
                                   {"excl", kExcl},
                                   {"nocreat", kNoCreate},
                                   {"notrunc", kNoTruncate},
                                   {"noerror", kNoError},
                                   {"fdatasync", kFlush},
                                   {"fsync", kFlush}};
constexpr Symbol kFlags[] = {{"append", kAppend},        {"directory", kDirectory},  {"fullblock", kFullBlock}, {"count_bytes", kCountBytes},
                             {"skip_bytes", kSkipBytes}, {"seek_bytes", kSeekBytes}, {"nofollow", kNoFollow},   {"direct", kDirect},
                             {"dsync", kNothing},        {"sync", kNothing},         {"nonblock", kNothing},    {"noatime", kNothing},
                             {"nocache", kNoCache},      {"noctty", kNothing}};

struct Count {
  uint64_t n = 0;
  bool bytes = false, given = false;
};
struct Options {
  std::optional<std::string> in, out;
  uint64_t ibs = 0, obs = 0, bs = 0, cbs = 0;
  Count count, skip, seek;
  uint32_t conv = 0, iflag = 0, oflag = 0;
  enum { Default, None, NoTransfer, Progress } status = Default;
};

// "2x10K": products of sizes. nullopt: not a number; *over: too large.
std::optional<uint64_t> product(std::string_view text, bool* over) {
  while (!text.empty() && (text[0] == ' ' || text[0] == '\t')) text.remove_prefix(1);
  uint64_t out = 1;
  for (;;) {
    size_t x = text.find('x');
    std::string_view one = text.substr(0, x);
    bool big = false;
    if (one.empty() || !ascii_digit(one[0])) return std::nullopt;
    auto n = parse_size(one, "bcwkKmMgGtTPEZY0", &big);
    if (!n) return std::nullopt;
    *over = *over || big || __builtin_mul_overflow(out, *n, &out);
    if (x == std::string_view::npos) return out;
    text.remove_prefix(x + 1);
  }
}

class Operands {
 public:
  Operands(Process& p, Options& o) : p_(p), o_(o) {}
  /// A status after a message.
  std::optional<int> take(const std::string& word) {
    size_t eq = word.find('=');
    if (eq == std::string::npos) return wrong("unrecognized operand " + quote(p_, word));
    std::string name = word.substr(0, eq);
    std::string_view v = std::string_view(word).substr(eq + 1);
    if (name == "if") o_.in = std::string(v);
    else if (name == "of") o_.out = std::string(v);
    else if (name == "conv") return symbols(v, kConversions, o_.conv, "invalid conversion");
    else if (name == "iflag") return symbols(v, kFlags, o_.iflag, "invalid input flag");
    else if (name == "oflag") return symbols(v, kFlags, o_.oflag, "invalid output flag");
    else if (name == "status") return status(v);
    else if (name == "ibs" || name == "obs" || name == "bs") return size(v, name == "ibs" ? o_.ibs : name == "obs" ? o_.obs : o_.bs);
    else if (name == "cbs") return size(v, o_.cbs);
    else if (name == "count") return count(v, o_.count);
    else if (name == "skip" || name == "iseek") return count(v, o_.skip);
    else if (name == "seek" || name == "oseek") return count(v, o_.seek);
    else return wrong("unrecognized operand " + quote(p_, word));
    return std::nullopt;
  }

 private:
  int wrong(const std::string& message) {
    p_.warn("%s", message.c_str());
    return try_help(p_);
  }
  std::optional<int> symbols(std::string_view list, std::span<const Symbol> known, uint32_t& to, const char* what) {
    while (true) {
      std::string_view one = list.substr(0, list.find(','));
      const Symbol* found = std::find_if(known.data(), known.data() + known.size(), [&](const Symbol& s) { return s.name == one; });
      if (found == known.data() + known.size()) return wrong(std::string(what) + ": " + quote(p_, one));
      to |= found->bit;
      if (one.size() == list.size()) return std::nullopt;
      list.remove_prefix(one.size() + 1);
    }
  }
  std::optional<int> status(std::string_view v) {
    if (v == "none") o_.status = Options::None;
    else if (v == "noxfer") o_.status = Options::NoTransfer;
    else if (v == "progress") o_.status = Options::Progress;
    else return wrong("invalid status level: " + quote(p_, v));
    return std::nullopt;
  }
  std::optional<int> invalid(std::string_view v, bool over) {
    if (over) p_.warn(Errno::OVERFLOW, "invalid number: %s", quote(p_, v).c_str());
    else p_.warn("invalid number: %s", quote(p_, v).c_str());
    return 1;
  }
  std::optional<int> size(std::string_view v, uint64_t& to) {
    bool over = false;
    auto n = product(v, &over);
    if (!n || over || *n == 0 || *n > (1u << 30)) return invalid(v, over || (n && *n));
    to = *n;
    return std::nullopt;
  }
  std::optional<int> count(std::string_view v, Count& to) {
    bool over = false;
    // A B at the end, but for kB and its like, asks for bytes.
    bool bytes = v.size() > 1 && v.back() == 'B' && (ascii_digit(v[v.size() - 2]) || v.find('x') != std::string_view::npos);
    auto n = product(v, &over);
    if (!n && bytes) n = product(v.substr(0, v.size() - 1), &over);
    if (!n || over) return invalid(v, over);
    to = {*n, bytes, true};
    return std::nullopt;
  }
  Process& p_;
  Options& o_;
};

class Dd {
 public:
  Dd(Process& p, const Options& o)
      : p_(p),
        o_(o),
        ibs_(o.bs    ? o.bs
             : o.ibs ? o.ibs
                     : 512),
        obs_(o.bs    ? o.bs
             : o.obs ? o.obs
                     : 512),
        table_(translation(o.conv)),
        records_(record_kind(o), o.cbs, encoded(' '), encoded('\n')) {}

  int run() {
    start_ = p_.now(Clock::Monotonic);
    if (!open()) return 1;
    if (!skip_input() || !seek_output()) {
      report();
      return 1;
    }
    p_.charge_memory(ibs_ + obs_);
    buffer_ = make_buffer(ibs_);
    copy();
    if (records_.kind() != Records::Kind::None) {
      std::string last;
      records_.finish(last);
      gather(last);
    }
    if (!held_.empty()) put(held_);
    // A hole at the end has its size all the same.
    if (hole_ && status_ == 0) (void)p_.ftruncate(out_, position_);
    report();
    return status_;
  }

 private:
  // As of the tables: from EBCDIC first, to it last.
  static ByteTable translation(uint32_t conv) {
    const ByteTable in = ebcdic_to_ascii(), out = conv & kIbm ? ascii_to_ibm() : ascii_to_ebcdic();
    ByteTable table;
    for (size_t i = 0; i < table.size(); i++) {
      auto c = static_cast<char>(conv & kAscii ? in[i] : i);
      if (conv & kUpper) c = ascii_upper(c);
      if (conv & kLower) c = ascii_lower(c);
      table[i] = conv & (kEbcdic | kIbm) ? out[static_cast<unsigned char>(c)] : static_cast<unsigned char>(c);
    }
    return table;
  }
  static Records::Kind record_kind(const Options& o) {
    if (o.cbs == 0) return Records::Kind::None;
    return o.conv & kBlock ? Records::Kind::Block : o.conv & kUnblock ? Records::Kind::Unblock : Records::Kind::None;
  }
  char encoded(char c) const { return o_.conv & (kEbcdic | kIbm) ? static_cast<char>(table_[static_cast<unsigned char>(c)]) : c; }

  void fail(Errno e, const std::string& message) {
    p_.warn(e, "%s", message.c_str());
    status_ = 1;
  }
  std::string in_name() const { return quote_file(p_, o_.in.value_or("standard input")); }
  std::string out_name() const { return quote_file(p_, o_.out.value_or("standard output")); }

  bool open() {
    if (o_.oflag & kAppend && !(o_.conv & kNoTruncate)) p_.warn("you probably want conv=notrunc with oflag=append");
    if (o_.in) {
      auto fd = p_.open(*o_.in, kOpenRead | (o_.iflag & kDirectory ? uint32_t{kOpenDirectory} : 0u));
      if (!fd) return fail(fd.error(), "failed to open " + in_name()), false;
      in_ = *fd;
    }
    if (!o_.out) return true;
    uint32_t flags = kOpenWrite | (o_.conv & kNoCreate ? 0u : uint32_t{kOpenCreate}) | (o_.conv & kExcl ? uint32_t{kOpenExclusive} : 0u) |
                     (o_.oflag & kAppend ? uint32_t{kOpenAppend} : 0u);
    bool truncate = !(o_.conv & kNoTruncate) && !(o_.seek.given && o_.seek.n);
    auto fd = p_.open(*o_.out, flags | (truncate ? uint32_t{kOpenTruncate} : 0u));
    if (!fd) return fail(fd.error(), "failed to open " + out_name()), false;
    out_ = *fd;
    if (!truncate && !(o_.conv & kNoTruncate)) (void)p_.ftruncate(out_, seek_bytes());
    return true;
  }

  uint64_t seek_bytes() const { return o_.seek.bytes || o_.oflag & kSeekBytes ? o_.seek.n : o_.seek.n * obs_; }

  bool skip_input() {
    uint64_t left = o_.skip.bytes || o_.iflag & kSkipBytes ? o_.skip.n : o_.skip.n * ibs_;
    if (left == 0) return true;
    auto st = p_.fstat(in_);
    if (st && st->is_regular()) {
      auto now = p_.lseek(in_, 0, Whence::Current);
      if (now && *now + left <= st->size) return p_.lseek(in_, static_cast<int64_t>(left), Whence::Current).ok();
      (void)p_.lseek(in_, 0, Whence::End);
      if (o_.status != Options::None) p_.warn("%s: cannot skip to specified offset", quote_name(p_, o_.in.value_or("standard input")).c_str());
      return true;
    }
    std::string block(ibs_, 0);
    while (left > 0) {
      auto n = p_.read(in_, {block.data(), std::min<uint64_t>(left, block.size())});
      if (!n) return fail(n.error(), "error reading " + in_name()), false;
      if (*n == 0) {
        if (o_.status != Options::None) p_.warn("%s: cannot skip to specified offset", quote_name(p_, o_.in.value_or("standard input")).c_str());
        return true;
      }
      left -= *n;
    }
    return true;
  }

  bool seek_output() {
    uint64_t to = seek_bytes();
    position_ = to;
    if (to == 0) return true;
    if (p_.lseek(out_, static_cast<int64_t>(to), Whence::Current)) return true;
    fail(Errno::SPIPE, out_name() + ": cannot seek");
    return false;
  }

  // One input block into the buffer. Its size; 0 at the end or after an error.
  size_t read_block(size_t want) {
    size_t n = 0;
    do {
      auto got = p_.read(in_, {buffer_.get() + n, want - n});
      if (!got) {
        if (got.error() == Errno::INTR) continue;
        fail(got.error(), "error reading " + in_name());
        return n;
      }
      if (*got == 0) break;
      n += *got;
    } while (o_.iflag & kFullBlock && n < want);
    return n;
  }

  void copy() {
    bool bytes = o_.count.bytes || o_.iflag & kCountBytes;
    uint64_t left = o_.count.given ? o_.count.n : UINT64_MAX;
    const bool direct = o_.bs && !(o_.conv & (kTranslates | kSwab | kSync | kBlock | kUnblock | kSparse));
    while (left > 0) {
      size_t want = bytes ? std::min<uint64_t>(left, ibs_) : ibs_;
      const size_t moved = direct ? transfer(want) : 0;
      const size_t n = moved < want ? read_block(want - moved) + moved : moved;
      if (n == 0) break;
      (n == ibs_ ? full_in_ : partial_in_)++;
      left -= bytes ? n : 1;
      std::string_view data(buffer_.get(), n - moved);
      std::string changed;
      if (o_.conv & (kTranslates | kSwab | kSync)) {
        changed.assign(data);
        convert(changed);
        data = changed;
      }
      std::string records;
      if (records_.kind() != Records::Kind::None) {
        records_.feed(data, records);
        data = records;
      }
      p_.tick(static_cast<uint32_t>(1 + n / 1024));
      if (o_.bs && !(o_.conv & (kTranslates | kSwab | kBlock | kUnblock))) {
        put(data, moved);   // blocks as they were read
      } else {
        gather(data);
      }
      if (status_ && !(o_.conv & kNoError)) return;
    }
  }

  void convert(std::string& s) {
    if (o_.conv & kSync && s.size() < ibs_) s.resize(ibs_, o_.conv & (kBlock | kUnblock) ? ' ' : '\0');
    if (o_.conv & kTranslates)
      for (char& c : s) c = static_cast<char>(table_[static_cast<unsigned char>(c)]);
    if (o_.conv & kSwab)
      for (size_t i = 0; i + 1 < s.size(); i += 2) std::swap(s[i], s[i + 1]);
  }

  // Output blocks of obs bytes; what makes none yet is held.
  void gather(std::string_view data) {
    if (!held_.empty()) {
      const std::string_view first = data.substr(0, obs_ - held_.size());
      held_ += first;
      data.remove_prefix(first.size());
      if (held_.size() < obs_) return;
      put(held_);
      held_.clear();
    }
    for (; data.size() >= obs_; data.remove_prefix(obs_)) put(data.substr(0, obs_));
    held_ = data;
  }

  // The front of a block, from file to file.
  size_t transfer(size_t want) {
    size_t moved = 0;
    while (want - moved >= kBlockBytes) {
      auto n = p_.transfer(in_, out_);
      if (!n || *n == 0) break;
      moved += *n;
    }
    return moved;
  }

  // A block, of which so much was moved before.
  void put(std::string_view data, size_t moved = 0) {
    const size_t n = data.size() + moved;
    bool zeros = o_.conv & kSparse && data.find_first_not_of('\0') == std::string_view::npos && p_.lseek(out_, static_cast<int64_t>(n), Whence::Current);
    if (!zeros) {
      if (auto done = p_.write(out_, data); !done) {
        fail(done.error(), "error writing " + out_name());
        report();
        p_.exit(1);
      }
    }
    hole_ = zeros;
    position_ += n;
    bytes_ += n;
    (n == obs_ ? full_out_ : partial_out_)++;
  }

  void report() {
    if (o_.status == Options::None) return;
    std::string text = std::to_string(full_in_) + "+" + std::to_string(partial_in_) + " records in\n" + std::to_string(full_out_) + "+" +
                       std::to_string(partial_out_) + " records out\n";
    if (const uint64_t cut = records_.truncated()) text += std::to_string(cut) + (cut == 1 ? " truncated record\n" : " truncated records\n");
    if (o_.status != Options::NoTransfer) text += transfer() + "\n";
    write_error(p_, text);
  }

  std::string transfer() {
    Timespec now = p_.now(Clock::Monotonic);
    double seconds = static_cast<double>(now.sec - start_.sec) + (now.nsec - start_.nsec) / 1e9;
    std::string out = std::to_string(bytes_) + (bytes_ == 1 ? " byte" : " bytes");
    // Rounded to the nearest, with one digit behind the point below ten.
    auto si = [](uint64_t n, uint64_t base, int least = 0) {
      double v = static_cast<double>(n);
      int power = 0;
      for (; v >= static_cast<double>(base) || power < least; power++) v /= static_cast<double>(base);
      char text[40];
      bool tenths = power > 0 && std::round(v * 10) < 100;
      std::snprintf(text, sizeof text, "%.*f ", tenths ? 1 : 0, v);
      if (power == 0) return std::string(text) + "B";
      return text + std::string(1, power == 1 && base == 1000 ? 'k' : "KMGTPE"[power - 1]) + (base == 1024 ? "iB" : "B");
    };
    if (bytes_ >= 1000) out += " (" + si(bytes_, 1000) + (bytes_ >= 1024 ? ", " + si(bytes_, 1024) : "") + ")";
    char elapsed[40];
    std::snprintf(elapsed, sizeof elapsed, "%g s", seconds);
    return out + " copied, " + elapsed + ", " + (seconds > 0 ? si(static_cast<uint64_t>(static_cast<double>(bytes_) / seconds), 1000, 1) : "Infinity B") + "/s";
  }

  Process& p_;
  const Options& o_;
  uint64_t ibs_, obs_;
  int in_ = 0, out_ = 1, status_ = 0;
  ByteTable table_;
  Records records_;
  Buffer buffer_;
  std::string held_;
  bool hole_ = false;
  uint64_t position_ = 0, bytes_ = 0, full_in_ = 0, partial_in_ = 0, full_out_ = 0, partial_out_ = 0;
  Timespec start_;
};

int dd_main(Process& p) {
  std::vector<std::string> operands;
  if (auto status = parse_plain(p, kUsage, operands)) return *status;
  Options o;
  Operands reader(p, o);
  for (const auto& word : operands)
    if (auto status = reader.take(word)) return *status;
  if (o.oflag & kFullBlock) {
    p.warn("invalid output flag: %s", quote(p, "fullblock").c_str());
    return try_help(p);
  }
  if (o.cbs == 0) o.conv &= ~(kBlock | kUnblock);
  auto clash = [&](uint32_t flags, uint32_t bits, const char* what) {
    if (std::popcount(flags & bits) < 2) return false;
    p.warn("cannot combine %s", what);
    return true;
  };
  if (clash(o.conv, kAscii | kEbcdic | kIbm, "any two of {ascii,ebcdic,ibm}") || clash(o.conv, kBlock | kUnblock, "block and unblock") ||
      clash(o.conv, kLower | kUpper, "lcase and ucase") || clash(o.conv, kExcl | kNoCreate, "excl and nocreat") ||
      clash(o.iflag, kDirect | kNoCache, "direct and nocache") || clash(o.oflag, kDirect | kNoCache, "direct and nocache"))
    return 1;
  return Dd(p, o).run();
}

}  // namespace

Command dd_command() { return {{"dd"}, kUsage, dd_main}; }

}  // namespace nacre
