// ed: any text is commands.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("ed -v text < in; ed -E -s text < in", text); }
