/// PatchOptions: what patch was asked for. Source: GNU patch 2.7 manual, "Options".
#pragma once
#include <optional>
#include <string>

#include "algo/quote.h"
#include "commands/backup.h"
#include "commands/patch/patch_file.h"

namespace nacre {

struct PatchOptions {
  PatchType type = PatchType::None;
  std::string input_file, directory, ifdef, prefix, base_prefix;
  std::optional<std::string> out_file, reject_file, file, suffix;
  BackupOptions backup;
  std::optional<bool> backup_if_mismatch;
  bool reverse = false, no_reverse = false, force = false, batch = false, posix = false, backups = false;
  bool blanks = false, binary = false, remove_empty = false, dry_run = false, silent = false, verbose = false;
  bool set_time = false, set_utc = false, follow_links = false;
  enum { Ignore, Warn, Fail } read_only = Warn;
  enum Merge : uint8_t { NoMerge, MergeTwo, MergeDiff3 } merge = NoMerge;
  QuoteStyle quoting = QuoteStyle::Shell;
  std::optional<bool> unified_rejects;
  int strip = -1;
  size_t fuzz = 2;
};

/// Reads the command line into them; a status when the command is over.
std::optional<int> read_patch_options(Process& p, PatchOptions& o);

}  // namespace nacre
