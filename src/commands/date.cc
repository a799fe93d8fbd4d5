/// date - print or set the date and time.
/// Source: GNU coreutils 9 manual, "date invocation"; POSIX XCU date.
/// Differs: the sandbox's clock cannot be set: -s reports "Operation not permitted".
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: date [OPTION]... [+FORMAT]\n  or:  date [-u|--utc|--universal] [MMDDhhmm[[CC]YY][.ss]]\n"
    "Display date and time in the given FORMAT.\n\n"
    "  -d, --date=STRING        display time described by STRING, not 'now'\n"
    "      --debug              tell on stderr how the date is understood\n"
    "  -f, --file=DATEFILE      like --date; once for each line of DATEFILE\n"
    "  -I[FMT], --iso-8601[=FMT]  output date/time in ISO 8601 format: date, hours, minutes, seconds, ns\n"
    "      --resolution         output the resolution of timestamps\n"
    "  -R, --rfc-email          output date and time in RFC 5322 format\n"
    "      --rfc-3339=FMT       output date/time in RFC 3339 format: date, seconds, ns\n"
    "  -r, --reference=FILE     display the last modification time of FILE\n"
    "  -s, --set=STRING         set time described by STRING\n"
    "  -u, --utc, --universal   print Coordinated Universal Time (UTC)\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n";

struct Options {
  std::optional<std::string> date, file, reference, set, format;
  bool utc = false, resolution = false, debug = false, formats_twice = false;
};

constexpr Choice kIso[] = {{"hours", 1}, {"minutes", 2}, {"date", 0}, {"seconds", 3}, {"ns", 4}};
constexpr Choice kRfc3339[] = {{"date", 0}, {"seconds", 3}, {"ns", 4}};
constexpr const char* kIsoFormats[] = {"%Y-%m-%d", "%Y-%m-%dT%H%:z", "%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S,%N%:z"};

void set_format(Options& o, std::string text) {
  if (o.format) o.formats_twice = true;
  o.format = std::move(text);
}
void set_rfc_email(Options& o) { set_format(o, "%a, %d %b %Y %H:%M:%S %z"); }

constexpr Flag<Options> kFlags[] = {
    {'d', "date", &Options::date},
    {0, "debug", &Options::debug},
    {'f', "file", &Options::file},
    {'I', "iso-8601",
     +[](Process& p, Options& o, std::optional<std::string_view> v) -> std::optional<int> {
       auto c = choose(p, "--iso-8601", v.value_or("date"), kIso);
       if (!c) return try_help(p);
       set_format(o, kIsoFormats[*c]);
       return std::nullopt;
     }},
    {'r', "reference", &Options::reference},
    {0, "resolution", &Options::resolution},
    {'R', "rfc-email", set_rfc_email},
    {'R', "rfc-822", set_rfc_email},
    {'R', "rfc-2822", set_rfc_email},
    {0, "rfc-3339",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       auto c = choose(p, "--rfc-3339", v, kRfc3339);
       if (!c) return try_help(p);
       set_format(o, *c == 0 ? "%Y-%m-%d" : *c == 3 ? "%Y-%m-%d %H:%M:%S%:z" : "%Y-%m-%d %H:%M:%S.%N%:z");
       return std::nullopt;
     }},
    {'s', "set", &Options::set},

    {'u', "uct", &Options::utc},
    {'u', "utc", &Options::utc},
    {'u', "universal", &Options::utc},
};

/// %-N has as many digits as the clock resolves: nine.
std::string with_resolution(std::string format) {
  for (size_t i = 0; (i = format.find('%', i)) != format.npos; i += format.compare(i, 2, "%%") == 0 ? 2 : 1)
    if (format.compare(i, 3, "%-N") == 0) format[i + 1] = '9';
  return format;
}

// MMDDhhmm[[CC]YY][.ss] as a time to set.
bool is_posix_time(const std::string& s) {
  size_t dot = s.find('.');
  std::string digits = s.substr(0, dot);
  if (digits.size() != 8 && digits.size() != 10 && digits.size() != 12) return false;
  return s.find_first_not_of("0123456789.") == std::string::npos;
}

int date_main(Process& p) {
  Options o;
  std::vector<std::string> operands;
  if (auto status = parse(p, kUsage, kFlags, o, operands)) return *status;
  if (o.date.has_value() + o.file.has_value() + o.reference.has_value() + o.resolution > 1) {
    p.warn("the options to specify dates for printing are mutually exclusive");
    return try_help(p);
  }
  auto twice = [&] {
    if (o.formats_twice) p.warn("multiple output formats specified");
    return o.formats_twice;
  };
  if (twice()) return 1;
  if (operands.size() > 1) return extra_operand(p, operands[1]);
  for (const auto& operand : operands) {
    if (operand[0] == '+') {
      set_format(o, operand.substr(1));
    } else if (o.date || o.file || o.reference) {
      p.warn(
          "the argument %s lacks a leading '+';\nwhen using an option to specify date(s), any non-option\nargument must be a format string beginning with '+'",
          quote(p, operand).c_str());
      return try_help(p);
    } else if (!is_posix_time(operand)) {
      p.warn("invalid date %s", quote(p, operand).c_str());
      return 1;
    } else {
      o.set = operand;
    }
  }
  if (twice()) return 1;
  TimeZone zone = o.utc ? TimeZone() : process_zone(p);
  Timespec now = p.now();
  Output out(p);
  DateTrace trace;
  trace.say = [&](const std::string& text) { p.warn("%s", text.c_str()); };
  if (o.utc) trace.zone = "UTC0";
  else if (const char* tz = p.getenv("TZ")) trace.zone = tz;
  auto print = [&](int64_t seconds, int32_t nanos) {
    std::string format = with_resolution(o.format.value_or("%a %b %e %H:%M:%S %Z %Y"));
    if (o.debug) {
      out.flush();
      trace.say("output format: " + quote(p, format));
    }
    CivilTime local = zone.local(seconds);
    bool fits = local.year - 1900 >= INT32_MIN && local.year - 1900 <= INT32_MAX;
    if (fits) out.line(format_time(format, local, seconds, nanos));
    else p.warn("time %s is out of range", quote(p, std::to_string(seconds)).c_str());
    return fits;
  };
  auto print_text = [&](const std::string& text, const char* end = "") {
    // TZ="NAME" in front: the zone the rest is meant in.
    TimeZone from = zone;
    std::string whole = text + end;
    std::string_view rest = whole;
    trace.own_zone.reset();
    if (size_t close = text.rfind("TZ=\"", 0) == 0 ? text.find('"', 4) : std::string::npos; close != std::string::npos) {
      trace.own_zone = text.substr(4, close - 4);
      from = zone_named(p, trace.own_zone->c_str());
      rest.remove_prefix(close + 1);
    }
    auto d = parse_date(rest, now.sec, now.nsec, from, o.debug ? &trace : nullptr);
    if (!d) {
      out.flush();
      p.warn("invalid date %s", quote(p, text).c_str());
      return false;
    }
    return print(d->seconds, d->nanoseconds);
  };
  if (o.set) {
    auto d = parse_date(*o.set, now.sec, now.nsec, zone);
    if (!d) return p.warn("invalid date %s", quote(p, *o.set).c_str()), 1;
    p.warn(Errno::PERM, "cannot set date");
    print(d->seconds, d->nanoseconds);
    return out.finish(1);
  }
  bool good = true;
  if (o.resolution) {
    out.line(o.format ? format_time(with_resolution(*o.format), zone.local(0), 0, 1) : "0.000000001");
  } else if (o.date) {
    good = print_text(*o.date);
  } else if (o.file) {
    auto in = open_input(p, *o.file);
    if (!in) return 1;
    int status = 0;
    std::string_view line;
    while (in->next_line(line))
      if (!print_text(std::string(line), "\n")) status = 1;
    return out.finish(status);
  } else if (o.reference) {
    auto st = p.stat(*o.reference);
    if (!st) {
      p.warn(st.error(), "%s", quote_name(p, *o.reference).c_str());
      return 1;
    }
    good = print(st->mtime.sec, st->mtime.nsec);
  } else {
    good = print(now.sec, now.nsec);
  }
  return out.finish(good ? 0 : 1);
}

}  // namespace

Command date_command() { return {{"date"}, kUsage, date_main}; }

}  // namespace nacre
