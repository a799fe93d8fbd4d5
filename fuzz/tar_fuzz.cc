// tar: any bytes are listed, extracted and compared, or refused; nothing lands outside.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "mkdir o; tar tvf in; tar xf in -C o; tar xOf in; tar df in -C o; tar xPf in -C o --strip-components=1; tar rf in text; tar --delete -f in text; ls -R o",
      text);
}
