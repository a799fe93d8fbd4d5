// tar: any bytes are listed, extracted and compared, or refused; nothing lands outside.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "mkdir o; tar tvf in; tar xf in -C o; tar xOf in; tar df in -C o; tar xPf in -C o --strip-components=1; tar tvvGf in; tar xGf in -C o; tar dGf in -C o; "
      "tar cf /dev/null -g in text; tar rf in text; tar --delete -f in text; ls -R o",
      text);
}
