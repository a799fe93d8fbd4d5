// The arithmetic compiler alone: any bytes, no crash, no unbounded recursion.
#include <cstdint>
#include <string_view>

#include "program/arith.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  nacre::Arena arena;
  nacre::Symbols symbols;
  nacre::ArithError error;
  (void)nacre::compile_arith(arena, symbols, std::string_view(reinterpret_cast<const char*>(data), size), &error);
  return 0;
}
