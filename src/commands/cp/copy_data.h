/// copy_data: the contents of one file into another, new or existing.
/// Source: POSIX XCU cp; GNU coreutils 9.1 manual, "cp invocation" (--sparse, --reflink, --force).
#pragma once
#include <string>

#include "commands/cp/copy_options.h"

namespace nacre {

/// False after a message. A new file gets `mode` (less the umask). `fresh`: nothing is at `to` yet;
/// becomes true when what was there had to go. `st` is the source's.
bool copy_data(const CopyReport& report, const CopyOptions& o, const std::string& from, const Stat& st, const std::string& to, Mode mode, bool& fresh);

}  // namespace nacre
