/// NACRE_CHECK: a violated invariant of nacre itself aborts; it never continues
/// with a state nobody designed. Not for bad input: that is an error value.
#pragma once
#include <cstdio>
#include <cstdlib>

#define NACRE_CHECK(cond)                                                                        \
  do {                                                                                           \
    if (__builtin_expect(!(cond), 0)) {                                                          \
      std::fprintf(stderr, "nacre: %s:%d: invariant violated: %s\n", __FILE__, __LINE__, #cond); \
      std::abort();                                                                              \
    }                                                                                            \
  } while (0)
