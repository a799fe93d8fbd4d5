// cpio: any bytes are listed and extracted, or refused.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "mkdir o; cpio -itv <in; cpio -i --only-verify-crc <in; cd o; cpio -idmu --no-absolute-filenames <../in; cd ..; cpio -i --to-stdout <in; echo text | "
      "cpio -oA -F in; ls -R o",
      text);
}
