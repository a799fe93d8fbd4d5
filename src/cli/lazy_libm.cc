// libm for the binary, loaded when awk or jq first asks for a sine: linked in the ordinary way it
// would be mapped and relocated at every start, a tenth of the time of `nacre -c 'echo hi'`.
// The functions below stand in for the C library's of the same name and pass on to them. One
// that is missing here is found by the linker in libm.so.6 as usual, and costs that tenth.
#include <dlfcn.h>
#include <unistd.h>

#include <cstdlib>
#include <string_view>

namespace {

template <class F>
F* from_libm(const char* name) {
  static void* const library = dlopen("libm.so.6", RTLD_NOW | RTLD_LOCAL);
  void* found = library ? dlsym(library, name) : nullptr;
  if (!found) {
    constexpr std::string_view text = "nacre: libm.so.6 cannot be loaded\n";
    (void)!write(2, text.data(), text.size());
    std::abort();
  }
  return reinterpret_cast<F*>(found);
}

}  // namespace

#define NACRE_LIBM_1(name)                                      \
  extern "C" double name(double x) noexcept {                   \
    static auto* const real = from_libm<double(double)>(#name); \
    return real(x);                                             \
  }
#define NACRE_LIBM_2(name)                                              \
  extern "C" double name(double x, double y) noexcept {                 \
    static auto* const real = from_libm<double(double, double)>(#name); \
    return real(x, y);                                                  \
  }

#define NACRE_LIBM_1L(name)                                               \
  extern "C" long double name(long double x) noexcept {                   \
    static auto* const real = from_libm<long double(long double)>(#name); \
    return real(x);                                                       \
  }

// These three are called while every process starts: std::unordered_map::reserve rounds up. An
// integer conversion does it without libm; 2^52 and above, infinities and NaN are whole already.
static bool is_whole(double x) noexcept { return !(x < 0x1p52 && x > -0x1p52); }
static double toward_zero(double x) noexcept { return static_cast<double>(static_cast<long long>(x)); }
extern "C" double trunc(double x) noexcept { return is_whole(x) ? x : __builtin_copysign(toward_zero(x), x); }
extern "C" double floor(double x) noexcept {
  if (is_whole(x)) return x;
  const double t = toward_zero(x);
  return __builtin_copysign(t > x ? t - 1 : t, x);
}
extern "C" double ceil(double x) noexcept {
  if (is_whole(x)) return x;
  const double t = toward_zero(x);
  return __builtin_copysign(t < x ? t + 1 : t, x);
}

// Long doubles: numfmt, printf, seq, xan.
NACRE_LIBM_1L(roundl)
NACRE_LIBM_1L(floorl)
NACRE_LIBM_1L(ceill)
NACRE_LIBM_1L(truncl)
extern "C" long double powl(long double x, long double y) noexcept {
  static auto* const real = from_libm<long double(long double, long double)>("powl");
  return real(x, y);
}
extern "C" long long llrintl(long double x) noexcept {
  static auto* const real = from_libm<long long(long double)>("llrintl");
  return real(x);
}
extern "C" long long llround(double x) noexcept {
  static auto* const real = from_libm<long long(double)>("llround");
  return real(x);
}

NACRE_LIBM_1(sin)
NACRE_LIBM_1(cos)
NACRE_LIBM_1(exp)
NACRE_LIBM_1(log)
NACRE_LIBM_1(sqrt)
NACRE_LIBM_1(tan)
NACRE_LIBM_1(asin)
NACRE_LIBM_1(acos)
NACRE_LIBM_1(atan)
NACRE_LIBM_1(sinh)
NACRE_LIBM_1(cosh)
NACRE_LIBM_1(tanh)
NACRE_LIBM_1(asinh)
NACRE_LIBM_1(acosh)
NACRE_LIBM_1(atanh)
NACRE_LIBM_1(exp2)
NACRE_LIBM_1(expm1)
NACRE_LIBM_1(log2)
NACRE_LIBM_1(log10)
NACRE_LIBM_1(log1p)
NACRE_LIBM_1(logb)
NACRE_LIBM_1(cbrt)
NACRE_LIBM_1(erf)
NACRE_LIBM_1(erfc)
NACRE_LIBM_1(j0)
NACRE_LIBM_1(j1)
NACRE_LIBM_1(y0)
NACRE_LIBM_1(y1)
NACRE_LIBM_1(tgamma)
NACRE_LIBM_1(round)
NACRE_LIBM_1(rint)
NACRE_LIBM_1(nearbyint)
NACRE_LIBM_2(atan2)
NACRE_LIBM_2(fmod)
NACRE_LIBM_2(pow)
NACRE_LIBM_2(fmin)
NACRE_LIBM_2(fmax)
NACRE_LIBM_2(fdim)
NACRE_LIBM_2(hypot)
NACRE_LIBM_2(remainder)
NACRE_LIBM_2(nextafter)

extern "C" double frexp(double x, int* exponent) noexcept {
  static auto* const real = from_libm<double(double, int*)>("frexp");
  return real(x, exponent);
}
extern "C" double ldexp(double x, int exponent) noexcept {
  static auto* const real = from_libm<double(double, int)>("ldexp");
  return real(x, exponent);
}
extern "C" double modf(double x, double* whole) noexcept {
  static auto* const real = from_libm<double(double, double*)>("modf");
  return real(x, whole);
}
extern "C" double jn(int n, double x) noexcept {
  static auto* const real = from_libm<double(int, double)>("jn");
  return real(n, x);
}
extern "C" double yn(int n, double x) noexcept {
  static auto* const real = from_libm<double(int, double)>("yn");
  return real(n, x);
}
extern "C" double fma(double x, double y, double z) noexcept {
  static auto* const real = from_libm<double(double, double, double)>("fma");
  return real(x, y, z);
}
extern "C" double lgamma_r(double x, int* sign) noexcept {
  static auto* const real = from_libm<double(double, int*)>("lgamma_r");
  return real(x, sign);
}

extern "C" double nan(const char* payload) noexcept {
  static auto* const real = from_libm<double(const char*)>("nan");
  return real(payload);
}

// std::from_chars of a double.
extern "C" int fegetround() noexcept {
  static auto* const real = from_libm<int()>("fegetround");
  return real();
}
extern "C" int fesetround(int mode) noexcept {
  static auto* const real = from_libm<int(int)>("fesetround");
  return real(mode);
}
