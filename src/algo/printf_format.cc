#include "algo/printf_format.h"

#include <cerrno>
#include <cinttypes>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "algo/quote.h"
#include "algo/unicode.h"
#include "base/run_watch.h"
#include "base/utf8.h"

namespace nacre {
namespace {

int hex_value(char c) {
  if (ascii_digit(c)) return c - '0';
  char l = ascii_lower(c);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

// Up to max hex digits at s[at]; false if there is none.
bool take_hex(std::string_view s, size_t& at, int max, uint32_t& value) {
  size_t start = at;
  value = 0;
  for (int n = 0; n < max && at < s.size() && hex_value(s[at]) >= 0; n++) value = value << 4 | static_cast<uint32_t>(hex_value(s[at++]));
  return at > start;
}

void take_octal(std::string& out, std::string_view s, size_t& at, int max) {
  uint32_t value = 0;
  for (int n = 0; n < max && at < s.size() && s[at] >= '0' && s[at] <= '7'; n++) value = value << 3 | static_cast<uint32_t>(s[at++] - '0');
  out.push_back(static_cast<char>(value));
}

void append_code(std::string& out, uint32_t code, bool utf8) {
  if (utf8 || code < 0x80) return utf8::append(out, code);
  char text[16];
  std::snprintf(text, sizeof text, code <= 0xffff ? "\\u%04X" : "\\U%08X", code);
  out += text;
}

/// One conversion: %[flags][width][.precision][modifiers]letter.
struct Spec {
  std::string flags;
  bool grouped = false, translated = false;   // ' and I, which change nothing
  bool has_width = false, has_precision = false;
  int width = 0, precision = 0;
  char letter = 0;
  bool has_flag(char c) const { return flags.find(c) != std::string::npos; }
};

class Formatter {
 public:
  Formatter(std::string& out, std::string_view format, const std::vector<std::string_view>& args, const PrintfOptions& options)
      : out_(out), f_(format), args_(args), o_(options) {}

  int run() {
    do {
      size_t before = arg_;
      if (!pass()) break;
      if (arg_ == before) {   // nothing consumed: the format is used once
        if (!o_.bash && arg_ < args_.size()) {
          warn("warning: ignoring excess arguments, starting with " + locale_quote(args_[arg_], o_.utf8));
        }
        break;
      }
      if (o_.drain && out_.size() > 32768) drain();
    } while (arg_ < args_.size());
    return status_;
  }

 private:
  /// bash's output is line-buffered: whole lines go before what is said about the rest.
  void warn(const std::string& message) {
    if (size_t line = out_.rfind('\n'); o_.bash && o_.drain && line != out_.npos) {
      std::string rest = out_.substr(line + 1);
      out_.resize(line + 1);
      drain();
      out_ = std::move(rest);
    }
    o_.warn(message);
  }

  void fail(const std::string& message) {
    warn(message);
    status_ = 1;
  }

  void drain() {
    const size_t before = out_.size();
    o_.drain(out_);
    drained_ += before - out_.size();
  }

  std::string_view next_arg() { return arg_ < args_.size() ? args_[arg_++] : std::string_view(); }
  bool has_arg() const { return arg_ < args_.size(); }

  // \c ends all with success, whatever went wrong before.
  bool end_well() {
    status_ = 0;
    return false;
  }

  // False: the output is over.
  bool pass() {
    for (size_t i = 0; i < f_.size();) {
      char c = f_[i];
      if (c == '\\') {
        bool fatal = false;
        auto complain = [&](const std::string& m) {
          fatal = !o_.bash;
          if (o_.bash) warn(m);
          else fail("missing hexadecimal number in escape");
        };
        if (!o_.bash && i + 1 < f_.size() && f_[i + 1] == 'c') return end_well();
        if (!o_.bash && i + 1 < f_.size() && (f_[i + 1] == '?' || f_[i + 1] == '\'')) {
          out_.append(f_.substr(i, 2));
          i += 2;
          continue;
        }
        if (o_.bash && i + 1 < f_.size() && f_[i + 1] == '%') {   // no escape; the % counts
          out_.push_back('\\');
          i++;
          continue;
        }
        append_escape(out_, f_, i, EscapeStyle::Format, o_.utf8, complain);
        if (fatal) return false;
      } else if (c != '%') {
        size_t end = f_.find_first_of("\\%", i);
        if (end == std::string_view::npos) end = f_.size();
        out_.append(f_.substr(i, end - i));
        i = end;
      } else if (i + 1 < f_.size() && f_[i + 1] == '%') {
        out_.push_back('%');
        i += 2;
      } else if (!conversion(i)) {
        return false;
      }
    }
    return true;
  }

  void take_number(size_t& i, bool& has, int& value, const char* what) {
    if (i < f_.size() && f_[i] == '*') {
      i++;
      has = true;
      // Without an argument left the star counts as absent.
      if (!has_arg()) {
        value = 0;
        has = has && false;
        return;
      }
      std::string_view given = args_[arg_];
      intmax_t n = signed_arg();
      if (!o_.bash && (n > INT32_MAX || n < -INT32_MAX)) {
        fail(std::string("invalid ") + what + ": " + locale_quote(given, o_.utf8));
        bad_star_ = true;
      }
      value = n > INT32_MAX ? INT32_MAX : n < -INT32_MAX ? -INT32_MAX : static_cast<int>(n);
      return;
    }
    int64_t n = 0;
    while (i < f_.size() && ascii_digit(f_[i])) {
      has = true;
      n = std::min<int64_t>(n * 10 + (f_[i++] - '0'), INT32_MAX);
    }
    value = static_cast<int>(n);
  }

  bool conversion(size_t& i) {
    size_t start = i++;
    Spec spec;
    while (i < f_.size() && std::strchr("#-+ 0'I", f_[i]) && f_[i]) {
      if (f_[i] == 'I' && o_.bash) break;
      if (f_[i] == '\'') spec.grouped = true;
      else if (f_[i] == 'I') spec.translated = true;
      else spec.flags.push_back(f_[i]);
      i++;
    }
    take_number(i, spec.has_width, spec.width, "field width");
    if (bad_star_) return false;
    if (spec.width < 0) {
      spec.flags.push_back('-');
      spec.width = -spec.width;
    }
    if (i < f_.size() && f_[i] == '.') {
      i++;
      spec.has_precision = true;
      bool digits = false;
      take_number(i, digits, spec.precision, "precision");
      if (bad_star_) return false;
      if (spec.precision < 0) spec.has_precision = false;
    }
    while (i < f_.size() && std::strchr("hlLjzt", f_[i]) && f_[i]) i++;
    if (i >= f_.size()) return bad_conversion(start, i);
    spec.letter = f_[i++];
    if (spec.letter == '(' && o_.bash) return time_conversion(spec, start, i);
    if (!o_.bash && !allowed(spec)) return bad_conversion(start, i);
    return convert(spec, start, i);
  }

  // GNU's printf refuses flags and precisions that say nothing about a conversion.
  static bool allowed(const Spec& spec) {
    auto one_of = [&](const char* letters) { return std::strchr(letters, spec.letter) != nullptr; };
    return !((spec.grouped || spec.translated) && one_of("aAceEosxX")) && !(spec.has_flag('#') && one_of("cdisu")) && !(spec.has_flag('0') && one_of("cs")) &&
           !(spec.has_precision && spec.letter == 'c');
  }

  bool bad_conversion(size_t start, size_t end) {
    std::string text(f_.substr(start, end - start));
    if (!o_.bash) fail(text + ": invalid conversion specification");
    else if (end >= f_.size() && (text == "%" || !std::strchr("CSNyw%$", text.back()))) fail("`" + text + "': missing format character");
    else fail(std::string("`") + text.back() + "': invalid format character");
    return false;
  }

  bool convert(Spec& spec, size_t start, size_t end) {
    switch (spec.letter) {
      case 'd':
      case 'i': put_integer(spec, "jd", has_arg() ? signed_arg() : 0); return true;
      case 'o':
      case 'u':
      case 'x':
      case 'X': {
        const char conversion[] = {'j', spec.letter, 0};
        put_integer(spec, conversion, static_cast<intmax_t>(has_arg() ? unsigned_arg() : 0));
        return true;
      }
      case 'f':
      case 'F':
      case 'e':
      case 'E':
      case 'g':
      case 'G':
      case 'a':
      case 'A': put_float(spec); return true;
      case 'c': {
        std::string_view a = next_arg();
        pad(spec, a.empty() ? std::string_view("\0", 1) : a.substr(0, 1), false);
        return true;
      }
      case 's': pad(spec, next_arg(), true); return true;
      case 'b':
        if (o_.bash || (spec.flags.empty() && !spec.has_width && !spec.has_precision)) return put_escaped(spec);
        break;
      case 'q':
        if (o_.bash) {
          pad(spec, bash_quote(next_arg(), o_.utf8), true);
          return true;
        }
        if (spec.flags.empty() && !spec.has_width && !spec.has_precision) {
          if (has_arg()) out_ += shell_escape(next_arg(), o_.utf8);
          return true;
        }
        break;
      case 'Q':
        if (o_.bash) {
          std::string_view a = next_arg();
          if (spec.has_precision) a = a.substr(0, static_cast<size_t>(spec.precision));
          spec.has_precision = false;
          pad(spec, bash_quote(a, o_.utf8), true);
          return true;
        }
        break;
      case 'n':
        if (o_.bash) {
          std::string_view name = next_arg();
          if (name.empty() || !o_.store || o_.store(name, drained_ + out_.size())) return true;
          status_ = 1;
          return false;
        }
        break;
      default: break;
    }
    if (o_.bash) {
      fail(std::string("`") + spec.letter + "': invalid format character");
      return false;
    }
    return bad_conversion(start, end);
  }

  void pad(const Spec& spec, std::string_view s, bool cut) {
    if (cut && spec.has_precision) s = s.substr(0, static_cast<size_t>(spec.precision));
    size_t width = static_cast<size_t>(spec.width);
    size_t fill = width > s.size() ? width - s.size() : 0;
    if (!spec.has_flag('-')) repeat(fill, ' ');
    out_.append(s);
    if (spec.has_flag('-')) repeat(fill, ' ');
  }

  // Widths and precisions go up to 2^31: in pieces, so that what is written need not be held.
  void repeat(size_t n, char c) {
    constexpr size_t kPiece = 65536;
    while (n > kPiece && !should_stop()) {
      out_.append(kPiece, c);
      n -= kPiece;
      if (o_.drain) drain();
    }
    if (n <= kPiece) out_.append(n, c);
  }

  bool put_escaped(const Spec& spec) {
    std::string_view a = next_arg();
    std::string text;
    bool go_on = true, fatal = false;
    auto complain = [&](const std::string& m) {
      if (o_.bash) return warn(m);
      fatal = true;
      fail("missing hexadecimal number in escape");
    };
    for (size_t i = 0; i < a.size() && go_on && !fatal;) {
      if (a[i] == '\\') {
        go_on = append_escape(text, a, i, EscapeStyle::Argument, o_.utf8, complain);
        continue;
      }
      size_t end = std::min(a.find('\\', i), a.size());
      text.append(a, i, end - i);
      i = end;
    }
    pad(spec, text, true);
    if (!go_on) return end_well();
    return go_on && !fatal;
  }

  std::string directive(const Spec& spec, const char* conversion) {
    std::string d = "%" + spec.flags;
    if (spec.has_width) d += std::to_string(spec.width);
    if (spec.has_precision) d += "." + std::to_string(spec.precision);
    return d + conversion;
  }

  template <class T>
  void put_formatted(const std::string& d, T value) {
    char small[256];
    int n = std::snprintf(small, sizeof small, d.c_str(), value);
    if (n < 0) return;
    if (n < static_cast<int>(sizeof small)) {
      out_.append(small, static_cast<size_t>(n));
      return;
    }
    size_t at = out_.size();
    out_.resize(at + static_cast<size_t>(n) + 1);
    std::snprintf(out_.data() + at, static_cast<size_t>(n) + 1, d.c_str(), value);
    out_.pop_back();
  }

  // Beyond this, width and precision are laid out here: the C library would hold all of it.
  static constexpr int kWide = 4096;
  // No long double has more digits than this behind the point (in decimal), so all others are 0.
  static constexpr int kDigits = 16500;

  // [spaces][sign or 0x][zeros]digits[zeros][exponent][spaces]
  void put_wide(const Spec& spec, std::string text, size_t zeros, size_t tail_zeros) {
    size_t sign = !text.empty() && std::strchr("+- ", text[0]) ? 1 : 0;
    if (text.size() > sign + 1 && text[sign] == '0' && (text[sign + 1] == 'x' || text[sign + 1] == 'X')) sign += 2;
    size_t exponent = tail_zeros ? text.find_first_of("eEpP", sign) : text.npos;
    if (exponent == text.npos) exponent = text.size();
    size_t length = text.size() + zeros + tail_zeros, width = static_cast<size_t>(spec.width);
    size_t fill = spec.has_width && width > length ? width - length : 0;
    bool left = spec.has_flag('-');
    bool float_letter = std::strchr("fFeEgGaA", spec.letter) != nullptr;
    bool zero = spec.has_flag('0') && !left && (float_letter || !spec.has_precision) && text.find_first_of("nN") == text.npos;
    if (!left && !zero) repeat(fill, ' ');
    out_.append(text, 0, sign);
    repeat(zeros + (zero ? fill : 0), '0');
    out_.append(text, sign, exponent - sign);
    repeat(tail_zeros, '0');
    out_.append(text, exponent);
    if (left) repeat(fill, ' ');
  }

  template <class T>
  std::string formatted(const Spec& spec, const char* conversion, T value) {
    std::string kept;
    out_.swap(kept);
    put_formatted(directive(spec, conversion), value);
    out_.swap(kept);
    return kept;
  }

  void wide_integer(const Spec& spec, const char* conversion, intmax_t value) {
    Spec narrow = spec;
    narrow.has_width = false;
    narrow.precision = std::min(spec.precision, 64);
    std::erase(narrow.flags, '0');
    std::string text = formatted(narrow, conversion, value);
    // What a precision of 64 did not add.
    size_t zeros = spec.has_precision && spec.precision > 64 ? static_cast<size_t>(spec.precision - 64) : 0;
    put_wide(spec, std::move(text), zeros, 0);
  }

  void wide_float(const Spec& spec, const char* conversion, long double value) {
    Spec narrow = spec;
    narrow.has_width = false;
    narrow.precision = std::min(spec.precision, kDigits);
    std::erase(narrow.flags, '0');
    std::string text = formatted(narrow, conversion, value);
    bool general = spec.letter == 'g' || spec.letter == 'G';
    bool finite = text.find_first_of("nN") == text.npos;
    bool more = finite && spec.has_precision && spec.precision > kDigits && (!general || spec.has_flag('#'));
    put_wide(spec, std::move(text), 0, more ? static_cast<size_t>(spec.precision - kDigits) : 0);
  }

  bool wide(const Spec& spec) const { return (spec.has_width && spec.width > kWide) || (spec.has_precision && spec.precision > kWide); }

  void put_integer(const Spec& spec, const char* conversion, intmax_t value) {
    if (wide(spec)) return wide_integer(spec, conversion, value);
    if (spec.flags.empty() && !spec.has_width && !spec.has_precision && conversion[1] == 'd') {
      out_ += std::to_string(value);
      return;
    }
    put_formatted(directive(spec, conversion), value);
  }

  void put_float(const Spec& spec) {
    const char conversion[] = {'L', spec.letter, 0};
    long double value = has_arg() ? float_arg() : 0.0L;
    if (wide(spec)) return wide_float(spec, conversion, value);
    put_formatted(directive(spec, conversion), value);
  }

  // 'c or "c: the code of the character.
  bool character_arg(std::string_view a, uint32_t& code) {
    if (a.empty() || (a[0] != '\'' && a[0] != '"')) return false;
    if (a.size() == 1) {
      if (!o_.bash) return false;
      code = 0;
      return true;
    }
    utf8::Char c{static_cast<unsigned char>(a[1]), 1, true};
    if (o_.utf8) c = utf8::decode(a.substr(1));
    code = c.code;
    if (!o_.bash && 1u + c.length < a.size()) {
      warn("warning: " + std::string(a.substr(1 + c.length)) + ": character(s) following character constant have been ignored");
    }
    return true;
  }

  // What a strto* call left over, and its range error, in the words of the flavour.
  void check_number(const std::string& a, const char* end, bool range) {
    std::string quoted = locale_quote(a, o_.utf8);
    if (*end != 0 || (end == a.c_str() && !a.empty())) {
      if (o_.bash) {
        bool hex = a.size() > 1 && a[0] == '0' && ascii_lower(a[1]) == 'x';
        fail(a + (hex ? ": invalid hex number" : a[0] == '0' && a.size() > 1 && ascii_digit(a[1]) ? ": invalid octal number" : ": invalid number"));
      } else {
        fail(quoted + (end == a.c_str() ? ": expected a numeric value" : ": value not completely converted"));
      }
    } else if (range) {
      if (o_.bash) warn("warning: " + a + ": Numerical result out of range");
      else fail(quoted + ": Numerical result out of range");
    }
  }

  template <class T, class F>
  T number_arg(F convert) {
    std::string_view view = next_arg();
    uint32_t code;
    if (character_arg(view, code)) return static_cast<T>(code);
    std::string a(view);
    char* end = nullptr;
    errno = 0;
    T value = convert(a.c_str(), &end);
    check_number(a, end, errno == ERANGE);
    return value;
  }

  intmax_t signed_arg() {
    return number_arg<intmax_t>([](const char* s, char** end) { return std::strtoimax(s, end, 0); });
  }
  uintmax_t unsigned_arg() {
    return number_arg<uintmax_t>([](const char* s, char** end) { return std::strtoumax(s, end, 0); });
  }
  long double float_arg() {
    return number_arg<long double>([](const char* s, char** end) { return std::strtold(s, end); });
  }

  // %(format)T
  bool time_conversion(const Spec& spec, size_t start, size_t& i) {
    int depth = 1;
    size_t from = i;
    while (i < f_.size() && depth > 0) {
      if (f_[i] == '(') depth++;
      if (f_[i] == ')') depth--;
      i++;
    }
    if (depth > 0 || i >= f_.size() || f_[i] != 'T') {
      warn(std::string("warning: `") + (i < f_.size() ? f_[i] : '(') + "': invalid time format specification");
      i = start + 1;
      out_.push_back('%');
      return true;
    }
    std::string format(f_.substr(from, i - 1 - from));
    i++;
    if (format.empty()) format = "%X";
    int64_t when = has_arg() ? signed_arg() : -1;
    pad(spec, o_.time ? o_.time(format, when) : "", true);
    return true;
  }

  std::string& out_;
  std::string_view f_;
  const std::vector<std::string_view>& args_;
  const PrintfOptions& o_;
  size_t arg_ = 0;
  int status_ = 0;
  bool bad_star_ = false;
  size_t drained_ = 0;   // bytes that are written already
};

}  // namespace

bool append_escape(std::string& out, std::string_view s, size_t& at, EscapeStyle style, bool utf8, const std::function<void(const std::string&)>& complain) {
  size_t start = at++;
  if (at >= s.size()) {
    out.push_back('\\');
    return true;
  }
  char c = s[at++];
  auto missing = [&](const char* what) {
    if (complain) complain(what);
    out.append(s.substr(start, at - start));
  };
  uint32_t code = 0;
  switch (c) {
    case 'a': out.push_back('\a'); break;
    case 'b': out.push_back('\b'); break;
    case 'e':
    case 'E': out.push_back('\033'); break;
    case 'f': out.push_back('\f'); break;
    case 'n': out.push_back('\n'); break;
    case 'r': out.push_back('\r'); break;
    case 't': out.push_back('\t'); break;
    case 'v': out.push_back('\v'); break;
    case '\\': out.push_back('\\'); break;
    case '"':
    case '\'':
    case '?':
      if (style != EscapeStyle::Format) out.push_back('\\');
      out.push_back(c);
      break;
    case 'c':
      if (style != EscapeStyle::Format) return false;
      out += "\\c";
      break;
    case 'x':
      if (take_hex(s, at, 2, code)) out.push_back(static_cast<char>(code));
      else missing("missing hex digit for \\x");
      break;
    case 'u':
    case 'U':
      if (take_hex(s, at, c == 'u' ? 4 : 8, code)) append_code(out, code, utf8);
      else missing(c == 'u' ? "missing unicode digit for \\u" : "missing unicode digit for \\U");
      break;
    case '0':
    case '1':
    case '2':
    case '3':
    case '4':
    case '5':
    case '6':
    case '7':
      // \0 takes three more digits in arguments; echo knows only that form.
      if (style == EscapeStyle::BashEcho && c != '0') {
        out.push_back('\\');
        out.push_back(c);
        break;
      }
      if (style == EscapeStyle::Format || c != '0') at--;
      take_octal(out, s, at, 3);
      break;
    default:
      out.push_back('\\');
      out.push_back(c);
      break;
  }
  return true;
}

int format_printf(std::string& out, std::string_view format, const std::vector<std::string_view>& args, const PrintfOptions& options) {
  return Formatter(out, format, args, options).run();
}

}  // namespace nacre
