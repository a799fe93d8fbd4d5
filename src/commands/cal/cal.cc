/// cal, ncal - show a calendar, or the date of Easter.
/// Source: cal(1), ncal(1) of FreeBSD as Debian ships them (12.1), checked against the tools.
/// Differs: knows --help and --version; -bw does not cut the mark of today where there is no terminal.
#include <algorithm>
#include <cstdlib>

#include "algo/unicode.h"
#include "commands/cal/months.h"
#include "commands/command.h"
#include "commands/option_reader.h"
#include "commands/tput/terminals.h"
#include "commands/zone.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: cal [general options] [-jy] [[month] year]\n"
    "       cal [general options] [-j] [-m month] [year]\n"
    "       ncal -C [general options] [-jy] [[month] year]\n"
    "       ncal -C [general options] [-j] [-m month] [year]\n"
    "       ncal [general options] [-bhJjpwySM] [-H yyyy-mm-dd] [-s country_code] [-W number of days] [[month] year]\n"
    "       ncal [general options] [-Jeo] [year]\n"
    "General options: [-31] [-A months] [-B months] [-d yyyy-mm]\n";
constexpr int kUsageError = 64;   // EX_USAGE of sysexits.h

enum Option { kHelp, kVersion, kFirstLetter };
constexpr std::string_view kLetters = "13A:B:Cd:eH:hjJm:ops:wyMSbW:";
constexpr std::string_view kOnlyNcal = "eHhJopswMSbW";
constexpr int64_t kMostMonths = 1'000'000'000;

struct Options {
  bool classic = false;        // cal, or ncal -C
  bool only_ncal = false;      // an option was given that cal lacks
  bool across = false, week_numbers = false, year_days = false, julian = false;
  bool western = false, orthodox = false, countries = false, highlight = true;
  char range = 0;              // '1', '3', 'y'
  int64_t after = 0, before = 0;
  std::optional<std::string> month, date, today;
  WeekRule weeks{6, 4};
  int64_t last_julian = 0;
};

int64_t number_at(const std::string& text, size_t at) { return at < text.size() ? strtoll(text.c_str() + at, nullptr, 10) : 0; }
int64_t months_of(std::string_view value) { return std::clamp<int64_t>(strtoll(std::string(value).c_str(), nullptr, 10), -kMostMonths, kMostMonths); }

// A number, perhaps with f for the next or p for the last such month, or a name as strptime
// reads it. Month 0..11; false if it is none.
bool parse_month(const std::string& text, int64_t after, int64_t before, int64_t& month, int64_t& year) {
  char* end;
  int64_t n = strtoll(text.c_str(), &end, 10);
  char letter = ascii_lower(*end);
  if (end != text.c_str() && (letter == 0 || letter == 'f' || letter == 'p')) {
    if (n < 1 || n > 12) return false;
    month = n - 1;
    if (letter == 'f' && month <= after) year++;
    if (letter == 'p' && month >= before) year--;
    return true;
  }
  constexpr std::string_view kNames = "janfebmaraprmayjunjulaugsepoctnovdec";
  std::string begin = text.substr(0, 3);
  for (char& c : begin) c = ascii_lower(c);
  size_t at = begin.size() == 3 ? kNames.find(begin) : std::string_view::npos;
  if (at == std::string_view::npos || at % 3 != 0) return false;
  month = static_cast<int64_t>(at / 3);
  return true;
}

class Cal {
 public:
  explicit Cal(Process& p) : p_(p), out_(p) {
    o_.classic = p.name() == "cal";
    o_.highlight = !o_.classic;
  }

  int run() {
    if (auto status = read_options()) return *status;
    if (o_.classic && o_.only_ncal) return usage();
    if (o_.countries) return print_countries();
    CivilTime now = process_zone(p_).local(p_.now().sec);
    year_ = now.year;
    month_ = now.month - 1;
    if (o_.date) {
      year_ = number_at(*o_.date, 0);
      month_ = number_at(*o_.date, 5) - 1;
    }
    if (auto status = read_operands()) return *status;
    if (o_.western || o_.orthodox) return print_easter();
    return print_sheet({now.year, now.month, now.day});
  }

 private:
  int usage() {
    write_error(p_, kUsage);
    return kUsageError;
  }
  int fail(const std::string& text) {
    p_.warn("%s", text.c_str());
    return kUsageError;
  }

  std::optional<int> read_options() {
    std::vector<OptionSpec> specs = {{0, "help", ArgKind::None}, {0, "version", ArgKind::None}};
    for (char c : kLetters) {
      if (c == ':') specs.back().kind = ArgKind::Required;
      else specs.push_back({c, "", ArgKind::None});
    }
    set_country("US");
    OptionReader reader{p_, p_.argv()[0], kUsage, kUsageError, specs};
    return reader.read(
        p_.argv(),
        [&](size_t i, std::optional<std::string_view> value) {
          return option(i < kFirstLetter ? -static_cast<int>(i) - 1 : specs[i].short_name, value.value_or(""));
        },
        [&](std::string_view operand) {
          operands_.emplace_back(operand);
          return std::optional<int>();
        });
  }

  std::optional<int> option(int letter, std::string_view value) {
    if (letter == -kHelp - 1) {
      out_.write(kUsage);
      return out_.finish(0);
    }
    if (letter == -kVersion - 1) return print_version(p_);
    o_.only_ncal = o_.only_ncal || kOnlyNcal.find(static_cast<char>(letter)) != std::string_view::npos;
    switch (letter) {
      case '1':
      case '3':
      case 'y': o_.range = static_cast<char>(letter); break;
      case 'A': o_.after = months_of(value); break;
      case 'B': o_.before = months_of(value); break;
      case 'C': o_.classic = o_.across = true; break;
      case 'd': o_.date = value; break;
      case 'e': o_.western = true; break;
      case 'o': o_.orthodox = true; break;
      case 'H': o_.today = value; break;
      case 'h': o_.highlight = false; break;
      case 'j': o_.year_days = true; break;
      case 'J':
        o_.julian = true;
        o_.last_julian = gregorian_day({1'000'000'000, 1, 1});
        break;
      case 'm': o_.month = value; break;
      case 'p': o_.countries = true; break;
      case 's':
        if (!set_country(value)) return fail(std::string(value) + ": invalid country code");
        break;
      case 'w': o_.week_numbers = true; break;
      case 'M': o_.weeks.first_weekday = 0; break;
      case 'S': o_.weeks.first_weekday = 6; break;
      case 'b': o_.across = true; break;
      case 'W': o_.weeks.least_days = static_cast<int>(strtol(std::string(value).c_str(), nullptr, 10)); break;
      default: break;
    }
    return std::nullopt;
  }

  bool set_country(std::string_view code) {
    for (const CalendarSwitch& s : calendar_switches()) {
      if (s.code != code) continue;
      o_.last_julian = julian_day(s.last_julian);
      return true;
    }
    return false;
  }

  std::optional<int> read_operands() {
    bool given_month = o_.month.has_value(), given_year = !operands_.empty(), easter = o_.western || o_.orthodox;
    if (operands_.size() > 2 || (operands_.size() == 2 && easter)) return usage();
    if (operands_.size() == 2) {
      o_.month = operands_[0];
      given_month = true;
    }
    std::string shown = std::to_string(year_);
    if (given_year) {
      shown = operands_.back();
      char* end;
      year_ = strtoll(shown.c_str(), &end, 10);
      if (*end) return fail("not a valid year " + shown);
    }
    if (year_ < 1 || year_ > 9999) return fail("year `" + shown + "' not in range 1..9999");
    // With a year there is no month to count from: a month of the command line is then always in
    // the next or previous year, one of -m never in the next.
    bool next_always = operands_.size() == 2, this_month = operands_.empty();
    int64_t after = next_always ? 11 : this_month ? month_ : -1, before = this_month ? month_ : 0;
    if (o_.month && !parse_month(*o_.month, after, before, month_, year_)) return fail(*o_.month + " is neither a month number (1..12) nor a name");
    if (given_year && !given_month) {
      if (o_.range == '1' || o_.range == '3') return fail(std::string("-") + o_.range + " together with a given year but no given month is not supported.");
      o_.range = 'y';
    }
    return std::nullopt;
  }

  int print_countries() {
    auto all = calendar_switches();
    size_t half = all.size() / 2;
    for (size_t i = 0; i < half; i++) {
      for (size_t k : {i, i + half}) {
        const CalendarSwitch& s = all[k];
        out_.format(k == i ? "%c%s %-15.*s%04d-%02d-%02d" : "%c%s %-15.*s%04d-%02d-%02d\n", s.code == "US" ? '*' : ' ', std::string(s.code).c_str(),
                    static_cast<int>(s.country.size()), s.country.data(), static_cast<int>(s.last_julian.year), s.last_julian.month, s.last_julian.day);
        if (k == i) out_.write("     ");
      }
    }
    return out_.finish(0);
  }

  int print_easter() {
    // Before 1583 there was one Easter, and one calendar.
    bool old = year_ < 1583;
    CalendarDate day = old || o_.orthodox ? orthodox_easter(year_) : western_easter(year_);
    if (!old && o_.orthodox && !o_.julian) day = gregorian_date(julian_day(day));
    out_.format("%02d/%02d/%02d\n", day.month, day.day, static_cast<int>(day.year % 100));
    return out_.finish(0);
  }

  int print_sheet(CalendarDate today) {
    // -b knows one calendar only, and marks today on anything.
    if (o_.across) set_country("US");
    SheetStyle style{{o_.last_julian}, o_.weeks, o_.classic || o_.across, o_.week_numbers, o_.year_days, std::nullopt, "", ""};
    if (o_.today) today = {number_at(*o_.today, 0), static_cast<int>(number_at(*o_.today, 5)), static_cast<int>(number_at(*o_.today, 8))};
    bool possible = today.month >= 1 && today.month <= 12 && today.day >= 1 && today.day <= 31;
    if (possible && o_.highlight && (o_.across || p_.isatty(1))) {
      style.today = gregorian_day(today);
      const char* name = p_.getenv("TERM");
      if (const Terminal* terminal = name && p_.isatty(1) ? find_terminal(name) : nullptr) {
        auto on = find_capability(*terminal, "smso"), off = find_capability(*terminal, "rmso");
        if (on && off) style.mark = on->text, style.unmark = off->text;
      }
    }
    int64_t month = year_ * 12 + month_, first = month, last = month;
    if (o_.range == 'y') first = year_ * 12, last = first + 11;
    if (o_.range == '3') first--, last++;
    int64_t from = first - o_.before, to = last + o_.after;
    if (from > to) from = month, to = month;
    print_months(p_, out_, style, std::max<int64_t>(from, 0), to);
    return out_.finish(0);
  }

  Process& p_;
  Output out_;
  Options o_;
  std::vector<std::string> operands_;
  int64_t year_ = 0, month_ = 0;
};

int cal_main(Process& p) { return Cal(p).run(); }

}  // namespace

Command cal_command() { return {{"cal", "ncal"}, kUsage, cal_main, MessageName::Short}; }

}  // namespace nacre
