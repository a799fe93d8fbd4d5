#include "algo/date_parts.h"

#include <cinttypes>
#include <cstdarg>
#include <cstdio>

namespace nacre {
namespace {

__attribute__((format(printf, 1, 2))) std::string text(const char* format, ...) {
  char out[256];
  va_list args;
  va_start(args, format);
  std::vsnprintf(out, sizeof out, format, args);
  va_end(args);
  return out;
}

/// "+05:30", "-08"
std::string offset_text(int64_t seconds) {
  int64_t away = seconds < 0 ? -seconds : seconds;
  std::string out = text("%c%02" PRId64, seconds < 0 ? '-' : '+', away / 3600);
  if (away % 3600) out += text(":%02" PRId64, away / 60 % 60);
  if (away % 60) out += text(":%02" PRId64, away % 60);
  return out;
}

std::string year_text(int64_t year) { return text("%04" PRId64, year); }

}  // namespace

std::string DateTeller::day(const DateParts& p) {
  constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr const char* kOrdinals[] = {"last",  "this",    "next/first", "(SECOND)", "third", "fourth",   "fifth",
                                       "sixth", "seventh", "eight",      "ninth",    "tenth", "eleventh", "twelfth"};
  std::string out;
  if (p.ordinal_) out = (*p.ordinal_ >= -1 && *p.ordinal_ <= 12 ? std::string(kOrdinals[*p.ordinal_ + 1]) : std::to_string(*p.ordinal_)) + " ";
  return out + kDays[p.weekday_];
}

std::string DateTeller::moment(const CivilTime& t, const DateParts* p) {
  std::string out = "(Y-M-D) " + year_text(t.year) + text("-%02d-%02d %02d:%02d:%02d", t.month, t.day, t.hour, t.minute, t.second);
  if (p && p->zones_) out += " TZ=" + offset_text(p->zone_seconds_);
  return out;
}

void DateTeller::part(const char* item, const DateParts& p) {
  if (!trace_) return;
  std::string out;
  auto add = [&](bool seen, bool& told, const std::string& what) {
    if (!seen || told) return;
    told = true;
    out += (out.empty() ? "" : " ") + what;
  };
  add(p.dates_, dates_, "(Y-M-D) " + year_text(p.year_) + text("-%02" PRId64 "-%02" PRId64, p.month_, p.day_));
  std::string time = text("%02" PRId64 ":%02" PRId64 ":%02" PRId64, p.hour_, p.minute_, p.second_);
  if (p.nanos_) time += text(".%09d", p.nanos_);
  add(p.times_, times_, time + (p.half_ == 1 ? "pm" : ""));
  if (p.days_ && !days_) add(true, days_, day(p) + text(" (day ordinal=%" PRId64 " number=%" PRId64 ")", p.ordinal_.value_or(0), p.weekday_));
  add(p.local_zones_, local_zones_, text("isdst=%d%s", p.dst_, p.dsts_ ? " DST" : ""));
  add(p.zones_, zones_, "UTC" + offset_text(p.zone_seconds_));
  say("parsed " + std::string(item) + " part: " + out);
}

void DateTeller::relative_part(const char* item, const DateParts& p) const {
  if (!trace_) return;
  std::string out;
  auto add = [&](int64_t n, const char* unit) {
    if (n) out += (out.empty() ? "" : " ") + text("%+" PRId64 " %s", n, unit);
  };
  add(p.years_, "year(s)");
  add(p.months_, "month(s)");
  add(p.shift_days_, "day(s)");
  add(p.hours_, "hour(s)");
  add(p.minutes_, "minutes");
  add(p.seconds_, "seconds");
  add(p.relative_nanos_, "nanoseconds");
  say("parsed " + std::string(item) + " part: " + (out.empty() ? "today/this/now" : out));
}

void DateTeller::input_zone(const DateParts& p) const {
  if (!trace_) return;
  std::string out = "input timezone: ";
  const auto& own = trace_->own_zone;
  const auto& tz = trace_->zone;
  if (p.zones_) out += "parsed date/time string";
  else if (own) out += "TZ=\"" + *own + "\" in date string";
  else if (!tz) out += "system default";
  else if (*tz == "UTC0") out += "TZ=\"UTC0\" environment value or -u";
  else out += "TZ=\"" + *tz + "\" environment value";
  if (p.local_zones_ && !p.zones_ && p.dst_ > 0) out += ", dst";
  if (p.zones_) out += " (" + offset_text(p.zone_seconds_) + ")";
  say(out);
}

void DateTeller::too_many(const DateParts& p) const {
  auto check = [&](int n, const char* what) {
    if (n > 1) say("error: seen multiple " + std::string(what) + " parts");
  };
  check(p.times_, "time");
  check(p.dates_, "date");
  check(p.days_, "days");
  check(p.dsts_, "daylight-saving");
  check(p.zones_ + p.local_zones_, "time-zone");
}

void DateTeller::not_on_calendar(const DateParts& p, const CivilTime& normal) const {
  if (!trace_) return;
  CivilTime given = normal;
  given.year = p.year_;
  given.month = static_cast<int>(p.month_);
  given.day = static_cast<int>(p.day_);
  given.hour = static_cast<int>(p.hour_);
  given.minute = static_cast<int>(p.minute_);
  given.second = static_cast<int>(p.second_);
  say("error: invalid date/time value:");
  say("    user provided time: '" + moment(given, &p) + "'");
  say("       normalized time: '" + moment(normal, &p) + "'");
  auto mark = [](bool differs, const char* dashes, const char* blanks) { return differs ? dashes : blanks; };
  bool same_date = given.year == normal.year && given.month == normal.month && given.day == normal.day;
  std::string marks = "                                 ";
  marks += mark(given.year != normal.year, "----", "    ");
  marks += mark(given.month != normal.month, " --", "   ");
  marks += mark(given.day != normal.day, " --", "   ");
  marks += mark(given.hour != normal.hour, " --", "   ");
  marks += mark(given.minute != normal.minute, " --", "   ");
  marks += mark(given.second != normal.second, " --", "   ");
  marks.erase(marks.find_last_not_of(' ') + 1);
  say(marks);
  say("     possible reasons:");
  if (same_date && given.minute == normal.minute && given.second == normal.second) say("       non-existing due to daylight-saving time;");
  if (given.day != normal.day && given.month != normal.month) say("       invalid day/month combination;");
  say("       numeric values overflow;");
  say(std::string("       ") + (p.zones_ ? "incorrect timezone" : "missing timezone"));
}

void DateTeller::date_shift(const DateParts& p, const CivilTime& adjusted, const CivilTime& normal) const {
  if (!trace_) return;
  say(text("after date adjustment (%+" PRId64 " years, %+" PRId64 " months, %+" PRId64 " days),", p.years_, p.months_, p.shift_days_));
  say("    new date/time = '" + moment(normal, &p) + "'");
  if (p.shift_days_ || (normal.day == adjusted.day && (p.months_ || normal.month == adjusted.month))) return;
  auto numbers = [](const CivilTime& t) { return year_text(t.year) + text(" %02d %02d", t.month, t.day); };
  say("warning: month/year adjustment resulted in shifted dates:");
  say("     adjusted Y M D: " + numbers(adjusted));
  say("   normalized Y M D: " + numbers(normal));
}

void DateTeller::time_shift(const DateParts& p, int64_t seconds) const {
  if (!trace_ || !(p.hours_ || p.minutes_ || p.seconds_ || p.relative_nanos_)) return;
  say(text("after time adjustment (%+" PRId64 " hours, %+" PRId64 " minutes, %+" PRId64 " seconds, %+" PRId64 " ns),", p.hours_, p.minutes_, p.seconds_,
           p.relative_nanos_));
  say(text("    new time = %" PRId64 " epoch-seconds", seconds));
}

void DateTeller::final_time(const DateInput& d, const TimeZone& zone) const {
  if (!trace_) return;
  const auto& tz = trace_->own_zone ? trace_->own_zone : trace_->zone;
  if (!tz) say("timezone: system default");
  else if (*tz == "UTC0") say("timezone: Universal Time");
  else say("timezone: TZ=\"" + *tz + "\" environment value");
  CivilTime local = zone.local(d.seconds);
  say(text("final: %" PRId64 ".%09d (epoch-seconds)", d.seconds, d.nanoseconds));
  say("final: " + moment(TimeZone().local(d.seconds), nullptr) + " (UTC)");
  say("final: " + moment(local, nullptr) + " (UTC" + offset_text(local.offset) + ")");
}

}  // namespace nacre
