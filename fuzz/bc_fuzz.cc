// bc: any text is a program, with the math library.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("bc -lw in < text", text); }
