/// numfmt - convert numbers from and to human-readable strings.
/// Source: GNU coreutils 9.1 manual, "numfmt invocation".
/// Differs: no --debug; the C locale has no grouping for --grouping and %'f to use.
#include <algorithm>
#include <cmath>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/range_list.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: numfmt [OPTION]... [NUMBER]...\n"
    "Reformat NUMBER(s), or the numbers from standard input if none are specified.\n\n"
    "  -d, --delimiter=X    use X instead of whitespace for field delimiter\n"
    "      --debug          warn of options that do nothing\n"
    "      --field=FIELDS   replace the numbers in these input fields (default: 1): N, N-, N-M, -M, -\n"
    "      --format=FORMAT  use printf style floating-point FORMAT: %f with ', 0, -, width and precision\n"
    "      --from=UNIT      auto-scale input numbers to UNITs; default is 'none'\n"
    "      --from-unit=N    specify the input unit size (instead of the default 1)\n"
    "      --grouping       use locale-defined grouping of digits\n"
    "      --header[=N]     print (without converting) the first N header lines; N defaults to 1\n"
    "      --invalid=MODE   failure mode for invalid numbers: abort (default), fail, warn, ignore\n"
    "      --padding=N      pad the output to N characters; positive N right-aligns, negative left-aligns\n"
    "      --round=METHOD   up, down, from-zero (default), towards-zero, nearest\n"
    "      --suffix=SUFFIX  add SUFFIX to output numbers, and accept optional SUFFIX in input numbers\n"
    "      --to=UNIT        auto-scale output numbers to UNITs\n"
    "      --to-unit=N      the output unit size (instead of the default 1)\n"
    "  -z, --zero-terminated  line delimiter is NUL, not newline\n"
    "      --help           display this help and exit\n      --version        output version information and exit\n\n"
    "UNIT: none, auto (1K = 1000, 1Ki = 1024; input only), si (1K = 1000), iec (1K = 1024), iec-i (1Ki = 1024)\n";

enum class Scale { None, Auto, Si, Iec, IecI };
enum class Round { Up, Down, FromZero, TowardsZero, Nearest };
enum class Invalid { Abort, Fail, Warn, Ignore };
using Number = long double;

struct Options {
  Scale from = Scale::None, to = Scale::None;
  Round round = Round::FromZero;
  Invalid invalid = Invalid::Abort;
  Number from_unit = 1, to_unit = 1;
  std::vector<ListRange> fields;
  std::optional<std::string> delimiter, format, bad_header;
  std::string suffix, before, after;   // around the number of --format
  int64_t padding = 0, header = 0;
  int precision = -1;
  bool zero_pad = false, grouping = false, zero = false, padding_given = false, debug = false;
};
using O = Options;

template <class T>
std::optional<int> pick(Process& p, const char* option, std::string_view v, std::span<const Choice> choices, T& to) {
  auto c = choose(p, option, v, choices);
  if (!c) return try_help(p);
  to = static_cast<T>(*c);
  return std::nullopt;
}

// A unit size: a number with a suffix, K = 1000 and Ki = 1024.
std::optional<int> set_unit(Process& p, Number& to, std::string_view v) {
  size_t digits = std::min(v.find_first_not_of("0123456789"), v.size());
  static constexpr std::string_view kLetters = "KMGTPEZY";
  std::string_view suffix = v.substr(digits);
  Number n = 0, base = 1000;
  for (char c : v.substr(0, digits)) n = n * 10 + (c - '0');
  bool good = digits > 0 && n > 0;
  if (good && !suffix.empty()) {
    if (suffix.ends_with('i')) base = 1024, suffix.remove_suffix(1);
    size_t k = suffix.size() == 1 ? kLetters.find(suffix[0]) : std::string_view::npos;
    good = k != std::string_view::npos;
    if (good) n *= std::pow(base, static_cast<Number>(k + 1));
  }
  if (!good) {
    p.warn("invalid unit size: %s", quote(p, v).c_str());
    return 1;
  }
  to = n;
  return std::nullopt;
}

std::optional<int> set_fields(Process& p, O& o, std::string_view list) {
  if (!o.fields.empty()) {
    p.warn("multiple field specifications");
    return 1;
  }
  return parse_range_list(p, list, {.dash_is_all = true}, o.fields) ? std::nullopt : std::optional(1);
}

// Text with one %f in it.
std::optional<int> read_format(Process& p, O& o, std::string_view v) {
  std::string shown = quote(p, v);
  auto fail = [&](const std::string& message) {
    p.warn("%s", message.c_str());
    return 1;
  };
  size_t i = 0;
  auto literal = [&](std::string& to) {
    for (; i < v.size(); i++) {
      if (v[i] != '%') {
        to += v[i];
        continue;
      }
      if (v.substr(i, 2) != "%%") return;
      to += v[i++];
    }
  };
  literal(o.before);
  if (i >= v.size()) return fail("format " + shown + " has no % directive");
  i++;
  bool left = false;
  for (; i < v.size() && std::string_view("'0- ").find(v[i]) != std::string_view::npos; i++) {
    if (v[i] == '\'') o.grouping = true;
    if (v[i] == '0') o.zero_pad = true;
    if (v[i] == '-') left = true;
  }
  size_t width = 0;
  bool has_width = i < v.size() && ascii_digit(v[i]);
  for (; i < v.size() && ascii_digit(v[i]); i++) width = std::min<size_t>(width * 10 + static_cast<size_t>(v[i] - '0'), 100000);
  if (has_width) {
    o.padding = left ? -static_cast<int64_t>(width) : static_cast<int64_t>(width);
    o.padding_given = true;
  }
  if (i < v.size() && v[i] == '.') {
    o.precision = 0;
    for (i++; i < v.size() && ascii_digit(v[i]); i++) o.precision = std::min(o.precision * 10 + (v[i] - '0'), 4000);
  }
  if (i >= v.size()) return fail("format " + shown + " ends in %");
  if (v[i] != 'f') return fail("invalid format " + shown + ", directive must be %[0]['][-][N][.][N]f");
  i++;
  // What follows is written as it is, even a doubled %.
  size_t rest = i;
  std::string unused;
  literal(unused);
  o.after = std::string(v.substr(rest));
  if (i < v.size()) return fail("format " + shown + " has too many % directives");
  return std::nullopt;
}

constexpr Choice kFrom[] = {{"none", 0}, {"auto", 1}, {"si", 2}, {"iec", 3}, {"iec-i", 4}};
constexpr Choice kTo[] = {{"none", 0}, {"si", 2}, {"iec", 3}, {"iec-i", 4}};
constexpr Choice kRound[] = {{"up", 0}, {"down", 1}, {"from-zero", 2}, {"towards-zero", 3}, {"nearest", 4}};
constexpr Choice kInvalid[] = {{"abort", 0}, {"fail", 1}, {"warn", 2}, {"ignore", 3}};

/// True when an option asks for more than a copy.
bool converts(const O& o) { return o.from != Scale::None || o.to != Scale::None || o.grouping || o.padding_given || o.format; }

constexpr Flag<O> kFlags[] = {
    {'d', "delimiter",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       if (v.size() > 1) {
         p.warn("the delimiter must be a single character");
         return 1;
       }
       o.delimiter = std::string(v);
       return std::nullopt;
     }},
    {0, "debug", &O::debug},
    {0, "from", +[](Process& p, O& o, std::string_view v) { return pick(p, "--from", v, kFrom, o.from); }},
    {0, "from-unit", +[](Process& p, O& o, std::string_view v) { return set_unit(p, o.from_unit, v); }},
    {0, "field", set_fields},
    {0, "format", &O::format},
    {0, "grouping", &O::grouping},
    {0, "header",
     +[](O& o, std::optional<std::string_view> v) {
       o.header = v ? parse_int(*v).value_or(0) : 1;
       if (o.header <= 0) o.bad_header = std::string(*v);
     }},
    {0, "invalid", +[](Process& p, O& o, std::string_view v) { return pick(p, "--invalid", v, kInvalid, o.invalid); }},
    {0, "padding",
     +[](Process& p, O& o, std::string_view v) -> std::optional<int> {
       auto n = parse_int(v);
       if (!n || *n == 0 || *n < -100000 || *n > 100000) {
         p.warn("invalid padding value %s", quote(p, v).c_str());
         return 1;
       }
       o.padding = *n;
       o.padding_given = true;
       return std::nullopt;
     }},
    {0, "round", +[](Process& p, O& o, std::string_view v) { return pick(p, "--round", v, kRound, o.round); }},
    {0, "suffix", &O::suffix},
    {0, "to", +[](Process& p, O& o, std::string_view v) { return pick(p, "--to", v, kTo, o.to); }},
    {0, "to-unit", +[](Process& p, O& o, std::string_view v) { return set_unit(p, o.to_unit, v); }},
    {'z', "zero-terminated", &O::zero},
};

constexpr std::string_view kLetters = "KMGTPEZY";

constexpr int kMostDigits = 27;   // on either side of the point, without leading zeros
constexpr int kMostPlain = 18;    // digits that a long double holds

class Numfmt {
 public:
  Numfmt(Process& p, const O& o) : p_(p), o_(o), out_(p), end_(o.zero ? '\0' : '\n') {}

  void header(std::string_view line) { out_.line(line, end_); }

  void line(std::string_view s, bool terminated = true) {
    if (o_.delimiter) by_delimiter(s);
    else by_blanks(s);
    if (terminated) out_.put(end_);
    p_.tick();
  }
  int finish() {
    if (o_.debug && failed_) {
      out_.flush();
      p_.warn("failed to convert some of the input numbers");
    }
    return out_.finish(status_);
  }

 private:
  bool wanted(size_t field) const {
    if (o_.fields.empty()) return field == 1;
    return std::any_of(o_.fields.begin(), o_.fields.end(), [&](const ListRange& r) { return field >= r.low && field <= r.high; });
  }

  void by_delimiter(std::string_view s) {
    for (size_t field = 1;; field++) {
      size_t end = s.find((*o_.delimiter)[0]);
      put(s.substr(0, end), field, false);
      if (end == std::string_view::npos) return;
      out_.put((*o_.delimiter)[0]);
      s.remove_prefix(end + 1);
    }
  }

  // The blanks before a field belong to it, and one is written between two.
  void by_blanks(std::string_view s) {
    auto blank = [](char c) { return c == ' ' || c == '\t' || c == '\n'; };
    for (size_t field = 1;; field++) {
      size_t end = 0;
      while (end < s.size() && blank(s[end])) end++;
      bool padded = end > 0 || field > 1;
      while (end < s.size() && !blank(s[end])) end++;
      put(s.substr(0, end), field, padded);
      if (end == s.size()) return;
      out_.put(' ');
      s.remove_prefix(end + 1);
    }
  }

  void put(std::string_view text, size_t field, bool padded) {
    if (!wanted(field)) return out_.write(text);
    auto shown = convert(std::string(text), padded && !o_.padding_given ? static_cast<int64_t>(text.size()) : o_.padding);
    out_.write(shown ? *shown : std::string(text));
  }

  std::nullopt_t invalid(const std::string& message) {
    failed_ = true;
    if (o_.invalid != Invalid::Ignore) {
      out_.flush();
      p_.warn("%s", message.c_str());
    }
    if (o_.invalid == Invalid::Abort) {
      out_.flush();
      p_.exit(2);
    }
    if (o_.invalid == Invalid::Fail) status_ = 2;
    return std::nullopt;
  }

  // Why n cannot be printed exactly, or not at all.
  std::optional<std::string> too_large(Number n, int precision) const {
    int power = 0;
    for (Number rest = std::fabs(n); rest >= 10 && power < kMostDigits; rest /= 10) power++;
    const bool exact = o_.to != Scale::None || power + precision <= kMostPlain;
    if (exact && power < kMostDigits) return std::nullopt;
    char shown[64];
    std::snprintf(shown, sizeof shown, "%Lg", n);
    std::string out = exact || precision == 0 ? "value too large to be printed: '" : "value/precision too large to be printed: '";
    out += shown;
    if (!exact && precision > 0) out += "/" + std::to_string(precision);
    return out + (exact ? "' (cannot handle values > 999Y)" : "' (consider using --to)");
  }

  std::optional<std::string> convert(std::string text, int64_t padding) {
    if (!o_.suffix.empty() && text.ends_with(o_.suffix)) text.resize(text.size() - o_.suffix.size());
    int digits = 0;
    auto v = parse(text, digits);
    if (!v) return std::nullopt;
    Number n = *v;
    if (o_.from_unit != 1 || o_.to_unit != 1) n = n * o_.from_unit / o_.to_unit;
    int precision = o_.precision >= 0 ? o_.precision : digits;
    if (auto why = too_large(n, precision)) return invalid(*why);
    std::string out = human(n, precision);
    const auto width = static_cast<size_t>(std::abs(padding));
    if (o_.zero_pad && padding > 0) {   // the number alone, without its unit
      const size_t digits_end = std::min(out.find_first_not_of("-.0123456789,"), out.size());
      if (digits_end < width) out.insert(out[0] == '-', width - digits_end, '0');
    }
    out += o_.suffix;
    if (out.size() < width) {
      padding > 0 ? out.insert(0, width - out.size(), ' ') : out.append(width - out.size(), ' ');
    }
    return o_.before + out + o_.after;
  }

  // Digits, perhaps with a point, and a suffix as --from has it. *digits: behind the point.
  std::optional<Number> parse(const std::string& text, int& digits) {
    size_t i = 0;
    while (i < text.size() && (text[i] == ' ' || text[i] == '\t')) i++;
    auto shown = [&, from = i] { return quote(p_, text.substr(from)); };
    bool negative = i < text.size() && text[i] == '-';
    i += negative;
    Number n = 0;
    size_t start = i;
    int significant = 0;
    for (; i < text.size() && ascii_digit(text[i]); i++) {
      n = n * 10 + (text[i] - '0');
      significant += n > 0;
    }
    bool any = i > start, large = significant > kMostDigits;
    if (i < text.size() && text[i] == '.') {
      Number unit = 1, fraction = 0;
      size_t point = i++;
      significant = 0;
      for (; i < text.size() && ascii_digit(text[i]); i++) {
        unit *= 10;
        fraction = fraction * 10 + (text[i] - '0');
        digits++;
        significant += significant > 0 || text[i] != '0';
      }
      n += fraction / unit;   // one rounding: which way it goes decides a next digit
      large = large || significant > kMostDigits;
      if (i == point + 1) any = false;
      else any = true;
    }
    if (large) return invalid("value too large to be converted: " + shown());
    if (!any) return invalid("invalid number: " + shown());
    if (i == text.size() && o_.from == Scale::IecI) return invalid("missing 'i' suffix in input: " + shown() + " (e.g Ki/Mi/Gi)");
    if (i == text.size()) return negative ? -n : n;
    size_t power = kLetters.find(text[i]);
    if (power == std::string_view::npos) return invalid("invalid suffix in input: " + shown());
    if (o_.from == Scale::None) return invalid("rejecting suffix in input: " + shown() + " (consider using --from)");
    i++;
    bool binary = o_.from == Scale::Iec || o_.from == Scale::IecI, with_i = i < text.size() && text[i] == 'i';
    if (o_.from == Scale::Auto && with_i) binary = true, i++;
    if (o_.from == Scale::IecI) {
      if (!with_i) return invalid("missing 'i' suffix in input: " + shown() + " (e.g Ki/Mi/Gi)");
      i++;
    }
    if (i < text.size()) return invalid("invalid suffix in input " + shown() + ": " + quote(p_, text.substr(i)));
    n *= std::pow(static_cast<Number>(binary ? 1024 : 1000), static_cast<Number>(power + 1));
    digits = 0;
    return negative ? -n : n;
  }

  Number rounded(Number v) const {
    switch (o_.round) {
      case Round::Up: return std::ceil(v);
      case Round::Down: return std::floor(v);
      case Round::FromZero: return v < 0 ? std::floor(v) : std::ceil(v);
      case Round::TowardsZero: return std::trunc(v);
      case Round::Nearest: return std::round(v);
    }
    return v;
  }
  Number rounded(Number v, int digits) const {
    const Number unit = digits == 0 ? 1 : digits == 1 ? 10 : std::pow(10.0L, static_cast<Number>(digits));
    return rounded(v * unit) / unit + 0;   // no negative zero
  }

  std::string human(Number v, int precision) const {
    char text[5000];
    if (o_.to == Scale::None) {
      std::snprintf(text, sizeof text, "%.*Lf", precision, rounded(v, precision));
      return text;
    }
    Number base = o_.to == Scale::Si ? 1000 : 1024;
    int power = 0;
    for (; std::fabs(v) >= base && power < 8; power++) v /= base;
    v = rounded(v, o_.precision >= 0 ? std::min(power * 3, o_.precision) : std::fabs(v) < 10 ? 1 : 0);
    if (std::fabs(v) >= base && power < 8) v /= base, power++;
    bool tenths = v != 0 && std::fabs(v) < 10 && power > 0;
    std::string out;
    if (o_.precision < 0 && std::fabs(v) < 1e17L) {
      // As %.1Lf and %.0Lf, in a tenth of the time: v is rounded already.
      const int64_t n = std::llrint(tenths ? v * 10 : v);
      const std::string digits = std::to_string(std::abs(tenths ? n / 10 : n));
      if (std::signbit(v)) out = '-';
      out += digits;
      if (tenths) out += {'.', static_cast<char>('0' + std::abs(n % 10))};
    } else {
      std::snprintf(text, sizeof text, "%.*Lf", o_.precision >= 0 ? o_.precision : tenths ? 1 : 0, v);
      out = text;
    }
    if (power) out += kLetters[static_cast<size_t>(power) - 1];
    if (power && o_.to == Scale::IecI) out += 'i';
    return out;
  }

  Process& p_;
  const O& o_;
  Output out_;
  char end_;
  int status_ = 0;
  bool failed_ = false;
};

int numfmt_main(Process& p) {
  O o;
  std::vector<std::string> numbers;
  if (auto status = parse(p, kUsage, kFlags, o, numbers)) return *status;
  if (o.bad_header) {
    p.warn("invalid header value %s", quote(p, *o.bad_header).c_str());
    return 1;
  }
  if (o.format && o.grouping) {
    p.warn("--grouping cannot be combined with --format");
    return 1;
  }
  // Of several formats only the last one is looked at.
  if (o.format) {
    if (auto status = read_format(p, o, *o.format)) return *status;
  }
  if (o.grouping && o.to != Scale::None) {
    p.warn("grouping cannot be combined with --to");
    return 1;
  }
  if (o.debug && !converts(o)) p.warn("no conversion option specified");
  if (o.debug && o.grouping) p.warn("grouping has no effect in this locale");
  if (o.debug && o.header && !numbers.empty()) p.warn("--header ignored with command-line input");
  Numfmt run(p, o);
  if (!numbers.empty()) {
    for (const auto& n : numbers) run.line(n);
    return run.finish();
  }
  Input in(p, 0, "-", false);
  std::string_view line;
  for (int64_t k = 0; in.next_line(line, o.zero ? '\0' : '\n'); k++) {
    std::string text(line);
    k < o.header ? run.header(text) : run.line(text, in.terminated());
  }
  return run.finish();
}

}  // namespace

Command numfmt_command() { return {{"numfmt"}, kUsage, numfmt_main}; }

}  // namespace nacre
