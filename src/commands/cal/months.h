/// months: calendar sheets as text: months side by side in rows, weeks across (cal) or down (ncal).
#pragma once
#include <optional>
#include <string>

#include "commands/cal/calendar.h"
#include "commands/text_io.h"

namespace nacre {

struct SheetStyle {
  Calendar calendar;
  WeekRule weeks;
  bool across = true;            ///< a week is a line; else a column
  bool week_numbers = false;
  bool year_days = false;        ///< days are numbered from January 1
  std::optional<int64_t> today;  ///< this day stands between `mark` and `unmark`
  std::string mark, unmark;      ///< both empty: it is underlined by overstriking
};

/// Prints months first..last, each counted as year * 12 + month - 1.
void print_months(Process& p, Output& out, const SheetStyle& style, int64_t first, int64_t last);

}  // namespace nacre
