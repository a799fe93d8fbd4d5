/// cmp - compare two files byte by byte.
/// Source: GNU diffutils 3.8 manual, "Invoking cmp"; POSIX XCU cmp.
/// Differs: none known.
#include <algorithm>
#include <cstring>

#include "base/count_byte.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cmp [OPTION]... FILE1 [FILE2 [SKIP1 [SKIP2]]]\nCompare two files byte by byte.\n\n"
    "  -b, --print-bytes                 print differing bytes\n"
    "  -i, --ignore-initial=SKIP[:SKIP]  skip first SKIP bytes of both inputs, or of each\n"
    "  -l, --verbose                     output byte numbers and differing byte values\n"
    "  -n, --bytes=LIMIT                 compare at most LIMIT bytes\n"
    "  -s, --quiet, --silent             suppress all normal output\n"
    "      --help                        display this help and exit\n      --version                     output version information and exit\n\n"
    "Exit status is 0 if inputs are the same, 1 if different, 2 if trouble.\n";

struct Options {
  bool bytes = false, all = false, quiet = false, version = false;
  uint64_t skip[2] = {0, 0}, limit = UINT64_MAX;
};
using O = Options;

int try_cmp_help(Process& p) {
  p.warn("Try '%s --help' for more information.", std::string(p.called()).c_str());
  return 2;
}

std::optional<int> set_number(Process& p, uint64_t& to, std::string_view v, const char* option) {
  auto n = parse_size(v, "kKMGTPEZY");
  if (n) {
    to = *n;
    return std::nullopt;
  }
  p.warn("invalid %s value '%s'", option, std::string(v).c_str());
  return try_cmp_help(p);
}

std::optional<int> set_skip(Process& p, O& o, std::string_view v) {
  size_t colon = v.find(':');
  if (auto bad = set_number(p, o.skip[0], v.substr(0, colon), "--ignore-initial")) return bad;
  if (colon != v.npos) return set_number(p, o.skip[1], v.substr(colon + 1), "--ignore-initial");
  o.skip[1] = o.skip[0];
  return std::nullopt;
}

constexpr Flag<O> kFlags[] = {{'b', "print-bytes", &O::bytes},
                              {'c', "", &O::bytes},
                              {'i', "ignore-initial", set_skip},
                              {'l', "verbose", &O::all},
                              {'n', "bytes", +[](Process& p, O& o, std::string_view v) { return set_number(p, o.limit, v, "--bytes"); }},
                              {'v', "", &O::version},
                              {'s', "quiet", &O::quiet},
                              {'s', "silent", &O::quiet}};

// A byte as cat -v shows it.
std::string visible(unsigned char c) {
  std::string out = c >= 128 ? "M-" : "";
  c &= 127;
  if (c == 127) return out + "^?";
  return c < 32 ? out + "^" + static_cast<char>(c + 64) : out + static_cast<char>(c);
}

void skip(Input& in, uint64_t n) {
  while (n > 0) {
    std::string_view block = in.block();
    if (block.empty()) return;
    size_t part = static_cast<size_t>(std::min<uint64_t>(n, block.size()));
    in.consume(part);
    n -= part;
  }
}

// Of the byte numbers: as wide as the last can be.
int number_width(Process& p, const Input& a, const Input& b, const O& o) {
  uint64_t most = std::min<uint64_t>(o.limit, INT64_MAX);
  for (size_t i = 0; i < 2; i++) {
    auto st = p.fstat((i ? b : a).fd());
    if (st && st->is_regular()) most = std::min(most, st->size > o.skip[i] ? st->size - o.skip[i] : 0);
  }
  return static_cast<int>(std::to_string(most).size());
}

int compare(Process& p, Input& a, Input& b, const O& o, Output& out) {
  constexpr size_t kPiece = 4096;
  uint64_t at = 0, line = 1;
  int status = 0;
  const int width = number_width(p, a, b, o);
  char last = '\n';
  for (uint64_t left = o.limit; left > 0;) {
    std::string_view x = a.block(), y = b.block();
    size_t n = static_cast<size_t>(std::min<uint64_t>({x.size(), y.size(), left}));
    if (n == 0) {
      if (a.error() != Errno::OK || b.error() != Errno::OK) return status;   // the caller says so
      if (x.empty() == y.empty() || o.quiet) return x.empty() == y.empty() ? status : 1;
      out.flush();
      std::string name = quote_name(p, x.empty() ? a.name() : b.name()), where = at ? " after byte " + std::to_string(at) : " which is empty";
      if (at && !o.all) where += last == '\n' ? ", line " + std::to_string(line - 1) : ", in line " + std::to_string(line);
      p.warn("EOF on %s%s", name.c_str(), where.c_str());
      return 1;
    }
    size_t equal = 0;
    while (equal < n) {
      const size_t piece = std::min(kPiece, n - equal);
      if (std::memcmp(x.data() + equal, y.data() + equal, piece) != 0) break;
      line += o.quiet || o.all ? 0 : count_byte(x.substr(equal, piece), '\n');
      equal += piece;
    }
    at += equal;
    for (size_t i = equal; i < n; i++) {
      auto c = static_cast<unsigned char>(x[i]), d = static_cast<unsigned char>(y[i]);
      at++;
      if (c != d) {
        status = 1;
        if (o.quiet) return 1;
        if (!o.all) {
          out.write(quote_name(p, a.name()) + " " + quote_name(p, b.name()) + " differ: " + "byte " + std::to_string(at) + ", line " + std::to_string(line));
          if (o.bytes) out.format(" is %3o %s %3o %s", c, visible(c).c_str(), d, visible(d).c_str());
          out.put('\n');
          return 1;
        }
        if (o.bytes) out.format("%*llu %3o %-4s %3o %s\n", width, static_cast<unsigned long long>(at), c, visible(c).c_str(), d, visible(d).c_str());
        else out.format("%*llu %3o %3o\n", width, static_cast<unsigned long long>(at), c, d);
      }
      if (c == '\n') line++;
    }
    last = x[n - 1];
    left -= n;
    a.consume(n);
    b.consume(n);
  }
  return status;
}

int cmp_main(Process& p) {
  O o;
  std::vector<std::string> words;
  if (auto status = parse(p, kUsage, kFlags, o, words, {.error_status = 2, .named_try = true})) return *status;
  if (o.version) return print_version(p);
  if (words.empty()) {
    p.warn("missing operand after '%s'", p.argv().back().c_str());
    return try_cmp_help(p);
  }
  if (words.size() > 4) {
    p.warn("extra operand '%s'", words[4].c_str());
    return try_cmp_help(p);
  }
  for (size_t i = 2; i < words.size(); i++)
    if (auto bad = set_number(p, o.skip[i - 2], words[i], "--ignore-initial")) return *bad;
  if (o.all && o.quiet) {
    p.warn("options -l and -s are incompatible");
    return try_cmp_help(p);
  }
  auto a = open_input(p, words[0]);
  if (!a) return 2;
  auto b = open_input(p, words.size() > 1 ? words[1] : "-");
  if (!b) return 2;
  // One file from one place on needs no look.
  auto x = p.fstat(a->fd()), y = p.fstat(b->fd());
  if (x && y && x->dev == y->dev && x->ino == y->ino && o.skip[0] == o.skip[1]) return 0;
  skip(*a, o.skip[0]);
  skip(*b, o.skip[1]);
  Output out(p, 1, 2);
  int status = compare(p, *a, *b, o, out);
  if (report_read_error(p, *a) || report_read_error(p, *b)) status = 2;
  return out.finish(status);
}

}  // namespace

Command cmp_command() { return {{"cmp"}, kUsage, cmp_main}; }

}  // namespace nacre
