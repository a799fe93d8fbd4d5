// jq: any text is JSON, whole and as events. What is read and written is read as the same again.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "jq -c . in > a 2>/dev/null; jq -c . a > b && { cmp -s a b || : > broken; }\n"
      "jq -c --stream . in > /dev/null 2>&1; jq --seq -S . in > /dev/null 2>&1; jq -R fromjson? in > /dev/null 2>&1\n"
      "",
      text);
}
