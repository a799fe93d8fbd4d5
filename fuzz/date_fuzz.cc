// date: free-form input, formats, TZ values. Lines: input, format, TZ.
#include "algo/date.h"
#include "driver.h"

FUZZ_TARGET(text) {
  auto lines = nacre::fuzz::lines(text.substr(0, 300));
  lines.resize(3);
  std::string tz(lines[2]);
  auto load = [&](std::string_view) { return std::optional<std::string>(std::string(text)); };
  nacre::TimeZone zone = nacre::TimeZone::from_tz(tz.c_str(), load);
  auto at = nacre::parse_date(lines[0], 1735689600, 5, zone);
  int64_t seconds = at ? at->seconds : static_cast<int64_t>(text.size()) * 86400 * 365;
  (void)nacre::format_time(lines[1], zone.local(seconds), seconds, at ? at->nanoseconds : 0);
}
