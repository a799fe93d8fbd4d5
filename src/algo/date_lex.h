/// DateLexer: the words and numbers of GNU date's free-form input.
/// Source: GNU coreutils manual 29 "Date input formats"; checked against the tool.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "algo/date.h"

namespace nacre {

enum class DateWord : uint8_t {
  End,
  Unsigned,
  Signed,
  UnsignedDecimal,
  SignedDecimal,   // numbers
  Meridian,
  Month,
  Day,
  Zone,
  DayZone,
  LocalZone,
  Dst,
  Ordinal,
  Shift,
  Ago,
  YearUnit,
  MonthUnit,
  DayUnit,
  HourUnit,
  MinuteUnit,
  SecondUnit,
  T,      ///< "T" alone: between date and time, or a zone
  Bad,    ///< a word or number that means nothing: the last one but End
  Other   ///< a character by itself, `character`
};

struct DateToken {
  DateWord kind = DateWord::End;
  int64_t value = 0;         ///< of a number; minutes of a zone; months, days; how many of a unit
  int32_t nanoseconds = 0;   ///< of a decimal number; never negative
  int digits = 0;
  bool negative = false;
  char character = 0;
  std::string unknown = {};   ///< of Bad: the word; a number has none
  size_t end = 0;             ///< where in the text it ends
};

/// All words up to the first that means nothing, or is too large; then End. `local`: the zone names in use now.
void read_date_words(std::string_view text, const std::vector<CivilTime>& local, std::vector<DateToken>& out);

}  // namespace nacre
