// patch: any text is a patch, for a file that is there and one that is named.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("patch -f text in; patch -R -f -p1 < in; patch --dry-run -t -p0 -D X < in", text); }
