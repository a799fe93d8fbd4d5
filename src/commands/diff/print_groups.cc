/// Formats given by the user for groups of lines and for lines, and -D.
/// Source: GNU diffutils 3.8 manual, "Line Group Formats", "Line Formats".
#include <cstdio>

#include "algo/unicode.h"
#include "base/deep_call.h"
#include "commands/diff/print.h"

namespace nacre {
namespace {

/// Lines [from, to) of a file.
struct LineGroup {
  const DiffSide* side;
  size_t from, to;
};

class Groups {
 public:
  Groups(const DiffOptions& o, const Comparison& c, Output& out) : c_(c), out_(out) {
    for (size_t k = 0; k < 3; k++) line_format_[k] = o.line_format[k].value_or("%l\n");
    const auto& changed = o.group_format[kDiffChanged];
    group_format_[kDiffOld] = o.group_format[kDiffOld].value_or(changed.value_or("%<"));
    group_format_[kDiffNew] = o.group_format[kDiffNew].value_or(changed.value_or("%>"));
    group_format_[kDiffUnchanged] = o.group_format[kDiffUnchanged].value_or("%=");
    group_format_[kDiffChanged] = changed.value_or(group_format_[kDiffOld] + group_format_[kDiffNew]);
  }

  void run() {
    size_t a = 0, b = 0;
    for (const auto& r : c_.changes()) {
      if (r.ignore) continue;
      unchanged(a, r.a, b, r.b);
      group(!r.inserted ? kDiffOld : !r.deleted ? kDiffNew : kDiffChanged, r.a, r.a + r.deleted, r.b, r.b + r.inserted);
      a = r.a + r.deleted;
      b = r.b + r.inserted;
    }
    unchanged(a, c_.a().lines.size(), b, c_.b().lines.size());
  }

 private:
  void unchanged(size_t a, size_t a_end, size_t b, size_t b_end) {
    if (a < a_end || b < b_end) group(kDiffUnchanged, a, a_end, b, b_end);
  }
  void group(DiffKind kind, size_t a, size_t a_end, size_t b, size_t b_end) {
    old_ = {&c_.a(), a, a_end};
    new_ = {&c_.b(), b, b_end};
    std::string_view format = group_format_[kind];
    format_group(format, 0, true);
  }

  // Writes up to the character `end` (0: the end), which is left in the format. Quiet when not `live`.
  void format_group(std::string_view& f, char end, bool live) {
    while (!f.empty() && f[0] != end) {
      char c = f[0];
      f.remove_prefix(1);
      if (c != '%' || f.empty()) {
        if (live) out_.put(c);
        continue;
      }
      char k = f[0];
      if (k == '(') {
        std::string_view rest = f.substr(1);
        if (deep_call([&] { return conditional(rest, live); })) {
          f = rest;
          continue;
        }
      } else if (k == '<' || k == '>' || k == '=') {
        f.remove_prefix(1);
        if (live) lines(k == '>' ? new_ : old_, line_format_[k == '<' ? kDiffOld : k == '>' ? kDiffNew : kDiffUnchanged]);
        continue;
      } else if (size_t n = spec(f, nullptr, 0, live)) {
        f.remove_prefix(n);
        continue;
      }
      if (k == '%') f.remove_prefix(1);
      if (live) out_.put('%');
    }
  }

  // A=B?T:E) behind "%(".
  bool conditional(std::string_view& f, bool live) {
    size_t value[2];
    for (int i = 0; i < 2; i++) {
      if (f.empty()) return false;
      if (ascii_digit(f[0])) {
        value[i] = 0;
        for (; !f.empty() && ascii_digit(f[0]); f.remove_prefix(1)) value[i] = value[i] * 10 + static_cast<size_t>(f[0] - '0');
      } else {
        auto v = letter(f[0]);
        if (!v) return false;
        value[i] = *v;
        f.remove_prefix(1);
      }
      if (f.empty() || f[0] != (i ? '?' : '=')) return false;
      f.remove_prefix(1);
    }
    bool equal = value[0] == value[1];
    format_group(f, ':', live && equal);
    if (!f.empty()) f.remove_prefix(1);
    format_group(f, ')', live && !equal);
    if (!f.empty()) f.remove_prefix(1);
    return true;
  }

  std::optional<size_t> letter(char c) const {
    const LineGroup& g = c >= 'A' && c <= 'Z' ? new_ : old_;
    switch (ascii_lower(c)) {
      case 'e': return g.from;
      case 'f': return g.from + 1;
      case 'l': return g.to;
      case 'm': return g.to + 1;
      case 'n': return g.to - g.from;
      default: return std::nullopt;
    }
  }

  void lines(const LineGroup& g, std::string_view format) {
    for (size_t i = g.from; i < g.to; i++) {
      std::string_view line = g.side->lines[i];
      for (size_t k = 0; k < format.size();) {
        char c = format[k++];
        if (c != '%' || k == format.size()) {
          out_.put(c);
          continue;
        }
        char what = format[k];
        if (what == 'l' || what == 'L') {
          out_.write(what == 'l' && line.ends_with('\n') ? line.substr(0, line.size() - 1) : line);
          k++;
        } else if (what == '%') {
          out_.put('%');
          k++;
        } else if (size_t n = spec(format.substr(k), g.side, i + 1, true)) {
          k += n;
        } else {
          out_.put('%');
        }
      }
    }
  }

  // [-'0][WIDTH][.PREC]{doxX}LETTER or c'C' behind a %. Length of it; 0: it is something else.
  size_t spec(std::string_view f, const DiffSide* side, size_t number, bool live) {
    size_t i = 0;
    auto at = [&](size_t k) { return k < f.size() ? f[k] : '\0'; };
    while (at(i) == '-' || at(i) == '\'' || at(i) == '0') i++;
    while (ascii_digit(at(i))) i++;
    if (at(i) == '.') do
        i++;
      while (ascii_digit(at(i)));
    char kind = at(i), what = at(i + 1);
    if (kind == 'c' && what == '\'') return i + 2 + character(f.substr(std::min(f.size(), i + 2)), live);
    if (kind != 'd' && kind != 'o' && kind != 'x' && kind != 'X') return 0;
    if (side ? what != 'n' : !letter(what)) return 0;
    if (i > 40) return 0;
    std::string format = "%" + std::string(f.substr(0, i)) + "l" + kind;
    char text[256];
    int n = std::snprintf(text, sizeof text, format.c_str(), static_cast<long>(side ? number : *letter(what)));
    if (live) out_.write({text, static_cast<size_t>(std::min<int>(n, sizeof text - 1))});
    return i + 2;
  }

  // C' or \OOO' : its length.
  size_t character(std::string_view f, bool live) {
    size_t quote = f.find('\'', 1);
    if (quote == std::string_view::npos) return f.size();
    char c = f[0];
    if (c == '\\' && quote > 1) {
      int value = 0;
      for (size_t i = 1; i < quote && i < 4 && f[i] >= '0' && f[i] <= '7'; i++) value = value * 8 + (f[i] - '0');
      c = static_cast<char>(value);
    }
    if (live) out_.put(c);
    return quote + 1;
  }

  const Comparison& c_;
  Output& out_;
  std::string line_format_[3], group_format_[4];
  LineGroup old_{}, new_{};
};

}  // namespace

void print_groups(const DiffOptions& o, const Comparison& c, Output& out) { Groups(o, c, out).run(); }

}  // namespace nacre
