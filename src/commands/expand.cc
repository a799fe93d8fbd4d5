/// expand - convert tabs to spaces.
/// Source: GNU coreutils 9.1 manual, "expand invocation"; POSIX XCU expand.
/// Differs: none known (columns are counted in bytes, as in 9.1).
#include <algorithm>
#include <cstring>
#include <utility>

#include "algo/unicode.h"
#include "base/find_control.h"
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

  void take(std::string_view text) {
    const char *p = text.data(), *const end = p + text.size();
    while (p < end) {
      if (!convert_) p = rest_of_line(p, end);
      else if (o_.initial) take(*p++);
      else p = piece(p, end);
    }
  }

 private:
  static constexpr size_t kPiece = 512, kGap = 16;   // bytes at a time, each of which becomes kGap at most

  // Text in which every tab counts: a run of plain bytes and what ends it at a time.
  const char* piece(const char* p, const char* end) {
    char* const room = out_.room(kPiece * kGap + 4 * kGap);
    char* to = room;
    const char* const stop = std::min(end, p + kPiece);
    while (p < stop) {
      if (end - p >= 16) {
        const unsigned n = copy_to_control(p, to);
        p += n;
        to += n;
        column_ += n;
        if (n == 16) continue;
      } else if (!is_control(*p)) {
        *to++ = *p++;
        column_++;
        continue;
      }
      const char c = *p++;
      if (c != '\t') {
        *to++ = c;
        control(c);
        continue;
      }
      const uint64_t from = std::exchange(column_, next_stop());
      if (column_ - from > kGap) {
        out_.take(static_cast<size_t>(to - room));
        for (uint64_t i = from; i < column_; i++) out_.put(' ');
        return p;
      }
      std::memset(to, ' ', kGap);
      to += column_ - from;
    }
    out_.take(static_cast<size_t>(to - room));
    return p;
  }

  const char* rest_of_line(const char* p, const char* end) {
    const void* newline = std::memchr(p, '\n', static_cast<size_t>(end - p));
    const char* over = newline ? static_cast<const char*>(newline) + 1 : end;
    out_.write({p, static_cast<size_t>(over - p)});
    if (newline) control('\n');
    return over;
  }

  // With -i, up to what is not blank.
  void take(char c) {
    if (c == '\t') {
      for (uint64_t next = next_stop(); column_ < next; column_++) out_.put(' ');
      return;
    }
    out_.put(c);
    control(c);
    if (c != '\n' && c != ' ') convert_ = false;
  }

  uint64_t next_stop() { return o_.stops.next(column_, index_).value_or(column_ + 1); }

  void control(char c) {
    if (c == '\n') {
      column_ = index_ = 0;
      convert_ = true;
    } else if (c == '\b') {
      column_ -= column_ > 0;
      index_ -= index_ > 0;
    } else {
      column_++;
    }
  }

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
      expander.take(block);
      in.consume(block.size());
    }
    return true;
  });
  return out.finish(status);
}

}  // namespace

Command expand_command() { return {{"expand"}, kUsage, expand_main}; }

}  // namespace nacre
