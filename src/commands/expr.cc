/// expr - evaluate expressions.
/// Source: GNU coreutils 9 manual, "expr invocation"; POSIX XCU expr.
#include "algo/decimal.h"
#include "algo/regex.h"
#include "algo/unicode.h"
#include "base/deep_call.h"
#include "base/utf8.h"
#include "commands/args.h"
#include "commands/command.h"
#include "commands/quoting.h"
#include "commands/text_io.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: expr EXPRESSION\n  or:  expr OPTION\nPrint the value of EXPRESSION to standard output.\n\n"
    "  A | B   A & B   A < B  A <= B  A = B  A != B  A >= B  A > B\n"
    "  A + B  A - B   A * B  A / B  A % B   STRING : REGEXP\n"
    "  match STRING REGEXP   substr STRING POS LENGTH   index STRING CHARS   length STRING   + TOKEN   ( EXPRESSION )\n\n"
    "      --help     display this help and exit\n      --version  output version information and exit\n\n"
    "Exit status is 0 if EXPRESSION is neither null nor 0, 1 if it is, 2 if it is wrong, 3 on an error.\n";

class Expr {
 public:
  Expr(Process& p, std::vector<std::string> words) : p_(p), w_(std::move(words)) {}

  int run() {
    std::string value = disjunction(true);
    if (at_ < w_.size()) fail("syntax error: unexpected argument " + quote(p_, w_[at_]));
    Output out(p_, 1, 3);
    out.line(value);
    return out.finish(null(value) ? 1 : 0);
  }

 private:
  [[noreturn]] void fail(const std::string& message, int status = 2) {
    p_.warn("%s", message.c_str());
    p_.exit(status);
  }
  bool accept(const char* word) {
    if (at_ >= w_.size() || w_[at_] != word) return false;
    at_++;
    return true;
  }
  static bool null(const std::string& s) {
    if (s.empty()) return true;
    size_t i = s[0] == '-' ? 1 : 0;
    return i < s.size() && s.find_first_not_of('0', i) == std::string::npos;
  }
  static std::optional<int64_t> integer(const std::string& s) { return is_integer(s) ? parse_int(s) : std::nullopt; }
  static bool is_integer(std::string_view s) {
    if (s.starts_with('-')) s.remove_prefix(1);
    return !s.empty() && s.find_first_not_of("0123456789") == s.npos;
  }

  std::string disjunction(bool wanted) {
    std::string a = conjunction(wanted);
    while (accept("|")) {
      std::string b = conjunction(wanted && null(a));
      if (null(a)) a = null(b) ? "0" : b;
    }
    return a;
  }
  std::string conjunction(bool wanted) {
    std::string a = comparison(wanted);
    while (accept("&")) {
      std::string b = comparison(wanted && !null(a));
      if (null(a) || null(b)) a = "0";
    }
    return a;
  }
  std::string comparison(bool wanted) {
    std::string a = sum(wanted);
    for (;;) {
      int op = accept("<") ? 1 : accept("<=") ? 2 : accept("=") || accept("==") ? 3 : accept("!=") ? 4 : accept(">=") ? 5 : accept(">") ? 6 : 0;
      if (!op) return a;
      std::string b = sum(wanted);
      const auto x = integer(a), y = integer(b);
      int c = x && y ? (*x < *y ? -1 : *x > *y) : is_integer(a) && is_integer(b) ? nacre::compare(big(a), big(b)) : a.compare(b);
      bool r = op == 1 ? c < 0 : op == 2 ? c <= 0 : op == 3 ? c == 0 : op == 4 ? c != 0 : op == 5 ? c >= 0 : c > 0;
      a = r ? "1" : "0";
    }
  }
  std::string arithmetic(const std::string& a, const std::string& b, char op) {
    if (!is_integer(a) || !is_integer(b)) fail("non-integer argument");
    if ((op == '/' || op == '%') && null(b)) fail("division by zero");
    auto x = parse_int(a), y = parse_int(b);
    int64_t r = 0;
    bool over = !x || !y || ((op == '/' || op == '%') && *y == -1);
    if (!over) {
      switch (op) {
        case '+': over = __builtin_add_overflow(*x, *y, &r); break;
        case '-': over = __builtin_sub_overflow(*x, *y, &r); break;
        case '*': over = __builtin_mul_overflow(*x, *y, &r); break;
        default: r = op == '/' ? *x / *y : *x % *y;
      }
    }
    return over ? big_arithmetic(a, b, op) : std::to_string(r);
  }
  // What 64 bits do not hold.
  std::string big_arithmetic(const std::string& a, const std::string& b, char op) {
    p_.tick(static_cast<uint32_t>((a.size() + b.size()) / 64 * ((a.size() + b.size()) / 64) + 1));
    const Decimal x = big(a), y = big(b);
    const Decimal r = op == '+' ? add(x, y) : op == '-' ? subtract(x, y) : op == '*' ? multiply(x, y, 0) : op == '/' ? *divide(x, y, 0) : *remainder(x, y, 0);
    std::string text = r.text(10, [this](uint32_t n) { p_.tick(n); });
    std::erase_if(text, [](char c) { return c == '\\' || c == '\n'; });
    return text;
  }
  static Decimal big(std::string_view s) {
    const bool negative = s.starts_with('-');
    if (negative) s.remove_prefix(1);
    std::string digits(s);
    for (char& c : digits) c = static_cast<char>(c - '0');
    const Decimal d = Decimal::from_digits(digits, 10, 0);
    return negative ? d.negated() : d;
  }
  std::string sum(bool wanted) {
    std::string a = product(wanted);
    for (;;) {
      char op = accept("+") ? '+' : accept("-") ? '-' : 0;
      if (!op) return a;
      std::string b = product(wanted);
      if (wanted) a = arithmetic(a, b, op);
    }
  }
  std::string product(bool wanted) {
    std::string a = match(wanted);
    for (;;) {
      char op = accept("*") ? '*' : accept("/") ? '/' : accept("%") ? '%' : 0;
      if (!op) return a;
      std::string b = match(wanted);
      if (wanted) a = arithmetic(a, b, op);
    }
  }
  std::string match(bool wanted) {
    std::string a = function(wanted);
    while (accept(":")) {
      std::string b = function(wanted);
      if (wanted) a = match_regex(a, b);
    }
    return a;
  }
  size_t length(std::string_view s) const { return p_.utf8() ? utf8::length(s) : s.size(); }

  std::string match_regex(const std::string& s, const std::string& pattern) {
    std::string error;
    auto re = Regex::compile("^\\(" + pattern + "\\)", p_.utf8() ? kRegexUtf8 : 0u, &error);
    // Back-references count from the pattern's own groups: those are compiled without the wrapper.
    bool wrapped = pattern.find("\\1") == std::string::npos && re;
    if (!wrapped) re = Regex::compile(pattern, p_.utf8() ? kRegexUtf8 : 0u, &error);
    if (!re) fail(error);
    RegexSpan m[3];
    int first = wrapped ? 2 : 1;
    bool hit = re->match(s, 0, m) && m[0].begin == 0;
    if (re->groups() >= first) return hit && m[first].matched() ? s.substr(m[first].begin, m[first].size()) : "";
    return std::to_string(hit ? length(std::string_view(s).substr(0, m[0].end)) : 0);
  }

  std::string function(bool wanted) {
    if (accept("+")) {
      if (at_ >= w_.size()) missing();
      return w_[at_++];
    }
    if (accept("length")) return std::to_string(length(operand(wanted)));
    if (accept("match")) {
      std::string s = operand(wanted);
      std::string r = operand(wanted);
      return wanted ? match_regex(s, r) : s;
    }
    if (accept("index")) {
      std::string s = operand(wanted), set = operand(wanted);
      size_t n = 1;
      for (size_t i = 0; i < s.size(); n++) {
        size_t k = p_.utf8() ? utf8::decode(std::string_view(s).substr(i)).length : 1;
        if (set.find(s.substr(i, k)) != std::string::npos) return std::to_string(n);
        i += k;
      }
      return "0";
    }
    if (accept("substr")) {
      std::string s = operand(wanted);
      auto from = integer(operand(wanted)), count = integer(operand(wanted));
      if (!from || !count || *from <= 0 || *count <= 0 || static_cast<size_t>(*from) > length(s)) return "";
      if (!p_.utf8()) return s.substr(static_cast<size_t>(*from) - 1, static_cast<size_t>(*count));
      size_t a = utf8::offset(s, static_cast<size_t>(*from) - 1);
      return s.substr(a, utf8::offset(std::string_view(s).substr(a), static_cast<size_t>(*count)));
    }
    return atom(wanted);
  }
  std::string operand(bool wanted) {
    return deep_call([&] { return function(wanted); });
  }
  [[noreturn]] void missing() { fail("syntax error: missing argument after " + quote(p_, w_[at_ - 1])); }

  std::string atom(bool wanted) {
    if (at_ >= w_.size()) missing();
    if (accept("(")) {
      std::string v = deep_call([&] { return disjunction(wanted); });
      if (at_ >= w_.size()) fail("syntax error: expecting ')' after " + quote(p_, w_[at_ - 1]));
      if (!accept(")")) fail("syntax error: expecting ')' instead of " + quote(p_, w_[at_]));
      return v;
    }
    if (w_[at_] == ")") fail("syntax error: unexpected ')'");
    return w_[at_++];
  }

  Process& p_;
  std::vector<std::string> w_;
  size_t at_ = 0;
};

int expr_main(Process& p) {
  const auto& argv = p.argv();
  if (argv.size() == 2 && (argv[1] == "--help" || argv[1] == "--version")) {
    std::vector<std::string> none;
    return parse_plain(p, kUsage, none).value_or(0);
  }
  size_t first = argv.size() > 1 && argv[1] == "--" ? 2 : 1;
  if (first >= argv.size()) return missing_operand(p, 2);
  return Expr(p, {argv.begin() + static_cast<long>(first), argv.end()}).run();
}

}  // namespace

Command expr_command() { return {{"expr"}, kUsage, expr_main}; }

}  // namespace nacre
