#include "commands/cp/overwrite.h"

#include <cstdio>

#include "commands/cp/same_file.h"
#include "commands/mode.h"
#include "commands/paths.h"
#include "commands/prompt.h"

namespace nacre {

bool ask_overwrite(Process& p, const std::string& name, const Stat& old, bool replaces, bool writable) {
  if (writable) return ask_yes_no(p, "overwrite " + name + "? ");
  char octal[8];
  std::snprintf(octal, sizeof octal, "%04o", old.mode & 07777);
  std::string letters = mode_text(old).substr(1);
  if (replaces) return ask_yes_no(p, "replace " + name + ", overriding mode " + octal + " (" + letters + ")? ");
  return ask_yes_no(p, "unwritable " + name + " (mode " + octal + ", " + letters + "); try anyway? ");
}

bool would_destroy(Process& p, const BackupOptions& backup, const std::string& from, const Stat& st, const std::string& to) {
  if (backup.kind == BackupOptions::Numbered) return false;
  std::string simple = to + backup.suffix.value_or("~");
  auto kept = p.stat(simple);
  return kept && same_inode(*kept, st) && base_name(from) == base_name(simple);
}

}  // namespace nacre
