// unzip: any bytes are listed, tested and extracted, or refused; zip changes them or refuses.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "mv in a.zip; unzip -v a.zip; zipinfo a.zip; unzip -t a.zip; unzip -o a.zip -d o; unzip -P pw -p a.zip; zip a.zip text; zip -d a.zip '*1*'; ls -R o",
      text);
}
