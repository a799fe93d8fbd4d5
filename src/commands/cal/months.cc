#include "commands/cal/months.h"

#include <algorithm>
#include <vector>

namespace nacre {
namespace {

constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kDays[] = {"Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"};

std::string padded(std::string text, size_t width) {
  if (text.size() < width) text.resize(width, ' ');
  return text;
}

std::string centered(const std::string& text, size_t width) { return text.size() < width ? std::string((width - text.size()) / 2, ' ') + text : text; }

std::string right(int64_t number, size_t width) {
  std::string digits = std::to_string(number);
  return digits.size() < width ? std::string(width - digits.size(), ' ') + digits : digits;
}

class Sheet {
 public:
  Sheet(Process& p, Output& out, const SheetStyle& style) : p_(p), out_(out), s_(style), cell_(style.year_days ? 4 : 3) {
    columns_ = style.across ? (style.year_days ? 2 : 3) : (style.year_days ? 3 : 4);
    if (!style.across) width_ = style.year_days ? 24 : 18;
    else if (style.year_days) width_ = 27;
    else width_ = style.week_numbers ? 25 : 20;
  }

  void print(int64_t first, int64_t last) {
    // The year stands above its months where rows of months fall together with years.
    year_above_ = last - first >= columns_ - 1 && first % columns_ == 0;
    std::optional<int64_t> year;
    for (int64_t at = first; at <= last; at += columns_) {
      p_.tick(32);
      if (at != first) out_.put('\n');
      if (year_above_ && year != at / 12) {
        year = at / 12;
        out_.line(centered(std::to_string(*year), static_cast<size_t>(columns_) * width_));
      }
      row(at, std::min(last, at + columns_ - 1));
    }
  }

 private:
  // Some text, and how many columns it takes: marks of today take none.
  struct Line {
    std::string text;
    size_t width = 0;
  };

  void row(int64_t from, int64_t to) {
    if (!s_.across) out_.write("    ");
    for (int64_t m = from; m <= to; m++) {
      std::string title(kMonths[m % 12]);
      if (!year_above_) title += " " + std::to_string(m / 12);
      out_.write(s_.across ? padded(centered(title, width_), width_) + "  " : padded(title, width_));
    }
    out_.put('\n');
    if (s_.across) weeks_across(from, to);
    else weeks_down(from, to);
  }

  void weeks_across(int64_t from, int64_t to) {
    for (int64_t m = from; m <= to; m++) {
      std::string head = s_.week_numbers ? " w|" : "";
      for (int i = 0; i < 7; i++) head += std::string(cell_ - 2, ' ') + std::string(kDays[(s_.weeks.first_weekday + i) % 7]);
      out_.write(s_.week_numbers ? head + "   " : head.substr(1) + "  ");
    }
    out_.put('\n');
    // Six lines even where five or four would do: programs that read this rely on it.
    for (int i = 0; i < 6; i++) {
      for (int64_t m = from; m <= to; m++) week(m, i);
      out_.put('\n');
    }
  }

  void week(int64_t m, int i) {
    int64_t first = first_of(m), next = first_of(m + 1), start = week_start(first, s_.weeks) + 7 * i;
    if (start >= next) return out_.write(std::string(width_ + 2, ' '));
    Line line;
    for (int64_t day = start; day < start + 7 && day < next; day++) add_day(line, day, day < first);
    size_t width = width_;
    if (s_.week_numbers) {
      // The place is for two digits of a cell, so that of wide cells only the first digit shows.
      out_.write(right(week_number(start, s_.weeks), cell_).substr(1, 2) + "|");
      width -= 3;
    } else {
      line.text.erase(0, 1);
      line.width--;
    }
    finish(line, width);
    out_.write("  ");
  }

  void weeks_down(int64_t from, int64_t to) {
    for (int i = 0; i < 7; i++) {
      out_.write(kDays[(s_.weeks.first_weekday + i) % 7]);
      for (int64_t m = from; m <= to; m++) {
        int64_t first = first_of(m), next = first_of(m + 1);
        Line line;
        for (int64_t day = week_start(first, s_.weeks) + i; day < next; day += 7) add_day(line, day, day < first);
        finish(line, width_);
      }
      out_.put('\n');
    }
    if (!s_.week_numbers) return;
    out_.write("  ");
    for (int64_t m = from; m <= to; m++) {
      Line line;
      int64_t next = first_of(m + 1);
      for (int64_t day = week_start(first_of(m), s_.weeks); day < next; day += 7) {
        // Weeks of the Julian calendar have no number: ISO 8601 counts by the Gregorian one.
        line.text += day <= s_.calendar.last_julian ? std::string(cell_, ' ') : right(week_number(day, s_.weeks), cell_);
      }
      line.width = line.text.size();
      finish(line, width_);
    }
    out_.put('\n');
  }

  void add_day(Line& line, int64_t day, bool blank) {
    line.width += cell_;
    if (blank) {
      line.text.append(cell_, ' ');
      return;
    }
    CalendarDate date = s_.calendar.date(day);
    std::string number = right(s_.year_days ? day - s_.calendar.first_day(date.year, 1) + 1 : date.day, cell_ - 1);
    line.text += ' ';
    if (day != s_.today) line.text += number;
    else if (!s_.mark.empty()) line.text += s_.mark + number + s_.unmark;
    else {
      for (char c : number) line.text += std::string("_\b") + c;
    }
  }

  void finish(const Line& line, size_t width) {
    out_.write(line.text);
    if (line.width < width) out_.write(std::string(width - line.width, ' '));
  }

  int64_t first_of(int64_t m) const { return s_.calendar.first_day(m / 12, static_cast<int>(m % 12) + 1); }

  Process& p_;
  Output& out_;
  const SheetStyle& s_;
  size_t cell_, width_;
  int columns_;
  bool year_above_ = false;
};

}  // namespace

void print_months(Process& p, Output& out, const SheetStyle& style, int64_t first, int64_t last) { Sheet(p, out, style).print(first, last); }

}  // namespace nacre
