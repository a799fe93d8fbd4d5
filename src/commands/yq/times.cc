/// Functions over times, with layouts as Go writes them ("2006-01-02T15:04:05Z07:00").
/// Source: mikefarah yq v4, "Date Time"; Go's package time, "Constants".
#include <cmath>

#include "algo/date.h"
#include "algo/unicode.h"
#include "commands/zone.h"
#include "commands/yq/interp.h"

namespace nacre::yq {
namespace {

constexpr std::string_view kRfc3339 = "2006-01-02T15:04:05Z07:00";
constexpr std::string_view kMonths[] = {"January", "February", "March",     "April",   "May",      "June",
                                        "July",    "August",   "September", "October", "November", "December"};
constexpr std::string_view kDays[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};

/// A moment, and how far east of UTC it is looked at.
struct Moment {
  int64_t seconds = 0;
  int32_t nanoseconds = 0;
  int32_t offset = 0;
  std::string zone = "UTC";
};

enum class Part : uint8_t {
  Text,
  Year,
  Year2,
  MonthName,
  Month3,
  Month,
  Month1,
  Day,
  Day1,
  DayPad,
  Weekday,
  Weekday3,
  Hour24,
  Hour12,
  Hour1,
  Minute,
  Minute1,
  Second,
  Second1,
  Fraction,
  Pm,
  PmLower,
  ZoneZ,
  Zone,
  ZoneCompact,
  ZoneName,
  YearDay
};

struct Piece {
  Part part;
  std::string text;   ///< of Text; of Fraction ".000" or ".999"
};

std::vector<Piece> pieces(std::string_view layout) {
  struct Known {
    std::string_view text;
    Part part;
  };
  static constexpr Known kKnown[] = {{"January", Part::MonthName},
                                     {"Jan", Part::Month3},
                                     {"Monday", Part::Weekday},
                                     {"Mon", Part::Weekday3},
                                     {"MST", Part::ZoneName},
                                     {"2006", Part::Year},
                                     {"002", Part::YearDay},
                                     {"01", Part::Month},
                                     {"02", Part::Day},
                                     {"03", Part::Hour12},
                                     {"04", Part::Minute},
                                     {"05", Part::Second},
                                     {"06", Part::Year2},
                                     {"15", Part::Hour24},
                                     {"Z07:00", Part::ZoneZ},
                                     {"-07:00", Part::Zone},
                                     {"-0700", Part::ZoneCompact},
                                     {"_2", Part::DayPad},
                                     {"PM", Part::Pm},
                                     {"pm", Part::PmLower},
                                     {"1", Part::Month1},
                                     {"2", Part::Day1},
                                     {"3", Part::Hour1},
                                     {"4", Part::Minute1},
                                     {"5", Part::Second1}};
  std::vector<Piece> out;
  while (!layout.empty()) {
    bool found = false;
    if ((layout[0] == '.' || layout[0] == ',') && layout.size() > 1 && (layout[1] == '0' || layout[1] == '9')) {
      size_t end = layout.find_first_not_of(layout[1], 1);
      if (end == layout.npos) end = layout.size();
      if (end == layout.size() || !ascii_digit(layout[end])) {
        out.push_back({Part::Fraction, std::string(layout.substr(0, end))});
        layout.remove_prefix(end);
        continue;
      }
    }
    for (const Known& k : kKnown) {
      if (!layout.starts_with(k.text)) continue;
      out.push_back({k.part, std::string(k.text)});
      layout.remove_prefix(k.text.size());
      found = true;
      break;
    }
    if (found) continue;
    if (out.empty() || out.back().part != Part::Text) out.push_back({Part::Text, {}});
    out.back().text += layout[0];
    layout.remove_prefix(1);
  }
  return out;
}

std::string padded(int64_t n, int width, char pad = '0') {
  std::string s = std::to_string(n);
  while (static_cast<int>(s.size()) < width) s.insert(s.begin(), pad);
  return s;
}

std::string offset_text(int32_t offset, bool colon) {
  int32_t minutes = std::abs(offset) / 60;
  return (offset < 0 ? "-" : "+") + padded(minutes / 60, 2) + (colon ? ":" : "") + padded(minutes % 60, 2);
}

std::string format(const Moment& m, std::string_view layout) {
  static const TimeZone utc = TimeZone::from_tz("UTC", {});
  CivilTime t = utc.local(m.seconds + m.offset);
  std::string out;
  for (const Piece& p : pieces(layout)) {
    int hour12 = t.hour % 12 == 0 ? 12 : t.hour % 12;
    switch (p.part) {
      case Part::Text: out += p.text; break;
      case Part::Year: out += padded(t.year, 4); break;
      case Part::Year2: out += padded(t.year % 100, 2); break;
      case Part::MonthName: out += kMonths[t.month - 1]; break;
      case Part::Month3: out += kMonths[t.month - 1].substr(0, 3); break;
      case Part::Month: out += padded(t.month, 2); break;
      case Part::Month1: out += std::to_string(t.month); break;
      case Part::Day: out += padded(t.day, 2); break;
      case Part::Day1: out += std::to_string(t.day); break;
      case Part::DayPad: out += padded(t.day, 2, ' '); break;
      case Part::YearDay: out += padded(t.yearday + 1, 3); break;
      case Part::Weekday: out += kDays[t.weekday]; break;
      case Part::Weekday3: out += kDays[t.weekday].substr(0, 3); break;
      case Part::Hour24: out += padded(t.hour, 2); break;
      case Part::Hour12: out += padded(hour12, 2); break;
      case Part::Hour1: out += std::to_string(hour12); break;
      case Part::Minute: out += padded(t.minute, 2); break;
      case Part::Minute1: out += std::to_string(t.minute); break;
      case Part::Second: out += padded(t.second, 2); break;
      case Part::Second1: out += std::to_string(t.second); break;
      case Part::Pm: out += t.hour < 12 ? "AM" : "PM"; break;
      case Part::PmLower: out += t.hour < 12 ? "am" : "pm"; break;
      case Part::ZoneName: out += m.zone; break;
      case Part::ZoneZ: out += m.offset == 0 ? "Z" : offset_text(m.offset, true); break;
      case Part::Zone: out += offset_text(m.offset, true); break;
      case Part::ZoneCompact: out += offset_text(m.offset, false); break;
      case Part::Fraction: {
        std::string digits = padded(m.nanoseconds, 9).substr(0, std::min<size_t>(p.text.size() - 1, 9));
        if (p.text[1] == '9')
          while (!digits.empty() && digits.back() == '0') digits.pop_back();
        if (!digits.empty()) out += p.text[0] + digits;
        break;
      }
    }
  }
  return out;
}

/// Reads what format() writes.
class Scanner {
 public:
  explicit Scanner(std::string_view s) : s_(s) {}

  std::optional<Moment> run(std::string_view layout) {
    for (const Piece& p : pieces(layout))
      if (!piece(p)) return std::nullopt;
    if (!s_.empty() || month_ < 1 || month_ > 12 || day_ < 1 || day_ > 31) return std::nullopt;
    if (pm_ && hour_ < 12) hour_ += 12;
    if (am_ && hour_ == 12) hour_ = 0;
    Moment m;
    m.seconds = days_from_civil(year_, month_, day_) * 86400 + hour_ * 3600 + minute_ * 60 + second_ - offset_;
    m.nanoseconds = nanoseconds_;
    m.offset = offset_;
    if (!zone_.empty()) m.zone = zone_;
    return m;
  }

 private:
  bool number(int64_t& to, size_t least, size_t most) {
    size_t n = 0;
    int64_t v = 0;
    while (n < most && n < s_.size() && ascii_digit(s_[n])) v = v * 10 + (s_[n++] - '0');
    if (n < least) return false;
    s_.remove_prefix(n);
    to = v;
    return true;
  }
  template <size_t N>
  bool name(const std::string_view (&names)[N], size_t length, int64_t& to) {
    for (size_t i = 0; i < N; i++) {
      std::string_view n = names[i].substr(0, length);
      if (!s_.starts_with(n)) continue;
      s_.remove_prefix(n.size());
      to = static_cast<int64_t>(i);
      return true;
    }
    return false;
  }
  bool zone(bool z, bool colon) {
    if (z && s_.starts_with('Z')) return s_.remove_prefix(1), true;
    if (s_.empty() || (s_[0] != '+' && s_[0] != '-')) return false;
    int sign = s_[0] == '-' ? -1 : 1;
    s_.remove_prefix(1);
    int64_t h, m;
    if (!number(h, 2, 2)) return false;
    if (colon && !(s_.starts_with(':') && (s_.remove_prefix(1), true))) return false;
    if (!number(m, 2, 2)) return false;
    offset_ = static_cast<int32_t>(sign * (h * 3600 + m * 60));
    zone_.clear();
    return true;
  }
  void fraction() {
    if (s_.size() < 2 || (s_[0] != '.' && s_[0] != ',') || !ascii_digit(s_[1])) return;
    s_.remove_prefix(1);
    int32_t scale = 100'000'000;
    while (!s_.empty() && ascii_digit(s_[0])) {
      nanoseconds_ += (s_[0] - '0') * scale;
      scale /= 10;
      s_.remove_prefix(1);
    }
  }

  bool piece(const Piece& p) {
    int64_t n;
    switch (p.part) {
      case Part::Text:
        if (!s_.starts_with(p.text)) return false;
        s_.remove_prefix(p.text.size());
        return true;
      case Part::Year: return number(year_, 4, 4);
      case Part::Year2:
        if (!number(n, 2, 2)) return false;
        year_ = n + (n >= 69 ? 1900 : 2000);
        return true;
      case Part::MonthName:
      case Part::Month3:
        if (!name(kMonths, p.part == Part::Month3 ? 3 : 20, n)) return false;
        month_ = n + 1;
        return true;
      case Part::Month: return number(month_, 2, 2);
      case Part::Month1: return number(month_, 1, 2);
      case Part::DayPad:
        if (s_.starts_with(' ')) s_.remove_prefix(1);
        return number(day_, 1, 2);
      case Part::Day: return number(day_, 2, 2);
      case Part::Day1: return number(day_, 1, 2);
      case Part::YearDay: return number(n, 3, 3);
      case Part::Weekday: return name(kDays, 20, n);
      case Part::Weekday3: return name(kDays, 3, n);
      case Part::Hour24:
      case Part::Hour12: return number(hour_, 2, 2) && hour_ < 24;
      case Part::Hour1: return number(hour_, 1, 2) && hour_ < 24;
      case Part::Minute: return number(minute_, 2, 2) && minute_ < 60;
      case Part::Minute1: return number(minute_, 1, 2) && minute_ < 60;
      case Part::Second:
      case Part::Second1:
        if (!number(second_, p.part == Part::Second ? 2 : 1, 2) || second_ >= 60) return false;
        fraction();
        return true;
      case Part::Pm:
      case Part::PmLower: {
        bool lower = p.part == Part::PmLower;
        pm_ = s_.starts_with(lower ? "pm" : "PM");
        am_ = s_.starts_with(lower ? "am" : "AM");
        if (!pm_ && !am_) return false;
        s_.remove_prefix(2);
        return true;
      }
      case Part::ZoneName:
        while (!s_.empty() && ascii_alpha(s_[0])) {
          zone_ += s_[0];
          s_.remove_prefix(1);
        }
        return !zone_.empty();
      case Part::ZoneZ: return zone(true, true);
      case Part::Zone: return zone(false, true);
      case Part::ZoneCompact: return zone(false, false);
      case Part::Fraction: return fraction(), true;
    }
    return false;
  }

  std::string_view s_;
  int64_t year_ = 1, month_ = 1, day_ = 1, hour_ = 0, minute_ = 0, second_ = 0;
  int32_t nanoseconds_ = 0, offset_ = 0;
  bool pm_ = false, am_ = false;
  std::string zone_;
};

std::optional<Moment> parse(std::string_view s, const std::string* layout) {
  if (layout) return Scanner(s).run(*layout);
  if (auto m = Scanner(s).run(kRfc3339)) return m;
  return Scanner(s).run("2006-01-02");
}

/// A time of an input by the layout in force; nothing after a message.
std::optional<Moment> moment(Interp& in, const Context& c, const Node* n) {
  auto m = parse(n->value, c.time_layout.get());
  if (!m)
    in.fail("could not parse datetime of [" + in.nice_path(n) + "]: parsing time \"" + n->value + "\" as \"" +
            (c.time_layout ? *c.time_layout : std::string(kRfc3339)) + "\": cannot parse");
  return m;
}

Node* stamp(Interp& in, const std::string& s) {
  std::string_view tag = resolve(s);
  return in.tree().scalar(tag == "!!timestamp" || tag == "!!int" ? tag : "!!str", s);
}

List now(Interp& in, const Expr&, const Context& c) {
  Timespec t = in.process().now();
  Moment m;
  m.seconds = t.sec;
  std::string s = format(m, kRfc3339);
  if (c.nodes.empty()) return {stamp(in, s)};
  return in.each(c, [&](Node*) { return stamp(in, s); });
}

List format_datetime(Interp& in, const Expr& e, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    auto layout = in.argument(e, 0, c.reading(given));
    auto m = layout ? moment(in, c, real(given)) : std::nullopt;
    return m ? stamp(in, format(*m, *layout)) : nullptr;
  });
}

List with_dtf(Interp& in, const Expr& e, const Context& c) {
  auto layout = in.argument(e, 0, c);
  if (!layout) return {};
  Context inner = c;
  inner.time_layout = std::make_shared<std::string>(*layout);
  return in.eval(*e.args[1], inner);
}

List tz(Interp& in, const Expr& e, const Context& c) {
  auto name = in.argument(e, 0, c);
  if (!name) return {};
  TimeZone zone = zone_named(in.process(), name->c_str());
  return in.each(c, [&](Node* given) -> Node* {
    auto m = moment(in, c, real(given));
    if (!m) return nullptr;
    CivilTime local = zone.local(m->seconds);
    m->offset = local.offset;
    m->zone = local.zone;
    return stamp(in, format(*m, c.time_layout ? *c.time_layout : std::string(kRfc3339)));
  });
}

List from_unix(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    double d;
    if (!to_double(real(given)->value, d) || !(std::fabs(d) < 1e12))
      return in.fail_node("from_unix only works on numbers, found " + real(given)->tag + " instead");
    Moment m;
    m.seconds = static_cast<int64_t>(std::floor(d));
    return stamp(in, format(m, kRfc3339));
  });
}

List to_unix(Interp& in, const Expr&, const Context& c) {
  return in.each(c, [&](Node* given) -> Node* {
    auto m = moment(in, c, real(given));
    return m ? in.tree().integer(m->seconds) : nullptr;
  });
}

constexpr Function kFunctions[] = {
    {"now", 0, 0, now},         {"format_datetime", 1, 1, format_datetime}, {"with_dtf", 2, 2, with_dtf}, {"tz", 1, 1, tz}, {"from_unix", 0, 0, from_unix},
    {"to_unix", 0, 0, to_unix},
};

// Nanoseconds of "1h30m", "-10s", "1.5h".
std::optional<int64_t> duration_of(std::string_view s) {
  bool negative = s.starts_with('-');
  if (negative || s.starts_with('+')) s.remove_prefix(1);
  if (s == "0") return 0;
  double total = 0;
  if (s.empty()) return std::nullopt;
  while (!s.empty()) {
    size_t n = s.find_first_not_of("0123456789.");
    double v;
    if (n == 0 || n == s.npos || !to_double(s.substr(0, n), v)) return std::nullopt;
    s.remove_prefix(n);
    size_t end = std::min(s.find_first_of("0123456789."), s.size());
    std::string_view unit = s.substr(0, end);
    double scale = unit == "h" ? 3600e9 : unit == "m" ? 60e9 : unit == "s" ? 1e9 : unit == "ms" ? 1e6 : unit == "us" ? 1e3 : unit == "ns" ? 1 : 0;
    if (scale == 0) return std::nullopt;
    total += v * scale;
    s.remove_prefix(end);
  }
  if (total > 9e18) return std::nullopt;
  return static_cast<int64_t>(negative ? -total : total);
}

}  // namespace

std::span<const Function> time_functions() { return kFunctions; }

std::optional<std::string> add_duration(std::string_view time, std::string_view duration, int sign, const std::string* layout) {
  auto m = parse(time, layout);
  auto d = duration_of(duration);
  if (!m || !d) return std::nullopt;
  int64_t nanoseconds = m->nanoseconds + sign * (*d % 1'000'000'000);
  m->seconds += sign * (*d / 1'000'000'000);
  if (nanoseconds < 0) nanoseconds += 1'000'000'000, m->seconds--;
  if (nanoseconds >= 1'000'000'000) nanoseconds -= 1'000'000'000, m->seconds++;
  m->nanoseconds = static_cast<int32_t>(nanoseconds);
  return format(*m, layout ? *layout : std::string(kRfc3339));
}

}  // namespace nacre::yq
