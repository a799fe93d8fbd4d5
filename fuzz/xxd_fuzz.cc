// xxd -r: any text is a dump; plain, and with positions. And a dump read back is what was dumped.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("xxd -r in | wc -c; xxd -r -p in | wc -c; xxd in | xxd -r | cmp - in || : > broken", text); }
