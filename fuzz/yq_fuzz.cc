// yq: the first line is an expression, the rest a document of every format. What is written is read again.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "head -n 1 in > e; tail -n +2 in > d; yq --from-file e d; yq ea --from-file e d d; for f in json xml toml csv props; do yq -p $f -oy . d; done; "
      "yq -r=false . d > a 2>&1 && yq -r=false . a > b && { cmp a b || : > broken; }; yq -oj . d; yq -ox . d; yq -o toml . d; yq -P . d",
      text);
}
