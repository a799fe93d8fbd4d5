#include "shell/builtins/time_text.h"

#include <ctime>

namespace nacre {
namespace {

/// Days since 1970-01-01 to a civil date. Source: H. Hinnant, "chrono-Compatible Low-Level Date Algorithms".
void civil(int64_t days, std::tm& tm) {
  int64_t z = days + 719468;
  int64_t era = (z >= 0 ? z : z - 146096) / 146097;
  int64_t doe = z - era * 146097;
  int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
  int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
  int64_t mp = (5 * doy + 2) / 153;
  tm.tm_mday = static_cast<int>(doy - (153 * mp + 2) / 5 + 1);
  tm.tm_mon = static_cast<int>(mp < 10 ? mp + 2 : mp - 10);
  int64_t year = yoe + era * 400 + (tm.tm_mon <= 1);
  tm.tm_year = static_cast<int>(year - 1900);
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  constexpr int kBefore[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
  tm.tm_yday = kBefore[tm.tm_mon] + tm.tm_mday - 1 + (leap && tm.tm_mon > 1);
  tm.tm_wday = static_cast<int>(((days + 4) % 7 + 7) % 7);
}

}  // namespace

std::string time_text(Shell&, std::string_view format, int64_t seconds) {
  std::string f = format.empty() ? "%X" : std::string(format);
  std::tm tm{};
  int64_t days = seconds / 86400, rest = seconds % 86400;
  if (rest < 0) rest += 86400, days--;
  civil(days, tm);
  tm.tm_hour = static_cast<int>(rest / 3600);
  tm.tm_min = static_cast<int>(rest / 60 % 60);
  tm.tm_sec = static_cast<int>(rest % 60);
  // An empty result and one that does not fit look the same: a mark tells them apart.
  f += '|';
  std::string out(256, '\0');
  size_t n = 0;
  while ((n = std::strftime(out.data(), out.size(), f.c_str(), &tm)) == 0 && out.size() < 65536) out.resize(out.size() * 2);
  out.resize(n ? n - 1 : 0);
  return out;
}

}  // namespace nacre
