/// free - display the memory of the system.
/// Source: procps-ng 4.0 free(1).
/// Differs: usage text is in our own words.
#include <cmath>

#include "commands/args.h"
#include "commands/command.h"
#include "commands/duration.h"
#include "commands/process_list.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "\nUsage:\n free [options]\n\n"
    "Display the total, used and free memory of the system.\n\nOptions:\n"
    " -b, --bytes         in bytes\n"
    "     --kilo, --mega, --giga, --tera, --peta  in powers of 1000\n"
    " -k, --kibi          in kibibytes (default)\n"
    " -m, --mebi          in mebibytes\n"
    " -g, --gibi          in gibibytes\n"
    "     --tebi, --pebi  in tebibytes, pebibytes\n"
    " -h, --human         numbers with units\n"
    "     --si            powers of 1000, not 1024\n"
    " -l, --lohi          low and high memory too\n"
    " -t, --total         a line with the sums\n"
    " -v, --committed     a line with the memory promised: limit, sum, what is left\n"
    " -s N, --seconds N   again every N seconds\n"
    " -c N, --count N     N times, then exit\n"
    " -w, --wide          buffers and cache apart\n\n"
    "     --help          display this help and exit\n"
    " -V, --version       output version information and exit\n\n"
    "For more details see free(1).\n";

struct Options {
  int power = -1;                 ///< -1: not given
  bool thousands = false, human = false, lohi = false, total = false, committed = false, wide = false, version = false;
  double seconds = 0;
  bool repeat = false;
  int64_t count = 0;
};

template <int power, bool thousands>
void unit(Options& o) {
  o.power = power;
  o.thousands = o.thousands || thousands;
}

constexpr Flag<Options> kFlags[] = {{'b', "bytes", +[](Options& o) { unit<0, false>(o); }},
                                    {0, "kilo", +[](Options& o) { unit<1, true>(o); }},
                                    {0, "mega", +[](Options& o) { unit<2, true>(o); }},
                                    {0, "giga", +[](Options& o) { unit<3, true>(o); }},
                                    {0, "tera", +[](Options& o) { unit<4, true>(o); }},
                                    {0, "peta", +[](Options& o) { unit<5, true>(o); }},
                                    {'k', "kibi", +[](Options& o) { unit<1, false>(o); }},
                                    {'m', "mebi", +[](Options& o) { unit<2, false>(o); }},
                                    {'g', "gibi", +[](Options& o) { unit<3, false>(o); }},
                                    {0, "tebi", +[](Options& o) { unit<4, false>(o); }},
                                    {0, "pebi", +[](Options& o) { unit<5, false>(o); }},
                                    {'h', "human", &Options::human},
                                    {0, "si", +[](Options& o) { o.thousands = true; }},
                                    {'l', "lohi", &Options::lohi},
                                    {'t', "total", &Options::total},
                                    {'v', "committed", &Options::committed},
                                    {'s', "seconds",
                                     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       std::string text(v);
                                       char* end = nullptr;
                                       double d = std::strtod(text.c_str(), &end);
                                       bool number = !text.empty() && *end == 0;
                                       if (!number || !(d > 0)) {
                                         if (number) p.warn("seconds argument `%s' is not positive number", text.c_str());
                                         else p.warn("seconds argument failed: '%s': Invalid argument", text.c_str());
                                         return 1;
                                       }
                                       o.seconds = d;
                                       o.repeat = true;
                                       return std::nullopt;
                                     }},
                                    {'c', "count",
                                     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
                                       auto n = parse_int(v);
                                       if (!n || *n < 1 || *n > INT32_MAX) {
                                         p.warn("failed to parse count argument: '%s'%s", std::string(v).c_str(), n ? ": Numerical result out of range" : "");
                                         return 1;
                                       }
                                       o.count = *n;
                                       o.repeat = true;
                                       return std::nullopt;
                                     }},
                                    {'w', "wide", &Options::wide},
                                    {'V', "version", &Options::version}};

std::string amount(const Options& o, uint64_t kb) {
  double base = o.thousands ? 1000 : 1024, bytes = static_cast<double>(kb) * 1024;
  char text[32];
  if (!o.human) {
    auto n = static_cast<unsigned long long>(bytes / std::pow(base, o.power < 0 ? 1 : o.power));
    std::snprintf(text, sizeof text, "%llu", n);
    return text;
  }
  // The first unit in which it takes no more than four characters.
  if (std::snprintf(text, sizeof text, "%.0fB", bytes) <= 4) return text;
  for (char letter : std::string_view("KMGTPEZY")) {
    bytes /= base;
    const char* suffix = o.thousands ? "" : "i";
    int n = std::snprintf(text, sizeof text, "%.1f%c", std::floor(bytes * 10) / 10, letter);
    if (n > 4) n = std::snprintf(text, sizeof text, "%.0f%c", std::floor(bytes), letter);
    if (n <= 4) return std::string(text) + suffix;
  }
  return text;
}

void print(Process& p, const Options& o, Output& out) {
  auto info = [&](const char* name) { return memory_info(p, name); };
  uint64_t total = info("MemTotal"), free = info("MemFree"), available = info("MemAvailable"), buffers = info("Buffers"),
           cached = info("Cached") + info("SReclaimable"), shared = info("Shmem");
  uint64_t swap = info("SwapTotal"), swap_free = info("SwapFree"), used = total - std::min(available, total);
  auto line = [&](const char* label, std::initializer_list<uint64_t> values) {
    out.format("%-8s", label);
    for (uint64_t v : values) out.format("%12s", amount(o, v).c_str());
    out.put('\n');
  };
  out.write(o.wide ? "               total        used        free      shared     buffers       cache   available\n"
                   : "               total        used        free      shared  buff/cache   available\n");
  if (o.wide) line("Mem:", {total, used, free, shared, buffers, cached, available});
  else line("Mem:", {total, used, free, shared, buffers + cached, available});
  if (o.lohi) {
    line("Low:", {total, total - free, free});
    line("High:", {0, 0, 0});
  }
  line("Swap:", {swap, swap - swap_free, swap_free});
  if (o.total) line("Total:", {total + swap, used + swap - swap_free, free + swap_free});
  if (o.committed) {
    uint64_t limit = info("CommitLimit"), promised = info("Committed_AS");
    line("Comm:", {limit, promised, limit - std::min(promised, limit)});
  }
}

int free_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.short_help = true})) return *status;
  if (o.version) return print_version(p);
  if (!operands.empty()) {
    write_error(p, kUsage);
    return 1;
  }
  Output out(p);
  for (int64_t n = 0;;) {
    print(p, o, out);
    if (!o.repeat || (o.count && ++n >= o.count)) break;
    out.put('\n');
    out.flush();
    p.sleep(to_timespec(o.seconds > 0 ? o.seconds : 1));
  }
  return out.finish(0);
}

}  // namespace

Command free_command() { return {{"free"}, kUsage, free_main, MessageName::Short}; }

}  // namespace nacre
