/// copy_tree: copies of files and whole directories with their attributes: the
/// engine of cp, of mv between file systems, and of install.
/// Source: POSIX XCU cp; GNU coreutils 9 manual, "cp invocation".
#pragma once
#include <functional>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "commands/backup.h"
#include "kernel/process.h"

namespace nacre {

struct CopyOptions {
  enum class Links { Never, CommandLine, Always } follow = Links::Always;   ///< -P, -H, -L
  bool follow_set = false;
  bool recursive = false, force = false, interactive = false, no_clobber = false, update = false, verbose = false;
  bool preserve_mode = false, preserve_owner = false, preserve_times = false, preserve_links = false;
  bool hard_link = false, symbolic_link = false, remove_destination = false, one_file_system = false;
  bool attributes_only = false, copy_contents = false, no_mode = false;
  BackupOptions backup;
};

class CopyTree {
 public:
  CopyTree(Process& p, const CopyOptions& o, std::function<void(const std::string&)> say) : p_(p), o_(o), say_(std::move(say)) {}
  /// False after a message. Targets are full names, not directories to copy into.
  bool copy(const std::string& from, const std::string& to) { return copy_one(from, to, true); }
  /// Contents of a regular file (or anything readable) into a new or existing file.
  bool copy_data(const std::string& from, const std::string& to, const Stat& st);

 private:
  bool copy_one(const std::string& from, const std::string& to, bool top);
  bool copy_directory(const std::string& from, const std::string& to, const Stat& st, bool exists);
  bool copy_special(const std::string& from, const std::string& to, const Stat& st);
  bool prepare_target(const std::string& from, const std::string& to, const Stat& st, const Stat& old, bool& skip, std::string& backup);
  bool set_attributes(const std::string& to, const Stat& st);
  bool fail(Errno e, const char* format, const std::string& file);
  Process& p_;
  const CopyOptions& o_;
  std::function<void(const std::string&)> say_;
  std::map<std::pair<uint64_t, uint64_t>, std::string> linked_;   ///< copies of files with several links
  std::set<std::string> written_;                                 ///< targets of this run
  uint64_t device_ = 0;
};

}  // namespace nacre
