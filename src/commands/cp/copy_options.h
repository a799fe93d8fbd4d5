/// copy_options: what cp, mv and install may ask of a copy, and how they report.
/// Source: GNU coreutils 9.1 manual, "cp invocation".
#pragma once
#include <cstdint>
#include <string>

#include "commands/backup.h"
#include "commands/text_io.h"
#include "kernel/process.h"

namespace nacre {

struct CopyOptions {
  enum class Links : uint8_t { Never, CommandLine, Always } follow = Links::Always;   ///< -P, -H, -L
  enum class Sparse : uint8_t { Never, Auto, Always } sparse = Sparse::Auto;
  bool recursive = false, force = false, interactive = false, no_clobber = false, update = false, verbose = false;
  bool preserve_mode = false, preserve_owner = false, preserve_times = false, preserve_links = false;
  bool require_preserve = false;   ///< an attribute that cannot be kept is a failure
  bool hard_link = false, symbolic_link = false, remove_destination = false, one_file_system = false;
  bool attributes_only = false, no_mode = false;
  bool clone = false;              ///< --reflink=always
  bool as_regular = true;          ///< special files are read, not made anew
  bool through_dangling = false;   ///< a link to nothing may be written through
  BackupOptions backup;

  bool backs_up() const { return backup.kind != BackupOptions::None; }
};

/// Messages about copies. What was said on stdout comes before an error, as with GNU's error().
struct CopyReport {
  Process& p;
  Output& out;

  std::string name(const std::string& file) const;
  /// "NAME: text", with names as they are. Returns false.
  bool error(const std::string& text) const;
  bool error(Errno e, const std::string& text) const;
  void line(const std::string& text) const { out.line(text); }
};

}  // namespace nacre
