/// date: calendar time without the C library's global state: time zones as
/// values, strftime with GNU's extensions, and GNU date's free-form input.
/// Proleptic Gregorian calendar, 64-bit seconds, no leap seconds.
/// Source: POSIX XBD 8.3 "TZ"; RFC 8536 (TZif); GNU coreutils manual 21.1 and 29.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

/// Local calendar time. month 1..12, weekday 0 = Sunday, yearday 0..365.
struct CivilTime {
  int64_t year = 1970;
  int month = 1, day = 1, hour = 0, minute = 0, second = 0;
  int weekday = 4, yearday = 0;
  int32_t offset = 0;       ///< seconds east of UTC
  bool dst = false;
  std::string zone = "UTC";
};

/// Days since 1970-01-01 of a date; month may be out of 1..12.
int64_t days_from_civil(int64_t year, int64_t month, int64_t day);

class TimeZone {
 public:
  /// Contents of a zoneinfo file by name ("Europe/Paris"); nullopt if there is none.
  using Loader = std::function<std::optional<std::string>(std::string_view name)>;
  /// From the value of $TZ ("" and null: UTC). Unknown names mean UTC under that name, as in glibc.
  static TimeZone from_tz(const char* tz, const Loader& load);
  CivilTime local(int64_t seconds) const;
  /// Seconds of a local time; fields may be out of range and are normalized. dst: whether summer
  /// time is meant; -1 to find out.
  int64_t seconds(int64_t year, int64_t month, int64_t day, int64_t hour, int64_t minute, int64_t second, int dst = -1) const;

 private:
  struct Type {
    int32_t offset;
    bool dst;
    std::string name;
  };
  struct Rule {
    bool has = false;
    char kind = 'M';
    int month = 0, week = 0, day = 0;
    int32_t time = 7200;
  };
  Type type_at(int64_t seconds) const;
  bool parse_posix(std::string_view s);
  bool parse_tzif(std::string_view data);
  int64_t rule_seconds(const Rule& rule, int64_t year) const;
  Type standard_{0, false, "UTC"}, daylight_{0, true, ""};
  bool has_daylight_ = false;
  Rule start_, end_;
  std::vector<std::pair<int64_t, uint8_t>> transitions_;
  std::vector<Type> types_;
};

/// strftime in the C locale with GNU's %N %:z %P %q, flags _ - 0 ^ # + and widths.
std::string format_time(std::string_view format, const CivilTime& time, int64_t seconds, int32_t nanoseconds);

struct DateInput {
  int64_t seconds;
  int32_t nanoseconds;
};
/// Hears how a date is understood (date --debug).
struct DateTrace {
  std::function<void(const std::string&)> say;
  std::optional<std::string> zone;       ///< $TZ
  std::optional<std::string> own_zone;   ///< from the date's text
};
/// GNU date -d. nullopt: not understood.
std::optional<DateInput> parse_date(std::string_view text, int64_t now, int32_t now_nanoseconds, const TimeZone& zone, const DateTrace* trace = nullptr);

}  // namespace nacre
