/// expand - convert tabs to spaces.
/// Source: GNU coreutils 9.1 manual, "expand invocation"; POSIX XCU expand.
/// Differs: none known (columns are counted in bytes, as in 9.1).
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/tab_stops.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: expand [OPTION]... [FILE]...\n"
    "Convert tabs in each FILE to spaces, writing to standard output.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -i, --initial    do not convert tabs after non blanks\n"
    "  -t, --tabs=N     have tabs N characters apart, not 8\n"
    "  -t, --tabs=LIST  use comma separated list of tab positions; the last may be /N (multiples of N)\n"
    "                     or +N (every N columns after the last position)\n"
    "      --help       display this help and exit\n"
    "      --version    output version information and exit\n";

struct Options {
  bool initial = false;
  TabStops stops;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {'i', "initial", &O::initial},
    {'t', "tabs", +[](Process& p, O& o, std::string_view v) { return o.stops.add(p, v); }},
};

// -4 and -2,4 are -t 4 and -t 2,4.
std::vector<std::string> modern_argv(const std::vector<std::string>& argv) {
  std::vector<std::string> out;
  bool over = false;
  for (const auto& a : argv) {
    over = over || a == "--";
    bool old = !over && a.size() > 1 && a[0] == '-' && ascii_digit(a[1]);
    out.push_back(old ? "-t" + a.substr(1) : a);
  }
  return out;
}

class Expander {
 public:
  Expander(const O& o, Output& out) : o_(o), out_(out) {}

  void take(char c) {
    if (!convert_) {
      out_.put(c);
    } else if (c == '\t') {
      uint64_t next = o_.stops.next(column_, index_).value_or(column_ + 1);
      for (; column_ < next; column_++) out_.put(' ');
    } else {
      out_.put(c);
      if (c == '\b') {
        column_ -= column_ > 0;
        index_ -= index_ > 0;
      } else {
        column_++;
        if (o_.initial && c != ' ') convert_ = false;
      }
    }
    if (c == '\n') {
      column_ = index_ = 0;
      convert_ = true;
    }
  }

 private:
  const O& o_;
  Output& out_;
  uint64_t column_ = 0;
  size_t index_ = 0;
  bool convert_ = true;
};

int expand_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse_argv(p, kUsage, kFlags, o, modern_argv(p.argv()), files)) return *status;
  if (auto status = o.stops.finish(p)) return *status;
  Output out(p);
  Expander expander(o, out);
  int status = for_each_input(p, files, [&](Input& in) {
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      for (char c : block) expander.take(c);
      in.consume(block.size());
    }
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command expand_command() { return {{"expand"}, kUsage, expand_main}; }

}  // namespace nacre
