#include "algo/test_expr.h"

#include <cstring>
#include <optional>

#include "algo/quote.h"
#include "algo/unicode.h"
#include "base/deep_call.h"

namespace nacre {
namespace {

/// A decimal integer of any length, with blanks around it.
struct Integer {
  bool negative = false;
  std::string_view digits;   // without leading zeros

  static bool parse(std::string_view s, Integer& out, bool bounded) {
    size_t i = 0, end = s.size();
    while (i < end && ascii_space(s[i])) i++;
    while (end > i && ascii_space(s[end - 1])) end--;
    out = {};
    if (i < end && (s[i] == '-' || s[i] == '+')) out.negative = s[i++] == '-';
    if (i == end) return false;
    for (size_t k = i; k < end; k++)
      if (!ascii_digit(s[k])) return false;
    while (i < end && s[i] == '0') i++;
    out.digits = s.substr(i, end - i);
    if (out.digits.empty()) out.negative = false;
    constexpr std::string_view max = "9223372036854775807", min = "9223372036854775808";
    std::string_view limit = out.negative ? min : max;
    return !bounded || out.digits.size() < limit.size() || (out.digits.size() == limit.size() && out.digits <= limit);
  }

  static int magnitude(const Integer& a, const Integer& b) {
    if (a.digits.size() != b.digits.size()) return a.digits.size() < b.digits.size() ? -1 : 1;
    int c = a.digits.compare(b.digits);
    return c < 0 ? -1 : c > 0;
  }
  static int compare(const Integer& a, const Integer& b) {
    if (a.negative != b.negative) return a.negative ? -1 : 1;
    return a.negative ? magnitude(b, a) : magnitude(a, b);
  }
};

bool is_arithmetic(std::string_view op) { return op == "-eq" || op == "-ne" || op == "-lt" || op == "-le" || op == "-gt" || op == "-ge"; }

bool numbers_hold(std::string_view op, int order) {
  if (op == "-eq") return order == 0;
  if (op == "-ne") return order != 0;
  if (op == "-lt") return order < 0;
  if (op == "-le") return order <= 0;
  return op == "-gt" ? order > 0 : order >= 0;
}

class Evaluator {
 public:
  Evaluator(TestHost& host, const std::vector<std::string_view>& args, bool bash, bool utf8) : host_(host), a_(args), bash_(bash), utf8_(utf8) {}

  TestOutcome run() {
    if (a_.empty()) return {1, {}};
    bool value = by_count(a_.size());
    if (error_.empty() && at_ != a_.size()) {
      error_ = bash_ ? "too many arguments" : "extra argument " + quoted(a_[at_]);
    }
    if (!error_.empty()) return {2, error_};
    return {value ? 0 : 1, {}};
  }

 private:
  std::string quoted(std::string_view s) const { return locale_quote(s, utf8_); }

  // The first error counts; evaluation goes on harmlessly.
  bool fail(const std::string& message) {
    if (error_.empty()) error_ = message;
    at_ = a_.size();
    return false;
  }
  bool missing() { return fail(bash_ ? "argument expected" : "missing argument after " + quoted(a_.back())); }
  bool unary_expected(std::string_view word) { return fail(std::string(word) + ": unary operator expected"); }
  bool binary_expected(std::string_view word) { return fail((bash_ ? std::string(word) : quoted(word)) + ": binary operator expected"); }

  bool is(size_t i, std::string_view word) const { return i < a_.size() && a_[i] == word; }
  bool unary(size_t i) const { return i < a_.size() && is_test_unary(a_[i], bash_); }
  bool binary(size_t i) const { return i < a_.size() && (is_test_binary(a_[i], bash_)); }

  bool by_count(size_t n) {
    switch (n) {
      case 1: return one();
      case 2: return two();
      case 3: return three();
      case 4: return four();
      default: return expression();
    }
  }

  bool one() { return !a_[at_++].empty(); }

  bool two() {
    if (is(at_, "!")) {
      at_++;
      return !one();
    }
    if (!bash_) return dash_letter() ? gnu_unary() : missing();
    if (unary(at_)) return unary_primary();
    return unary_expected(a_[at_]);
  }

  // What GNU takes for a unary operator, known or not.
  bool dash_letter() const { return a_[at_].size() == 2 && a_[at_][0] == '-'; }
  bool gnu_unary() {
    if (!unary(at_)) return fail(quoted(a_[at_]) + ": unary operator expected");
    return at_ + 1 < a_.size() ? unary_primary() : missing();
  }

  // "! a b" and "( a )".
  std::optional<bool> negated_or_enclosed() {
    if (is(at_, "!")) {
      at_++;
      return !two();
    }
    if (!is(at_, "(") || !is(at_ + 2, ")")) return std::nullopt;
    at_ += 3;
    return !a_[at_ - 2].empty();
  }

  bool gnu_three() {
    if (binary(at_ + 1)) return binary_primary();
    if (auto value = negated_or_enclosed()) return *value;
    if (is(at_ + 1, "-a") || is(at_ + 1, "-o")) return expression();
    return binary_expected(a_[at_ + 1]);
  }

  bool three() {
    if (!bash_) return gnu_three();
    if (binary(at_ + 1)) return binary_primary();
    if (is(at_ + 1, "-a") || is(at_ + 1, "-o")) {
      bool left = !a_[at_].empty(), right = !a_[at_ + 2].empty();
      bool both = a_[at_ + 1] == "-a";
      at_ += 3;
      return both ? left && right : left || right;
    }
    if (auto value = negated_or_enclosed()) return *value;
    return binary_expected(a_[at_ + 1]);
  }

  bool four() {
    if (is(at_, "!")) {
      at_++;
      return !three();
    }
    if (is(at_, "(") && is(at_ + 3, ")")) {
      at_++;
      bool value = two();
      at_++;
      return value;
    }
    return expression();
  }

  bool expression() {
    bool value = conjunction();
    while (is(at_, "-o")) {
      at_++;
      bool right = conjunction();
      value = value || right;
    }
    return value;
  }

  bool conjunction() {
    bool value = term();
    while (is(at_, "-a")) {
      at_++;
      bool right = term();
      value = value && right;
    }
    return value;
  }

  bool term() {
    if (at_ >= a_.size()) return missing();
    bool negate = false;
    while (is(at_, "!")) {
      at_++;
      negate = !negate;
      if (at_ >= a_.size()) return missing();
    }
    bool value;
    if (is(at_, "(")) {
      value = deep_call([&] { return parenthesized(); });
    } else if (!bash_) {
      value = gnu_term();
    } else if (at_ + 3 <= a_.size() && binary(at_ + 1)) {
      value = binary_primary();
    } else if (at_ + 2 <= a_.size() && unary(at_)) {
      value = unary_primary();
    } else {
      value = one();
    }
    return value != negate;
  }

  bool gnu_term() {
    if (at_ + 4 <= a_.size() && is(at_, "-l") && binary(at_ + 2)) {
      at_++;
      return binary_primary(true);
    }
    if (at_ + 3 <= a_.size() && binary(at_ + 1)) return binary_primary();
    return dash_letter() ? gnu_unary() : one();
  }

  // GNU reads up to four words before a ) by their number.
  bool gnu_group() {
    if (at_ >= a_.size()) return missing();
    size_t n = 1;
    for (; at_ + n < a_.size() && a_[at_ + n] != ")"; n++) {
      if (n < 4) continue;
      n = a_.size() - at_;
      break;
    }
    return by_count(n);
  }

  bool parenthesized() {
    at_++;
    bool value = bash_ ? expression() : gnu_group();
    if (!error_.empty()) return false;
    if (at_ >= a_.size()) return fail(bash_ ? "`)' expected" : quoted(")") + " expected");
    if (a_[at_] != ")") {
      std::string found(a_[at_]);
      return fail(bash_ ? "`)' expected, found " + found : quoted(")") + " expected, found " + quoted(found));
    }
    at_++;
    return value;
  }

  bool unary_primary() {
    char op = a_[at_][1];
    std::string_view arg = a_[at_ + 1];
    if (op == 't') {
      Integer n;
      if (!Integer::parse(arg, n, true)) {
        at_ += bash_ ? 2 : 2;
        return bash_ ? false : fail("invalid integer " + quoted(arg));
      }
    }
    at_ += 2;
    return test_unary(host_, op, arg);
  }

  bool number(std::string_view s, Integer& out) {
    if (Integer::parse(s, out, bash_)) return true;
    fail(bash_ ? std::string(s) + ": integer expression expected" : "invalid integer " + quoted(s));
    return false;
  }

  // `left_length`, and -l before what is on the right: GNU's -l STRING, the length of STRING as a number.
  bool binary_primary(bool left_length = false) {
    std::string_view left = a_[at_], op = a_[at_ + 1], right = a_[at_ + 2];
    const bool right_length = !bash_ && right == "-l" && at_ + 3 < a_.size();
    if (right_length) at_++;
    if ((left_length || right_length) && (is_arithmetic(op) || op[0] == '-')) return lengths_hold(left, op, left_length, right_length);
    if (right_length) {   // = and != see what stands a word further on, as GNU's do
      left = op;
      right = a_[at_ + 2];
    }
    at_ += 3;
    if (op == "=" || op == "==") return left == right;
    if (op == "!=") return left != right;
    if (op == "<") return host_.compare(left, right) < 0;
    if (op == ">") return host_.compare(left, right) > 0;
    if (is_arithmetic(op)) {
      Integer a, b;
      if (!number(left, a) || !number(right, b)) return false;
      return numbers_hold(op, Integer::compare(a, b));
    }
    return test_files(host_, op, left, right);
  }

  bool lengths_hold(std::string_view left, std::string_view op, bool left_length, bool right_length) {
    std::string_view right = a_[at_ + 2];
    at_ += 3;
    if (!is_arithmetic(op)) return fail(std::string(op) + " does not accept -l");
    const std::string left_size = std::to_string(left.size()), right_size = std::to_string(right.size());
    Integer a, b;
    if (!number(left_length ? left_size : left, a) || !number(right_length ? right_size : right, b)) return false;
    return numbers_hold(op, Integer::compare(a, b));
  }

  TestHost& host_;
  const std::vector<std::string_view>& a_;
  bool bash_, utf8_;
  size_t at_ = 0;
  std::string error_;
};

bool newer(const FileFacts& a, const FileFacts& b) { return a.mtime_sec != b.mtime_sec ? a.mtime_sec > b.mtime_sec : a.mtime_nsec > b.mtime_nsec; }

}  // namespace

bool is_test_unary(std::string_view word, bool bash) {
  if (word.size() != 2 || word[0] != '-' || !word[1]) return false;
  return std::strchr(bash ? "abcdefghknoprstuvwxzGLNORS" : "bcdefghknprstuwxzGLNOS", word[1]);
}

bool is_test_binary(std::string_view word, bool bash) {
  if (word == "=" || word == "==" || word == "!=" || is_arithmetic(word)) return true;
  if (word == "-nt" || word == "-ot" || word == "-ef") return true;
  return bash && (word == "<" || word == ">");
}

bool test_files(TestHost& host, std::string_view op, std::string_view a, std::string_view b) {
  FileFacts left, right;
  bool has_left = host.stat(a, true, left), has_right = host.stat(b, true, right);
  if (op == "-ef") return has_left && has_right && left.dev == right.dev && left.ino == right.ino;
  if (op == "-nt") return has_left && (!has_right || newer(left, right));
  return has_right && (!has_left || newer(right, left));
}

bool test_unary(TestHost& host, char op, std::string_view arg) {
  switch (op) {
    case 'n': return !arg.empty();
    case 'z': return arg.empty();
    case 'v': return host.variable_set(arg);
    case 'R': return host.is_nameref(arg);
    case 'o': return host.option_set(arg);
    case 'r': return host.access(arg, 4);
    case 'w': return host.access(arg, 2);
    case 'x': return host.access(arg, 1);
    case 't': {
      int fd = 0;
      // No descriptor has more than nine digits.
      if (arg.size() > 9) return false;
      for (char c : arg)
        if (ascii_digit(c)) fd = fd * 10 + (c - '0');
      return host.is_terminal(fd);
    }
    default: break;
  }
  FileFacts f;
  if (!host.stat(arg, op != 'h' && op != 'L', f)) return false;
  switch (op) {
    case 'a':
    case 'e': return true;
    case 'b': return f.type == 'b';
    case 'c': return f.type == 'c';
    case 'd': return f.type == 'd';
    case 'f': return f.type == '-';
    case 'g': return f.mode & 02000;
    case 'h':
    case 'L': return f.type == 'l';
    case 'k': return f.mode & 01000;
    case 'p': return f.type == 'p';
    case 's': return f.size > 0;
    case 'u': return f.mode & 04000;
    case 'G': return f.gid == host.gid();
    case 'N': return f.mtime_sec != f.atime_sec ? f.mtime_sec > f.atime_sec : f.mtime_nsec > f.atime_nsec;
    case 'O': return f.uid == host.uid();
    case 'S': return f.type == 's';
    default: return false;
  }
}

TestOutcome evaluate_test(TestHost& host, const std::vector<std::string_view>& args, bool bash, bool utf8) { return Evaluator(host, args, bash, utf8).run(); }

}  // namespace nacre
