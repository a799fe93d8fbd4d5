// dc: any text is a program.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("dc in < text", text); }
