// Expansion, arithmetic and running: any text is a script.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script(text, "x\n"); }
