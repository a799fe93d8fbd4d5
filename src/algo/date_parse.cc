/// GNU date's free-form input: items in any order: calendar date, time of day,
/// zone, weekday, relative amounts, "@seconds". Each kind at most once.
///
/// Which item a number begins is decided by one word ahead, as GNU's grammar does: "10:00 +1 month" is
/// 10:00 in the zone +1, and a month.
#include <algorithm>
#include <cstdio>

#include "algo/date_lex.h"
#include "algo/date_parts.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

using enum DateWord;

constexpr int64_t kBillion = 1'000'000'000;

class DateParser : DateParts {
 public:
  DateParser(int64_t now, int32_t nanos, const TimeZone& zone, const DateTrace* trace) : zone_(zone), now_(zone.local(now)), tell_(trace) {
    nanos_ = nanos;
    year_ = now_.year;
    month_ = now_.month;
    day_ = now_.day;
    hour_ = now_.hour;
    minute_ = now_.minute;
    second_ = now_.second;
    dst_ = now_.dst;
    // The names of the zone in use now and, as half a year can change it, then.
    constexpr int64_t kQuarter = 90 * 86400;
    local_.push_back(now_);
    for (int64_t i = 1; i <= 3; i++) {
      CivilTime later = zone.local(now + i * kQuarter);
      if (later.zone == now_.zone) continue;
      local_.push_back(later);
      break;
    }
  }

  std::optional<DateInput> run(std::string_view text) {
    text_ = text;
    while (!text_.empty() && ascii_space(text_[0])) text_.remove_prefix(1);
    bool epoch = text_.starts_with('@');
    if (epoch) text_.remove_prefix(1);
    if (text_.empty() && !epoch) text_ = "0";
    read_date_words(text_, local_, t_);
    std::optional<DateInput> d;
    if (epoch) {
      d = seconds_alone();
    } else {
      while (!is(End))
        if (!item()) return stopped();
      d = result();
    }
    if (d) tell_.final_time(*d, zone_);
    return d;
  }

 private:
  const DateToken& peek(size_t ahead = 0) {
    size_t i = std::min(at_ + ahead, t_.size() - 1);
    if (i >= seen_) {
      seen_ = i + 1;
      if (!t_[i].unknown.empty()) tell_.say("error: unknown word '" + t_[i].unknown + "'");
    }
    return t_[i];
  }
  std::nullopt_t stopped() {
    std::string_view rest = text_.substr(t_[seen_ - 1].end);
    tell_.say(rest.empty() ? "error: parsing failed" : "error: parsing failed, stopped at '" + std::string(rest) + "'");
    return std::nullopt;
  }
  bool is(DateWord k, size_t ahead = 0) { return peek(ahead).kind == k; }
  bool is(char c, size_t ahead = 0) { return is(Other, ahead) && peek(ahead).character == c; }
  bool is_unit(size_t ahead) { return peek(ahead).kind >= YearUnit && peek(ahead).kind <= SecondUnit; }
  const DateToken& next() { return t_[at_++]; }

  bool told(const char* item, bool good) {
    if (good) tell_.part(item, *this);
    return good;
  }

  std::optional<DateInput> seconds_alone() {
    if (!(peek().kind >= Unsigned && peek().kind <= SignedDecimal)) return stopped();
    DateInput d{peek().value, peek().nanoseconds};
    tell_.say("parsed number of seconds part: number of seconds: " + std::to_string(d.seconds));
    if (!is(End, 1)) return stopped();
    tell_.say("input timezone: '@timespec' - always UTC");
    return d;
  }

  bool item() {
    switch (peek().kind) {
      case Unsigned: return number_item();
      case Signed:
      case SignedDecimal:
      case UnsignedDecimal:
      case Ordinal: return is(Ordinal) && is(Day, 1) ? told("day", weekday(next().value)) : relative();
      case Month: return told("date", month_first());
      case Day: return told("day", weekday(std::nullopt));
      case Zone:
      case DayZone:
      case T: return zone_item();
      case LocalZone:
        local_zones_++;
        dst_ = static_cast<int>(next().value);
        if (is(Dst)) {
          next();
          dst_ = 1;
          dsts_++;
        }
        return told("local_zone", true);
      case Shift: {
        relative_ = true;
        bool good = add(shift_days_, next().value, 1);
        if (good) tell_.relative_part("relative", *this);
        return good;
      }
      default: return is_unit(0) && relative();
    }
  }

  bool number_item() {
    if (is(':', 1) || is(Meridian, 1)) return told("time", time_item());
    if (is('/', 1)) return told("date", slashes());
    if (is(Month, 1)) return told("date", day_first());
    if (is(Day, 1)) return told("day", weekday(next().value));
    if (is_unit(1)) return relative();
    if (!is(Signed, 1)) return told("number", bare_number());
    if (is(Signed, 2)) return iso_date();
    if (is_unit(2)) return bare_number() && relative("hybrid");
    return told("time", time_item());
  }

  // 20240506, 2024 behind a date without a year, 1030, 10.
  bool bare_number() {
    const DateToken& n = next();
    if (dates_ && year_digits_ < 0 && !relative_ && (times_ || n.digits > 2)) {
      year_ = n.value;
      year_digits_ = n.digits;
      return true;
    }
    if (n.digits > 4) {
      dates_++;
      set_date(n.value / 10000, n.digits - 4, n.value / 100 % 100, n.value % 100);
      return true;
    }
    times_++;
    bool hours = n.digits <= 2;
    set_time(hours ? n.value : n.value / 100, hours ? 0 : n.value % 100, 0, 0);
    return true;
  }

  void set_date(int64_t y, int digits, int64_t m, int64_t d) {
    year_ = y;
    year_digits_ = digits;
    month_ = m;
    day_ = d;
  }
  void set_time(int64_t h, int64_t m, int64_t s, int32_t nanos) {
    hour_ = h;
    minute_ = m;
    second_ = s;
    nanos_ = nanos;
    half_ = -1;
  }

  // 10:00, 10:00:00.5, 10 pm, 10:00+02. `iso`: behind a T, where am and pm have no place.
  bool time_item(bool iso = false) {
    times_++;
    if (!is(Unsigned)) return false;
    int64_t h = next().value, m = 0, s = 0;
    int32_t nanos = 0;
    bool minutes = is(':');
    if (minutes) {
      next();
      if (!is(Unsigned)) return false;
      m = next().value;
      if (is(':')) {
        next();
        if (!is(Unsigned) && !is(UnsignedDecimal)) return false;
        s = peek().value;
        nanos = next().nanoseconds;
      }
    }
    set_time(h, m, s, nanos);
    if (is(Meridian) && !iso) {
      half_ = static_cast<int>(next().value);
      return true;
    }
    if (is(Signed)) {
      zones_++;
      return zone_offset(0);
    }
    return minutes;
  }

  // "+02", "-0530", "+5:30", on top of `minutes`.
  bool zone_offset(int64_t minutes) {
    const DateToken& n = next();
    int64_t total = n.value;
    if (is(':') && is(Unsigned, 1)) {
      next();
      int64_t m = next().value;
      if (__builtin_mul_overflow(total, int64_t{60}, &total) || __builtin_add_overflow(total, n.negative ? -m : m, &total)) return false;
    } else if (is(':')) {
      return false;
    } else if (n.digits <= 2) {
      total *= 60;
    } else {
      total = total / 100 * 60 + total % 100;
    }
    if (total < -24 * 60 || total > 24 * 60) return false;
    zone_seconds_ = (minutes + total) * 60;
    return true;
  }

  bool zone_item() {
    zones_++;
    const DateToken& z = next();
    zone_seconds_ = (z.kind == T ? -7 * 60 : z.value + (z.kind == DayZone ? 60 : 0)) * 60;
    if (z.kind != DayZone && is(Signed) && is_unit(1)) return told("zone", relative());
    if (z.kind == Zone && is(Signed)) return told("zone", zone_offset(z.value));
    if (z.kind == Zone && is(Dst)) {
      next();
      zone_seconds_ += 3600;
    }
    return told("zone", true);
  }

  bool weekday(std::optional<int64_t> ordinal) {
    days_++;
    ordinal_ = ordinal;
    weekday_ = next().value;
    if (is(',')) {
      if (t_[at_ - 2 < t_.size() ? at_ - 2 : 0].kind == Unsigned || ordinal) return false;
      next();
    }
    return true;
  }

  // 5/6, 5/6/2024, 2024/5/6
  bool slashes() {
    dates_++;
    const DateToken& a = next();
    next();
    if (!is(Unsigned)) return false;
    const DateToken& b = next();
    if (!is('/')) {
      month_ = a.value;
      day_ = b.value;
      return true;
    }
    next();
    if (!is(Unsigned)) return false;
    const DateToken& c = next();
    if (a.digits >= 4) set_date(a.value, a.digits, b.value, c.value);
    else set_date(c.value, c.digits, a.value, b.value);
    return true;
  }

  // 6 may, 6 may 2024, 6-may-2024
  bool day_first() {
    dates_++;
    day_ = next().value;
    month_ = next().value;
    if (!is(Unsigned) && !is(Signed)) return true;
    year_digits_ = peek().digits;
    year_ = is(Signed) ? -peek().value : peek().value;
    next();
    return true;
  }

  // may 6, may 6, 2024, may-6-2024
  bool month_first() {
    dates_++;
    month_ = next().value;
    if (is(Signed)) {
      day_ = -next().value;
      if (!is(Signed)) return false;
      year_digits_ = peek().digits;
      year_ = -next().value;
      return true;
    }
    if (!is(Unsigned)) return false;
    day_ = next().value;
    if (!is(',')) return true;
    next();
    if (!is(Unsigned)) return false;
    year_digits_ = peek().digits;
    year_ = next().value;
    return true;
  }

  // 2024-05-06, with a time behind a T
  bool iso_date() {
    dates_++;
    const DateToken& y = next();
    int64_t m = -next().value;
    set_date(y.value, y.digits, m, -next().value);
    if (!is(T)) return told("date", true);
    next();
    return told("datetime", time_item(true));
  }

  static bool add(int64_t& to, int64_t n, int64_t times) { return !__builtin_mul_overflow(n, times, &n) && !__builtin_add_overflow(to, n, &to); }

  // "3 days", "next month", "-1.5 sec", "week", with "ago" or "hence".
  bool relative(const char* item = "relative") {
    bool good = relative_unit();
    if (good) tell_.relative_part(item, *this);
    return good;
  }

  bool relative_unit() {
    DateToken n;
    n.value = 1;
    if (!is_unit(0)) n = next();
    bool decimal = n.kind == UnsignedDecimal || n.kind == SignedDecimal;
    if (!is_unit(0) || (decimal && !is(SecondUnit))) return false;
    const DateToken& unit = next();
    int64_t times = is(Ago) ? next().value : 1;
    relative_ = true;
    int64_t amount = n.value;
    if (__builtin_mul_overflow(amount, unit.value, &amount)) return false;
    switch (unit.kind) {
      case YearUnit: return add(years_, amount, times);
      case MonthUnit: return add(months_, amount, times);
      case DayUnit: return add(shift_days_, amount, times);
      case HourUnit: return add(hours_, amount, times);
      case MinuteUnit: return add(minutes_, amount, times);
      default: return add(seconds_, amount, times) && add(relative_nanos_, n.nanoseconds, times);
    }
  }

  bool to_24_hours() {
    if (half_ < 0) return hour_ >= 0 && hour_ < 24;
    if (hour_ < 1 || hour_ > 12) return false;
    hour_ = hour_ % 12 + 12 * half_;
    return true;
  }

  std::optional<DateInput> result() {
    tell_.input_zone(*this);
    if (times_ > 1 || dates_ > 1 || days_ > 1 || dsts_ > 1 || zones_ + local_zones_ > 1) {
      tell_.too_many(*this);
      return std::nullopt;
    }
    if (!settle_year() || !settle_time()) return std::nullopt;
    int dst = dates_ || days_ || times_ ? -1 : dst_;
    if (local_zones_) dst = dst_;
    std::optional<CivilTime> at = on_calendar(dst);
    if (!at) return std::nullopt;
    if (days_ && !dates_ && !find_weekday(*at, dst)) return std::nullopt;
    if (tell_) tell_start(*at);
    if ((years_ || months_ || shift_days_) && !shift_date(*at, dst)) return std::nullopt;
    int64_t start = start_of(*at);
    tell_.say("'" + DateTeller::moment(*at, this) + "' = " + std::to_string(start) + " epoch-seconds");
    int64_t nanos = nanos_ + relative_nanos_;
    int64_t whole = nanos / kBillion - (nanos % kBillion < 0);
    if (!add(start, hours_, 3600) || !add(start, minutes_, 60) || !add(start, seconds_, 1) || !add(start, whole, 1)) return std::nullopt;
    tell_.time_shift(*this, start);
    return DateInput{start, static_cast<int32_t>(nanos - whole * kBillion)};
  }

  bool settle_year() {
    int64_t given = year_;
    if (year_digits_ == 2) year_ += year_ < 69 ? 2000 : 1900;
    if (year_digits_ == 2) tell_.say("warning: adjusting year value " + std::to_string(given) + " to " + std::to_string(year_));
    if (year_ < 0) year_ = -year_;
    bool good = year_ - 1900 <= INT32_MAX;
    if (!good) tell_.say("error: out-of-range year " + std::to_string(year_));
    return good;
  }

  bool settle_time() {
    if (!times_ && (!relative_ || dates_ || days_)) {
      hour_ = minute_ = second_ = nanos_ = 0;
      tell_.say("warning: using midnight as starting time: 00:00:00");
      return true;
    }
    if (!to_24_hours()) {
      tell_.say("error: invalid hour " + std::to_string(hour_) + (half_ < 0 ? "" : half_ ? "pm" : "am"));
      return false;
    }
    if (!tell_) return true;
    char text[64];
    std::snprintf(text, sizeof text, "%02d:%02d:%02d", static_cast<int>(hour_), static_cast<int>(minute_), static_cast<int>(second_));
    tell_.say(std::string(times_ ? "using specified" : "using current") + " time as starting value: '" + text + "'");
    return true;
  }

  /// What was written, which must be what the calendar and the clock have: no 30th of February, no 24:00.
  std::optional<CivilTime> on_calendar(int dst) {
    auto fits = [](int64_t n) { return n >= INT32_MIN && n <= INT32_MAX; };
    if (!fits(month_) || !fits(day_) || !fits(minute_) || !fits(second_)) return std::nullopt;
    auto same = [&](const CivilTime& c) { return c.month == month_ && c.day == day_ && c.hour == hour_ && c.minute == minute_ && c.second == second_; };
    CivilTime at = zone_.local(zone_.seconds(year_, month_, day_, hour_, minute_, second_, dst));
    if (same(at)) return at;
    // A time that the local zone skips is fine in another one.
    if (zones_)
      if (CivilTime plain = TimeZone().local(TimeZone().seconds(year_, month_, day_, hour_, minute_, second_)); same(plain)) return plain;
    tell_.not_on_calendar(*this, at);
    return std::nullopt;
  }

  bool find_weekday(CivilTime& at, int& dst) {
    int64_t weeks = 0, ordinal = ordinal_.value_or(0);
    if (__builtin_mul_overflow(ordinal - (ordinal > 0 && at.weekday != weekday_), int64_t{7}, &weeks)) return false;
    int64_t day = at.day;
    if (!add(day, weeks, 1) || !add(day, (weekday_ - at.weekday + 7) % 7, 1) || day > INT32_MAX || day < INT32_MIN) return false;
    dst = -1;
    at = normal(at.year, at.month, day, dst);
    if (tell_) tell_.say("new start date: '" + DateTeller::day(*this) + "' is '" + DateTeller::moment(at, this) + "'");
    return true;
  }

  void tell_start(const CivilTime& at) const {
    std::string moment = DateTeller::moment(at, this);
    std::string plain = DateTeller::moment(at, nullptr);
    if (!dates_ && !days_) tell_.say("using current date as starting value: '" + plain.substr(0, plain.rfind(' ')) + "'");
    if (days_ && dates_) tell_.say("warning: day (" + DateTeller::day(*this) + ") ignored when explicit dates are given");
    tell_.say("starting date/time: '" + moment + "'");
  }

  bool shift_date(CivilTime& at, int dst) {
    if ((years_ || months_) && at.day != 15) tell_.say("warning: when adding relative months/years, it is recommended to specify the 15th of the months");
    if (shift_days_ && at.hour != 12) tell_.say("warning: when adding relative days, it is recommended to specify noon");
    int64_t y = at.year, m = at.month, d = at.day;
    // A calendar's numbers are of 32 bits, and its years count from 1900.
    if (!add(y, years_, 1) || !add(m, months_, 1) || !add(d, shift_days_, 1) || std::max({y - 1900, m, d}) > INT32_MAX ||
        std::min({y - 1900, m, d}) < INT32_MIN)
      return false;
    CivilTime adjusted = at;
    adjusted.year = y + (m - 1) / 12 - ((m - 1) % 12 < 0);
    adjusted.month = static_cast<int>((m - 1) % 12 + ((m - 1) % 12 < 0 ? 13 : 1));
    adjusted.day = static_cast<int>(d);
    at = normal(y, m, d, dst);
    tell_.date_shift(*this, adjusted, at);
    return true;
  }

  const TimeZone& zone() const { return zones_ ? utc_ : zone_; }
  CivilTime normal(int64_t y, int64_t m, int64_t d, int dst) const { return zone().local(zone().seconds(y, m, d, hour_, minute_, second_, dst)); }
  int64_t start_of(const CivilTime& at) const {
    return utc_.seconds(at.year, at.month, at.day, at.hour, at.minute, at.second) - (zones_ ? zone_seconds_ : at.offset);
  }

  const TimeZone& zone_;
  TimeZone utc_;
  CivilTime now_;
  DateTeller tell_;
  std::string_view text_;
  size_t seen_ = 0;   ///< words looked at
  std::vector<CivilTime> local_;
  std::vector<DateToken> t_;
  size_t at_ = 0;
};

}  // namespace

std::optional<DateInput> parse_date(std::string_view text, int64_t now, int32_t now_nanoseconds, const TimeZone& zone, const DateTrace* trace) {
  return DateParser(now, now_nanoseconds, zone, trace).run(text);
}

}  // namespace nacre
