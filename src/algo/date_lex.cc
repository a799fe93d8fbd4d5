#include "algo/date_lex.h"

#include <string>

#include "algo/unicode.h"

namespace nacre {
namespace {

using enum DateWord;

struct Named {
  std::string_view name;
  DateWord kind;
  int value;
};
constexpr Named kMeridians[] = {{"AM", Meridian, 0}, {"A.M.", Meridian, 0}, {"PM", Meridian, 1}, {"P.M.", Meridian, 1}};
/// Three letters are enough for these.
constexpr Named kMonthsAndDays[] = {{"JANUARY", Month, 1},  {"FEBRUARY", Month, 2},  {"MARCH", Month, 3},     {"APRIL", Month, 4},     {"MAY", Month, 5},
                                    {"JUNE", Month, 6},     {"JULY", Month, 7},      {"AUGUST", Month, 8},    {"SEPTEMBER", Month, 9}, {"SEPT", Month, 9},
                                    {"OCTOBER", Month, 10}, {"NOVEMBER", Month, 11}, {"DECEMBER", Month, 12}, {"SUNDAY", Day, 0},      {"MONDAY", Day, 1},
                                    {"TUESDAY", Day, 2},    {"TUES", Day, 2},        {"WEDNESDAY", Day, 3},   {"WEDNES", Day, 3},      {"THURSDAY", Day, 4},
                                    {"THUR", Day, 4},       {"THURS", Day, 4},       {"FRIDAY", Day, 5},      {"SATURDAY", Day, 6}};
constexpr Named kUniversal[] = {{"GMT", Zone, 0}, {"UT", Zone, 0}, {"UTC", Zone, 0}};
/// Minutes east of UTC, without the hour that a DayZone adds.
constexpr Named kZones[] = {
    {"WET", Zone, 0},        {"WEST", DayZone, 0},   {"BST", DayZone, 0},   {"ART", Zone, -180},     {"BRT", Zone, -180},    {"BRST", DayZone, -180},
    {"NST", Zone, -210},     {"NDT", DayZone, -210}, {"AST", Zone, -240},   {"ADT", DayZone, -240},  {"CLT", Zone, -240},    {"CLST", DayZone, -240},
    {"EST", Zone, -300},     {"EDT", DayZone, -300}, {"CST", Zone, -360},   {"CDT", DayZone, -360},  {"MST", Zone, -420},    {"MDT", DayZone, -420},
    {"PST", Zone, -480},     {"PDT", DayZone, -480}, {"AKST", Zone, -540},  {"AKDT", DayZone, -540}, {"HST", Zone, -600},    {"HAST", Zone, -600},
    {"HADT", DayZone, -600}, {"SST", Zone, -720},    {"WAT", Zone, 60},     {"CET", Zone, 60},       {"CEST", DayZone, 60},  {"MET", Zone, 60},
    {"MEZ", Zone, 60},       {"MEST", DayZone, 60},  {"MESZ", DayZone, 60}, {"EET", Zone, 120},      {"EEST", DayZone, 120}, {"CAT", Zone, 120},
    {"SAST", Zone, 120},     {"EAT", Zone, 180},     {"MSK", Zone, 180},    {"MSD", DayZone, 180},   {"IST", Zone, 330},     {"SGT", Zone, 480},
    {"KST", Zone, 540},      {"JST", Zone, 540},     {"GST", Zone, 600},    {"NZST", Zone, 720},     {"NZDT", DayZone, 720}};
constexpr Named kUnits[] = {{"YEAR", YearUnit, 1}, {"MONTH", MonthUnit, 1},   {"FORTNIGHT", DayUnit, 14}, {"WEEK", DayUnit, 7},      {"DAY", DayUnit, 1},
                            {"HOUR", HourUnit, 1}, {"MINUTE", MinuteUnit, 1}, {"MIN", MinuteUnit, 1},     {"SECOND", SecondUnit, 1}, {"SEC", SecondUnit, 1}};
constexpr Named kRelative[] = {{"TOMORROW", Shift, 1}, {"YESTERDAY", Shift, -1},  {"TODAY", Shift, 0},      {"NOW", Shift, 0},      {"LAST", Ordinal, -1},
                               {"THIS", Ordinal, 0},   {"NEXT", Ordinal, 1},      {"FIRST", Ordinal, 1},    {"THIRD", Ordinal, 3},  {"FOURTH", Ordinal, 4},
                               {"FIFTH", Ordinal, 5},  {"SIXTH", Ordinal, 6},     {"SEVENTH", Ordinal, 7},  {"EIGHTH", Ordinal, 8}, {"NINTH", Ordinal, 9},
                               {"TENTH", Ordinal, 10}, {"ELEVENTH", Ordinal, 11}, {"TWELFTH", Ordinal, 12}, {"AGO", Ago, -1},       {"HENCE", Ago, 1}};

template <size_t N>
bool take(const Named (&table)[N], std::string_view word, DateToken& t) {
  for (const auto& n : table) {
    if (n.name != word) continue;
    t.kind = n.kind;
    t.value = n.value;
    return true;
  }
  return false;
}

bool take_zone(std::string_view word, const std::vector<CivilTime>& local, DateToken& t) {
  if (take(kUniversal, word, t)) return true;
  for (const auto& c : local) {
    if (c.zone != word) continue;
    t.kind = LocalZone;
    t.value = c.dst;
    return true;
  }
  return take(kZones, word, t);
}

// A one-letter zone of the military: A to M east without J, N to Y west.
bool take_military(char c, DateToken& t) {
  if (c == 'J') return false;
  t.kind = c == 'T' ? T : Zone;
  t.value = 60 * (c == 'Z' ? 0 : c <= 'I' ? c - 'A' + 1 : c <= 'M' ? c - 'A' : -(c - 'N' + 1));
  return true;
}

bool read_word(std::string_view raw, const std::vector<CivilTime>& local, DateToken& t) {
  std::string word = upper(raw.substr(0, 19), false);
  if (take(kMeridians, word, t)) return true;
  bool short_form = word.size() == 3 || (word.size() == 4 && word[3] == '.');
  for (const auto& n : kMonthsAndDays) {
    if (short_form ? n.name.substr(0, 3) != std::string_view(word).substr(0, 3) : n.name != word) continue;
    t.kind = n.kind;
    t.value = n.value;
    return true;
  }
  if (take_zone(word, local, t)) return true;
  if (word == "DST") {
    t.kind = Dst;
    return true;
  }
  if (take(kUnits, word, t) || (word.back() == 'S' && take(kUnits, std::string_view(word).substr(0, word.size() - 1), t))) return true;
  if (take(kRelative, word, t)) return true;
  if (word.size() == 1) return take_military(word[0], t);
  if (std::erase(word, '.') == 0) return false;
  return take_zone(word, local, t);
}

// At a digit. False: too large.
bool read_digits(std::string_view s, size_t& i, int sign, DateToken& t) {
  size_t begin = i;
  for (; i < s.size() && ascii_digit(s[i]); i++) {
    int64_t d = s[i] - '0';
    if (__builtin_mul_overflow(t.value, int64_t{10}, &t.value) || __builtin_add_overflow(t.value, sign < 0 ? -d : d, &t.value)) return false;
  }
  t.negative = sign < 0;
  t.digits = static_cast<int>(i - begin);
  t.kind = sign ? Signed : Unsigned;
  if (i + 1 >= s.size() || (s[i] != '.' && s[i] != ',') || !ascii_digit(s[i + 1])) return true;
  t.kind = sign ? SignedDecimal : UnsignedDecimal;
  bool more = false;
  int32_t scale = 100'000'000;
  for (i++; i < s.size() && ascii_digit(s[i]); i++, scale /= 10) {
    t.nanoseconds += (s[i] - '0') * scale;
    more = more || (scale == 0 && s[i] != '0');
  }
  if (sign < 0 && more) t.nanoseconds++;
  if (sign < 0 && t.nanoseconds) {
    if (__builtin_sub_overflow(t.value, int64_t{1}, &t.value)) return false;
    t.nanoseconds = 1'000'000'000 - t.nanoseconds;
  }
  return true;
}

// At a '('. False: it is not closed, and the text ends here.
bool skip_comment(std::string_view s, size_t& i) {
  int depth = 0;
  do {
    if (i == s.size()) return false;
    if (s[i] == '(') depth++;
    if (s[i] == ')') depth--;
    i++;
  } while (depth > 0);
  return true;
}

}  // namespace

void read_date_words(std::string_view s, const std::vector<CivilTime>& local, std::vector<DateToken>& out) {
  for (size_t i = 0; i < s.size();) {
    if (ascii_space(s[i])) {
      i++;
      continue;
    }
    DateToken t;
    bool good = true;
    if (s[i] == '(') {
      if (!skip_comment(s, i)) break;
      continue;
    }
    size_t begin = i;
    if (s[i] == '-' || s[i] == '+') {
      int sign = s[i++] == '-' ? -1 : 1;
      while (i < s.size() && ascii_space(s[i])) i++;
      if (i == s.size() || !ascii_digit(s[i])) continue;   // a sign before no number is nothing
      good = read_digits(s, i, sign, t);
      if (!good) i = begin;
    } else if (ascii_digit(s[i])) {
      good = read_digits(s, i, 0, t);
      if (!good) i = begin;
    } else if (ascii_alpha(s[i])) {
      while (i < s.size() && (ascii_alpha(s[i]) || s[i] == '.')) i++;
      std::string_view word = s.substr(begin, i - begin);
      good = read_word(word, local, t);
      if (!good) t.unknown = upper(word.substr(0, 19), false);
    } else {
      t.kind = Other;
      t.character = s[i++];
    }
    if (!good) t.kind = Bad;
    t.end = i;
    out.push_back(t);
    if (!good) break;
  }
  out.emplace_back().end = s.size();
}

}  // namespace nacre
