/// nproc - print the number of processing units.
/// Source: GNU coreutils 9.1 manual, "nproc invocation".
/// Differs: the sandbox has one processor, on which everything is scheduled.
#include <algorithm>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: nproc [OPTION]...\n"
    "Print the number of processing units available to the current process.\n\n"
    "      --all       print the number of installed processors\n"
    "      --ignore=N  if possible, exclude N processing units\n"
    "      --help      display this help and exit\n"
    "      --version   output version information and exit\n\n"
    "OMP_NUM_THREADS and OMP_THREAD_LIMIT count without --all.\n";

struct Options {
  bool all = false;
  uint64_t ignore = 0;
};
using O = Options;

constexpr Flag<O> kFlags[] = {
    {0, "all", &O::all},
    {0, "ignore",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n < 0) {
         p.warn("invalid number: %s", quote(p, v).c_str());
         return 1;
       }
       o.ignore = static_cast<uint64_t>(*n);
       return std::nullopt;
     }},
};

// The first number of a list like "4,2"; 0: none.
uint64_t variable(Process& p, const char* name) {
  const char* text = p.getenv(name);
  if (!text) return 0;
  std::string_view s = text;
  s = s.substr(0, s.find(','));
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) s.remove_prefix(1);
  auto n = parse_int(s);
  return n && *n > 0 ? static_cast<uint64_t>(*n) : 0;
}

int nproc_main(Process& p) {
  O o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (!operands.empty()) return extra_operand(p, operands[0]);
  uint64_t n = 1;
  if (!o.all) {
    uint64_t limit = variable(p, "OMP_THREAD_LIMIT"), threads = variable(p, "OMP_NUM_THREADS");
    if (threads) n = threads;
    if (limit) n = std::min(n, limit);
  }
  n = o.ignore < n ? n - o.ignore : 1;
  Output out(p);
  out.number(static_cast<int64_t>(n));
  out.put('\n');
  return out.finish(0);
}

}  // namespace

Command nproc_command() { return {{"nproc"}, kUsage, nproc_main}; }

}  // namespace nacre
