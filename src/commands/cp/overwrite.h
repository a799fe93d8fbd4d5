/// overwrite: what cp and mv ask and check before they replace a file.
/// Source: GNU coreutils 9.1 manual, "cp invocation", "mv invocation"; checked against the tools.
#pragma once
#include <string>

#include "commands/backup.h"
#include "kernel/process.h"

namespace nacre {

/// "overwrite 'x'? ", with its mode where it cannot be written. `replaces`: a new file takes its place.
bool ask_overwrite(Process& p, const std::string& quoted_name, const Stat& old, bool replaces, bool writable);
/// True when the backup of `to` would take the place of `from`.
bool would_destroy(Process& p, const BackupOptions& backup, const std::string& from, const Stat& st, const std::string& to);

}  // namespace nacre
