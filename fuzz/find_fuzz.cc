// find: each line is an argument.
#include "driver.h"

FUZZ_TARGET(text) { nacre::fuzz::run_script("mkdir -p d/e; ln -s e d/l; touch d/f; mapfile -t args < in; find d \"${args[@]}\"", text); }
