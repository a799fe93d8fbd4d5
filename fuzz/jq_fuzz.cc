// jq: any text is a program.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("printf '%s' '{\"a\":[1,2.50,{\"b\":null}],\"c\":\"x y\"} [1,[2]] \"s\"' | jq -c -f in", text); }
