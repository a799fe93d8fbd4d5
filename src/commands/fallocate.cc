/// fallocate - allocate, clear, remove or insert a range of a file.
/// Source: util-linux 2.38 manual, fallocate(1); fallocate(2).
/// Differs: files here have no holes, so -d never finds any to make, and allocating and punching
/// never change how much room a file takes, only its size and content.
#include <algorithm>
#include <cstdio>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: fallocate [OPTION]... FILE\n"
    "Preallocate space to, or deallocate space from a file.\n\n"
    "  -c, --collapse-range  remove a range from the file\n"
    "  -d, --dig-holes       make holes of the zeros in the file\n"
    "  -i, --insert-range    insert a range of zeros, shifting existing data\n"
    "  -l, --length=NUM      length of the range, in bytes\n"
    "  -n, --keep-size       maintain the apparent size of the file\n"
    "  -o, --offset=NUM      offset of the range, in bytes (default 0)\n"
    "  -p, --punch-hole      replace a range with zeros (implies -n)\n"
    "  -z, --zero-range      zero a range, which may go beyond the end\n"
    "  -x, --posix           allocate as posix_fallocate(3) does\n"
    "  -v, --verbose         say what was done\n"
    "  -h, --help            display this help and exit\n"
    "  -V, --version         output version information and exit\n\n"
    "NUM may be followed by K, M, G, T, P, E (powers of 1024; KiB is the same, KB is 1000).\n";

/// fallocate(2) shifts whole blocks only.
constexpr uint64_t kBlock = 4096;
constexpr size_t kPiece = 64 * 1024;

struct Options {
  bool collapse = false, dig = false, insert = false, keep = false, punch = false, zero = false, posix = false, verbose = false, help = false, version = false;
  std::optional<std::string> length, offset;
};
constexpr Flag<Options> kFlags[] = {
    {'c', "collapse-range", &Options::collapse}, {'d', "dig-holes", &Options::dig},   {'i', "insert-range", &Options::insert},
    {'l', "length", &Options::length},           {'n', "keep-size", &Options::keep},  {'o', "offset", &Options::offset},
    {'p', "punch-hole", &Options::punch},        {'z', "zero-range", &Options::zero}, {'x', "posix", &Options::posix},
    {'v', "verbose", &Options::verbose},         {'h', "", &Options::help},           {'V', "", &Options::version},
};

/// "4.9 KiB": one decimal, rounded, none if it is zero.
std::string human(uint64_t bytes) {
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  size_t unit = 0;
  while (unit < 6 && bytes >> (10 * (unit + 1))) unit++;
  uint64_t whole = bytes >> (10 * unit), tenths = 0;
  if (unit) {
    uint64_t rest = (bytes >> (10 * (unit - 1))) & 1023;   // in units one smaller
    tenths = (rest * 10 + 512) / 1024;
    if (tenths == 10) whole++, tenths = 0;
  }
  return std::to_string(whole) + (tenths ? "." + std::to_string(tenths) : "") + " " + kUnits[unit];
}

/// The range of a file that is changed.
struct Range {
  Process& p;
  int fd;
  uint64_t offset, length, size;

  Result<void> copy(uint64_t from, uint64_t to, size_t n, std::string& piece) {
    piece.resize(n);
    NACRE_TRY(size_t got, p.pread(fd, piece, from));
    NACRE_TRY(size_t put, p.pwrite(fd, std::string_view(piece).substr(0, got), to));
    p.tick(static_cast<uint32_t>(1 + n / 1024));
    return put == n ? Result<void>() : Result<void>(Errno::IO);
  }

  Result<void> clear(uint64_t from, uint64_t end) {
    std::string zeros(static_cast<size_t>(std::min<uint64_t>(end - std::min(from, end), kPiece)), '\0');
    for (uint64_t at = from; at < end; at += zeros.size()) {
      size_t n = static_cast<size_t>(std::min<uint64_t>(zeros.size(), end - at));
      NACRE_TRY(size_t put, p.pwrite(fd, std::string_view(zeros).substr(0, n), at));
      if (put != n) return Errno::NOSPC;
      p.tick(static_cast<uint32_t>(1 + n / 1024));
    }
    return {};
  }

  Result<void> grow(bool keep) { return !keep && offset + length > size ? p.ftruncate(fd, offset + length) : Result<void>(); }

  Result<void> collapse() {
    if (offset % kBlock || length % kBlock || offset + length >= size) return Errno::INVAL;
    std::string piece;
    for (uint64_t at = offset + length; at < size; at += kPiece) {
      if (auto done = copy(at, at - length, static_cast<size_t>(std::min<uint64_t>(kPiece, size - at)), piece); !done) return done;
    }
    return p.ftruncate(fd, size - length);
  }

  Result<void> insert() {
    if (offset % kBlock || length % kBlock || offset >= size) return Errno::INVAL;
    if (auto done = p.ftruncate(fd, size + length); !done) return done;
    std::string piece;
    for (uint64_t end = size; end > offset;) {
      size_t n = static_cast<size_t>(std::min<uint64_t>(kPiece, end - offset));
      end -= n;
      if (auto done = copy(end, end + length, n, piece); !done) return done;
    }
    return clear(offset, offset + length);
  }
};

/// A message about options that cannot go together, in util-linux's order and words; empty if none.
std::string conflict(const Options& o) {
  const std::pair<bool, const char*> ways[] = {
      {o.collapse, " --collapse-range"}, {o.dig, " --dig-holes"}, {o.punch, " --punch-hole"}, {o.zero, " --zero-range"}};
  if (std::count_if(std::begin(ways), std::end(ways), [](const auto& w) { return w.first; }) > 1)
    return "mutually exclusive arguments: --collapse-range --dig-holes --punch-hole --zero-range";
  if (o.collapse && o.keep) return "mutually exclusive arguments: --collapse-range --keep-size";
  return "";
}

int fallocate_main(Process& p) {
  Options o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (o.help) {
    Output out(p);
    out.write(kUsage);
    return out.finish(0);
  }
  if (o.version) return print_version(p);
  auto fail = [&](const std::string& message) {
    p.warn("%s", message.c_str());
    return 1;
  };
  if (auto message = conflict(o); !message.empty()) return fail(message);
  if (files.empty()) return fail("no filename specified");
  if (files.size() > 1) return fail("unexpected number of arguments");
  constexpr std::string_view kSuffixes = "kKmMgGtTPEZY0";
  if (!o.length && !o.dig) return fail("no length argument specified");
  auto length = o.length ? parse_size(*o.length, kSuffixes) : std::optional<uint64_t>(0),
       offset = o.offset ? parse_size(*o.offset, kSuffixes) : std::optional<uint64_t>(0);
  if (!length || (*length == 0 && o.length) || *length > INT64_MAX) return fail("invalid length value specified");
  if (!offset || *offset > INT64_MAX) return fail("invalid offset value specified");
  if (*offset + *length > INT64_MAX) return fail("fallocate failed: File too large");
  bool creates = !(o.punch || o.collapse || o.dig);
  auto fd = p.open(files[0], kOpenReadWrite | (creates ? kOpenCreate : 0));
  if (!fd) return fail("cannot open " + files[0] + ": " + std::string(message(fd.error())));
  auto st = p.fstat(*fd);
  Result<void> done = st ? Result<void>() : Result<void>(st.error());
  if (o.insert && (o.collapse || o.punch || o.zero || o.keep)) done = Errno::OPNOTSUPP;
  if (done && !o.dig) {
    Range range{p, *fd, *offset, *length, st->size};
    if (o.collapse) done = range.collapse();
    else if (o.insert) done = range.insert();
    else if (!o.punch || o.posix) done = range.grow(o.keep);
    if (done && (o.punch || o.zero) && !o.posix) done = range.clear(*offset, std::min(*offset + *length, o.punch || o.keep ? st->size : UINT64_MAX));
  }
  (void)p.close(*fd);
  if (!done) return fail("fallocate failed: " + std::string(message(done.error())));
  if (!o.verbose) return 0;
  Output out(p);
  if (o.dig) {
    out.line(files[0] + ": 0 B (0 bytes) converted to sparse holes.");
    return out.finish(0);
  }
  const char* what = o.punch ? "hole created" : o.collapse ? "removed" : o.insert ? "inserted" : o.zero ? "zeroed" : "allocated";
  out.line(files[0] + ": " + human(*length) + " (" + std::to_string(*length) + " bytes) " + what + ".");
  return out.finish(0);
}

}  // namespace

Command fallocate_command() { return {{"fallocate"}, kUsage, fallocate_main, MessageName::Short}; }

}  // namespace nacre
