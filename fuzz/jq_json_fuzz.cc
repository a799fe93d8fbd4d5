// jq: any text is JSON, whole and as events. What is read and written twice is read as the same again (once
// is too few: Infinity is written as the largest number, which is read as a literal, with another exponent).
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "jq -c . in 2>/dev/null | jq -c . > a; jq -c . a > b && { cmp -s a b || : > broken; }\n"
      "jq -c --stream . in > /dev/null 2>&1; jq --seq -S . in > /dev/null 2>&1; jq -R fromjson? in > /dev/null 2>&1",
      text);
}
