// hexdump: any text is a file of formats.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("hexdump -Lalways -f in text; hexdump -C in", text); }
