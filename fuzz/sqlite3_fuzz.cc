// sqlite3: any text is a script for the shell, a file to import and a database.
#include "driver.h"

FUZZ_TARGET(text) {
  nacre::fuzz::run_script(
      "sqlite3 :memory: < in; sqlite3 :memory: '.import --csv in t' '.mode box --wrap 9 --ww' 'select * from t' .dump; sqlite3 in .dump 'pragma "
      "integrity_check'",
      text);
}
