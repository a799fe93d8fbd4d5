/// unexpand - convert spaces to tabs.
/// Source: GNU coreutils 9.1 manual, "unexpand invocation"; POSIX XCU unexpand.
/// Differs: none known (columns are counted in bytes, as in 9.1).
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/tab_stops.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: unexpand [OPTION]... [FILE]...\n"
    "Convert blanks in each FILE to tabs, writing to standard output.\n\n"
    "With no FILE, or when FILE is -, read standard input.\n\n"
    "  -a, --all         convert all blanks, instead of just initial blanks\n"
    "      --first-only  convert only leading sequences of blanks (overrides -a)\n"
    "  -t, --tabs=N      have tabs N characters apart instead of 8 (enables -a)\n"
    "  -t, --tabs=LIST   use comma separated list of tab positions; the last may be /N or +N (enables -a)\n"
    "      --help        display this help and exit\n"
    "      --version     output version information and exit\n";

struct Options {
  bool all = false, first_only = false;
  TabStops stops;
  std::string digits;   ///< of the obsolete -N and -N,N: options of one digit each, which add up
};
using O = Options;

template <char C>
void digit(O& o) {
  o.digits += C;
}

constexpr Flag<O> kFlags[] = {
    {'a', "all", &O::all},
    {0, "first-only", &O::first_only},
    {'t', "tabs",
     +[](Process& p, O& o, std::string_view v) {
       o.all = true;
       return o.stops.add(p, v);
     }},
    // Unlike -t, these mean only leading blanks.
    {'0', "", digit<'0'>},
    {'1', "", digit<'1'>},
    {'2', "", digit<'2'>},
    {'3', "", digit<'3'>},
    {'4', "", digit<'4'>},
    {'5', "", digit<'5'>},
    {'6', "", digit<'6'>},
    {'7', "", digit<'7'>},
    {'8', "", digit<'8'>},
    {'9', "", digit<'9'>},
    {',', "", digit<','>},
};

class Unexpander {
 public:
  Unexpander(const O& o, Output& out) : o_(o), out_(out), everywhere_(o.all && !o.first_only) {}

  void take(char c) {
    if (convert_ && !blank(c)) {
      other(c);
    } else if (convert_ && !take_blank(c)) {
      return;
    }
    out_.put(c == ' ' && as_tab_ ? '\t' : c);
    as_tab_ = false;
    if (c == '\n') start_line();
  }
  void end() { give_pending(); }

 private:
  static bool blank(char c) { return c == ' ' || c == '\t'; }

  void start_line() {
    convert_ = previous_blank_ = true;
    before_stop_ = false;
    column_ = index_ = 0;
    pending_.clear();
  }

  // False: the blank waits, because a tab may take its place.
  bool take_blank(char c) {
    auto next = o_.stops.next(column_, index_);
    if (!next) {
      convert_ = false;
      give_pending();
      return true;
    }
    if (c == '\t') {
      column_ = *next;
      if (!pending_.empty()) pending_[0] = '\t';
    } else {
      column_++;
      if (!(previous_blank_ && column_ == *next)) {
        if (column_ == *next) before_stop_ = true;
        pending_ += c;
        previous_blank_ = true;
        return false;
      }
      // All that waits becomes one tab, or two.
      if (!pending_.empty()) pending_[0] = '\t';
      as_tab_ = true;
    }
    // A single blank just before the stop before stays.
    pending_.resize(std::min<size_t>(pending_.size(), before_stop_));
    give_pending();
    previous_blank_ = true;
    return true;
  }

  void other(char c) {
    if (c == '\b') {
      column_ -= column_ > 0;
      index_ -= index_ > 0;
    } else {
      column_++;
    }
    give_pending();
    previous_blank_ = false;
    if (!everywhere_) convert_ = false;
  }

  void give_pending() {
    if (pending_.empty()) return;
    if (pending_.size() > 1 && before_stop_) pending_[0] = '\t';
    out_.write(pending_);
    pending_.clear();
    before_stop_ = false;
  }

  const O& o_;
  Output& out_;
  bool everywhere_, convert_ = true, previous_blank_ = true, before_stop_ = false, as_tab_ = false;
  uint64_t column_ = 0;
  size_t index_ = 0;
  std::string pending_;
};

int unexpand_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (auto status = o.stops.add(p, o.digits)) return *status;
  if (auto status = o.stops.finish(p)) return *status;
  Output out(p);
  Unexpander unexpander(o, out);
  int status = for_each_input(p, files, [&](Input& in) {
    for (std::string_view block = in.block(); !block.empty(); block = in.block()) {
      for (char c : block) unexpander.take(c);
      in.consume(block.size());
    }
    return true;
  });
  unexpander.end();
  return out.finish(status);
}

}  // namespace

Command unexpand_command() { return {{"unexpand"}, kUsage, unexpand_main}; }

}  // namespace nacre
