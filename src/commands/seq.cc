/// seq - print a sequence of numbers.
/// Source: GNU coreutils 9 manual, "seq invocation".
/// Differs: none known.
#include <algorithm>
#include <cmath>
#include <cstring>

#include "algo/decimal_counter.h"
#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: seq [OPTION]... LAST\n  or:  seq [OPTION]... FIRST LAST\n  or:  seq [OPTION]... FIRST INCREMENT LAST\n"
    "Print numbers from FIRST to LAST, in steps of INCREMENT.\n\n"
    "  -f, --format=FORMAT      use printf style floating-point FORMAT\n"
    "  -s, --separator=STRING   use STRING to separate numbers (default: \\n)\n"
    "  -w, --equal-width        equalize width by padding with leading zeroes\n"
    "      --help               display this help and exit\n"
    "      --version            output version information and exit\n";

struct Options {
  std::optional<std::string> format;
  std::string separator = "\n";
  bool equal_width = false;
};
constexpr Flag<Options> kFlags[] = {{'f', "format", &Options::format}, {'s', "separator", &Options::separator}, {'w', "equal-width", &Options::equal_width}};

/// A number as it was written: value, digits after the point, characters before it.
struct Operand {
  long double value = 0;
  int precision = 0;        // INT_MAX: unknown (hexadecimal with a point or an exponent)
  size_t width = 0;
};

std::optional<Operand> parse_operand(Process& p, const std::string& text) {
  Operand o;
  const char* s = text.c_str();
  char* end;
  o.value = std::strtold(s, &end);
  if (end == s || *end != 0) {
    p.warn("invalid floating point argument: %s", quote(p, text).c_str());
    return std::nullopt;
  }
  if (std::isnan(o.value)) {
    p.warn("invalid %s argument: %s", quote(p, "not-a-number").c_str(), quote(p, text).c_str());
    return std::nullopt;
  }
  while (ascii_space(*s) || *s == '+') s++;
  std::string t(s);
  if (t.find_first_of("xXpP") != std::string::npos || std::isinf(o.value)) {
    const bool whole = t.find_first_of(".pP") == std::string::npos;   // a hexadecimal integer, or inf
    o.precision = whole ? 0 : INT32_MAX;
    o.width = std::isinf(o.value) ? t.size() : 0;
    return o;
  }
  size_t e = t.find_first_of("eE"), dot = t.find('.');
  size_t mantissa = e == std::string::npos ? t.size() : e;
  o.precision = dot == std::string::npos ? 0 : static_cast<int>(mantissa - dot - 1);
  o.width = mantissa;
  if (dot != std::string::npos && o.precision == 0) o.width--;   // "1." is written "1"
  if (dot != std::string::npos && (dot == 0 || (dot == 1 && t[0] == '-'))) o.width++;   // ".5" is written "0.5"
  if (e != std::string::npos) {
    long exponent = std::strtol(t.c_str() + e + 1, nullptr, 10);
    long before = o.precision;
    o.precision = static_cast<int>(std::max(0L, before - exponent));
    o.width = o.width + static_cast<size_t>(std::max(0L, exponent > 0 ? exponent - before : -exponent));
  }
  return o;
}

bool is_integer(const std::string& s) {
  if (s[0] == '-' && s.find_first_not_of('0', 1) == std::string::npos) return false;   // -0 is written so
  size_t i = s[0] == '-' || s[0] == '+';
  return i < s.size() && s.size() - i < 18 && s.find_first_not_of("0123456789", i) == std::string::npos;
}

void print_counted(Process& p, Output& out, DecimalCounter& counter, uint64_t count, const std::string& separator) {
  constexpr uint64_t kPiece = 512;
  const bool narrow = separator.size() == 1;
  while (--count > 0) {
    const uint64_t piece = std::min(kPiece, count);
    count -= piece - 1;
    p.tick(static_cast<uint32_t>(1 + piece / 16));
    if (narrow && counter.size() + 2 < DecimalCounter::kWide) {
      char* const begin = out.room(kPiece * DecimalCounter::kWide);
      char* to = begin;
      for (uint64_t i = 0; i < piece; i++) {
        std::memcpy(to, counter.data(), DecimalCounter::kWide);
        to += counter.size();
        *to++ = separator[0];
        counter.next();
      }
      out.take(static_cast<size_t>(to - begin));
      continue;
    }
    for (uint64_t i = 0; i < piece; i++) {
      out.write(counter.view());
      out.write(separator);
      counter.next();
    }
  }
  out.line(counter.view());
}

void print_integers(Process& p, Output& out, int64_t first, int64_t step, int64_t last, const Options& o) {
  int width = 0;
  if (o.equal_width) width = static_cast<int>(std::max(std::to_string(first).size(), std::to_string(first + (last - first) / step * step).size()));
  if (o.equal_width) width = static_cast<int>(std::max<size_t>(static_cast<size_t>(width), std::to_string(last).size()));
  if (first >= 0 && step > 0 && width < static_cast<int>(DecimalCounter::kWide)) {
    DecimalCounter counter(static_cast<uint64_t>(first), static_cast<uint64_t>(step), 0, static_cast<size_t>(width));
    return print_counted(p, out, counter, static_cast<uint64_t>((last - first) / step) + 1, o.separator);
  }
  char text[32];
  for (int64_t n = first; step > 0 ? n <= last : n >= last; n += step) {
    if (n != first) out.write(o.separator);
    if (width == 0) {
      out.number(n);
    } else {
      int k = std::snprintf(text, sizeof text, "%0*lld", width, static_cast<long long>(n));
      out.write({text, static_cast<size_t>(k)});
    }
    if ((n & 255) == 0) p.tick(16);
  }
  out.put('\n');
}

// Numbers of any length, as their digits. False if the words are no such numbers, or the step is large.
bool print_long_integers(Process& p, Output& out, const std::vector<std::string>& words, const Options& o) {
  constexpr unsigned kMostStep = 200;
  auto digits = [](const std::string& s) { return !s.empty() && s.find_first_not_of("0123456789") == std::string::npos; };
  auto trimmed = [](const std::string& s) { return s.substr(std::min(s.find_first_not_of('0'), s.size() - 1)); };
  if (o.equal_width || o.format || o.separator.size() != 1 || !std::all_of(words.begin(), words.end(), digits)) return false;
  const std::string by = words.size() > 2 ? trimmed(words[1]) : "1";
  const unsigned step = by.size() > 3 ? 0 : static_cast<unsigned>(std::stoul(by));
  if (step == 0 || step > kMostStep) return false;
  std::string n = words.size() > 1 ? trimmed(words[0]) : "1";
  const std::string last = trimmed(words.back());
  auto beyond = [&] { return n.size() != last.size() ? n.size() > last.size() : n > last; };
  if (beyond()) return false;
  for (bool first = true; !beyond(); first = false) {
    if (!first) out.write(o.separator);
    out.write(n);
    p.tick();
    unsigned carry = step;
    for (size_t i = n.size(); i > 0 && carry; i--) {
      carry += static_cast<unsigned>(n[i - 1] - '0');
      n[i - 1] = static_cast<char>('0' + carry % 10);
      carry /= 10;
    }
    if (carry) n.insert(0, std::to_string(carry));
  }
  out.put('\n');
  return true;
}

// The FORMAT must hold one conversion of a double; it gets an L.
bool check_format(Process& p, std::string& format) {
  size_t i = 0;
  auto fail = [&](const char* what) {
    p.warn("format %s %s", quote(p, format).c_str(), what);
    return false;
  };
  for (;; i++) {
    if (i >= format.size()) return fail("has no % directive");
    if (format[i] != '%') continue;
    if (i + 1 < format.size() && format[i + 1] == '%') {
      i++;
      continue;
    }
    break;
  }
  size_t k = i + 1;
  while (k < format.size() && std::strchr("-+#0 '", format[k])) k++;
  while (k < format.size() && ascii_digit(format[k])) k++;
  if (k < format.size() && format[k] == '.') {
    k++;
    while (k < format.size() && ascii_digit(format[k])) k++;
  }
  size_t insert = k;
  bool has_l = k < format.size() && format[k] == 'L';
  if (has_l) k++;
  if (k >= format.size()) return fail("ends in %");
  if (!std::strchr("efgaEFGA", format[k])) return fail((std::string("has unknown %") + format[k] + " directive").c_str());
  for (size_t m = k + 1; m < format.size(); m++) {
    if (format[m] != '%') continue;
    if (m + 1 < format.size() && format[m + 1] == '%') {
      m++;
      continue;
    }
    return fail("has too many % directives");
  }
  if (!has_l) format.insert(insert, "L");
  return true;
}

// A number of digits and a point, in units of its `digits`-th digit behind the point, cut off there.
// None where long double might round what has so many digits.
std::optional<uint64_t> scaled(const std::string& text, int digits) {
  constexpr size_t kExact = 15;
  const size_t dot = std::min(text.find('.'), text.size());
  std::string all = text.substr(0, dot), fraction = text.substr(std::min(dot + 1, text.size()));
  const bool plain = (all + fraction).find_first_not_of("0123456789") == std::string::npos && !(all + fraction).empty();
  if (!plain || digits > static_cast<int>(kExact) || all.size() + std::max(fraction.size(), static_cast<size_t>(digits)) > kExact) return std::nullopt;
  fraction.resize(static_cast<size_t>(digits), '0');
  return std::strtoull((all + fraction).c_str(), nullptr, 10);
}

// Characters that -w gives each number.
size_t equal_width(const Operand& first, const Operand& last, int precision) {
  size_t first_width = first.width + static_cast<size_t>(precision - first.precision);
  size_t last_width = last.width + static_cast<size_t>(precision) - static_cast<size_t>(last.precision);
  if (last.precision && precision == 0) last_width--;
  if (last.precision == 0 && precision) last_width++;
  if (first.precision == 0 && precision) first_width++;
  return std::max(first_width, last_width);
}

// Numbers that need no rounding. False if these may.
bool print_decimals(Process& p, Output& out, const std::vector<std::string>& words, const Operand& first, const Operand& step, const Operand& last,
                    const Options& o) {
  const int precision = std::max(first.precision, step.precision);
  const auto from = scaled(words.size() > 1 ? words[0] : "1", precision), by = scaled(words.size() > 2 ? words[1] : "1", precision),
             to = scaled(words.back(), precision);
  const size_t width = o.equal_width && from && to ? equal_width(first, last, precision) : 0;
  if (!from || !by || !to || *by == 0 || *from > *to || width >= DecimalCounter::kWide) return false;
  DecimalCounter counter(*from, *by, precision, width);
  print_counted(p, out, counter, (*to - *from) / *by + 1, o.separator);
  return true;
}

int print_floats(Process& p, Output& out, const Operand& first, const Operand& step, const Operand& last, const Options& o, std::string format) {
  if (!o.format) {
    int precision = std::max(first.precision, step.precision);
    if (precision == INT32_MAX || last.precision == INT32_MAX) {
      format = "%Lg";
    } else if (o.equal_width) {
      format = "%0" + std::to_string(equal_width(first, last, precision)) + "." + std::to_string(precision) + "Lf";
    } else {
      format = "%." + std::to_string(precision) + "Lf";
    }
  }
  bool any = false;
  for (int64_t i = 0;; i++) {
    long double x = i ? first.value + static_cast<long double>(i) * step.value : first.value;   // -0 stays -0
    bool beyond = step.value < 0 ? x < last.value : x > last.value;
    char text[512];
    int n = std::snprintf(text, sizeof text, format.c_str(), x);
    if (n < 0) break;
    std::string wide;   // a format may ask for more
    if (static_cast<size_t>(n) >= sizeof text) {
      wide.resize(static_cast<size_t>(n) + 1);
      std::snprintf(wide.data(), wide.size(), format.c_str(), x);
      wide.pop_back();
    }
    const std::string_view line = wide.empty() ? std::string_view(text, static_cast<size_t>(n)) : wide;
    if (beyond) {
      // Rounding may hide that the last number belongs to the sequence: print it if it reads back as LAST.
      char* end;
      const std::string shown(line);
      size_t at = 0;
      while (at < shown.size() && !ascii_digit(shown[at]) && shown[at] != '-' && shown[at] != '.') at++;
      long double back = std::strtold(shown.c_str() + at, &end);
      if (back != last.value || i == 0) break;
      std::string previous(shown.size() + 2, 0);
      std::snprintf(previous.data(), previous.size(), format.c_str(), first.value + static_cast<long double>(i - 1) * step.value);
      if (previous.c_str() == shown) break;
    }
    if (any) out.write(o.separator);
    out.write(line);
    any = true;
    if (beyond) break;
    if ((i & 127) == 0) p.tick(32);
  }
  if (any) out.put('\n');
  return out.finish(0);
}

// A negative number is an operand, not options.
std::vector<std::string> guard_numbers(const std::vector<std::string>& argv) {
  std::vector<std::string> out = {argv[0]};
  for (size_t i = 1; i < argv.size(); i++) {
    const std::string& a = argv[i];
    bool takes = a == "-f" || a == "-s" || a == "--format" || a == "--separator";
    bool negative = a.size() > 1 && a[0] == '-' && (ascii_digit(a[1]) || a[1] == '.' || a == "-inf" || a == "-infinity" || a == "-nan");
    if (a == "--" || negative || (a.size() && a[0] != '-')) {
      if (a != "--") out.push_back("--");
      out.insert(out.end(), argv.begin() + static_cast<long>(i), argv.end());
      return out;
    }
    out.push_back(a);
    if (takes && i + 1 < argv.size()) out.push_back(argv[++i]);
  }
  return out;
}

int seq_main(Process& p) {
  Options o;
  std::vector<std::string> words;
  if (auto status = parse_argv(p, kUsage, kFlags, o, guard_numbers(p.argv()), words, {.in_order = true})) return *status;
  if (words.empty()) return missing_operand(p);
  if (words.size() > 3) return extra_operand(p, words[3]);
  std::string format = o.format.value_or("");
  if (o.format) {
    if (!check_format(p, format)) return 1;
    if (o.equal_width) {
      p.warn("format string may not be specified when printing equal width strings");
      return try_help(p);
    }
  }
  Output out(p);
  bool integers = !o.format;
  for (const auto& w : words) integers = integers && !w.empty() && is_integer(w);
  if (integers) {
    int64_t first = words.size() > 1 ? *parse_int(words[0]) : 1, step = words.size() > 2 ? *parse_int(words[1]) : 1;
    int64_t last = *parse_int(words.back());
    if (step == 0) {
      p.warn("invalid Zero increment value: %s", quote(p, words[1]).c_str());
      return try_help(p);
    }
    if (step > 0 ? first > last : first < last) return out.finish(0);
    bool odd_width = o.equal_width;   // written widths count: 001
    for (const auto& w : words) odd_width = odd_width && (w[0] != '0' && w[0] != '+' && w[0] != '-');
    if (!o.equal_width || odd_width) {
      print_integers(p, out, first, step, last, o);
      return out.finish(0);
    }
  }
  if (print_long_integers(p, out, words, o)) return out.finish(0);
  Operand first{1, 0, 1}, step{1, 0, 1}, last;
  auto take = [&](const std::string& w, Operand& to) {
    auto v = parse_operand(p, w);
    if (v) to = *v;
    return v.has_value();
  };
  if (words.size() > 1 && !take(words[0], first)) return try_help(p);
  if (words.size() > 2 && !take(words[1], step)) return try_help(p);
  if (!take(words.back(), last)) return try_help(p);
  if (step.value == 0) {
    p.warn("invalid Zero increment value: %s", quote(p, words[1]).c_str());
    return try_help(p);
  }
  if (step.value > 0 ? first.value > last.value : first.value < last.value) return out.finish(0);
  if (!o.format && print_decimals(p, out, words, first, step, last, o)) return out.finish(0);
  if (!first.precision && !step.precision && !last.precision && first.value >= 0 && step.value > 0 && std::isfinite(last.value)) {
    std::vector<std::string> whole;   // as long double has them
    for (const Operand* operand : {&first, &step, &last}) {
      char text[64];
      const int n = std::snprintf(text, sizeof text, "%.0Lf", operand->value);
      if (n > 0 && n < static_cast<int>(sizeof text)) whole.emplace_back(text);
    }
    if (whole.size() == 3 && print_long_integers(p, out, whole, o)) return out.finish(0);
  }
  return print_floats(p, out, first, step, last, o, format);
}

}  // namespace

Command seq_command() { return {{"seq"}, kUsage, seq_main}; }

}  // namespace nacre
