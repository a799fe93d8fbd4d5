// libmagic shows times by localtime_r and gmtime_r, which would read the zone files of the host. The
// linker gives it these (--wrap): times are in UTC, and no file is opened.
#include <time.h>

#include <cstdint>

// NOLINTBEGIN(bugprone-reserved-identifier)
extern "C" {
struct tm* __wrap_localtime_r(const time_t* when, struct tm* out);
struct tm* __wrap_gmtime_r(const time_t* when, struct tm* out);

struct tm* __wrap_gmtime_r(const time_t* when, struct tm* out) {
  int64_t t = *when, days = t / 86400, second = t % 86400;
  if (second < 0) second += 86400, days--;
  // Howard Hinnant's calendar: eras of 400 years that begin with March.
  int64_t z = days + 719468, era = (z >= 0 ? z : z - 146096) / 146097, doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365, doy = doe - (365 * yoe + yoe / 4 - yoe / 100), mp = (5 * doy + 2) / 153;
  int64_t month = mp < 10 ? mp + 3 : mp - 9, year = yoe + era * 400 + (month <= 2);
  *out = {};
  out->tm_sec = static_cast<int>(second % 60);
  out->tm_min = static_cast<int>(second / 60 % 60);
  out->tm_hour = static_cast<int>(second / 3600);
  out->tm_mday = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  out->tm_mon = static_cast<int>(month - 1);
  out->tm_year = static_cast<int>(year - 1900);
  out->tm_wday = static_cast<int>(((days + 4) % 7 + 7) % 7);
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  out->tm_yday = static_cast<int>(month > 2 ? doy + 59 + leap : doy - 306);
  out->tm_zone = "UTC";
  return out;
}

struct tm* __wrap_localtime_r(const time_t* when, struct tm* out) { return __wrap_gmtime_r(when, out); }
}
// NOLINTEND(bugprone-reserved-identifier)
