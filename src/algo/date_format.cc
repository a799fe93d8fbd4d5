#include <cstdio>

#include "algo/date.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr const char* kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr const char* kMonths[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};

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
    for (size_t i = 0; i < f.size();) {
      if (f[i] != '%' || i + 1 == f.size()) {
        out_ += f[i++];
        continue;
      }
      size_t start = i++;
      pad_ = 0;
      upper_ = swap_ = false;
      width_ = -1;
      for (; i < f.size() && std::string_view("_-0^#+").find(f[i]) != std::string_view::npos; i++) {
        if (f[i] == '^') upper_ = true;
        else if (f[i] == '#') swap_ = true;
        else pad_ = f[i];
      }
      if (i < f.size() && ascii_digit(f[i])) {
        width_ = 0;
        while (i < f.size() && ascii_digit(f[i])) width_ = std::min(width_ * 10 + (f[i++] - '0'), 10000);
      }
      int colons = 0;
      while (i < f.size() && f[i] == ':') {
        colons++;
        i++;
      }
      if (i < f.size() && (f[i] == 'E' || f[i] == 'O')) i++;
      if (i >= f.size() || !convert(f[i], colons)) {
        if (i < f.size()) i++;
        out_ += f.substr(start, i - start);
        continue;
      }
      i++;
    }
    return out_;
  }

 private:
  void text(std::string s) {
    if (upper_ || swap_) s = upper(s, false);
    put(s, ' ');
  }
  void put(const std::string& s, char fill) {
    char f = pad_ == '0' || pad_ == '+' ? '0' : pad_ == '_' ? ' ' : fill;
    if (width_ > static_cast<int>(s.size()) && pad_ != '-') out_.append(static_cast<size_t>(width_) - s.size(), f);
    out_ += s;
  }
  void number(int64_t n, int digits, char fill = '0') {
    if (pad_ == '-') {
      out_ += std::to_string(n);
      return;
    }
    char f = pad_ == '_' ? ' ' : pad_ == '0' || pad_ == '+' ? '0' : fill;
    int w = width_ >= 0 ? width_ : digits;
    bool negative = n < 0;
    std::string s = std::to_string(negative ? -n : n);
    if (pad_ == '+' && !negative && digits == 4 && (static_cast<int>(s.size()) > 4 || w > 4)) {
      out_ += '+';
      w--;
    }
    if (negative && f == '0') {
      out_ += '-';
      w--;
    }
    if (negative && f == ' ') s = "-" + s;
    if (w > static_cast<int>(s.size())) out_.append(static_cast<size_t>(w) - s.size(), f);
    out_ += s;
  }
  void nested(const char* format) { put(TimeFormatter(t_, seconds_, nanos_).run(format), ' '); }

  void zone(int colons) {
    int64_t off = t_.offset;
    char sign = off < 0 ? '-' : '+';
    if (off < 0) off = -off;
    int64_t h = off / 3600, m = off / 60 % 60, s = off % 60;
    char rest[32] = "";
    if (colons == 0) std::snprintf(rest, sizeof rest, "%02lld", static_cast<long long>(m));
    else if (colons == 1 || (colons == 3 && s == 0 && m)) std::snprintf(rest, sizeof rest, ":%02lld", static_cast<long long>(m));
    else if (colons == 2 || (colons == 3 && s)) std::snprintf(rest, sizeof rest, ":%02lld:%02lld", static_cast<long long>(m), static_cast<long long>(s));
    std::string hours = std::to_string(h);
    if (pad_ == '-') {
    } else if (pad_ == '_') {
      if (hours.size() < 2) {
        out_ += ' ';
      }
    } else if (hours.size() < 2) {
      hours = "0" + hours;
    }
    std::string all = std::string(1, sign) + hours + rest;
    if (width_ > static_cast<int>(all.size())) all.insert(1, static_cast<size_t>(width_) - all.size(), '0');
    out_ += all;
  }

  bool convert(char c, int colons) {
    if (colons && c != 'z') return false;
    int h12 = t_.hour % 12 == 0 ? 12 : t_.hour % 12;
    int64_t iso_year;
    switch (c) {
      case '%': out_ += '%'; return true;
      case 'n': out_ += '\n'; return true;
      case 't': out_ += '\t'; return true;
      case 'a': text(std::string(kDays[t_.weekday]).substr(0, 3)); return true;
      case 'A': text(kDays[t_.weekday]); return true;
      case 'b':
      case 'h': text(std::string(kMonths[t_.month - 1]).substr(0, 3)); return true;
      case 'B': text(kMonths[t_.month - 1]); return true;
      case 'c': nested("%a %b %e %H:%M:%S %Y"); return true;
      case 'C': number((t_.year - (t_.year % 100 + 100) % 100) / 100, 2); return true;
      case 'd': number(t_.day, 2); return true;
      case 'D':
      case 'x': nested("%m/%d/%y"); return true;
      case 'e': number(t_.day, 2, ' '); return true;
      case 'F': {
        char pad = pad_;
        int width = width_;
        width_ = width > 6 ? width - 6 : pad == '+' || width >= 0 ? 4 : -1;
        number(t_.year, 4);
        pad_ = 0;
        width_ = -1;
        out_ += '-';
        number(t_.month, 2);
        out_ += '-';
        number(t_.day, 2);
        return true;
      }
      case 'g':
        iso_week(t_, iso_year);
        number((iso_year % 100 + 100) % 100, 2);
        return true;
      case 'G':
        iso_week(t_, iso_year);
        number(iso_year, 4);
        return true;
      case 'H': number(t_.hour, 2); return true;
      case 'I': number(h12, 2); return true;
      case 'j': number(t_.yearday + 1, 3); return true;
      case 'k': number(t_.hour, 2, ' '); return true;
      case 'l': number(h12, 2, ' '); return true;
      case 'm': number(t_.month, 2); return true;
      case 'M': number(t_.minute, 2); return true;
      case 'N': nanoseconds(); return true;
      case 'p': {
        std::string s = t_.hour < 12 ? "AM" : "PM";
        put(swap_ ? lower(s, false) : s, ' ');
        return true;
      }
      case 'P': put(t_.hour < 12 ? "am" : "pm", ' '); return true;
      case 'q': number((t_.month - 1) / 3 + 1, 1); return true;
      case 'r': nested("%I:%M:%S %p"); return true;
      case 'R': nested("%H:%M"); return true;
      case 's': number(seconds_, 1); return true;
      case 'S': number(t_.second, 2); return true;
      case 'T':
      case 'X': nested("%H:%M:%S"); return true;
      case 'u': number(t_.weekday == 0 ? 7 : t_.weekday, 1); return true;
      case 'U': number((t_.yearday + 7 - t_.weekday) / 7, 2); return true;
      case 'V': number(iso_week(t_, iso_year), 2); return true;
      case 'w': number(t_.weekday, 1); return true;
      case 'W': number((t_.yearday + 7 - (t_.weekday + 6) % 7) / 7, 2); return true;
      case 'y': number((t_.year % 100 + 100) % 100, 2); return true;
      case 'Y': number(t_.year, pad_ == '+' ? 4 : t_.year >= 0 && t_.year < 1000 ? 4 : 1); return true;
      case 'z': zone(colons); return true;
      case 'Z': {
        std::string z = t_.zone;
        if (upper_) z = upper(z, false);
        if (swap_) z = lower(z, false);
        put(z, ' ');
        return true;
      }
      default: return false;
    }
  }

  void nanoseconds() {
    char text[16];
    std::snprintf(text, sizeof text, "%09d", nanos_);
    std::string s = text;
    if (pad_ == '-') {
      s = s.substr(0, width_ >= 0 ? static_cast<size_t>(width_) : 9);
      while (s.size() > 1 && s.back() == '0' && width_ < 0) s.pop_back();
      out_ += s;
      return;
    }
    if (width_ >= 0 && width_ < 9) s.resize(static_cast<size_t>(width_));
    else if (width_ > 9) s.append(static_cast<size_t>(width_) - 9, '0');
    out_ += s;
  }

  const CivilTime& t_;
  int64_t seconds_;
  int32_t nanos_;
  std::string out_;
  char pad_ = 0;
  bool upper_ = false, swap_ = false;
  int width_ = -1;
};

}  // namespace

std::string format_time(std::string_view format, const CivilTime& time, int64_t seconds, int32_t nanoseconds) {
  return TimeFormatter(time, seconds, nanoseconds).run(format);
}

}  // namespace nacre
