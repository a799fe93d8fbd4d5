/// Builtins over dates: seconds since 1970 and "broken down" times, arrays of
/// year, month 0..11, day, hour, minute, second, weekday, day of the year.
/// Source: jq 1.8 manual, "Dates"; POSIX strptime().
#include <cmath>

#include "algo/date.h"
#include "algo/unicode.h"
#include "commands/jq/interp.h"
#include "commands/jq/natives.h"

namespace nacre::jq {
namespace {

constexpr double kMaxSeconds = 67'768'036'191'676'799.0;   // of a year that fits 32 bits

Value broken(const CivilTime& t, double seconds) {
  Value out = Value::array(8);
  for (double d : {static_cast<double>(t.year), t.month - 1.0, t.day * 1.0, t.hour * 1.0, t.minute * 1.0, seconds, t.weekday * 1.0, t.yearday * 1.0})
    out.push(Value::number(d));
  return out;
}

CivilTime utc(int64_t seconds) {
  static const TimeZone zone = TimeZone::from_tz(nullptr, {});
  return zone.local(seconds);
}

Value split_time(Interp& i, const Value& in, const char* name, bool local) {
  if (!in.is_number()) return i.fail(std::string(name) + "() requires numeric inputs");
  double d = in.num(), whole = std::floor(d);
  if (d != d || std::fabs(whole) > kMaxSeconds) return i.fail(std::string("error converting number of seconds since epoch to datetime"));
  CivilTime t = local ? i.zone().local(static_cast<int64_t>(whole)) : utc(static_cast<int64_t>(whole));
  return broken(t, t.second + (d - whole));
}

Value f_gmtime(Interp& i, Value& in, Value*) { return split_time(i, in, "gmtime", false); }
Value f_localtime(Interp& i, Value& in, Value*) { return split_time(i, in, "localtime", true); }
Value f_now(Interp& i, Value&, Value*) {
  Timespec t = i.process().now();
  return Value::number(static_cast<double>(t.sec) + t.nsec / 1e9);
}

// Fields of a broken down time; missing ones are 0. False when something is not a number.
bool fields(const Value& v, CivilTime& t) {
  double f[8] = {0, 0, 0, 0, 0, 0, 0, 0};
  if (v.size() < 1) return false;
  for (size_t i = 0; i < v.size() && i < 8; i++) {
    if (!v.at(i).is_number()) return false;
    f[i] = v.at(i).num();
    if (f[i] != f[i] || std::fabs(f[i]) > 2e9) return false;
  }
  t.year = static_cast<int64_t>(f[0]);
  t.month = static_cast<int>(f[1]) + 1;
  t.day = static_cast<int>(f[2]);
  t.hour = static_cast<int>(f[3]);
  t.minute = static_cast<int>(f[4]);
  t.second = static_cast<int>(f[5]);
  t.weekday = static_cast<int>(f[6]);
  t.yearday = static_cast<int>(f[7]);
  return true;
}

int64_t seconds_of(const CivilTime& t) {
  return days_from_civil(t.year, t.month, 1) * 86400 + (int64_t{t.day} - 1) * 86400 + int64_t{t.hour} * 3600 + int64_t{t.minute} * 60 + t.second;
}

Value f_mktime(Interp& i, Value& in, Value*) {
  if (!in.is_array()) return i.fail("mktime requires array inputs");
  CivilTime t;
  if (!fields(in, t)) return i.fail("mktime requires parsed datetime inputs");
  return Value::number(static_cast<double>(seconds_of(t)));
}

// Weekday and day of the year follow from the date.
void complete(CivilTime& t) {
  CivilTime real = utc(seconds_of(t));
  t.weekday = real.weekday;
  t.yearday = real.yearday;
}

Value format_date(Interp& i, Value& in, const Value& format, const char* name, bool local) {
  if (in.is_number()) {
    in = split_time(i, in, local ? "localtime" : "gmtime", local);
    if (!in.valid()) return in;
  } else if (!in.is_array()) {
    return i.fail(std::string(name) + " requires parsed datetime inputs");
  }
  if (!format.is_string()) return i.fail(std::string(name) + " requires a string format");
  CivilTime t;
  if (!fields(in, t)) return i.fail(std::string(name) + " requires parsed datetime inputs");
  if (t.month >= 1 && t.month <= 12) complete(t);
  int64_t seconds = seconds_of(t);
  if (local) {
    seconds = i.zone().seconds(t.year, t.month, t.day, t.hour, t.minute, t.second);
    CivilTime there = i.zone().local(seconds);
    t.offset = there.offset;
    t.zone = there.zone;
    t.dst = there.dst;
  }
  return Value::string(format_time(format.str(), t, seconds, 0));
}

Value f_strftime(Interp& i, Value& in, Value* a) { return format_date(i, in, a[0], "strftime/1", false); }
Value f_strflocaltime(Interp& i, Value& in, Value* a) { return format_date(i, in, a[0], "strflocaltime/1", true); }

// ---- strptime
constexpr std::string_view kDays[] = {"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
constexpr std::string_view kMonths[] = {"january", "february", "march",     "april",   "may",      "june",
                                        "july",    "august",   "september", "october", "november", "december"};

struct Scanner {
  std::string_view s;
  CivilTime t;
  bool pm = false, twelve = false, have_date = false, have_yearday = false, have_weekday = false;
  int century = -1, short_year = -1;

  void blanks() {
    while (!s.empty() && ascii_space(s[0])) s.remove_prefix(1);
  }

  bool number(int digits, int64_t low, int64_t high, int64_t& out) {
    blanks();
    int64_t n = 0;
    int used = 0;
    while (used < digits && !s.empty() && ascii_digit(s[0])) {
      n = n * 10 + (s[0] - '0');
      s.remove_prefix(1);
      used++;
    }
    out = n;
    return used > 0 && n >= low && n <= high;
  }
  bool number(int digits, int64_t low, int64_t high, int& out) {
    int64_t n = 0;
    if (!number(digits, low, high, n)) return false;
    out = static_cast<int>(n);
    return true;
  }

  bool word(std::span<const std::string_view> words, int& out) {
    auto starts = [&](std::string_view w) {
      if (s.size() < w.size()) return false;
      for (size_t i = 0; i < w.size(); i++)
        if (ascii_lower(s[i]) != w[i]) return false;
      return true;
    };
    for (size_t i = 0; i < words.size(); i++) {
      size_t n = starts(words[i]) ? words[i].size() : starts(words[i].substr(0, 3)) ? 3 : 0;
      if (n == 0) continue;
      s.remove_prefix(n);
      out = static_cast<int>(i);
      return true;
    }
    return false;
  }

  bool zone() {
    blanks();
    if (!s.empty() && (s[0] == 'Z' || s[0] == 'z')) {
      s.remove_prefix(1);
      return true;
    }
    if (s.empty() || (s[0] != '+' && s[0] != '-')) return false;
    int sign = s[0] == '-' ? -1 : 1, hours = 0, minutes = 0;
    s.remove_prefix(1);
    if (!number(2, 0, 23, hours)) return false;
    if (!s.empty() && s[0] == ':') s.remove_prefix(1);
    if (!s.empty() && ascii_digit(s[0]) && !number(2, 0, 59, minutes)) return false;
    t.offset = sign * (hours * 3600 + minutes * 60);
    return true;
  }

  bool directive(char c, const TimeZone& local) {
    int64_t n = 0;
    switch (c) {
      case '%':
        if (s.empty() || s[0] != '%') return false;
        s.remove_prefix(1);
        return true;
      case 'n':
      case 't': blanks(); return true;
      case 'a':
      case 'A': have_weekday = true; return word(kDays, t.weekday);
      case 'b':
      case 'B':
      case 'h':
        if (!word(kMonths, t.month)) return false;
        t.month++;
        have_date = true;
        return true;
      case 'C': return number(2, 0, 99, century);
      case 'y': have_date = true; return number(2, 0, 99, short_year);
      case 'Y': {
        blanks();
        bool minus = !s.empty() && s[0] == '-';
        if (!s.empty() && (s[0] == '-' || s[0] == '+')) s.remove_prefix(1);
        if (!number(4, 0, 9999, n)) return false;
        t.year = minus ? -n : n;
        have_date = true;
        return true;
      }
      case 'm': have_date = true; return number(2, 1, 12, t.month);
      case 'd':
      case 'e': have_date = true; return number(2, 1, 31, t.day);
      case 'j':
        if (!number(3, 1, 366, t.yearday)) return false;
        t.yearday--;
        have_yearday = true;
        return true;
      case 'H':
      case 'k': twelve = false; return number(2, 0, 23, t.hour);
      case 'I':
      case 'l':
        if (!number(2, 1, 12, t.hour)) return false;
        t.hour %= 12;
        twelve = true;
        return true;
      case 'M': return number(2, 0, 59, t.minute);
      case 'S': return number(2, 0, 61, t.second);
      case 'p':
      case 'P': {
        blanks();
        if (s.size() < 2 || ascii_lower(s[1]) != 'm' || (ascii_lower(s[0]) != 'a' && ascii_lower(s[0]) != 'p')) return false;
        pm = ascii_lower(s[0]) == 'p';
        s.remove_prefix(2);
        return true;
      }
      case 's': {
        bool minus = !s.empty() && s[0] == '-';
        if (minus) s.remove_prefix(1);
        if (!number(18, 0, INT64_MAX, n)) return false;
        t = local.local(minus ? -n : n);
        return true;
      }
      case 'u':
        have_weekday = true;
        if (!number(1, 1, 7, t.weekday)) return false;
        t.weekday %= 7;
        return true;
      case 'w': have_weekday = true; return number(1, 0, 6, t.weekday);
      case 'U':
      case 'W':
      case 'V': return number(2, 0, 53, n);
      case 'G': return number(4, 0, 9999, n);
      case 'g': return number(2, 0, 99, n);
      case 'z': return zone();
      case 'Z':
        while (!s.empty() && ascii_alpha(s[0])) s.remove_prefix(1);
        return true;
      case 'D':
      case 'x': return run("%m/%d/%y", local);
      case 'F': return run("%Y-%m-%d", local);
      case 'T':
      case 'X': return run("%H:%M:%S", local);
      case 'R': return run("%H:%M", local);
      case 'r': return run("%I:%M:%S %p", local);
      case 'c': return run("%a %b %e %H:%M:%S %Y", local);
      default: return false;
    }
  }

  bool run(std::string_view format, const TimeZone& local) {
    for (size_t i = 0; i < format.size(); i++) {
      char c = format[i];
      if (ascii_space(c)) {
        blanks();
        continue;
      }
      if (c != '%' || i + 1 == format.size()) {
        if (s.empty() || s[0] != c) return false;
        s.remove_prefix(1);
        continue;
      }
      c = format[++i];
      if ((c == 'E' || c == 'O' || c == '_' || c == '-' || c == '0' || c == '^' || c == '#') && i + 1 < format.size()) c = format[++i];
      if (!directive(c, local)) return false;
    }
    return true;
  }

  void finish() {
    if (twelve && pm) t.hour += 12;
    if (short_year >= 0) t.year = century >= 0 ? century * 100 + short_year : short_year + (short_year < 69 ? 2000 : 1900);
    else if (century >= 0) t.year = century * 100 + t.year % 100;
    if (have_yearday && t.month == 1 && t.day == 0) {
      CivilTime real = utc((days_from_civil(t.year, 1, 1) + t.yearday) * 86400);
      t.month = real.month;
      t.day = real.day;
    }
  }
};

Value f_strptime(Interp& i, Value& in, Value* a) {
  if (!in.is_string() || !a[0].is_string()) return i.fail("strptime/1 requires string inputs and arguments");
  Scanner scan;
  scan.s = in.str();
  scan.t.year = 1900;
  scan.t.day = 0;
  if (!scan.run(a[0].str(), i.zone()) || !scan.s.empty()) {
    return i.fail("date \"" + std::string(in.str()) + "\" does not match format \"" + std::string(a[0].str()) + "\"");
  }
  scan.finish();
  complete(scan.t);
  return broken(scan.t, scan.t.second);
}

constexpr NativeInfo kNatives[] = {
    {"now", 0, f_now},           {"gmtime", 0, f_gmtime},     {"localtime", 0, f_localtime},
    {"mktime", 0, f_mktime},     {"strftime", 1, f_strftime}, {"strflocaltime", 1, f_strflocaltime},
    {"strptime", 1, f_strptime},
};

}  // namespace

std::span<const NativeInfo> date_natives() { return kNatives; }

}  // namespace nacre::jq
