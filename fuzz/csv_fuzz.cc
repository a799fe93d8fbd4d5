// xan: any text is a table; what the reader makes of it is written and read again, with equal results.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "xan fmt in > a 2>&1 && xan fmt a > b && { cmp a b || : > broken; }; xan to json in | xan from -f json; xan stats -A in; xan view in; xan select '*,0:0' "
      "in; xan "
      "sort -N in; xan join 0 in in; xan transpose in",
      text);
}
