/// calendar: days counted across the switch from the Julian to the Gregorian calendar, Easter,
/// and the numbers of weeks, for cal and ncal.
/// Source: Fliegel and Van Flandern, CACM 11 (1968) 657; J. Meeus, "Astronomical Algorithms", 8.
#pragma once
#include <cstdint>
#include <span>
#include <string_view>

namespace nacre {

struct CalendarDate {
  int64_t year;
  int month, day;   ///< from 1
};

/// Days are Julian day numbers: one after the other, whatever their date is called.
int64_t julian_day(const CalendarDate& date);      ///< of a date of the Julian calendar
int64_t gregorian_day(const CalendarDate& date);
CalendarDate julian_date(int64_t day);
CalendarDate gregorian_date(int64_t day);
/// 0 = Monday.
inline int weekday_of(int64_t day) { return static_cast<int>(((day % 7) + 7) % 7); }

/// What a country used: Julian dates up to `last_julian`, Gregorian ones after that.
struct Calendar {
  int64_t last_julian;

  CalendarDate date(int64_t day) const { return day <= last_julian ? julian_date(day) : gregorian_date(day); }
  /// The first day of a month that there was.
  int64_t first_day(int64_t year, int month) const;
};

/// Where weeks begin, and how many days of a year its first week has at least.
struct WeekRule {
  int first_weekday = 0;   ///< 0 = Monday
  int least_days = 4;
};
int64_t week_start(int64_t day, const WeekRule& rule);
/// In years that begin as those of Rome did: by the Gregorian calendar from 1583 on.
int64_t week_number(int64_t day, const WeekRule& rule);

CalendarDate western_easter(int64_t year);     ///< by the Gregorian calendar
CalendarDate orthodox_easter(int64_t year);    ///< by the Julian calendar

struct CalendarSwitch {
  std::string_view code, country;
  CalendarDate last_julian;
};
std::span<const CalendarSwitch> calendar_switches();

}  // namespace nacre
