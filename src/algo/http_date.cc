#include "algo/http_date.h"

#include <array>
#include <climits>

#include "algo/date.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr std::array<std::string_view, 7> kDays = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

struct NamedZone {
  std::string_view name;
  int minutes;   ///< west of Greenwich
};
constexpr NamedZone kZones[] = {
    {"GMT", 0},     {"UT", 0},      {"UTC", 0},     {"WET", 0},    {"BST", -60},  {"WAT", 60},    {"AST", 240},   {"ADT", 180},   {"EST", 300},
    {"EDT", 240},   {"CST", 360},   {"CDT", 300},   {"MST", 420},  {"MDT", 360},  {"PST", 480},   {"PDT", 420},   {"YST", 540},   {"YDT", 480},
    {"HST", 600},   {"HDT", 540},   {"CAT", 600},   {"AHST", 600}, {"NT", 660},   {"IDLW", 720},  {"CET", -60},   {"MET", -60},   {"MEWT", -60},
    {"MEST", -120}, {"CEST", -120}, {"MESZ", -120}, {"FWT", -60},  {"FST", -120}, {"EET", -120},  {"WAST", -420}, {"WADT", -480}, {"CCT", -480},
    {"JST", -540},  {"EAST", -600}, {"EADT", -660}, {"GST", -600}, {"NZT", -720}, {"NZST", -720}, {"NZDT", -780}, {"IDLE", -720},
};

bool same_word(std::string_view a, std::string_view b) { return lower(a, false) == lower(b, false); }

class DateReader {
 public:
  explicit DateReader(std::string_view s) : s_(s) {}

  std::optional<int64_t> read() {
    for (int part = 0; part < 6; part++) {
      while (at_ < s_.size() && !ascii_alpha(s_[at_]) && !ascii_digit(s_[at_])) at_++;
      if (at_ == s_.size()) break;
      if (!(ascii_alpha(s_[at_]) ? word() : digits())) return std::nullopt;
    }
    if (second_ < 0) second_ = minute_ = hour_ = 0;
    if (day_ < 0 || month_ < 0 || year_ < 1583 || day_ > 31 || hour_ > 23 || minute_ > 59 || second_ > 60) return std::nullopt;
    return days_from_civil(year_, month_ + 1, day_) * 86400 + hour_ * 3600 + minute_ * 60 + second_ + (has_zone_ ? zone_ : 0);
  }

 private:
  bool word() {
    const size_t begin = at_;
    while (at_ < s_.size() && ascii_alpha(s_[at_])) at_++;
    const std::string_view name = s_.substr(begin, at_ - begin);
    if (!weekday_)
      for (std::string_view day : kDays)
        if (same_word(name, name.size() == 3 ? day.substr(0, 3) : day)) return weekday_ = true;
    if (month_ < 0)
      for (size_t i = 0; i < kMonths.size(); i++)
        if (same_word(name, kMonths[i])) return month_ = static_cast<int>(i), true;
    return !has_zone_ && named_zone(name);
  }

  bool named_zone(std::string_view name) {
    for (const NamedZone& z : kZones)
      if (same_word(name, z.name)) return has_zone_ = true, zone_ = z.minutes * 60, true;
    if (name.size() != 1 || same_word(name, "J")) return false;
    // The letters of the military: A to M are 1 to 12 hours east, N to Y west, J is left out.
    const char c = static_cast<char>(name[0] & ~32);
    has_zone_ = true;
    zone_ = c == 'Z' ? 0 : c < 'J' ? (c - 'A' + 1) * 3600 : c < 'N' ? (c - 'A') * 3600 : -(c - 'N' + 1) * 3600;
    return true;
  }

  // One or two digits at `at`; -1 if there are none.
  int two(size_t& at) const {
    int n = -1;
    for (int i = 0; i < 2 && at < s_.size() && ascii_digit(s_[at]); i++, at++) n = (n < 0 ? 0 : n * 10) + (s_[at] - '0');
    return n;
  }
  bool colon(size_t& at) const { return at < s_.size() && s_[at] == ':' && ++at; }

  // "8:49", "08:49:37".
  bool time() {
    size_t at = at_;
    const int hour = two(at);
    if (hour > 23 || !colon(at)) return false;
    const int minute = two(at);
    if (minute < 0 || minute > 59) return false;
    int second = 0;
    size_t more = at;
    if (colon(more)) {
      const int n = two(more);
      if (n > 60) return false;
      if (n >= 0) second = n, at = more;
    }
    hour_ = hour, minute_ = minute, second_ = second, at_ = at;
    return true;
  }

  bool digits() {
    if (second_ < 0 && time()) return true;
    const size_t begin = at_;
    int64_t n = 0;
    for (; at_ < s_.size() && ascii_digit(s_[at_]); at_++)
      if ((n = n * 10 + (s_[at_] - '0')) > INT_MAX) return false;
    const size_t width = at_ - begin;
    const auto value = static_cast<int>(n);
    if (!has_zone_ && width == 4 && value <= 1400 && begin > 0 && (s_[begin - 1] == '+' || s_[begin - 1] == '-')) {
      const int offset = (value / 100 * 60 + value % 100) * 60;
      has_zone_ = true;
      zone_ = s_[begin - 1] == '+' ? -offset : offset;
      return true;
    }
    if (width == 8 && year_ < 0 && month_ < 0 && day_ < 0) {
      year_ = value / 10000, month_ = value % 10000 / 100 - 1, day_ = value % 100;
      return true;
    }
    return day_or_year(value);
  }

  // The first number is the day if it can be one, the next the year.
  bool day_or_year(int value) {
    if (day_next_ && day_ < 0) {
      day_next_ = false;
      if (value > 0 && value < 32) return day_ = value, true;
    }
    if (day_next_ || year_ >= 0) return false;
    year_ = value < 100 ? value + (value > 70 ? 1900 : 2000) : value;
    if (day_ < 0) day_next_ = true;
    return true;
  }

  std::string_view s_;
  size_t at_ = 0;
  bool weekday_ = false, has_zone_ = false, day_next_ = true;
  int year_ = -1, month_ = -1, day_ = -1, hour_ = -1, minute_ = -1, second_ = -1, zone_ = 0;
};

}  // namespace

std::optional<int64_t> parse_http_date(std::string_view text) { return DateReader(text).read(); }

std::string format_http_date(int64_t seconds) {
  const CivilTime t = TimeZone::from_tz("UTC0", nullptr).local(seconds);
  return format_time("%a, %d %b %Y %H:%M:%S GMT", t, seconds, 0);
}

}  // namespace nacre
