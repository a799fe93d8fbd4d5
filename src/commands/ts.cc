/// ts - put the time before each line of input.
/// Source: moreutils 0.67 ts(1).
/// Differs: no -r (times found in the input).
#include "commands/args.h"
#include "commands/command.h"
#include "commands/text_io.h"
#include "commands/zone.h"
#include "kernel/kernel.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "usage: ts [-i | -s] [-m] [format]\n"
    "Put a timestamp before each line of input; format as strftime, with %.S %.s %.T for fractions.\n\n"
    "  -i  time since the line before\n"
    "  -s  time since the start\n"
    "  -m  by the monotonic clock\n";

struct Options {
  bool incremental = false, since_start = false, monotonic = false;
};
constexpr Flag<Options> kFlags[] = {{'i', "", &Options::incremental}, {'s', "", &Options::since_start}, {'m', "", &Options::monotonic}};

/// %.S, %.s and %.T: with microseconds.
std::string with_fractions(std::string_view format, int32_t nanoseconds) {
  char fraction[16];
  std::snprintf(fraction, sizeof fraction, ".%06d", nanoseconds / 1000);
  std::string out;
  for (size_t i = 0; i < format.size(); i++) {
    if (format[i] == '%' && i + 2 < format.size() && format[i + 1] == '.' && (format[i + 2] == 'S' || format[i + 2] == 's' || format[i + 2] == 'T')) {
      out.append("%").append(1, format[i + 2]).append(fraction);
      i += 2;
    } else {
      out += format[i];
      if (format[i] == '%' && i + 1 < format.size()) out += format[++i];
    }
  }
  return out;
}

int ts_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands, {.short_help = true})) return *status;
  bool relative = o.incremental || o.since_start;
  std::string format = !operands.empty() ? operands[0] : relative ? "%H:%M:%S" : "%b %d %H:%M:%S";
  TimeZone zone = relative ? zone_named(p, "UTC") : process_zone(p);
  Clock clock = o.monotonic ? Clock::Monotonic : Clock::Realtime;
  Timespec last = p.now(clock);
  // A monotonic time is shown as wall clock time that no one has set meanwhile.
  Timespec offset = o.monotonic && !relative ? subtract(p.now(Clock::Realtime), last) : Timespec{};
  Output out(p);
  out.set_line_buffered(true);
  Input in(p, 0, "-", false);
  std::string_view line;
  while (in.next_line(line)) {
    Timespec now = p.now(clock), shown = relative ? subtract(now, last) : add(now, offset);
    if (o.incremental) last = now;
    out.write(format_time(with_fractions(format, shown.nsec), zone.local(shown.sec), shown.sec, shown.nsec));
    out.put(' ');
    out.write(line);
    if (in.terminated()) out.put('\n');
  }
  return out.finish(report_read_error(p, in) ? 1 : 0);
}

}  // namespace

Command ts_command() { return {{"ts"}, kUsage, ts_main, MessageName::Short}; }

}  // namespace nacre
