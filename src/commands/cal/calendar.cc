#include "commands/cal/calendar.h"

#include "algo/date.h"

namespace nacre {
namespace {

constexpr int64_t kUnixEpoch = 2440588;   // 1970-01-01 as a Julian day number

int64_t floor_div(int64_t a, int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// clang-format off
constexpr CalendarSwitch kSwitches[] = {
    {"AL", "Albania", {1912, 11, 30}},    {"AT", "Austria", {1583, 10, 5}},   {"AU", "Australia", {1752, 9, 2}},
    {"BE", "Belgium", {1582, 12, 14}},    {"BG", "Bulgaria", {1916, 3, 31}},  {"CA", "Canada", {1752, 9, 2}},
    {"CH", "Switzerland", {1655, 2, 28}}, {"CN", "China", {1911, 12, 18}},    {"CZ", "Czech Republic", {1584, 1, 6}},
    {"DE", "Germany", {1700, 2, 18}},     {"DK", "Denmark", {1700, 2, 18}},   {"ES", "Spain", {1582, 10, 4}},
    {"FI", "Finland", {1753, 2, 17}},     {"FR", "France", {1582, 12, 9}},    {"GB", "United Kingdom", {1752, 9, 2}},
    {"GR", "Greece", {1924, 3, 9}},       {"HU", "Hungary", {1587, 10, 21}},  {"IS", "Iceland", {1700, 11, 16}},
    {"IT", "Italy", {1582, 10, 4}},       {"JP", "Japan", {1918, 12, 18}},    {"LI", "Lithuania", {1918, 2, 1}},
    {"LU", "Luxembourg", {1582, 12, 14}}, {"LV", "Latvia", {1918, 2, 1}},     {"NL", "Netherlands", {1582, 12, 14}},
    {"NO", "Norway", {1700, 2, 18}},      {"PL", "Poland", {1582, 10, 4}},    {"PT", "Portugal", {1582, 10, 4}},
    {"RO", "Romania", {1919, 3, 31}},     {"RU", "Russia", {1918, 1, 31}},    {"SI", "Slovenia", {1919, 3, 4}},
    {"SE", "Sweden", {1753, 2, 17}},      {"TR", "Turkey", {1926, 12, 18}},   {"US", "United States", {1752, 9, 2}},
    {"YU", "Yugoslavia", {1919, 3, 4}},
};
// clang-format on

}  // namespace

std::span<const CalendarSwitch> calendar_switches() { return kSwitches; }

int64_t gregorian_day(const CalendarDate& d) { return days_from_civil(d.year, d.month, d.day) + kUnixEpoch; }

int64_t julian_day(const CalendarDate& d) {
  // Years that begin in March: the leap day is their last.
  int64_t a = (14 - d.month) / 12, year = d.year + 4800 - a, month = d.month + 12 * a - 3;
  return d.day + (153 * month + 2) / 5 + 365 * year + floor_div(year, 4) - 32083;
}

namespace {

CalendarDate date_in(int64_t c, int64_t base_year) {
  int64_t year = floor_div(4 * c + 3, 1461), rest = c - floor_div(1461 * year, 4), month = (5 * rest + 2) / 153;
  return {base_year + year - 4800 + month / 10, static_cast<int>(month + 3 - 12 * (month / 10)), static_cast<int>(rest - (153 * month + 2) / 5 + 1)};
}

}  // namespace

CalendarDate julian_date(int64_t day) { return date_in(day + 32082, 0); }

CalendarDate gregorian_date(int64_t day) {
  int64_t a = day + 32044, century = floor_div(4 * a + 3, 146097);
  return date_in(a - floor_div(146097 * century, 4), 100 * century);
}

int64_t Calendar::first_day(int64_t year, int month) const {
  int64_t julian = julian_day({year, month, 1});
  if (julian <= last_julian) return julian;
  int64_t gregorian = gregorian_day({year, month, 1});
  return gregorian > last_julian ? gregorian : last_julian + 1;
}

int64_t week_start(int64_t day, const WeekRule& rule) { return day - (weekday_of(day) + 7 - rule.first_weekday) % 7; }

int64_t week_number(int64_t day, const WeekRule& rule) {
  const Calendar papal{julian_day({1582, 10, 4})};
  auto first_week = [&](int64_t year) {
    int64_t new_year = papal.first_day(year, 1), start = week_start(new_year, rule);
    return start + 7 - new_year >= rule.least_days ? start : start + 7;
  };
  int64_t year = papal.date(day).year + 1;
  while (day < first_week(year)) year--;
  return (day - first_week(year)) / 7 + 1;
}

CalendarDate western_easter(int64_t y) {
  int64_t a = y % 19, b = y / 100, c = y % 100, h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
  int64_t l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7, m = (a + 11 * h + 22 * l) / 451, n = h + l - 7 * m + 114;
  return {y, static_cast<int>(n / 31), static_cast<int>(n % 31 + 1)};
}

CalendarDate orthodox_easter(int64_t y) {
  int64_t d = (19 * (y % 19) + 15) % 30, e = (2 * (y % 4) + 4 * (y % 7) - d + 34) % 7, n = d + e + 114;
  return {y, static_cast<int>(n / 31), static_cast<int>(n % 31 + 1)};
}

}  // namespace nacre
