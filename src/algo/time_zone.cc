#include <algorithm>

#include "algo/date.h"
#include "algo/unicode.h"
#include "algo/zone_rules.h"

namespace nacre {
namespace {

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0); }
constexpr int32_t kMostOffset = 24 * 3600;   // glibc's
bool leap(int64_t y) { return (y % 4 == 0 && y % 100 != 0) || y % 400 == 0; }

}  // namespace

int64_t days_from_civil(int64_t y, int64_t m, int64_t d) {
  y += floor_div(m - 1, 12);
  m = m - 1 - floor_div(m - 1, 12) * 12 + 1;
  y -= m <= 2;
  int64_t era = floor_div(y, 400);
  int64_t yoe = y - era * 400;
  int64_t doy = (153 * (m + (m > 2 ? -3 : 9)) + 2) / 5;
  int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
  return era * 146097 + doe - 719468 + d - 1;
}

static void civil_from_days(int64_t z, CivilTime& out) {
  int64_t days = z;
  z += 719468;
  int64_t era = floor_div(z, 146097);
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  out.day = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  out.month = static_cast<int>(mp < 10 ? mp + 3 : mp - 9);
  out.year = yoe + era * 400 + (out.month <= 2);
  out.weekday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  out.yearday = static_cast<int>(days - days_from_civil(out.year, 1, 1));
}

TimeZone TimeZone::from_tz(const char* tz, const Loader& load) {
  TimeZone z;
  if (!tz || !*tz) return z;
  std::string_view name = tz;
  if (name[0] == ':') name.remove_prefix(1);
  if (load) {
    if (auto data = load(name); data && z.parse_tzif(*data)) return z;
  }
  if (std::string_view rule = zone_rule(name); !rule.empty() && z.parse_posix(rule)) return z;
  if (z.parse_posix(name)) return z;
  z = TimeZone();
  // glibc shows the letters of a name it does not know.
  size_t n = 0;
  while (n < name.size() && ascii_alpha(name[n])) n++;
  z.standard_.name = n >= 3 ? std::string(name.substr(0, n)) : "";
  return z;
}

namespace {

bool take_name(std::string_view s, size_t& i, std::string& name) {
  size_t start = i;
  if (i < s.size() && s[i] == '<') {
    size_t close = s.find('>', i);
    if (close == std::string_view::npos) return false;
    name = std::string(s.substr(i + 1, close - i - 1));
    i = close + 1;
    return true;
  }
  while (i < s.size() && ascii_alpha(s[i])) i++;
  name = std::string(s.substr(start, i - start));
  return name.size() >= 3;
}

bool take_time(std::string_view s, size_t& i, int32_t& seconds) {
  int sign = 1;
  if (i < s.size() && (s[i] == '+' || s[i] == '-')) sign = s[i++] == '-' ? -1 : 1;
  int32_t parts[3] = {0, 0, 0};
  for (int k = 0; k < 3; k++) {
    size_t start = i;
    while (i < s.size() && ascii_digit(s[i])) parts[k] = std::min(parts[k] * 10 + (s[i++] - '0'), 100000);
    if (i == start) return false;
    if (i >= s.size() || s[i] != ':') break;
    i++;
  }
  seconds = sign * (parts[0] * 3600 + parts[1] * 60 + parts[2]);
  return true;
}

int take_int(std::string_view s, size_t& i) {
  int n = 0;
  while (i < s.size() && ascii_digit(s[i])) n = std::min(n * 10 + (s[i++] - '0'), 100000);
  return n;
}

}  // namespace

bool TimeZone::parse_posix(std::string_view s) {
  size_t i = 0;
  if (!take_name(s, i, standard_.name)) return false;
  int32_t west;
  if (!take_time(s, i, west)) return false;
  standard_.offset = -std::clamp(west, -kMostOffset, kMostOffset);
  if (i == s.size()) return true;
  if (!take_name(s, i, daylight_.name)) return false;
  daylight_.offset = standard_.offset + 3600;
  if (i < s.size() && s[i] != ',') {
    if (!take_time(s, i, west)) return false;
    daylight_.offset = -std::clamp(west, -kMostOffset, kMostOffset);
  }
  has_daylight_ = true;
  std::string_view rules = i < s.size() ? s.substr(i) : std::string_view(",M3.2.0,M11.1.0");
  i = 0;
  for (Rule* rule : {&start_, &end_}) {
    if (i >= rules.size() || rules[i++] != ',') return false;
    rule->has = true;
    if (i < rules.size() && rules[i] == 'M') {
      i++;
      rule->month = take_int(rules, i);
      if (i >= rules.size() || rules[i++] != '.') return false;
      rule->week = take_int(rules, i);
      if (i >= rules.size() || rules[i++] != '.') return false;
      rule->day = take_int(rules, i);
    } else {
      rule->kind = i < rules.size() && rules[i] == 'J' ? 'J' : 'D';
      if (rule->kind == 'J') i++;
      rule->day = take_int(rules, i);
    }
    if (i < rules.size() && rules[i] == '/') {
      i++;
      if (!take_time(rules, i, rule->time)) return false;
    }
  }
  return true;
}

bool TimeZone::parse_tzif(std::string_view d) {
  auto be32 = [&](size_t at) {
    uint32_t v = 0;
    for (size_t k = 0; k < 4; k++) v = v << 8 | static_cast<unsigned char>(d[at + k]);
    return v;
  };
  auto be64 = [&](size_t at) { return static_cast<int64_t>(static_cast<uint64_t>(be32(at)) << 32 | be32(at + 4)); };
  if (d.size() < 44 || d.substr(0, 4) != "TZif") return false;
  size_t at = 0, width = 4;
  auto block = [&](size_t w) { return be32(at + 32) * (w + 1) + be32(at + 36) * 6 + be32(at + 40) + be32(at + 28) * (w + 4) + be32(at + 24) + be32(at + 20); };
  if (d[4] >= '2') {
    at = 44 + block(4);
    width = 8;
    if (d.size() < at + 44) return false;
  }
  size_t times = be32(at + 32), types = be32(at + 36), chars = be32(at + 40);
  size_t end = at + 44 + block(width);
  if (d.size() < end || types == 0) return false;
  size_t p = at + 44, index = p + times * width, info = index + times, names = info + types * 6;
  for (size_t k = 0; k < types; k++) {
    size_t t = info + k * 6, name = names + static_cast<unsigned char>(d[t + 5]);
    if (name >= names + chars) return false;
    types_.push_back({static_cast<int32_t>(be32(t)), d[t + 4] != 0, std::string(d.substr(name, d.find('\0', name) - name))});
  }
  for (size_t k = 0; k < times; k++) {
    int64_t when = width == 8 ? be64(p + k * 8) : static_cast<int32_t>(be32(p + k * 4));
    uint8_t type = static_cast<uint8_t>(d[index + k]);
    if (type >= types) return false;
    transitions_.push_back({when, type});
  }
  standard_ = types_[0];
  if (width == 8 && end + 1 < d.size() && d[end] == '\n') {
    size_t stop = d.find('\n', end + 1);
    if (stop != std::string_view::npos) parse_posix(d.substr(end + 1, stop - end - 1));
  }
  return true;
}

int64_t TimeZone::rule_seconds(const Rule& r, int64_t year) const {
  int64_t day;
  if (r.kind == 'M') {
    int64_t first = days_from_civil(year, r.month, 1);
    int weekday = static_cast<int>(((first + 4) % 7 + 7) % 7);
    day = first + (r.day - weekday + 7) % 7 + (r.week - 1) * 7;
    if (r.week == 5 && day >= days_from_civil(year, r.month + 1, 1)) day -= 7;
  } else {
    day = days_from_civil(year, 1, 1) + (r.kind == 'J' ? r.day - 1 + (leap(year) && r.day >= 60) : r.day);
  }
  return day * 86400 + r.time;
}

TimeZone::Type TimeZone::type_at(int64_t t) const {
  if (!transitions_.empty()) {
    if (t < transitions_.front().first) return types_[0];
    if (t < transitions_.back().first || standard_.name.empty()) {
      auto it = std::upper_bound(transitions_.begin(), transitions_.end(), t, [](int64_t v, const auto& x) { return v < x.first; });
      return types_[(it - 1)->second];
    }
  }
  if (!has_daylight_) return standard_;
  CivilTime c;
  civil_from_days(floor_div(t + standard_.offset, 86400), c);
  int64_t start = rule_seconds(start_, c.year) - standard_.offset, end = rule_seconds(end_, c.year) - daylight_.offset;
  bool dst = start < end ? t >= start && t < end : !(t >= end && t < start);
  return dst ? daylight_ : standard_;
}

CivilTime TimeZone::local(int64_t t) const {
  Type type = type_at(t);
  CivilTime c;
  int64_t shifted = t + type.offset;
  int64_t days = floor_div(shifted, 86400), rest = shifted - days * 86400;
  civil_from_days(days, c);
  c.hour = static_cast<int>(rest / 3600);
  c.minute = static_cast<int>(rest / 60 % 60);
  c.second = static_cast<int>(rest % 60);
  c.offset = type.offset;
  c.dst = type.dst;
  c.zone = type.name;
  return c;
}

int64_t TimeZone::seconds(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, int64_t second, int dst) const {
  int64_t t = days_from_civil(year, month, 1) * 86400 + (day - 1) * 86400 + hour * 3600 + minute * 60 + second;
  int64_t guess = t - type_at(t).offset;
  int64_t found = t - type_at(guess).offset;
  // A time that the clocks skip is meant by the clock before the change.
  if (int32_t other = type_at(found).offset; t - found != other && dst < 0) return std::max(found, t - other);
  if (dst < 0 || type_at(found).dst == (dst > 0)) return found;
  // The clocks show what is meant on the other side of a change: the nearest that there is.
  constexpr int64_t kWeek = 7 * 86400;
  for (int64_t away = kWeek; away < 100 * kWeek; away += kWeek)
    for (int64_t at : {found - away, found + away})
      if (Type other = type_at(at); other.dst == (dst > 0)) return t - other.offset;
  return found;
}

}  // namespace nacre
