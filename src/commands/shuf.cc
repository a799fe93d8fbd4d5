/// shuf - generate random permutations.
/// Source: GNU coreutils 9.1 manual, "shuf invocation".
/// Differs: the order for a given --random-source is not GNU's.
#include <unordered_map>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: shuf [OPTION]... [FILE]\n  or:  shuf -e [OPTION]... [ARG]...\n  or:  shuf -i LO-HI [OPTION]...\n"
    "Write a random permutation of the input lines to standard output.\n\n"
    "  -e, --echo                treat each ARG as an input line\n"
    "  -i, --input-range=LO-HI   treat each number LO through HI as an input line\n"
    "  -n, --head-count=COUNT    output at most COUNT lines\n"
    "  -o, --output=FILE         write result to FILE instead of standard output\n"
    "      --random-source=FILE  get random bytes from FILE\n"
    "  -r, --repeat              output lines can be repeated\n"
    "  -z, --zero-terminated     line delimiter is NUL, not newline\n"
    "      --help                display this help and exit\n"
    "      --version             output version information and exit\n";

struct Range {
  uint64_t low, high;
};
struct Options {
  bool echo = false, repeat = false, zero = false;
  std::optional<Range> range;
  uint64_t count = UINT64_MAX;
  std::optional<std::string> output, source;
};
using O = Options;

std::optional<int> set_range(Process& p, O& o, std::string_view v) {
  if (o.range) {
    p.warn("multiple -i options specified");
    return 1;
  }
  size_t dash = v.find('-');
  auto digits = [](std::string_view s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string_view::npos; };
  if (dash != std::string_view::npos && digits(v.substr(0, dash)) && digits(v.substr(dash + 1))) {
    auto low = parse_size(v.substr(0, dash), ""), high = parse_size(v.substr(dash + 1), "");
    if (low && high && (*low <= *high || *low == *high + 1)) {
      o.range = Range{*low, *high};
      return std::nullopt;
    }
  }
  bool half = dash != std::string_view::npos && digits(v.substr(0, dash)) && !digits(v.substr(dash + 1));
  p.warn("invalid input range: %s", quote(p, half ? v.substr(dash + 1) : v).c_str());
  return 1;
}

constexpr Flag<O> kFlags[] = {
    {'e', "echo", &O::echo},
    {'i', "input-range", set_range},
    {'n', "head-count",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = v.empty() || v[0] < '0' || v[0] > '9' ? std::nullopt : parse_size(v, "");
       if (!n) {
         p.warn("invalid line count: %s", quote(p, v).c_str());
         return 1;
       }
       o.count = std::min(o.count, *n);
       return std::nullopt;
     }},
    {'o', "output",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       if (o.output && *o.output != v) {
         p.warn("multiple output files specified");
         return 1;
       }
       o.output = std::string(v);
       return std::nullopt;
     }},
    {0, "random-source", &O::source},
    {'r', "repeat", &O::repeat},
    {'z', "zero-terminated", &O::zero},
};

class Random {
 public:
  explicit Random(Process& p) : p_(p) {}
  /// False after a message.
  bool use(const std::string& file) {
    in_ = open_input(p_, file);
    name_ = file;
    return in_ != nullptr;
  }
  /// Uniform in [0, n).
  uint64_t below(uint64_t n) {
    for (uint64_t limit = UINT64_MAX - UINT64_MAX % n;;) {
      uint64_t v = next();
      if (v < limit) return v % n;
    }
  }

 private:
  uint64_t next() {
    if (!in_) return p_.random();
    std::string_view bytes = in_->block(8);
    if (bytes.size() < 8) {
      p_.warn("%s: end of file", quote(p_, name_).c_str());
      p_.exit(1);
    }
    uint64_t v = 0;
    for (size_t i = 0; i < 8; i++) v = v << 8 | static_cast<unsigned char>(bytes[i]);
    in_->consume(8);
    return v;
  }
  Process& p_;
  std::unique_ptr<Input> in_;
  std::string name_;
};

class Shuf {
 public:
  Shuf(Process& p, const O& o, Random& random, Output& out) : p_(p), o_(o), random_(random), out_(out), end_(o.zero ? '\0' : '\n') {}

  int range() {
    uint64_t n = o_.range->high - o_.range->low + 1;
    if (n == 0 && o_.range->low == 0 && o_.range->high == UINT64_MAX) n = UINT64_MAX;
    return choose(n, [&](uint64_t i) {
      out_.write(std::to_string(o_.range->low + i));
      out_.put(end_);
    });
  }

  int lines(const std::vector<std::string_view>& lines) {
    return choose(lines.size(), [&](uint64_t i) { out_.line(lines[i], end_); });
  }

 private:
  // Calls put with chosen numbers below n.
  template <class Put>
  int choose(uint64_t n, Put put) {
    if (o_.repeat) {
      if (o_.count > 0 && n == 0) {
        out_.flush();
        p_.warn("no lines to repeat");
        return 1;
      }
      for (uint64_t i = 0; i < o_.count; i++) {
        put(random_.below(n));
        p_.tick();
      }
      return 0;
    }
    const uint64_t count = std::min(n, o_.count);
    if (n <= UINT32_MAX && count >= n / 8) permute(static_cast<uint32_t>(n), count, put);
    else choose_few(n, count, put);
    return 0;
  }

  template <class Put>
  void permute(uint32_t n, uint64_t count, Put put) {
    p_.charge_memory(uint64_t{n} * sizeof(uint32_t));
    std::vector<uint32_t> all(n);
    for (uint32_t i = 0; i < n; i++) {
      all[i] = i;
      if ((i & 0xffff) == 0) p_.tick(64);
    }
    for (uint32_t i = 0; i < count; i++) {
      std::swap(all[i], all[i + random_.below(n - i)]);
      put(all[i]);
      p_.tick();
    }
    p_.release_memory(uint64_t{n} * sizeof(uint32_t));
  }

  // Only the moved ones of the permutation are kept, so that a few of a wide range cost little.
  template <class Put>
  void choose_few(uint64_t n, uint64_t count, Put put) {
    uint64_t charged = 0;
    std::unordered_map<uint64_t, uint64_t> moved;
    auto at = [&](uint64_t i) {
      auto found = moved.find(i);
      return found == moved.end() ? i : found->second;
    };
    for (uint64_t i = 0; i < count; i++) {
      uint64_t j = i + random_.below(n - i), chosen = at(j);
      if (j != i) moved[j] = at(i);
      moved.erase(i);
      put(chosen);
      p_.tick();
      if (moved.size() * 64 > charged + (1 << 16)) {
        p_.charge_memory(moved.size() * 64 - charged);
        charged = moved.size() * 64;
      }
    }
    p_.release_memory(charged);
  }

  Process& p_;
  const O& o_;
  Random& random_;
  Output& out_;
  char end_;
};

// A few lines of an input of any length, each set of them as likely as the other: the i-th line takes
// the place of one that is held with probability count/i.
void sample(Input& in, uint64_t count, char end, Random& random, std::vector<std::string>& held) {
  std::string_view line;
  for (uint64_t i = 0; in.next_line(line, end); i++) {
    const uint64_t place = i < count ? i : random.below(i + 1);
    if (place >= count) continue;
    if (i < count) held.emplace_back();
    held[place].assign(line);
  }
}

int shuf_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (o.echo && o.range) {
    p.warn("cannot combine -e and -i options");
    return try_help(p);
  }
  if (o.range && !operands.empty()) return extra_operand(p, operands[0]);
  if (!o.echo && operands.size() > 1) return extra_operand(p, operands[1]);
  Random random(p);
  if (o.source && !random.use(*o.source)) return 1;
  // All input is read before the output is opened: they may be one file.
  std::unique_ptr<Input> in;
  std::vector<std::string_view> lines;
  std::vector<std::string> held;
  constexpr uint64_t kFew = 1 << 16;
  if (o.echo) {
    lines.assign(operands.begin(), operands.end());
  } else if (!o.range && (o.count > 0 || o.repeat)) {
    in = open_input(p, operands.empty() ? "-" : operands[0]);
    if (!in) return 1;
    char end = o.zero ? '\0' : '\n';
    const bool few = !o.repeat && o.count <= kFew;
    if (few) sample(*in, o.count, end, random, held);
    std::string_view text = few ? std::string_view() : in->all();
    if (in->error() != Errno::OK) {
      p.warn(in->error(), "read error");
      return 1;
    }
    lines.assign(held.begin(), held.end());
    for (size_t at = 0; at < text.size();) {
      size_t stop = std::min(text.find(end, at), text.size());
      lines.push_back(text.substr(at, stop - at));
      at = stop + 1;
    }
    p.charge_memory(lines.size() * sizeof(std::string_view));
  }
  int fd = 1;
  if (o.output) {
    auto opened = p.open(*o.output, kOpenWrite | kOpenCreate | kOpenTruncate);
    if (!opened) {
      p.warn(opened.error(), "%s", quote_name(p, *o.output).c_str());
      return 1;
    }
    fd = *opened;
  }
  Output out(p, fd);
  Shuf run(p, o, random, out);
  return out.finish(o.range ? run.range() : run.lines(lines));
}

}  // namespace

Command shuf_command() { return {{"shuf"}, kUsage, shuf_main}; }

}  // namespace nacre
