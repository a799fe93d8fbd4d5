/// backup: what cp, mv, ln and install do with a file they are about to replace.
/// Source: GNU coreutils 9 manual, 2.3 "Backup options".
#pragma once
#include <optional>
#include <string>

#include "kernel/process.h"

namespace nacre {

struct BackupOptions {
  enum Kind { None, Simple, Numbered, Existing } kind = None;
  std::optional<std::string> suffix;    ///< after resolve_backup() there is one
  bool wanted = false;
  std::optional<std::string> control;   ///< of --backup=CONTROL
};

/// Reads $VERSION_CONTROL, $SIMPLE_BACKUP_SUFFIX and the control word. False after a message.
bool resolve_backup(Process& p, BackupOptions& options);
/// The name that a backup of file gets.
std::string backup_name(Process& p, const BackupOptions& options, const std::string& file);
/// Renames file to its backup; the backup's name, "" if none is wanted. nullopt after a message.
std::optional<std::string> make_backup(Process& p, const BackupOptions& options, const std::string& file);

}  // namespace nacre
