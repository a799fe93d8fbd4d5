/// split - split a file into pieces.
/// Source: GNU coreutils 9.1 manual, "split invocation"; POSIX XCU split.
/// Differs: -n holds the whole input in memory.
#include <algorithm>

#include "commands/args.h"
#include "commands/capture.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: split [OPTION]... [FILE [PREFIX]]\n"
    "Output pieces of FILE to PREFIXaa, PREFIXab, ...; default size is 1000 lines, and default PREFIX is 'x'.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -a, --suffix-length=N   generate suffixes of length N (default 2)\n"
    "      --additional-suffix=SUFFIX  append SUFFIX to file names\n"
    "  -b, --bytes=SIZE        put SIZE bytes per output file\n"
    "  -C, --line-bytes=SIZE   put at most SIZE bytes of records per output file\n"
    "  -d                      use numeric suffixes starting at 0, not alphabetic\n"
    "      --numeric-suffixes[=FROM]  same as -d, but allow setting the start value\n"
    "  -x                      use hex suffixes starting at 0, not alphabetic\n"
    "      --hex-suffixes[=FROM]  same as -x, but allow setting the start value\n"
    "  -e, --elide-empty-files  do not generate empty output files with '-n'\n"
    "      --filter=COMMAND    write to shell COMMAND; file name is $FILE\n"
    "  -l, --lines=NUMBER      put NUMBER lines/records per output file\n"
    "  -n, --number=CHUNKS     generate CHUNKS output files; see below\n"
    "  -t, --separator=SEP     use SEP instead of newline as the record separator; '\\0' is NUL\n"
    "  -u, --unbuffered        immediately copy input to output with '-n r/...'\n"
    "      --verbose           print a diagnostic just before each output file is opened\n"
    "      --help              display this help and exit\n"
    "      --version           output version information and exit\n\n"
    "CHUNKS: N split into N files based on size of input; K/N output Kth of N to stdout; l/N, l/K/N without\n"
    "splitting lines; r/N, r/K/N like 'l' but round robin.\n";

struct Options {
  enum Kind { None, Lines, Bytes, LineBytes, Chunks, LineChunks, RoundRobin } kind = None;
  uint64_t size = 1000, only = 0;   // only: K of K/N
  size_t suffix_length = 0;
  bool suffix_auto = true;
  std::string alphabet = "abcdefghijklmnopqrstuvwxyz", start, additional, prefix = "x";
  bool elide = false, unbuffered = false, verbose = false;
  std::optional<std::string> filter, separator;
};
using O = Options;

std::optional<int> set_kind(O& o, O::Kind kind, uint64_t size) {
  o.kind = kind;
  o.size = size;
  return std::nullopt;
}

bool has_kind(Process& p, const O& o) {
  if (o.kind == O::None) return false;
  p.warn("cannot split in more than one way");
  (void)try_help(p);
  return true;
}

std::optional<int> set_size(Process& p, O& o, O::Kind kind, std::string_view v, const char* what) {
  if (has_kind(p, o)) return 1;
  auto n = v.empty() || v[0] < '0' || v[0] > '9' ? std::nullopt : parse_size(v, "bkKmMGTPEZY0");
  if (n && *n > 0) return set_kind(o, kind, *n);
  if (n) p.warn(Errno::RANGE, "invalid number of %s: %s", what, quote(p, v).c_str());
  else p.warn("invalid number of %s: %s", what, quote(p, v).c_str());
  return 1;
}

std::optional<int> set_chunks(Process& p, O& o, std::string_view v) {
  if (has_kind(p, o)) return 1;
  std::string_view rest = v;
  O::Kind kind = O::Chunks;
  if (rest.substr(0, 2) == "l/" || rest.substr(0, 2) == "r/") {
    kind = rest[0] == 'l' ? O::LineChunks : O::RoundRobin;
    rest.remove_prefix(2);
  }
  uint64_t only = 0;
  if (size_t slash = rest.find('/'); slash != std::string_view::npos) {
    auto k = parse_int(rest.substr(0, slash));
    auto n = parse_int(rest.substr(slash + 1));
    if (!k || *k < 1 || (n && *k > *n)) {
      if (k && *k >= 0) p.warn(Errno::RANGE, "invalid chunk number: %s", quote(p, rest.substr(0, slash)).c_str());
      else p.warn("invalid chunk number: %s", quote(p, rest.substr(0, slash)).c_str());
      return 1;
    }
    only = static_cast<uint64_t>(*k);
    rest.remove_prefix(slash + 1);
  }
  auto n = parse_int(rest);
  if (!n || *n < 1) {
    if (n && *n == 0) p.warn(Errno::RANGE, "invalid number of chunks: %s", quote(p, rest).c_str());
    else p.warn("invalid number of chunks: %s", quote(p, rest).c_str());
    return 1;
  }
  o.only = only;
  return set_kind(o, kind, static_cast<uint64_t>(*n));
}

std::optional<int> set_suffixes(Process& p, O& o, std::string_view alphabet, std::optional<std::string_view> from) {
  o.alphabet = alphabet;
  if (!from) return std::nullopt;
  std::string_view v = *from;
  while (v.size() > 1 && v[0] == '0') v.remove_prefix(1);
  if (v.empty() || v.find_first_not_of(alphabet) != std::string_view::npos) {
    p.warn("%s: invalid start value for %s suffix", quote(p, *from).c_str(), alphabet.size() == 10 ? "numerical" : "hexadecimal");
    return try_help(p);
  }
  o.start = std::string(v);
  return std::nullopt;
}

std::optional<int> set_separator(Process& p, O& o, std::string_view v) {
  std::string s = v == "\\0" ? std::string(1, '\0') : std::string(v);
  if (s.empty()) {
    p.warn("empty record separator");
    return 1;
  }
  if (s.size() > 1) {
    p.warn("multi-character separator %s", quote(p, v).c_str());
    return 1;
  }
  if (o.separator && *o.separator != s) {
    p.warn("multiple separator characters specified");
    return 1;
  }
  o.separator = s;
  return std::nullopt;
}

using V = std::optional<std::string_view>;
constexpr std::string_view kDecimal = "0123456789", kHex = "0123456789abcdef";
struct SplitFlag {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
  std::optional<int> (*set)(Process&, O&, V);
};
constexpr SplitFlag kFlags[] = {
    {'a', "suffix-length", ArgKind::Required,
     +[](Process& p, O& o, V v) -> std::optional<int> {
       auto n = parse_int(*v);
       if (!n || *n < 0 || *n > 4096) {
         p.warn("invalid suffix length: %s", quote(p, *v).c_str());
         return 1;
       }
       o.suffix_length = static_cast<size_t>(*n);
       o.suffix_auto = *n == 0;
       return std::nullopt;
     }},
    {0, "additional-suffix", ArgKind::Required,
     +[](Process& p, O& o, V v) -> std::optional<int> {
       if (v->find('/') != std::string_view::npos) {
         p.warn("invalid suffix %s, contains directory separator", quote(p, *v).c_str());
         return try_help(p);
       }
       o.additional = std::string(*v);
       return std::nullopt;
     }},
    {'b', "bytes", ArgKind::Required, +[](Process& p, O& o, V v) { return set_size(p, o, O::Bytes, *v, "bytes"); }},
    {'l', "lines", ArgKind::Required, +[](Process& p, O& o, V v) { return set_size(p, o, O::Lines, *v, "lines"); }},
    {'C', "line-bytes", ArgKind::Required, +[](Process& p, O& o, V v) { return set_size(p, o, O::LineBytes, *v, "bytes"); }},
    {'n', "number", ArgKind::Required, +[](Process& p, O& o, V v) { return set_chunks(p, o, *v); }},
    {'d', "", ArgKind::None, +[](Process& p, O& o, V) { return set_suffixes(p, o, kDecimal, std::nullopt); }},
    {0, "numeric-suffixes", ArgKind::Optional, +[](Process& p, O& o, V v) { return set_suffixes(p, o, kDecimal, v); }},
    {'x', "", ArgKind::None, +[](Process& p, O& o, V) { return set_suffixes(p, o, kHex, std::nullopt); }},
    {0, "hex-suffixes", ArgKind::Optional, +[](Process& p, O& o, V v) { return set_suffixes(p, o, kHex, v); }},
    {'e', "elide-empty-files", ArgKind::None,
     +[](Process&, O& o, V) -> std::optional<int> {
       o.elide = true;
       return std::nullopt;
     }},
    {0, "filter", ArgKind::Required,
     +[](Process&, O& o, V v) -> std::optional<int> {
       o.filter = std::string(*v);
       return std::nullopt;
     }},
    {'t', "separator", ArgKind::Required, +[](Process& p, O& o, V v) { return set_separator(p, o, *v); }},
    {'u', "unbuffered", ArgKind::None,
     +[](Process&, O& o, V) -> std::optional<int> {
       o.unbuffered = true;
       return std::nullopt;
     }},
    {0, "verbose", ArgKind::None,
     +[](Process&, O& o, V) -> std::optional<int> {
       o.verbose = true;
       return std::nullopt;
     }},
};

/// The names of the pieces, in order.
class Names {
 public:
  explicit Names(const O& o) : o_(o), automatic_(o.suffix_auto && o.start.empty()) {
    length_ = o.suffix_length ? o.suffix_length : std::max<size_t>(2, o.start.size());
    // As many letters as the number of chunks needs.
    if (!o.suffix_length && (o.kind == O::Chunks || o.kind == O::LineChunks || o.kind == O::RoundRobin)) {
      size_t need = 1;
      for (uint64_t n = o.size - 1; n /= o.alphabet.size();) need++;
      length_ = std::max(length_, need);
      automatic_ = false;
    }
    digits_.assign(length_, 0);
    for (size_t i = 0; i < o.start.size() && i < length_; i++) digits_[length_ - 1 - i] = o.alphabet.find(o.start[o.start.size() - 1 - i]);
  }
  /// "" when they are used up.
  std::string next() {
    if (over_) return "";
    // With the last letter in front the names grow longer: xyz, xzaaa.
    if (automatic_ && digits_[0] + 1 == o_.alphabet.size()) {
      lead_ += o_.alphabet.back();
      digits_.assign(digits_.size() + 1, 0);
    }
    std::string name = o_.prefix + lead_;
    for (size_t d : digits_) name += o_.alphabet[d];
    over_ = true;
    for (size_t i = digits_.size(); i-- > 0;) {
      if (++digits_[i] < o_.alphabet.size()) {
        over_ = false;
        break;
      }
      digits_[i] = 0;
    }
    return name + o_.additional;
  }

 private:
  const O& o_;
  bool automatic_, over_ = false;
  size_t length_;
  std::vector<size_t> digits_;
  std::string lead_;
};

class Split {
 public:
  Split(Process& p, const O& o, Input& in) : p_(p), o_(o), in_(in), names_(o), end_(o.separator ? (*o.separator)[0] : '\n') {}

  int run() {
    switch (o_.kind) {
      case O::Bytes: by_bytes(); break;
      case O::LineBytes: by_line_bytes(); break;
      case O::Chunks: by_chunks(false); break;
      case O::LineChunks: by_chunks(true); break;
      case O::RoundRobin: round_robin(); break;
      default: by_lines(); break;
    }
    close(current_);
    return 0;
  }

 private:
  /// An output file, or the pipe to a filter.
  struct Piece {
    bool open = false;
    std::unique_ptr<Output> out;
    int fd = -1;
    ShellPipe pipe;
    std::string name, held;   // of a filter
  };

  void put(Piece& piece, std::string_view text) {
    if (piece.out) return piece.out->write(text);
    piece.held += text;
    if (piece.held.size() >= Input::kBlock) send(piece);
  }
  // A filter may stop reading: that is its affair.
  void send(Piece& piece) {
    p_.set_action(kSigPIPE, SignalAction::Ignore);
    auto done = p_.write(piece.fd, piece.held);
    p_.set_action(kSigPIPE, SignalAction::Default);
    piece.held.clear();
    if (done || done.error() == Errno::PIPE) return;
    p_.warn(done.error(), "%s", quote_name(p_, piece.name).c_str());
    p_.exit(1);
  }

  Piece open() {
    Piece piece;
    std::string name = names_.next();
    if (name.empty()) {
      p_.warn("output file suffixes exhausted");
      p_.exit(1);
    }
    if (o_.filter) {
      if (o_.verbose) say("executing with FILE=" + quote_name(p_, name));
      start_filter(piece, name);
    } else {
      if (o_.verbose) say("creating file " + quote_file(p_, name));
      auto st = p_.stat(name), own = p_.fstat(in_.fd());
      if (st && own && st->is_regular() && st->dev == own->dev && st->ino == own->ino) {
        p_.warn("%s would overwrite input; aborting", quote_file(p_, name).c_str());
        p_.exit(1);
      }
      auto fd = p_.open(name, kOpenWrite | kOpenCreate | kOpenTruncate);
      if (!fd) {
        p_.warn(fd.error(), "%s", quote_name(p_, name).c_str());
        p_.exit(1);
      }
      piece.fd = *fd;
      piece.out = std::make_unique<Output>(p_, piece.fd);
    }
    piece.open = true;
    return piece;
  }

  void say(const std::string& text) {
    Output out(p_);
    out.line(text);
    out.flush();
  }

  // The command sees its file's name as $FILE.
  void start_filter(Piece& piece, const std::string& name) {
    auto pipe = p_.pipe();
    if (!pipe) {
      p_.warn(pipe.error(), "failed to create pipe");
      p_.exit(1);
    }
    auto env = std::make_shared<EnvList>();
    for (const auto& e : p_.env())
      if (!e.starts_with("FILE=")) env->push_back(e);
    env->push_back("FILE=" + name);
    SpawnOptions options;
    options.env = env;
    options.stdin_fd = pipe->read_end;
    // No filter holds another's pipe open.
    options.close_fds = filter_fds_;
    options.close_fds.push_back(pipe->read_end);
    options.close_fds.push_back(pipe->write_end);
    const char* shell = p_.getenv("SHELL");
    auto pid = p_.spawn({shell ? shell : "/bin/sh", "-c", *o_.filter}, options);
    (void)p_.close(pipe->read_end);
    if (!pid) {
      p_.warn(pid.error(), "failed to run command: \"%s\"", o_.filter->c_str());
      p_.exit(1);
    }
    piece.name = name;
    piece.fd = piece.pipe.fd = pipe->write_end;
    filter_fds_.push_back(piece.fd);
    piece.pipe.pid = *pid;
  }

  void close(Piece& piece) {
    if (!std::exchange(piece.open, false)) return;
    if (piece.out) {
      piece.out->flush();
      piece.out.reset();
      (void)p_.close(piece.fd);
      return;
    }
    send(piece);
    std::erase(filter_fds_, piece.fd);
    int status = close_shell_pipe(p_, piece.pipe);
    if (status == 0) return;
    p_.warn("with FILE=%s, exit %d from command: %s", piece.name.c_str(), status, o_.filter->c_str());
    p_.exit(status);
  }

  void next_piece() {
    close(current_);
    current_ = open();
  }

  void by_lines() {
    uint64_t left = 0;
    for (std::string_view block = in_.block(); !block.empty(); block = in_.block()) {
      for (std::string_view rest = block; !rest.empty();) {
        if (left == 0) {
          next_piece();
          left = o_.size;
        }
        size_t hit = rest.find(end_), n = hit == std::string_view::npos ? rest.size() : hit + 1;
        put(current_, rest.substr(0, n));
        left -= hit != std::string_view::npos;
        rest.remove_prefix(n);
      }
      in_.consume(block.size());
    }
  }

  void by_bytes() {
    uint64_t left = 0;
    for (std::string_view block = in_.block(); !block.empty(); block = in_.block()) {
      if (left == 0) {
        next_piece();
        left = o_.size;
      }
      block = block.substr(0, left);
      put(current_, block);
      left -= block.size();
      in_.consume(block.size());
    }
  }

  // Whole records as long as they fit; one that is too long is cut.
  void by_line_bytes() {
    uint64_t used = 0;
    std::string_view line;
    bool open = false;
    while (in_.next_line(line, end_)) {
      std::string record(line);
      if (in_.terminated()) record += end_;
      std::string_view rest = record;
      if (open && used + rest.size() > o_.size) open = false;
      while (!rest.empty()) {
        if (!open) {
          next_piece();
          used = 0;
          open = true;
        }
        std::string_view part = rest.substr(0, o_.size - used);
        put(current_, part);
        used += part.size();
        rest.remove_prefix(part.size());
        if (!rest.empty()) open = false;
      }
      if (used == o_.size) open = false;
    }
  }

  // N pieces of the same size, but that the last has what is left; with whole lines, a line belongs where it begins.
  void by_chunks(bool lines) {
    if (auto st = p_.fstat(in_.fd()); !st || !st->is_regular()) {
      p_.warn("%s: cannot determine file size", quote_name(p_, in_.name()).c_str());
      p_.exit(1);
    }
    std::string_view all = in_.all();
    if (in_.error() != Errno::OK) return;
    uint64_t size = all.size(), each = lines ? size / o_.size : std::max<uint64_t>(1, size / o_.size), from = 0;
    for (uint64_t k = 1; k <= o_.size; k++) {
      uint64_t bound = k == o_.size ? size : std::min(size, each * k), to = std::max(from, bound);
      if (lines && to > from && to < size && all[to - 1] != end_) {
        size_t hit = all.find(end_, to);
        to = hit == std::string_view::npos ? size : hit + 1;
      }
      // Less than a byte for each: the first line is the first's all the same.
      if (lines && k == 1 && each == 0 && size > 0) to = std::min(all.find(end_), size - 1) + 1;
      put_chunk(k, all.substr(from, to - from));
      from = to;
      p_.tick();
    }
  }

  void put_chunk(uint64_t k, std::string_view text) {
    if (o_.only) {
      if (k != o_.only) return;
      Output out(p_);
      out.write(text);
      out.flush();
      return;
    }
    if (text.empty() && o_.elide) return;
    next_piece();
    put(current_, text);
  }

  void round_robin() {
    std::vector<Piece> pieces(o_.only ? 0 : o_.size);
    if (!o_.only && !o_.elide)
      for (auto& piece : pieces) piece = open();
    Output standard(p_);
    std::string_view line;
    for (uint64_t k = 0; in_.next_line(line, end_); k = (k + 1) % o_.size) {
      std::string record(line);
      if (in_.terminated()) record += end_;
      if (o_.only) {
        if (k + 1 != o_.only) continue;
        standard.write(record);
        if (o_.unbuffered) standard.flush();
        continue;
      }
      if (!pieces[k].open) pieces[k] = open();
      put(pieces[k], record);
      if (o_.unbuffered && pieces[k].out) pieces[k].out->flush();
      else if (o_.unbuffered) send(pieces[k]);
    }
    standard.flush();
    for (auto& piece : pieces) close(piece);
  }

  Process& p_;
  const O& o_;
  Input& in_;
  Names names_;
  char end_;
  Piece current_;
  std::vector<int> filter_fds_;
};

// -100 is -l 100.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  std::vector<std::string> out;
  for (const auto& a : argv) {
    bool old = a.size() > 1 && a[0] == '-' && a.find_first_not_of("0123456789", 1) == std::string::npos;
    out.push_back(old ? "-l" + a.substr(1) : a);
  }
  return out;
}

int split_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  constexpr size_t n = std::size(kFlags);
  OptionSpec specs[n];
  for (size_t i = 0; i < n; i++) specs[i] = {kFlags[i].short_name, kFlags[i].long_name, kFlags[i].kind};
  if (auto status = parse_options(p, kUsage, specs, modern_argv(p.argv()), {}, operands, [&](size_t i, V v) { return kFlags[i].set(p, o, v); })) return *status;
  if (o.only && o.filter) {
    p.warn("--filter does not process a chunk extracted to stdout");
    return try_help(p);
  }
  if (operands.size() > 2) return extra_operand(p, operands[2]);
  if (operands.size() > 1) o.prefix = operands[1];
  std::string file = operands.empty() ? "-" : operands[0];
  auto fd = file == "-" ? Result<int>(0) : p.open(file, kOpenRead);
  if (!fd) {
    p.warn(fd.error(), "cannot open %s for reading", quote_file(p, file).c_str());
    return 1;
  }
  Input in(p, *fd, file, file != "-");
  int status = Split(p, o, in).run();
  if (in.error() == Errno::OK) return status;
  p.warn(in.error(), "%s", quote_name(p, file).c_str());
  return 1;
}

}  // namespace

Command split_command() { return {{"split"}, kUsage, split_main}; }

}  // namespace nacre
