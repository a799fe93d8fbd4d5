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

#define NACRE_LIBM_1(name)                                        \
  extern "C" double name(double x) noexcept {                     \
    static auto* const real = from_libm<double(double)>(#name);   \
    return real(x);                                               \
  }
#define NACRE_LIBM_2(name)                                              \
  extern "C" double name(double x, double y) noexcept {                 \
    static auto* const real = from_libm<double(double, double)>(#name); \
    return real(x, y);                                                  \
  }

NACRE_LIBM_1(sin)
NACRE_LIBM_1(cos)
NACRE_LIBM_1(exp)
NACRE_LIBM_1(log)
NACRE_LIBM_1(sqrt)
NACRE_LIBM_2(atan2)
NACRE_LIBM_2(fmod)
NACRE_LIBM_2(pow)

// std::from_chars of a double.
extern "C" int fegetround() noexcept {
  static auto* const real = from_libm<int()>("fegetround");
  return real();
}
extern "C" int fesetround(int mode) noexcept {
  static auto* const real = from_libm<int(int)>("fesetround");
  return real(mode);
}
