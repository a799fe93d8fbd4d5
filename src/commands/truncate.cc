/// truncate - shrink or extend the size of files.
/// Source: GNU coreutils 9.1 manual, "truncate invocation".
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: truncate OPTION... FILE...\n"
    "Shrink or extend the size of each FILE to the specified size; what is added reads as zeros.\n\n"
    "  -c, --no-create        do not create any files\n"
    "  -o, --io-blocks        treat SIZE as number of IO blocks instead of bytes\n"
    "  -r, --reference=RFILE  base size on RFILE\n"
    "  -s, --size=SIZE        set or adjust the file size by SIZE bytes\n"
    "      --help             display this help and exit\n"
    "      --version          output version information and exit\n\n"
    "SIZE may have a suffix: K 1024, KB 1000, and so on for M, G, T, P, E, Z, Y; and a sign before it:\n"
    "'+' extend by, '-' reduce by, '<' at most, '>' at least, '/' round down to, '%' round up to multiple of.\n";

constexpr int64_t kIoBlock = 4096;

struct Options {
  bool no_create = false, io_blocks = false;
  std::optional<std::string> reference;
  std::optional<int64_t> size;
  char mode = 0;   // a sign, or 0: the size itself
};
using O = Options;

std::optional<int> set_size(Process& p, O& o, std::string_view text) {
  std::string_view v = text;
  while (!v.empty() && (v[0] == ' ' || v[0] == '\t')) v.remove_prefix(1);
  if (!v.empty() && std::string_view("<>/%").find(v[0]) != std::string_view::npos) {
    o.mode = v[0];
    v.remove_prefix(1);
  }
  while (!v.empty() && (v[0] == ' ' || v[0] == '\t')) v.remove_prefix(1);
  bool negative = false;
  if (!v.empty() && (v[0] == '+' || v[0] == '-')) {
    if (o.mode) {
      p.warn("multiple relative modifiers specified");
      return try_help(p);
    }
    negative = v[0] == '-';
    o.mode = '+';
    v.remove_prefix(1);
  }
  bool over = false;
  auto n = parse_size(v, "kKmMGTPEZYgt0", &over);
  if (!n || (!v.empty() && (v[0] < '0' || v[0] > '9'))) {
    p.warn("Invalid number: %s", quote(p, text).c_str());
    return 1;
  }
  if (over || *n > INT64_MAX) {
    p.warn(Errno::OVERFLOW, "Invalid number: %s", quote(p, text).c_str());
    return 1;
  }
  if ((o.mode == '/' || o.mode == '%') && *n == 0) {
    p.warn("division by zero");
    return 1;
  }
  o.size = negative ? -static_cast<int64_t>(*n) : static_cast<int64_t>(*n);
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {
    {'c', "no-create", &O::no_create},
    {'o', "io-blocks", &O::io_blocks},
    {'r', "reference", &O::reference},
    {'s', "size", +[](Process& p, O& o, std::string_view v) { return set_size(p, o, v); }},
};

// The new size; nullopt after a message.
std::optional<int64_t> new_size(Process& p, const O& o, const std::string& file, int64_t base) {
  int64_t n = o.size.value_or(0), out = n;
  bool over = o.io_blocks && __builtin_mul_overflow(n, kIoBlock, &n);
  switch (o.mode) {
    case '+':
      over = over || __builtin_add_overflow(base, n, &out);
      out = std::max<int64_t>(out, 0);
      break;
    case '<': out = std::min(base, n); break;
    case '>': out = std::max(base, n); break;
    case '/': out = base / n * n; break;
    case '%': over = over || __builtin_add_overflow(base, (n - base % n) % n, &out); break;
    default: out = o.size ? n : base;
  }
  if (!over) return out;
  p.warn("overflow extending size of file %s", quote_file(p, file).c_str());
  return std::nullopt;
}

bool truncate_one(Process& p, const O& o, const std::string& file, std::optional<int64_t> reference) {
  auto fd = p.open(file, kOpenWrite | (o.no_create ? 0u : uint32_t{kOpenCreate}), 0666);
  if (!fd) {
    if (o.no_create && fd.error() == Errno::NOENT) return true;
    p.warn(fd.error(), "cannot open %s for writing", quote_file(p, file).c_str());
    return false;
  }
  auto st = p.fstat(*fd);
  std::optional<int64_t> size;
  if (st) size = new_size(p, o, file, reference.value_or(static_cast<int64_t>(st->size)));
  bool good = size.has_value();
  if (size) {
    if (auto done = p.ftruncate(*fd, static_cast<uint64_t>(*size)); !done) {
      p.warn(done.error(), "failed to truncate %s at %lld bytes", quote_file(p, file).c_str(), static_cast<long long>(*size));
      good = false;
    }
  }
  (void)p.close(*fd);
  return good;
}

int truncate_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  auto wrong = [&](const std::string& message) {
    p.warn("%s", message.c_str());
    return try_help(p);
  };
  if (!o.size && !o.reference) return wrong("you must specify either " + quote(p, "--size") + " or " + quote(p, "--reference"));
  if (o.size && o.reference && !o.mode) return wrong("you must specify a relative " + quote(p, "--size") + " with " + quote(p, "--reference"));
  if (o.io_blocks && !o.size) return wrong(quote(p, "--io-blocks") + " was specified but " + quote(p, "--size") + " was not");
  if (files.empty()) return wrong("missing file operand");
  std::optional<int64_t> reference;
  if (o.reference) {
    auto st = p.stat(*o.reference);
    if (!st) {
      p.warn(st.error(), "cannot stat %s", quote_file(p, *o.reference).c_str());
      return 1;
    }
    reference = static_cast<int64_t>(st->size);
  }
  int status = 0;
  for (const auto& f : files)
    if (!truncate_one(p, o, f, reference)) status = 1;
  return status;
}

}  // namespace

Command truncate_command() { return {{"truncate"}, kUsage, truncate_main}; }

}  // namespace nacre
