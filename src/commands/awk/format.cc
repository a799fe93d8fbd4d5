/// printf and sprintf of awk.
/// Source: gawk manual 5.5 "Using printf Statements for Fancier Printing".
#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstring>

#include "algo/fixed_digits.h"
#include "algo/unicode.h"
#include "base/utf8.h"
#include "commands/awk/interp.h"

namespace nacre {
namespace {

struct Spec {
  std::string flags;          // for the C library
  bool left = false;
  int width = -1, precision = -1;
};

void pad(std::string& out, std::string_view s, size_t columns, const Spec& spec) {
  size_t fill = spec.width > 0 && static_cast<size_t>(spec.width) > columns ? static_cast<size_t>(spec.width) - columns : 0;
  if (!spec.left) out.append(fill, ' ');
  out += s;
  if (spec.left) out.append(fill, ' ');
}

void put_character(std::string& out, const AwkValue& v, const Spec& spec, bool utf8) {
  std::string s;
  const bool bytes = v.kind == AwkValue::Number || (v.kind == AwkValue::Input && v.numeric());   // its width counts them
  if (bytes) {
    auto code = static_cast<uint32_t>(static_cast<int64_t>(std::clamp(v.to_number(), -1e9, 4e9)));
    if (utf8 && code >= 0x80 && code < 0x110000) utf8::append(s, code);
    else s += static_cast<char>(code);
  } else {
    std::string_view t = v.text.view();
    s = t.empty() ? std::string(1, 0) : std::string(t.substr(0, utf8 ? utf8::decode(t).length : 1));
  }
  pad(out, s, bytes ? s.size() : 1, spec);
}

void put_text(std::string& out, std::string_view s, const Spec& spec, bool utf8) {
  if (spec.width <= 0 && spec.precision < 0) {
    out += s;
    return;
  }
  size_t n = utf8 ? utf8::length(s) : s.size();
  if (spec.precision >= 0 && static_cast<size_t>(spec.precision) < n) {
    n = static_cast<size_t>(spec.precision);
    s = s.substr(0, utf8 ? utf8::offset(s, n) : n);
  }
  pad(out, s, n, spec);
}

// %d, %f of a few digits, as the C library writes them, for what they mostly print. False: not one of those.
bool put_plain_number(std::string& out, double d, char c, const Spec& spec) {
  char digits[kFixedDigits];
  char* end = digits;
  if ((c == 'd' || c == 'i') && std::fabs(d) < 1e18 && spec.precision < 0) {
    end = std::to_chars(digits, digits + sizeof digits, static_cast<int64_t>(d)).ptr;
  } else if (c == 'f') {
    end = write_fixed(digits, d, spec.precision < 0 ? 6 : spec.precision);
    if (!end) return false;
  } else {
    return false;
  }
  pad(out, {digits, static_cast<size_t>(end - digits)}, static_cast<size_t>(end - digits), spec);
  return true;
}

void put_number(std::string& out, double d, char c, const Spec& spec) {
  if (std::isnan(d) || std::isinf(d)) {
    std::string s;
    append_number(s, d, "%g");
    out += s;   // without its width
    return;
  }
  const bool only_left = spec.flags.find_first_not_of('-') == std::string::npos;
  if (only_left && put_plain_number(out, d, c, spec)) return;
  std::string f = "%" + spec.flags;
  if (spec.width >= 0) f += std::to_string(spec.width);
  if (spec.precision >= 0) f += "." + std::to_string(spec.precision);
  std::string piece(static_cast<size_t>(std::max(spec.width, spec.precision) + 400), 0);
  int k;
  if (std::strchr("di", c)) {
    d = std::trunc(d);
    if (std::fabs(d) < 9.2e18) k = std::snprintf(piece.data(), piece.size(), (f + "lld").c_str(), static_cast<long long>(d));
    else k = std::snprintf(piece.data(), piece.size(), ("%" + spec.flags + (spec.width >= 0 ? std::to_string(spec.width) : "") + ".0f").c_str(), d);
  } else if (std::strchr("oxXu", c)) {
    // With #, what is cut to 0 has its prefix too.
    if (spec.flags.find('#') != std::string::npos && d != 0 && std::fabs(d) < 1 && c != 'u') {
      const std::string zero = c == 'o' ? "00" : std::string("0") + c + "0";
      return pad(out, zero, zero.size(), spec);
    }
    d = std::trunc(d);
    if (d < 0 && d > -9.2e18) k = std::snprintf(piece.data(), piece.size(), (f + "ll" + c).c_str(), static_cast<unsigned long long>(static_cast<long long>(d)));
    else if (d >= 0 && d < 1.8e19) k = std::snprintf(piece.data(), piece.size(), (f + "ll" + c).c_str(), static_cast<unsigned long long>(d));
    else k = std::snprintf(piece.data(), piece.size(), (f + "g").c_str(), d);
  } else {
    k = std::snprintf(piece.data(), piece.size(), (f + c).c_str(), d);
  }
  out.append(piece, 0, static_cast<size_t>(std::max(k, 0)));
}

}  // namespace

void awk_format_number(std::string& out, double n, std::string_view f) {
  for (size_t i = 0; i < f.size();) {
    const size_t start = i;
    if (f[i++] != '%') {
      out += f[start];
      continue;
    }
    Spec spec;
    for (; i < f.size() && std::string_view("-+ #0'").find(f[i]) != std::string_view::npos; i++) {
      if (f[i] == '-') spec.left = true;
      if (f[i] != '\'') spec.flags += f[i];
    }
    auto count = [&](int& value) {
      for (value = 0; i < f.size() && ascii_digit(f[i]); i++) value = std::min(value * 10 + (f[i] - '0'), 1'000'000);
    };
    if (i < f.size() && ascii_digit(f[i])) count(spec.width);
    if (i < f.size() && f[i] == '.') i++, count(spec.precision);
    const char c = i < f.size() ? f[i++] : '\0';
    if (c == '%') {
      out += '%';
    } else if (c == 'c') {
      put_character(out, AwkValue(n), spec, true);
    } else if (c == 's') {   // of a number that is to be made text: once around is enough
      std::string s;
      put_number(s, n, 'g', {});
      put_text(out, s, spec, true);
    } else if (c && std::string_view("dioxXueEfFgGaA").find(c) != std::string_view::npos) {
      put_number(out, n, c, spec);
    } else {
      out += f.substr(start, i - start);
    }
  }
}

void AwkInterp::format(const std::vector<AwkNode*>& list, std::string& out) {
  const bool grouped = list.size() == 1 && list[0]->op == AwkOp::Group && !list[0]->list.empty();
  const std::vector<AwkNode*>& args = grouped ? list[0]->list : list;
  if (args.empty()) return;
  if (dialect_.lint && args[0]->op == AwkOp::Number) lint("printf/sprintf: received non-string format string argument");
  std::string keep;
  std::string_view f = view(args[0], keep);
  if (args[0]->op != AwkOp::String) f = keep = std::string(f);   // what is evaluated next may change it
  // Each argument is evaluated once, in order: when its turn comes, or beforehand where positions may ask for one again.
  const bool in_turn = f.find('$') == std::string_view::npos;
  std::vector<AwkValue> values;
  for (size_t k = 1; !in_turn && k < args.size(); k++) values.push_back(eval(args[k]));
  size_t next = 0;
  enum { Unknown, InOrder, ByPosition } style = Unknown;
  constexpr char kMixed[] = "must use `count$' on all formats or none";
  auto missing = [&](size_t i) {
    fatal("not enough arguments to satisfy format string\n\t`" + std::string(f) + "'\n\t" + std::string(std::min(i, f.size()), ' ') + "^ ran out for this one");
  };
  for (size_t i = 0; i < f.size();) {
    if (f[i] != '%') {
      size_t end = std::min(f.find('%', i), f.size());
      out += f.substr(i, end - i);
      i = end;
      continue;
    }
    size_t start = i++;
    auto take = [&](std::optional<size_t> position) -> AwkValue {
      size_t k = position ? *position - 1 : next++;
      if (k + 1 >= args.size() && position) fatal("argument index " + std::to_string(*position) + " greater than total number of supplied arguments");
      if (k + 1 >= args.size()) missing(i);
      return in_turn ? eval(args[k + 1]) : values[k];
    };
    // N$ at i, if there is one.
    auto position = [&]() -> std::optional<size_t> {
      size_t k = i, n = 0;
      while (k < f.size() && ascii_digit(f[k]) && k - i < 6) n = n * 10 + static_cast<size_t>(f[k++] - '0');
      if (k == i || n == 0 || k >= f.size() || f[k] != '$') return std::nullopt;
      i = k + 1;
      return n;
    };
    Spec spec;
    std::optional<size_t> which = position();
    if (which) {
      if (style == InOrder) fatal(kMixed);
      style = ByPosition;
    }
    for (; i < f.size() && f[i] && std::strchr("-+ #0'", f[i]); i++) {
      if (f[i] == '-') spec.left = true;
      if (f[i] != '\'') spec.flags += f[i];
    }
    auto count = [&](int& n) {
      if (i < f.size() && f[i] == '*') {
        i++;
        std::optional<size_t> at = position();
        if (!at && style == ByPosition) fatal(std::string("fatal: ") + kMixed);
        i--;
        n = static_cast<int>(std::clamp(take(at).to_number(), -1e6, 1e6));
        i++;
        return;
      }
      if (i < f.size() && ascii_digit(f[i])) n = 0;
      while (i < f.size() && ascii_digit(f[i])) n = std::min(n * 10 + (f[i++] - '0'), 1'000'000);
    };
    count(spec.width);
    if (spec.width < -1) {
      spec.left = true;
      spec.flags += '-';
      spec.width = -spec.width;
    }
    if (i < f.size() && f[i] == '.') {
      i++;
      spec.precision = 0;
      count(spec.precision);
    }
    while (i < f.size() && f[i] && std::strchr("hlLqjzt", f[i])) i++;
    if (i >= f.size()) {
      out += f.substr(start);
      break;
    }
    char c = f[i];
    if (c == '%') {
      out += '%';
      i++;
      continue;
    }
    if (!c || !std::strchr("dioxXucsfFeEgGaA", c)) {
      i++;
      out += f.substr(start, i - start);
      continue;
    }
    if (!which) {
      if (style == ByPosition) fatal(kMixed);
      style = InOrder;
    }
    const AwkNode* direct = in_turn && next + 1 < args.size() ? args[next + 1] : nullptr;
    if (direct && c == 's' && (direct->op == AwkOp::Field || direct->op == AwkOp::String)) {
      std::string buffer;
      put_text(out, view(direct, buffer), spec, utf8_);
      next++;
      i++;
      continue;
    }
    if (direct && c != 's' && c != 'c') {
      put_number(out, number(direct), c, spec);
      next++;
      i++;
      continue;
    }
    AwkValue v = take(which);
    i++;
    if (c == 'c') {
      put_character(out, v, spec, utf8_);
    } else if (c == 's') {
      std::string s;
      append_value(v, s);
      put_text(out, s, spec, utf8_);
    } else {
      put_number(out, v.to_number(), c, spec);
    }
  }
  // Those that no conversion asked for.
  if (style != ByPosition && next + 1 < args.size()) lint("too many arguments supplied for format string");
  for (; in_turn && next + 1 < args.size(); next++) eval(args[next + 1]);
}

}  // namespace nacre
