/// Mathematical builtins: C's functions of the same names.
/// Source: jq 1.8 manual, "Math"; POSIX <math.h>.
#include <cmath>
#include <limits>

#include "commands/jq/interp.h"
#include "commands/jq/natives.h"

namespace nacre::jq {
namespace {

bool numbers(Interp& i, const Value& in, const Value* a, int n) {
  auto check = [&](const Value& v) {
    if (v.is_number()) return true;
    i.fail_about(v, "number required");
    return false;
  };
  if (n == 0) return check(in);
  for (int k = 0; k < n; k++)
    if (!check(a[k])) return false;
  return true;
}

template <double (*F)(double)>
Value math1(Interp& i, Value& in, Value* a) {
  return numbers(i, in, a, 0) ? Value::number(F(in.num())) : Value();
}
template <double (*F)(double, double)>
Value math2(Interp& i, Value& in, Value* a) {
  return numbers(i, in, a, 2) ? Value::number(F(a[0].num(), a[1].num())) : Value();
}

Value f_fma(Interp& i, Value& in, Value* a) { return numbers(i, in, a, 3) ? Value::number(std::fma(a[0].num(), a[1].num(), a[2].num())) : Value(); }

int clamp_int(double d) { return d != d ? 0 : d > 1e9 ? 1'000'000'000 : d < -1e9 ? -1'000'000'000 : static_cast<int>(d); }
Value f_ldexp(Interp& i, Value& in, Value* a) { return numbers(i, in, a, 2) ? Value::number(std::ldexp(a[0].num(), clamp_int(a[1].num()))) : Value(); }
double scale(double x, double n) { return n != n ? n : std::ldexp(x, clamp_int(n)); }
double bessel_j(double n, double x) { return ::jn(clamp_int(n), x); }
double bessel_y(double n, double x) { return ::yn(clamp_int(n), x); }
double power10(double x) { return std::pow(10.0, x); }
double next_toward(double x, double y) { return std::nextafter(x, y); }

double fraction(double x, int& exponent) {
  exponent = 0;
  return std::isfinite(x) && x != 0 ? std::frexp(x, &exponent) : x;
}
double significand(double x) {
  int e;
  return std::isfinite(x) && x != 0 ? 2 * fraction(x, e) : x;
}

Value pair(double a, double b) {
  Value out = Value::array(2);
  out.push(Value::number(a));
  out.push(Value::number(b));
  return out;
}

Value f_frexp(Interp& i, Value& in, Value* a) {
  if (!numbers(i, in, a, 0)) return Value();
  int e;
  double f = fraction(in.num(), e);
  return pair(f, e);
}

Value f_modf(Interp& i, Value& in, Value* a) {
  if (!numbers(i, in, a, 0)) return Value();
  double whole;
  double part = std::modf(in.num(), &whole);
  return pair(part, whole);
}

Value f_lgamma_r(Interp& i, Value& in, Value* a) {
  if (!numbers(i, in, a, 0)) return Value();
  int sign = 0;
  double d = ::lgamma_r(in.num(), &sign);
  return pair(d, sign);
}
double log_gamma(double x) {
  int sign;
  return ::lgamma_r(x, &sign);
}

Value f_isinfinite(Interp& i, Value& in, Value* a) { return numbers(i, in, a, 0) ? Value::boolean(std::isinf(in.num())) : Value(); }
Value f_isnan(Interp& i, Value& in, Value* a) { return numbers(i, in, a, 0) ? Value::boolean(std::isnan(in.num())) : Value(); }
Value f_isnormal(Interp& i, Value& in, Value* a) { return numbers(i, in, a, 0) ? Value::boolean(std::isnormal(in.num())) : Value(); }

constexpr NativeInfo kNatives[] = {
    {"floor", 0, math1<::floor>},
    {"ceil", 0, math1<::ceil>},
    {"round", 0, math1<::round>},
    {"trunc", 0, math1<::trunc>},
    {"rint", 0, math1<::rint>},
    {"nearbyint", 0, math1<::nearbyint>},
    {"fabs", 0, math1<::fabs>},
    {"sqrt", 0, math1<::sqrt>},
    {"cbrt", 0, math1<::cbrt>},
    {"exp", 0, math1<::exp>},
    {"exp2", 0, math1<::exp2>},
    {"exp10", 0, math1<power10>},
    {"pow10", 0, math1<power10>},
    {"expm1", 0, math1<::expm1>},
    {"log", 0, math1<::log>},
    {"log2", 0, math1<::log2>},
    {"log10", 0, math1<::log10>},
    {"log1p", 0, math1<::log1p>},
    {"logb", 0, math1<::logb>},
    {"sin", 0, math1<::sin>},
    {"cos", 0, math1<::cos>},
    {"tan", 0, math1<::tan>},
    {"asin", 0, math1<::asin>},
    {"acos", 0, math1<::acos>},
    {"atan", 0, math1<::atan>},
    {"sinh", 0, math1<::sinh>},
    {"cosh", 0, math1<::cosh>},
    {"tanh", 0, math1<::tanh>},
    {"asinh", 0, math1<::asinh>},
    {"acosh", 0, math1<::acosh>},
    {"atanh", 0, math1<::atanh>},
    {"erf", 0, math1<::erf>},
    {"erfc", 0, math1<::erfc>},
    {"j0", 0, math1<::j0>},
    {"j1", 0, math1<::j1>},
    {"y0", 0, math1<::y0>},
    {"y1", 0, math1<::y1>},
    {"gamma", 0, math1<log_gamma>},
    {"lgamma", 0, math1<log_gamma>},
    {"tgamma", 0, math1<::tgamma>},
    {"significand", 0, math1<significand>},
    {"frexp", 0, f_frexp},
    {"modf", 0, f_modf},
    {"lgamma_r", 0, f_lgamma_r},
    {"pow", 2, math2<::pow>},
    {"atan2", 2, math2<::atan2>},
    {"fmod", 2, math2<::fmod>},
    {"fmin", 2, math2<::fmin>},
    {"fmax", 2, math2<::fmax>},
    {"fdim", 2, math2<::fdim>},
    {"hypot", 2, math2<::hypot>},
    {"copysign", 2, math2<::copysign>},
    {"drem", 2, math2<::remainder>},
    {"remainder", 2, math2<::remainder>},
    {"nextafter", 2, math2<::nextafter>},
    {"nexttoward", 2, math2<next_toward>},
    {"ldexp", 2, f_ldexp},
    {"scalb", 2, math2<scale>},
    {"scalbln", 2, math2<scale>},
    {"jn", 2, math2<bessel_j>},
    {"yn", 2, math2<bessel_y>},
    {"fma", 3, f_fma},
    {"isinfinite", 0, f_isinfinite},
    {"isnan", 0, f_isnan},
    {"isnormal", 0, f_isnormal},
};

}  // namespace

std::span<const NativeInfo> math_natives() { return kNatives; }

}  // namespace nacre::jq
