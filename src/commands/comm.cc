/// comm - compare two sorted files line by line.
/// Source: GNU coreutils 9 manual, "comm invocation"; POSIX XCU comm.
/// Differs: none known.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: comm [OPTION]... FILE1 FILE2\nCompare sorted files FILE1 and FILE2 line by line: only in 1, only in 2, in both.\n\n"
    "  -1, -2, -3              suppress column 1, 2, 3\n      --check-order       check that the input is correctly sorted\n"
    "      --nocheck-order     do not check that the input is correctly sorted\n      --output-delimiter=STR  separate columns with STR\n"
    "      --total             output a summary\n  -z, --zero-terminated   line delimiter is NUL, not newline\n"
    "      --help              display this help and exit\n      --version           output version information and exit\n";

struct Options {
  bool no1 = false, no2 = false, no3 = false, zero = false, total = false, given = false;
  int check = 0;
  std::string delimiter = "\t";
};
using O = Options;
constexpr Flag<O> kFlags[] = {{'1', "", &O::no1},
                              {'2', "", &O::no2},
                              {'3', "", &O::no3},
                              {0, "check-order", +[](O& o) { o.check = 1; }},
                              {0, "nocheck-order", +[](O& o) { o.check = -1; }},
                              {0, "output-delimiter",
                               +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
                                 std::string given = v.empty() ? std::string(1, '\0') : std::string(v);
                                 if (o.given && o.delimiter != given) {
                                   p.warn("multiple output delimiters specified");
                                   return 1;
                                 }
                                 o.given = true;
                                 o.delimiter = given;
                                 return std::nullopt;
                               }},
                              {0, "total", &O::total},
                              {'z', "zero-terminated", &O::zero}};

struct Side {
  std::shared_ptr<Input> in;
  std::string line, last;
  bool have = false, any = false, disorder = false;
  void next(char end) {
    std::string_view v;
    if (have) {
      last = line;
      any = true;
    }
    have = in->next_line(v, end);
    if (have) line = v;
    if (have && any && last > line) disorder = true;
  }
};

int comm_main(Process& p) {
  O o;
  std::vector<std::string> files;
  if (auto status = parse(p, kUsage, kFlags, o, files)) return *status;
  if (files.empty()) return missing_operand(p);
  if (files.size() == 1) return missing_operand_after(p, files[0]);
  if (files.size() > 2) return extra_operand(p, files[2]);
  Side side[2];
  const bool shared = files[0] == "-" && files[1] == "-";   // the two take turns at its lines
  for (int i = 0; i < 2; i++)
    if (!(side[i].in = i == 1 && shared ? side[0].in : open_input(p, files[static_cast<size_t>(i)]))) return 1;
  char end = o.zero ? '\0' : '\n';
  side[0].next(end);
  side[1].next(end);
  for (int i = 0; i < 2; i++) {
    Errno e = side[i].in->error();
    if (e == Errno::OK) continue;
    p.warn(e, "%s", quote_name(p, files[static_cast<size_t>(i)]).c_str());
    return 1;
  }
  Output out(p);
  uint64_t counts[3] = {0, 0, 0};
  bool reported[2] = {false, false}, unpaired = false, failed = false;
  while ((side[0].have || side[1].have) && !failed) {
    int c = !side[0].have ? 1 : !side[1].have ? -1 : side[0].line.compare(side[1].line);
    if (c) unpaired = true;
    counts[c < 0 ? 0 : c > 0 ? 1 : 2]++;
    if (c < 0 && !o.no1) out.line(side[0].line, end);
    if (c > 0 && !o.no2) out.line((o.no1 ? "" : o.delimiter) + side[1].line, end);
    if (c == 0 && !o.no3) out.line((o.no1 ? "" : o.delimiter) + (o.no2 ? "" : o.delimiter) + side[0].line, end);
    if (c <= 0) side[0].next(end);
    if (c >= 0) side[1].next(end);
    for (int i = 0; i < 2 && !failed; i++) {
      if (!side[i].disorder || reported[i] || o.check < 0 || !(o.check > 0 || unpaired)) continue;
      out.flush();
      p.warn("file %d is not in sorted order", i + 1);
      reported[i] = true;
      if (o.check > 0) failed = true;
    }
  }
  if (shared && !failed) {
    // GNU's closes it twice.
    out.flush();
    p.warn(Errno::BADF, "-");
    return 1;
  }
  if (o.total && !failed) {
    // Unlike between columns, an empty STR stands for nothing here.
    const std::string between = o.delimiter == std::string(1, '\0') ? "" : o.delimiter;
    out.line(std::to_string(counts[0]) + between + std::to_string(counts[1]) + between + std::to_string(counts[2]) + between + "total", end);
  }
  out.flush();
  if ((reported[0] || reported[1]) && o.check == 0) p.warn("input is not in sorted order");
  return reported[0] || reported[1] ? 1 : 0;
}

}  // namespace

Command comm_command() { return {{"comm"}, kUsage, comm_main}; }

}  // namespace nacre
