// The arithmetic compiler alone: any bytes, no crash, no unbounded recursion.
#include "driver.h"
#include "program/arith.h"

FUZZ_TARGET(text) {
  nacre::Arena arena;
  nacre::Symbols symbols;
  (void)nacre::compile_arith(arena, symbols, text);
}
