/// DateParts: what a date in words said, and how date --debug tells of it.
/// Source: GNU coreutils 9.1 manual, "date invocation"; checked against the tool.
#pragma once
#include <string>

#include "algo/date.h"

namespace nacre {

struct DateParts {
  int times_ = 0, dates_ = 0, days_ = 0, zones_ = 0, local_zones_ = 0, dsts_ = 0;   ///< how many of each were seen
  bool relative_ = false;
  int64_t year_ = 0, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
  int year_digits_ = -1;   ///< -1: no year was given
  int32_t nanos_ = 0;
  int half_ = -1;   ///< 0 am, 1 pm
  int dst_ = -1;
  int64_t zone_seconds_ = 0, weekday_ = 0;
  std::optional<int64_t> ordinal_;   ///< of the weekday
  int64_t years_ = 0, months_ = 0, shift_days_ = 0, hours_ = 0, minutes_ = 0, seconds_ = 0, relative_nanos_ = 0;
};

/// Tells a DateTrace about parts; does nothing without one.
class DateTeller {
 public:
  explicit DateTeller(const DateTrace* trace) : trace_(trace) {}
  explicit operator bool() const { return trace_ != nullptr; }
  void say(const std::string& text) const {
    if (trace_) trace_->say(text);
  }
  /// "parsed date part: ...": what is new since the last call.
  void part(const char* item, const DateParts& p);
  void relative_part(const char* item, const DateParts& p) const;
  void input_zone(const DateParts& p) const;
  void too_many(const DateParts& p) const;
  /// A date and time that the calendar does not have, and what it would make of them.
  void not_on_calendar(const DateParts& p, const CivilTime& normal) const;
  void date_shift(const DateParts& p, const CivilTime& adjusted, const CivilTime& normal) const;
  void time_shift(const DateParts& p, int64_t seconds) const;
  void final_time(const DateInput& d, const TimeZone& zone) const;
  static std::string day(const DateParts& p);
  /// "(Y-M-D) 2024-03-31 10:00:00", with a zone if one was given.
  static std::string moment(const CivilTime& t, const DateParts* p);

 private:
  const DateTrace* trace_;
  bool dates_ = false, times_ = false, days_ = false, zones_ = false, local_zones_ = false;
};

}  // namespace nacre
