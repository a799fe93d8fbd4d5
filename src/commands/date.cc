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
  bool utc = false, resolution = false;
};

constexpr Choice kIso[] = {{"hours", 1}, {"minutes", 2}, {"date", 0}, {"seconds", 3}, {"ns", 4}};
constexpr Choice kRfc3339[] = {{"date", 0}, {"seconds", 3}, {"ns", 4}};
constexpr const char* kIsoFormats[] = {"%Y-%m-%d", "%Y-%m-%dT%H%:z", "%Y-%m-%dT%H:%M%:z", "%Y-%m-%dT%H:%M:%S%:z", "%Y-%m-%dT%H:%M:%S,%N%:z"};

std::optional<int> set_format(Process& p, Options& o, std::string text) {
  if (o.format) {
    p.warn("multiple output formats specified");
    return 1;
  }
  o.format = std::move(text);
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'d', "date", &Options::date},
    {'f', "file", &Options::file},
    {'I', "iso-8601", +[](Options& o, std::optional<std::string_view> v) { o.format = "\1" + std::string(v.value_or("date")); }},
    {0, "resolution", &Options::resolution},
    {'R', "rfc-email", +[](Options& o) { o.format = "%a, %d %b %Y %H:%M:%S %z"; }},
    {'R', "rfc-822", +[](Options& o) { o.format = "%a, %d %b %Y %H:%M:%S %z"; }},
    {0, "rfc-3339",
     +[](Process& p, Options& o, std::string_view v) -> std::optional<int> {
       auto c = choose(p, "--rfc-3339", v, kRfc3339);
       if (!c) return try_help(p);
       return set_format(p, o, *c == 0 ? "%Y-%m-%d" : *c == 3 ? "%Y-%m-%d %H:%M:%S%:z" : "%Y-%m-%d %H:%M:%S.%N%:z");
     }},
    {'r', "reference", &Options::reference},
    {'s', "set", &Options::set},
    {'u', "utc", &Options::utc},
    {'u', "universal", &Options::utc},
};

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
  if (o.format && (*o.format)[0] == '\1') {
    auto c = choose(p, "--iso-8601", o.format->substr(1), kIso);
    if (!c) return try_help(p);
    o.format = kIsoFormats[*c];
  }
  if (o.date.has_value() + o.file.has_value() + o.reference.has_value() + o.resolution > 1) {
    p.warn("the options to specify dates for printing are mutually exclusive");
    return try_help(p);
  }
  for (const auto& operand : operands) {
    if (&operand != &operands[0]) return extra_operand(p, operand);
    if (operand[0] == '+') {
      if (auto status = set_format(p, o, operand.substr(1))) return *status;
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
  TimeZone zone = o.utc ? TimeZone() : process_zone(p);
  Timespec now = p.now();
  Output out(p);
  auto print = [&](int64_t seconds, int32_t nanos) {
    out.line(format_time(o.format.value_or("%a %b %e %H:%M:%S %Z %Y"), zone.local(seconds), seconds, nanos));
  };
  auto print_text = [&](const std::string& text) {
    // TZ="NAME" in front: the zone the rest is meant in.
    TimeZone from = zone;
    std::string_view rest = text;
    if (size_t close = text.rfind("TZ=\"", 0) == 0 ? text.find('"', 4) : std::string::npos; close != std::string::npos) {
      from = zone_named(p, text.substr(4, close - 4).c_str());
      rest.remove_prefix(close + 1);
    }
    auto d = parse_date(rest, now.sec, now.nsec, from);
    if (!d) {
      out.flush();
      p.warn("invalid date %s", quote(p, text).c_str());
      return false;
    }
    print(d->seconds, d->nanoseconds);
    return true;
  };
  if (o.set) {
    p.warn(Errno::PERM, "cannot set date");
    auto d = parse_date(*o.set, now.sec, now.nsec, zone);
    if (d) print(d->seconds, d->nanoseconds);
    return out.finish(1);
  }
  if (o.resolution) {
    out.line("0.000000001");
  } else if (o.date) {
    if (!print_text(*o.date)) return 1;
  } else if (o.file) {
    auto in = open_input(p, *o.file);
    if (!in) return 1;
    int status = 0;
    std::string_view line;
    while (in->next_line(line))
      if (!print_text(std::string(line))) status = 1;
    return out.finish(status);
  } else if (o.reference) {
    auto st = p.stat(*o.reference);
    if (!st) {
      p.warn(st.error(), "%s", quote_name(p, *o.reference).c_str());
      return 1;
    }
    print(st->mtime.sec, st->mtime.nsec);
  } else {
    print(now.sec, now.nsec);
  }
  return out.finish(0);
}

}  // namespace

Command date_command() { return {{"date"}, kUsage, date_main}; }

}  // namespace nacre
