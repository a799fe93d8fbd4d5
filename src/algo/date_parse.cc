/// GNU date's free-form input: items in any order: calendar date, time of day,
/// zone, weekday, relative amounts, "@seconds". Each kind at most once.
#include "algo/date.h"
#include "algo/unicode.h"

namespace nacre {
namespace {

struct Token {
  enum Kind { Number, Word, Sign } kind;
  std::string text;        // digits, lower-case word, or the character
  int64_t value = 0;
  size_t digits = 0;
  int32_t fraction = 0;    // nanoseconds after a '.'
  bool has_fraction = false;
  bool space_before = false;
};

bool tokenize(std::string_view s, std::vector<Token>& out) {
  int paren = 0;
  bool space = false;
  for (size_t i = 0; i < s.size();) {
    char c = s[i];
    if (c == '(') {
      paren++;
      i++;
      continue;
    }
    if (c == ')' && paren) {
      paren--;
      i++;
      continue;
    }
    if (paren) {
      i++;
      continue;
    }
    if (ascii_space(c)) {
      space = true;
      i++;
      continue;
    }
    Token t{Token::Sign, std::string(1, c)};
    t.space_before = space;
    space = false;
    if (ascii_digit(c)) {
      t.kind = Token::Number;
      t.text.clear();
      while (i < s.size() && ascii_digit(s[i])) {
        t.text += s[i];
        if (__builtin_mul_overflow(t.value, int64_t{10}, &t.value) || __builtin_add_overflow(t.value, int64_t{s[i] - '0'}, &t.value)) return false;
        i++;
      }
      t.digits = t.text.size();
      if (i + 1 < s.size() && (s[i] == '.' || s[i] == ',') && ascii_digit(s[i + 1])) {
        t.has_fraction = true;
        int32_t scale = 100'000'000;
        for (i++; i < s.size() && ascii_digit(s[i]); i++, scale /= 10) t.fraction += (s[i] - '0') * scale;
      }
    } else if (ascii_alpha(c)) {
      t.kind = Token::Word;
      t.text.clear();
      while (i < s.size() && (ascii_alpha(s[i]) || (s[i] == '.' && !t.text.empty()))) {
        if (s[i] != '.') t.text += ascii_lower(s[i]);
        i++;
      }
    } else {
      i++;
    }
    out.push_back(t);
  }
  return true;
}

struct Named {
  const char* name;
  int value;
};
constexpr Named kMonths[] = {{"january", 1}, {"february", 2},  {"march", 3},    {"april", 4},     {"may", 5},       {"june", 6}, {"july", 7},
                             {"august", 8},  {"september", 9}, {"october", 10}, {"november", 11}, {"december", 12}, {"sept", 9}};
constexpr Named kDays[] = {{"sunday", 0},   {"monday", 1}, {"tuesday", 2}, {"wednesday", 3}, {"thursday", 4}, {"friday", 5},
                           {"saturday", 6}, {"tues", 2},   {"wednes", 3},  {"thur", 4},      {"thurs", 4}};
constexpr Named kOrdinals[] = {{"last", -1}, {"this", 0},    {"next", 1},   {"first", 1}, {"third", 3},  {"fourth", 4},    {"fifth", 5},
                               {"sixth", 6}, {"seventh", 7}, {"eighth", 8}, {"ninth", 9}, {"tenth", 10}, {"eleventh", 11}, {"twelfth", 12}};
constexpr Named kZones[] = {{"utc", 0},     {"ut", 0},     {"gmt", 0},    {"wet", 0},    {"west", 60},  {"bst", 60},   {"cet", 60},
                            {"cest", 120},  {"eet", 120},  {"eest", 180}, {"msk", 180},  {"ist", 330},  {"jst", 540},  {"est", -300},
                            {"edt", -240},  {"cst", -360}, {"cdt", -300}, {"mst", -420}, {"mdt", -360}, {"pst", -480}, {"pdt", -420},
                            {"akst", -540}, {"hst", -600}, {"sgt", 480},  {"nzst", 720}, {"nzdt", 780}};
// Units: seconds, or months and years.
enum Unit { kSecond, kMinute, kHour, kDay, kWeek, kFortnight, kMonth, kYear };
constexpr Named kUnits[] = {{"sec", kSecond}, {"second", kSecond}, {"min", kMinute},          {"minute", kMinute}, {"hour", kHour},
                            {"day", kDay},    {"week", kWeek},     {"fortnight", kFortnight}, {"month", kMonth},   {"year", kYear}};

template <size_t N>
const Named* find_name(const Named (&table)[N], const std::string& word, bool abbreviate) {
  for (const auto& n : table) {
    std::string_view full = n.name;
    if (word == full || (abbreviate && word.size() == 3 && full.substr(0, 3) == word)) return &n;
  }
  return nullptr;
}

const Named* find_unit(std::string word) {
  if (const Named* n = find_name(kUnits, word, false)) return n;
  if (word.size() > 1 && word.back() == 's') word.pop_back();
  return find_name(kUnits, word, false);
}

class DateParser {
 public:
  DateParser(int64_t now, int32_t nanos, const TimeZone& zone) : now_(now), now_nanos_(nanos), zone_(zone) {}

  std::optional<DateInput> run(std::string_view text) {
    if (!tokenize(text, t_)) return std::nullopt;
    if (!t_.empty() && sign(0, "@")) return epoch();
    while (at_ < t_.size())
      if (!item()) return std::nullopt;
    return result();
  }

 private:
  bool is(size_t i, Token::Kind k) const { return i < t_.size() && t_[i].kind == k; }
  bool sign(size_t i, std::string_view s) const { return is(i, Token::Sign) && t_[i].text == s; }
  bool word(size_t i, std::string_view s) const { return is(i, Token::Word) && t_[i].text == s; }

  std::optional<DateInput> epoch() {
    bool negative = sign(1, "-");
    size_t i = negative || sign(1, "+") ? 2 : 1;
    if (!is(i, Token::Number) || i + 1 != t_.size()) return std::nullopt;
    DateInput d{t_[i].value, t_[i].fraction};
    if (negative) {
      d.seconds = -d.seconds;
      if (d.nanoseconds) {
        d.seconds--;
        d.nanoseconds = 1'000'000'000 - d.nanoseconds;
      }
    }
    return d;
  }

  bool item() {
    if (sign(at_, ",")) {
      at_++;
      return true;
    }
    if (is(at_, Token::Number)) return number_item();
    if (sign(at_, "+") || sign(at_, "-")) return signed_item();
    if (is(at_, Token::Word)) return word_item();
    return false;
  }

  bool set_date(int64_t y, int64_t m, int64_t d) {
    if (has_date_ || m < 1 || m > 12 || d < 1 || d > 31) return false;
    has_date_ = true;
    year_ = y;
    month_ = m;
    day_ = d;
    return true;
  }

  static int64_t full_year(const Token& t) { return t.digits > 2 ? t.value : t.value < 69 ? t.value + 2000 : t.value + 1900; }
  int64_t this_year() const { return zone_.local(now_).year; }

  bool number_item() {
    const Token& n = t_[at_];
    // 2024-05-06
    if (sign(at_ + 1, "-") && is(at_ + 2, Token::Number) && sign(at_ + 3, "-") && is(at_ + 4, Token::Number) && !t_[at_ + 1].space_before) {
      int64_t y = full_year(n), m = t_[at_ + 2].value, d = t_[at_ + 4].value;
      at_ += 5;
      if (word(at_, "t") && is(at_ + 1, Token::Number)) at_++;
      return set_date(y, m, d);
    }
    // 5/6/2024, 5/6, 2024/5/6
    if (sign(at_ + 1, "/") && is(at_ + 2, Token::Number)) {
      if (sign(at_ + 3, "/") && is(at_ + 4, Token::Number)) {
        bool iso = n.digits >= 4;
        int64_t y = iso ? n.value : full_year(t_[at_ + 4]), m = iso ? t_[at_ + 2].value : n.value, d = iso ? t_[at_ + 4].value : t_[at_ + 2].value;
        at_ += 5;
        return set_date(y, m, d);
      }
      int64_t m = n.value, d = t_[at_ + 2].value;
      at_ += 3;
      return set_date(this_year(), m, d);
    }
    if (sign(at_ + 1, ":")) return clock();
    if (is(at_ + 1, Token::Word)) {
      const std::string& w = t_[at_ + 1].text;
      if (w == "am" || w == "pm") {
        if (!set_time(n.value, 0, 0, 0)) return false;
        at_++;
        return meridian();
      }
      if (const Named* m = find_name(kMonths, w, true)) return day_month(m->value, at_ + 2);
      if (find_unit(w)) {
        int64_t v = n.value;
        int32_t f = n.fraction;
        at_++;
        return relative(v, f, 1);
      }
      if (const Named* d = find_name(kDays, w, true)) {
        at_ += 2;
        has_day_ = true;
        weekday_ = d->value;
        ordinal_ = n.value;
        return true;
      }
      if (w == "t" && n.digits == 8 && !has_date_) {
        at_ += 2;
        return set_date(n.value / 10000, n.value / 100 % 100, n.value % 100);
      }
    }
    // 6-May-2024
    if (sign(at_ + 1, "-") && is(at_ + 2, Token::Word)) {
      if (const Named* m = find_name(kMonths, t_[at_ + 2].text, true)) {
        t_.erase(t_.begin() + static_cast<long>(at_) + 1);
        if (sign(at_ + 2, "-") && is(at_ + 3, Token::Number)) t_.erase(t_.begin() + static_cast<long>(at_) + 2);
        return day_month(m->value, at_ + 2);
      }
    }
    return bare_number();
  }

  bool day_month(int month, size_t next) {
    int64_t day = t_[at_].value, year = this_year();
    at_ = next;
    if (sign(at_, ",") && is(at_ + 1, Token::Number) && !sign(at_ + 2, ":")) at_++;
    if (is(at_, Token::Number) && !sign(at_ + 1, ":") && t_[at_].digits >= 4 && !(is(at_ + 1, Token::Word) && find_unit(t_[at_ + 1].text)))
      year = full_year(t_[at_++]);
    else if (is(at_, Token::Number) && t_[at_].digits == 2 && at_ + 1 == t_.size()) year = full_year(t_[at_++]);
    return set_date(year, month, day);
  }

  bool bare_number() {
    const Token n = t_[at_++];
    if (has_date_ && !has_time_ && n.digits <= 4) {
      // An hour, or HHMM, behind a date; a year behind a date without one is handled there.
      if (n.digits <= 2) return set_time(n.value, 0, 0, 0);
      return set_time(n.value / 100, n.value % 100, 0, 0);
    }
    if (n.digits > 4) return set_date(n.value / 10000, n.value / 100 % 100, n.value % 100);
    if (n.digits <= 2) return set_time(n.value, 0, 0, 0);
    return set_time(n.value / 100, n.value % 100, 0, 0);
  }

  bool set_time(int64_t h, int64_t m, int64_t s, int32_t nanos) {
    if (has_time_ || h > 24 || m > 59 || s > 60) return false;
    has_time_ = true;
    hour_ = h;
    minute_ = m;
    second_ = s;
    nanos_ = nanos;
    return true;
  }

  bool meridian() {
    if (!word(at_, "am") && !word(at_, "pm")) return true;
    if (hour_ < 1 || hour_ > 12) return false;
    hour_ = hour_ % 12 + (word(at_, "pm") ? 12 : 0);
    at_++;
    return true;
  }

  bool clock() {
    int64_t h = t_[at_].value, m = 0, s = 0;
    int32_t nanos = 0;
    at_ += 2;
    if (!is(at_, Token::Number)) return false;
    m = t_[at_].value;
    at_++;
    if (sign(at_, ":")) {
      at_++;
      if (!is(at_, Token::Number)) return false;
      s = t_[at_].value;
      nanos = t_[at_].fraction;
      at_++;
    }
    if (!set_time(h, m, s, nanos) || !meridian()) return false;
    // A zone right behind: 10:00+02, 10:00 -0500.
    if ((sign(at_, "+") || sign(at_, "-")) && is(at_ + 1, Token::Number) && !(is(at_ + 2, Token::Word) && find_unit(t_[at_ + 2].text))) return zone_offset();
    return true;
  }

  bool zone_offset() {
    int direction = sign(at_, "-") ? -1 : 1;
    const Token& n = t_[at_ + 1];
    int64_t minutes = n.digits <= 2 ? n.value * 60 : n.value / 100 * 60 + n.value % 100;
    at_ += 2;
    if (sign(at_, ":") && is(at_ + 1, Token::Number)) {
      minutes = n.value * 60 + t_[at_ + 1].value;
      at_ += 2;
    }
    has_zone_ = true;
    zone_minutes_ += direction * minutes;
    return minutes <= 24 * 60;
  }

  bool signed_item() {
    int direction = 1;
    while (sign(at_, "+") || sign(at_, "-"))
      if (t_[at_++].text == "-") direction = -direction;
    if (is(at_, Token::Word)) return relative(1, 0, direction);
    if (!is(at_, Token::Number)) return false;
    int64_t n = t_[at_].value;
    int32_t f = t_[at_].fraction;
    if (is(at_ + 1, Token::Word) && find_unit(t_[at_ + 1].text)) {
      at_++;
      return relative(n, f, direction);
    }
    at_--;
    return has_time_ && !has_zone_ ? zone_offset() : false;
  }

  // At a unit's word: n of it, perhaps "ago".
  bool relative(int64_t n, int32_t nanos, int direction) {
    const Named* unit = is(at_, Token::Word) ? find_unit(t_[at_].text) : nullptr;
    if (!unit) return false;
    at_++;
    if (word(at_, "ago")) {
      direction = -direction;
      at_++;
    }
    n *= direction;
    switch (unit->value) {
      case kSecond:
        relative_seconds_ += n;
        relative_nanos_ += direction * int64_t{nanos};
        break;
      case kMinute: relative_seconds_ += n * 60; break;
      case kHour: relative_seconds_ += n * 3600; break;
      case kDay: relative_days_ += n; break;
      case kWeek: relative_days_ += n * 7; break;
      case kFortnight: relative_days_ += n * 14; break;
      case kMonth: relative_months_ += n; break;
      default: relative_years_ += n; break;
    }
    has_relative_ = true;
    return true;
  }

  bool word_item() {
    const std::string w = t_[at_].text;
    if (w == "now" || w == "today") {
      at_++;
      has_relative_ = true;
      return true;
    }
    if (w == "yesterday" || w == "tomorrow") {
      at_++;
      relative_days_ += w == "tomorrow" ? 1 : -1;
      has_relative_ = true;
      return true;
    }
    if (w == "noon" && !has_time_) {
      at_++;
      return set_time(12, 0, 0, 0);
    }
    if (w == "midnight" && !has_time_) {
      at_++;
      return set_time(0, 0, 0, 0);
    }
    if (const Named* m = find_name(kMonths, w, true)) {
      at_++;
      if (sign(at_, "-")) at_++;
      if (!is(at_, Token::Number)) return false;
      return day_month(m->value, at_ + 1);
    }
    if (const Named* d = find_name(kDays, w, true)) {
      at_++;
      if (sign(at_, ",")) at_++;
      has_day_ = true;
      weekday_ = d->value;
      return true;
    }
    if (const Named* o = find_name(kOrdinals, w, false)) {
      at_++;
      if (is(at_, Token::Word)) {
        if (const Named* d = find_name(kDays, t_[at_].text, true)) {
          at_++;
          has_day_ = true;
          weekday_ = d->value;
          ordinal_ = o->value;
          return true;
        }
      }
      return relative(o->value, 0, 1);
    }
    if (find_unit(w)) return relative(1, 0, 1);
    if (const Named* z = find_name(kZones, w, false)) {
      at_++;
      return set_zone(z->value);
    }
    if (w == "z") {
      at_++;
      return set_zone(0);
    }
    if (w == "dst") {
      at_++;
      zone_minutes_ += 60;
      return has_zone_;
    }
    CivilTime local = zone_.local(now_);
    if (lower(local.zone, false) == w) {
      at_++;
      return set_zone(local.offset / 60);
    }
    if (w.size() == 1 && w != "j" && w != "t") {
      at_++;
      char c = w[0];
      int hours = c <= 'i' ? c - 'a' + 1 : c <= 'm' ? c - 'k' + 10 : -(c - 'n' + 1);
      return set_zone(hours * 60);
    }
    return false;
  }

  bool set_zone(int minutes) {
    if (has_zone_) return false;
    has_zone_ = true;
    zone_minutes_ = minutes;
    if ((sign(at_, "+") || sign(at_, "-")) && is(at_ + 1, Token::Number) && !(is(at_ + 2, Token::Word) && find_unit(t_[at_ + 2].text))) return zone_offset();
    return true;
  }

  std::optional<DateInput> result() {
    CivilTime now = zone_.local(now_);
    if (has_zone_) now = TimeZone().local(now_ + zone_minutes_ * 60);
    int64_t y = has_date_ ? year_ : now.year, m = has_date_ ? month_ : now.month, d = has_date_ ? day_ : now.day;
    int64_t h = now.hour, min = now.minute, s = now.second;
    int32_t nanos = now_nanos_;
    if (has_time_ || has_date_ || has_day_) {
      h = has_time_ ? hour_ : 0;
      min = has_time_ ? minute_ : 0;
      s = has_time_ ? second_ : 0;
      nanos = has_time_ ? nanos_ : 0;
    }
    if (!has_time_ && !has_date_ && !has_day_ && !has_relative_ && !has_zone_) h = min = s = nanos = 0;
    if (has_date_) {
      CivilTime check = TimeZone().local(days_from_civil(y, m, d) * 86400);
      if (check.day != d) return std::nullopt;
    }
    if (has_day_ && !has_date_) {
      int weekday = static_cast<int>(((days_from_civil(y, m, d) + 4) % 7 + 7) % 7);
      int64_t ahead = (weekday_ - weekday + 7) % 7;
      d += ahead + 7 * (ordinal_ - (ordinal_ > 0 && weekday != weekday_));
    }
    y += relative_years_;
    m += relative_months_;
    d += relative_days_;
    DateInput out;
    if (has_zone_) out.seconds = TimeZone().seconds(y, m, d, h, min, s) - zone_minutes_ * 60;
    else out.seconds = zone_.seconds(y, m, d, h, min, s);
    int64_t total = nanos + relative_nanos_;
    out.seconds += relative_seconds_ + total / 1'000'000'000 - (total % 1'000'000'000 < 0);
    out.nanoseconds = static_cast<int32_t>((total % 1'000'000'000 + 1'000'000'000) % 1'000'000'000);
    return out;
  }

  int64_t now_;
  int32_t now_nanos_;
  const TimeZone& zone_;
  std::vector<Token> t_;
  size_t at_ = 0;
  bool has_date_ = false, has_time_ = false, has_zone_ = false, has_day_ = false, has_relative_ = false;
  int64_t year_ = 0, month_ = 0, day_ = 0, hour_ = 0, minute_ = 0, second_ = 0;
  int32_t nanos_ = 0;
  int64_t zone_minutes_ = 0;
  int weekday_ = 0;
  int64_t ordinal_ = 0;
  int64_t relative_seconds_ = 0, relative_nanos_ = 0, relative_days_ = 0, relative_months_ = 0, relative_years_ = 0;
};

}  // namespace

std::optional<DateInput> parse_date(std::string_view text, int64_t now, int32_t now_nanoseconds, const TimeZone& zone) {
  return DateParser(now, now_nanoseconds, zone).run(text);
}

}  // namespace nacre
