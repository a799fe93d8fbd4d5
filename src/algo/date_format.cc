/// Time as text. Which letters know which flags, widths and modifiers follows GNU's strftime; where
/// a directive means nothing it stands for itself.
#include <algorithm>
#include <cstdio>

#include "algo/date.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr const char* kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
constexpr int kMostWidth = 1 << 20;

int iso_week(const CivilTime& t, int64_t& year) {
  int weekday = (t.weekday + 6) % 7;   // Monday 0
  int week = (t.yearday - weekday + 10) / 7;
  auto weeks_in = [](int64_t y) {
    auto p = [](int64_t v) { return ((v + v / 4 - v / 100 + v / 400) % 7 + 7) % 7; };
    return 52 + (p(y) == 4 || p(y - 1) == 3);
  };
  year = t.year;
  if (week < 1) {
    year--;
    return weeks_in(year);
  }
  if (week > weeks_in(year)) {
    year++;
    return 1;
  }
  return week;
}

class TimeFormatter {
 public:
  TimeFormatter(const CivilTime& t, int64_t seconds, int32_t nanos) : t_(t), seconds_(seconds), nanos_(nanos) {}

  std::string run(std::string_view f) {
    expand(f, false, 0, -1);
    return std::move(out_);
  }

 private:
  /// A directive's flags; letter case for all text in it.
  struct Spec {
    char pad = 0;   ///< _ - 0 +; 0: as the directive has it
    bool upper = false, lower = false, swap = false;
    int width = -1;
    char modifier = 0;   ///< E or O
  };

  // `year_pad` counts for years without a flag of their own, `width` for the first directive: both come from
  // the directive that this format is short for.
  void expand(std::string_view f, bool upper, char year_pad, int width) {
    for (size_t i = 0; i < f.size(); width = -1) {
      if (f[i] != '%') {
        out_ += f[i++];
        continue;
      }
      size_t start = i++;
      s_ = {};
      s_.upper = upper;
      s_.width = width;
      year_pad_ = year_pad;
      read_flags(f, i);
      size_t colons = i;
      while (colons < f.size() && f[colons] == ':') colons++;
      colons -= i;
      bool zone = colons > 0 && i + colons < f.size() && f[i + colons] == 'z';
      if (zone) i += colons;
      bool percent = i < f.size() && f[i] == '%';
      if (percent && i == start + 1) {
        out_ += f[i++];
        continue;
      }
      // Flags before the end or before another % stand for themselves.
      if (i < f.size() && !percent && convert(f[i++], zone ? static_cast<int>(colons) : 0)) continue;
      s_.upper = upper;
      s_.lower = false;
      text(f.substr(start, i - start));
    }
  }

  void read_flags(std::string_view f, size_t& i) {
    for (; i < f.size() && std::string_view("_-0+^#").find(f[i]) != std::string_view::npos; i++) {
      if (f[i] == '^') s_.upper = true;
      else if (f[i] == '#') s_.swap = true;
      else s_.pad = f[i];
    }
    if (i < f.size() && ascii_digit(f[i])) {
      s_.width = 0;
      while (i < f.size() && ascii_digit(f[i])) s_.width = std::min(s_.width * 10 + (f[i++] - '0'), kMostWidth);
    }
    if (i < f.size() && (f[i] == 'E' || f[i] == 'O')) s_.modifier = f[i++];
  }

  void fill(size_t have) {
    if (s_.pad == '-' || s_.width <= static_cast<int>(have)) return;
    out_.append(static_cast<size_t>(s_.width) - have, s_.pad == '0' || s_.pad == '+' ? '0' : ' ');
  }
  bool text(std::string_view s) {
    fill(s.size());
    out_ += s_.lower ? lower(s, false) : s_.upper ? upper(s, false) : std::string(s);
    return true;
  }
  bool name(std::string_view s) {
    if (s_.swap) s_.upper = true;
    return text(s);
  }

  /// `digits` wide by default. With `plus`, what is not negative has a sign too.
  bool number(bool negative, const std::string& text, int digits, bool plus = false) {
    if (!s_.pad) s_.pad = '0';
    if (s_.width < 0) s_.width = digits;
    char sign = negative ? '-' : plus ? '+' : 0;
    if (sign) {
      if (s_.pad == '_') fill(text.size() + 1);
      out_ += sign;
      if (s_.pad == '_') s_.width = 0;
      s_.width--;
    }
    fill(text.size());
    out_ += text;
    return true;
  }
  bool number(int64_t n, int digits) {
    if (s_.modifier == 'E') return false;
    return number(n < 0, std::to_string(n < 0 ? -n : n), digits);
  }
  bool spaced(int64_t n, int digits) {
    if (!s_.pad) s_.pad = '_';
    return number(n, digits);
  }
  bool yearish(bool negative, int64_t n, int digits) {
    if (s_.modifier == 'E') return era_year(n, digits);
    if (!s_.pad) s_.pad = year_pad_;
    bool plus = s_.pad == '+' && ((digits == 2 ? 99 : 9999) < n || digits < s_.width);
    return number(negative, std::to_string(n < 0 ? -n : n), digits, plus);
  }
  // There are no eras, but what could name one is text.
  bool era_year(int64_t n, int digits) {
    std::string s = std::to_string(n);
    if (digits == 2 && s.size() < 2) s.insert(0, "0");
    return text(s);
  }
  bool year(int64_t y) { return yearish(y < 0, y, 4); }

  bool nested(const char* format, int width = -1) {
    Spec outer = s_;
    TimeFormatter inner(t_, seconds_, nanos_);
    inner.expand(format, outer.upper, outer.pad, width);
    s_.upper = s_.lower = false;
    return text(inner.out_);
  }

  bool date() {
    if (s_.modifier) return false;
    int width = 4;
    if (!s_.pad && s_.width < 0) s_.pad = '+';
    else width = std::max(s_.width - 6, 0);
    s_.width = width;
    return nested("%Y-%m-%d", width);
  }

  bool zone(int colons) {
    int64_t off = t_.offset < 0 ? -t_.offset : t_.offset;
    int64_t h = off / 3600, m = off / 60 % 60, s = off % 60;
    if (colons > 3) return false;
    if (colons == 3) colons = s ? 2 : m ? 1 : 3;
    char rest[16] = "";
    if (colons == 2) std::snprintf(rest, sizeof rest, ":%02d:%02d", static_cast<int>(m), static_cast<int>(s));
    else if (colons == 1) std::snprintf(rest, sizeof rest, ":%02d", static_cast<int>(m));
    std::string text = (colons ? std::to_string(h) : std::to_string(h * 100 + m)) + rest;
    constexpr int kDigits[] = {5, 6, 9, 3};
    return number(t_.offset < 0 || (t_.offset == 0 && t_.zone.starts_with('-')), text, kDigits[colons], true);
  }

  // The digits that count, and room for the others.
  bool nanoseconds() {
    if (s_.modifier == 'E') return false;
    if (s_.width <= 0) s_.width = 9;
    char digits[16];
    size_t n = static_cast<size_t>(std::snprintf(digits, sizeof digits, "%09d", nanos_));
    while (s_.width < static_cast<int>(n) || (n > 1 && digits[n - 1] == '0')) n--;
    out_.append(digits, n);
    if (!s_.pad) s_.pad = '0';
    fill(n);
    return true;
  }

  bool convert(char c, int colons) {
    bool e = s_.modifier == 'E', o = s_.modifier == 'O';
    int h12 = t_.hour % 12 == 0 ? 12 : t_.hour % 12;
    int64_t iso_year;
    switch (c) {
      case 'n': return text("\n");
      case 't': return text("\t");
      case 'a': return !e && !o && name(std::string_view(kDays[t_.weekday]).substr(0, 3));
      case 'A': return !e && !o && name(kDays[t_.weekday]);
      case 'b':
      case 'h': return !e && name(std::string_view(kMonths[t_.month - 1]).substr(0, 3));
      case 'B': return !e && name(kMonths[t_.month - 1]);
      case 'c': return !o && nested("%a %b %e %H:%M:%S %Y");
      case 'C': return yearish(t_.year < 0, t_.year / 100, 2);
      case 'd': return number(t_.day, 2);
      case 'D': return !e && !o && nested("%m/%d/%y");
      case 'x': return !o && nested("%m/%d/%y");
      case 'e': return spaced(t_.day, 2);
      case 'F': return date();
      case 'g': iso_week(t_, iso_year); return !e && yearish(false, (iso_year % 100 + 100) % 100, 2);
      case 'G': iso_week(t_, iso_year); return !e && year(iso_year);
      case 'H': return number(t_.hour, 2);
      case 'I': return number(h12, 2);
      case 'j': return number(t_.yearday + 1, 3);
      case 'k': return spaced(t_.hour, 2);
      case 'l': return spaced(h12, 2);
      case 'm': return number(t_.month, 2);
      case 'M': return number(t_.minute, 2);
      case 'N': return nanoseconds();
      case 'P':
      case 'p':
        if (s_.swap || c == 'P') s_.lower = true;
        return text(t_.hour < 12 ? "AM" : "PM");
      case 'q': return number(false, std::to_string((t_.month - 1) / 3 + 1), 1);
      case 'r': return nested("%I:%M:%S %p");
      case 'R': return nested("%H:%M");
      case 's': return number(seconds_ < 0, std::to_string(seconds_).substr(seconds_ < 0), 1);
      case 'S': return number(t_.second, 2);
      case 'T': return nested("%H:%M:%S");
      case 'X': return !o && nested("%H:%M:%S");
      case 'u': return number(false, std::to_string(t_.weekday == 0 ? 7 : t_.weekday), 1);
      case 'U': return number((t_.yearday + 7 - t_.weekday) / 7, 2);
      case 'V': return number(iso_week(t_, iso_year), 2);
      case 'w': return number(t_.weekday, 1);
      case 'W': return number((t_.yearday + 7 - (t_.weekday + 6) % 7) / 7, 2);
      case 'y': return yearish(false, (t_.year % 100 + 100) % 100, 2);
      case 'Y': return !o && year(t_.year);
      case 'z': return zone(colons);
      case 'Z':
        if (s_.swap) s_.lower = true;
        return text(t_.zone);
      default: return false;
    }
  }

  const CivilTime& t_;
  int64_t seconds_;
  int32_t nanos_;
  std::string out_;
  Spec s_;
  char year_pad_ = 0;
};

}  // namespace

std::string format_time(std::string_view format, const CivilTime& time, int64_t seconds, int32_t nanoseconds) {
  return TimeFormatter(time, seconds, nanoseconds).run(format);
}

}  // namespace nacre
