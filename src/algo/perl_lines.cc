#include "algo/perl_lines.h"

#include "algo/unicode.h"

namespace nacre {
namespace {

constexpr std::string_view kDigits = "0-9", kWord = "0-9A-Za-z_", kSpace = " \t\v\f\r";   // a newline is in no line

class Reader {
 public:
  explicit Reader(std::string_view p) : p_(p) {}

  std::optional<std::string> run() {
    alternatives(0);
    if (!ok_ || at_ < p_.size()) return std::nullopt;
    return std::move(out_);
  }

 private:
  static constexpr int kNesting = 20, kUnbounded = 4, kMostTimes = 100;

  bool starts(std::string_view s) const { return p_.substr(at_, s.size()) == s; }
  bool accept(char c) {
    if (at_ >= p_.size() || p_[at_] != c) return false;
    at_++;
    return true;
  }
  void refuse() { ok_ = false; }

  void put(char c) {
    if (static_cast<unsigned char>(c) >= 0x80 || c == '\n') return refuse();
    if (!ascii_alnum(c)) out_ += '\\';
    out_ += c;
  }

  // True if it can match in more ways than one, so that repeating it may take long.
  bool alternatives(int depth) {
    bool ways = false;
    while (ok_ && at_ < p_.size() && p_[at_] != ')') {
      if (accept('|')) {
        out_ += '|';
        ways = true;
        continue;
      }
      bool repeatable = true;
      const bool inner = atom(depth, repeatable);
      if (ok_ && repetition()) {
        if (inner || !repeatable) refuse();
        ways = true;
      }
      ways = ways || inner;
    }
    return ways;
  }

  bool atom(int depth, bool& repeatable) {
    if (accept('(')) {
      if (starts("?:")) at_ += 2;
      else if (starts("?") || starts("*")) refuse();
      if (depth == kNesting) refuse();
      if (!ok_) return false;
      out_ += "(?:";
      const bool ways = alternatives(depth + 1);
      if (!accept(')')) refuse();
      out_ += ')';
      return ways;
    }
    const char c = p_[at_++];
    switch (c) {
      case '[': bracket(); break;
      case '.': out_ += "[^\\n]"; break;
      case '^':
      case '$':
        out_ += c == '^' ? "(?m:^)" : "(?m:$)";
        repeatable = false;
        break;
      case '\\': escape(); break;
      case '*':
      case '+':
      case '?':
      case '{': refuse(); break;
      default: put(c);
    }
    return false;
  }

  void escape() {
    if (at_ >= p_.size()) return refuse();
    const char c = p_[at_++];
    if (std::string_view set = class_of(ascii_lower(c)); !set.empty()) {
      out_ += ascii_lower(c) == c ? "[" : "[^\\n";
      out_ += set;
      out_ += ']';
    } else if (c == 't') {
      put('\t');
    } else if (ascii_alnum(c)) {
      refuse();
    } else {
      put(c);
    }
  }

  static std::string_view class_of(char c) { return c == 'd' ? kDigits : c == 'w' ? kWord : c == 's' ? kSpace : std::string_view(); }

  // One character of a bracket; false where it is a class, which was put down.
  bool member(char& c) {
    c = p_[at_++];
    if (c == '[' && (starts(":") || starts(".") || starts("="))) refuse();
    if (c != '\\') return true;
    if (at_ >= p_.size()) {
      refuse();
      return true;
    }
    c = p_[at_++];
    if (std::string_view set = class_of(c); !set.empty()) {
      out_ += set;
      return false;
    }
    if (c == 't') c = '\t';
    else if (ascii_alnum(c)) refuse();
    return true;
  }

  void bracket() {
    out_ += accept('^') ? "[^\\n" : "[";
    if (starts("]")) return refuse();
    while (ok_ && !accept(']')) {
      if (at_ >= p_.size()) return refuse();
      char low, high;
      const bool single = member(low);
      if (single) put(low);
      if (!starts("-") || starts("-]")) continue;
      at_++;
      if (!single || at_ >= p_.size() || !member(high)) return refuse();
      if (static_cast<unsigned char>(high) < static_cast<unsigned char>(low)) return refuse();
      out_ += '-';
      put(high);
    }
    out_ += ']';
  }

  bool repetition() {
    const size_t start = at_;
    if (accept('*') || accept('+')) {
      if (++unbounded_ > kUnbounded) refuse();
    } else if (!accept('?')) {
      if (!accept('{')) return false;
      const int low = count();
      const int high = !accept(',') ? low : starts("}") ? -1 : count();
      if (high < 0 && ++unbounded_ > kUnbounded) refuse();
      if (!accept('}')) refuse();
      if (low > kMostTimes || high > kMostTimes) refuse();
    }
    out_ += p_.substr(start, at_ - start);
    if (starts("+")) refuse();
    accept('?');   // fewest first: other matches, in the same lines
    return true;
  }

  int count() {
    int n = 0;
    if (at_ >= p_.size() || !ascii_digit(p_[at_])) refuse();
    while (at_ < p_.size() && ascii_digit(p_[at_]) && n <= kMostTimes) n = n * 10 + (p_[at_++] - '0');
    return n;
  }

  std::string_view p_;
  size_t at_ = 0;
  int unbounded_ = 0;
  bool ok_ = true;
  std::string out_;
};

}  // namespace

std::optional<std::string> perl_lines(std::string_view pattern) { return Reader(pattern).run(); }

}  // namespace nacre
