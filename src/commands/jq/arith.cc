/// Arithmetic of values: + - * / % and comparisons.
/// Source: jq 1.8 manual, "Addition" to "Multiplication, division, modulo", "==, !=".
#include <cmath>

#include "base/deep_call.h"
#include "commands/jq/interp.h"
#include "commands/jq/json_write.h"

namespace nacre::jq {
namespace {

constexpr double kMaxText = 536870911;   // bytes of a repeated string

Value cannot(Interp& interp, const Value& a, const Value& b, std::string_view what) {
  return interp.fail(std::string(kind_name(a)) + " (" + brief(a) + ") and " + kind_name(b) + " (" + brief(b) + ") cannot be " + std::string(what));
}

Value plus(Interp& interp, Value a, Value b) {
  if (a.is_null()) return b;
  if (b.is_null()) return a;
  if (a.is_number() && b.is_number()) return Value::number(a.num() + b.num());
  if (a.is_string() && b.is_string()) {
    a.append(b.str());
    return a;
  }
  if (a.is_array() && b.is_array()) {
    if (a.size() == 0) return b;
    interp.process().tick(static_cast<uint32_t>(b.size() / 8 + 1));
    for (size_t i = 0; i < b.size(); i++) a.push(b.at(i));
    return a;
  }
  if (a.is_object() && b.is_object()) {
    each_entry(b, [&](const Value& k, const Value& v) { a.set(k, v); });
    return a;
  }
  return cannot(interp, a, b, "added");
}

Value minus(Interp& interp, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return Value::number(a.num() - b.num());
  if (!a.is_array() || !b.is_array()) return cannot(interp, a, b, "subtracted");
  Value out = Value::array();
  for (size_t i = 0; i < a.size(); i++) {
    interp.process().tick(static_cast<uint32_t>(b.size() / 4 + 1));
    bool keep = true;
    for (size_t j = 0; j < b.size() && keep; j++) keep = compare(a.at(i), b.at(j)) != 0;
    if (keep) out.push(a.at(i));
  }
  return out;
}

Value merged(Value a, const Value& b, int depth) {
  if (depth > kMaxDepth) return b;
  each_entry(b, [&](const Value& k, const Value& v) {
    const Value* mine = a.find(k);
    if (mine && mine->is_object() && v.is_object()) {
      Value child = *mine;
      a.set(k, deep_call([&] { return merged(std::move(child), v, depth + 1); }));
    } else {
      a.set(k, v);
    }
  });
  return a;
}

Value repeat(Interp& interp, const Value& text, double n) {
  if (n != n || n < 0) return Value::null();
  n = std::floor(n);
  std::string_view s = text.str();
  if (static_cast<double>(s.size()) * n > kMaxText) return interp.fail("Repeat string result too long");
  interp.process().check_memory(static_cast<uint64_t>(static_cast<double>(s.size()) * n));
  std::string out;
  out.reserve(s.size() * static_cast<size_t>(s.empty() ? 0 : n));
  if (!s.empty())
    for (double i = 0; i < n; i++) out += s;
  return Value::string(out);
}

Value times(Interp& interp, const Value& a, const Value& b) {
  if (a.is_number() && b.is_number()) return Value::number(a.num() * b.num());
  if (a.is_string() && b.is_number()) return repeat(interp, a, b.num());
  if (a.is_number() && b.is_string()) return repeat(interp, b, a.num());
  if (a.is_object() && b.is_object()) return merged(a, b, 0);
  return cannot(interp, a, b, "multiplied");
}

int64_t integer(double d) {
  if (d >= 9223372036854775807.0) return INT64_MAX;
  if (d <= -9223372036854775808.0) return INT64_MIN;
  return static_cast<int64_t>(d);
}

Value remainder(Interp& interp, const Value& a, const Value& b) {
  if (!a.is_number() || !b.is_number()) return cannot(interp, a, b, "divided (remainder)");
  double x = a.num(), y = b.num();
  if (x != x || y != y) return Value::number(std::nan(""));
  int64_t n = integer(x), d = integer(y);
  if (d == 0) return cannot(interp, a, b, "divided (remainder) because the divisor is zero");
  uint64_t size = n < 0 ? 0 - static_cast<uint64_t>(n) : static_cast<uint64_t>(n);
  uint64_t by = d < 0 ? 0 - static_cast<uint64_t>(d) : static_cast<uint64_t>(d);
  double r = static_cast<double>(size % by);
  return Value::number(n < 0 && r != 0 ? -r : r);
}

}  // namespace

Value split_text(std::string_view s, std::string_view by) {
  Value out = Value::array();
  if (s.empty()) return out;
  if (by.empty()) {
    for (size_t i = 0; i < s.size();) {
      size_t n = 1;
      while (i + n < s.size() && (s[i + n] & 0xc0) == 0x80) n++;
      out.push(Value::string(s.substr(i, n)));
      i += n;
    }
    return out;
  }
  for (size_t i = 0;;) {
    size_t hit = s.find(by, i);
    out.push(Value::string(s.substr(i, hit == s.npos ? s.npos : hit - i)));
    if (hit == s.npos) return out;
    i = hit + by.size();
  }
}

Value Interp::arithmetic(Arith op, Value a, Value b) {
  switch (op) {
    case Arith::Add: return plus(*this, std::move(a), std::move(b));
    case Arith::Sub: return minus(*this, a, b);
    case Arith::Mul: return times(*this, a, b);
    case Arith::Mod: return remainder(*this, a, b);
    case Arith::Div:
      if (a.is_number() && b.is_number()) return b.num() == 0 ? cannot(*this, a, b, "divided because the divisor is zero") : Value::number(a.num() / b.num());
      if (a.is_string() && b.is_string()) return split_text(a.str(), b.str());
      return cannot(*this, a, b, "divided");
    default: break;
  }
  if (a.is_number() && b.is_number() && (a.num() != a.num() || b.num() != b.num()) && (op == Arith::Eq || op == Arith::Ne))
    return Value::boolean(op == Arith::Ne);
  int c = compare(a, b);
  if (c == kTooDeep) return fail(op == Arith::Eq || op == Arith::Ne ? "Equality check too deep" : "Comparison too deep");
  switch (op) {
    case Arith::Eq: return Value::boolean(c == 0);
    case Arith::Ne: return Value::boolean(c != 0);
    case Arith::Lt: return Value::boolean(c < 0);
    case Arith::Le: return Value::boolean(c <= 0);
    case Arith::Gt: return Value::boolean(c > 0);
    default: return Value::boolean(c >= 0);
  }
}

}  // namespace nacre::jq
