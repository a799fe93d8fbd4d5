/// TarOptions: what tar was asked to do, and the names it was given.
#pragma once
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "algo/quote.h"
#include "commands/backup.h"
#include "commands/tar/entry.h"
#include "commands/tar/ignore_lists.h"
#include "commands/tar/patterns.h"
#include "kernel/process.h"

namespace nacre {

struct TarName {
  std::string text;
  std::string dir;            ///< absolute: where -C led before it
  bool pattern = false;
  bool no_wild = false;       ///< said so
  PatternFlags flags;
  bool recurse = true;
  size_t excludes = 0;        ///< how many of the patterns were given before it: in creation only those count
  uint64_t found = 0;
};

enum class TarExisting : uint8_t { Replace, Keep, Skip, KeepNewer, Overwrite, UnlinkFirst };
enum class TarOperation : uint8_t { None, Create, Extract, List, Append, Update, Concatenate, Delete, Diff, TestLabel };

/// What is written into headers in place of what files have, and which files.
/// What an owner or group becomes (--owner-map, --group-map).
struct TarMapped {
  std::string name;
  uint64_t id = 0;
};
using TarMap = std::map<uint64_t, TarMapped>;

struct TarCreateOptions {
  TarFormat format = TarFormat::Gnu;
  PaxOptions pax;
  std::optional<std::string> owner_name, group_name;
  std::optional<uint64_t> owner_id, group_id;
  TarMap owner_map, group_map;
  bool keep_atime = false;     ///< --atime-preserve=replace
  std::optional<std::string> mode;
  std::optional<Timespec> mtime;
  bool clamp_mtime = false, dereference = false, hard_dereference = false, one_file_system = false, remove_files = false, check_links = false;
  bool ignore_failed_read = false, sort_names = false, exclude_caches = false, exclude_caches_under = false, exclude_caches_all = false, sparse = false;
  std::vector<std::string> tags, tags_under, tags_all;
  std::optional<Timespec> newer;
  bool newer_mtime_only = false;
  std::vector<TarIgnoreFile> ignore_files;
  std::string label;
};

struct TarExtractOptions {
  TarExisting existing = TarExisting::Replace;
  std::optional<bool> same_permissions, same_owner;
  bool touch = false, to_stdout = false, keep_directory_symlink = false, no_overwrite_dir = false, recursive_unlink = false;
  std::optional<std::string> one_top_level;
  BackupOptions backup;        ///< of files that are replaced
  std::string to_command;      ///< gets the data of each file; "" none
  bool ignore_command_error = false;
};

/// What is done each so many records.
struct TarCheckpointAction {
  enum Kind : uint8_t { Echo, Dot, Bell, Sleep, Exec } kind;
  std::string text;
};
struct TarCheckpoint {
  uint64_t every = 0;
  std::vector<TarCheckpointAction> actions;
};

struct TarOptions {
  TarOperation operation = TarOperation::None;
  std::vector<std::string> archives;
  std::string compressor;      ///< program; "" none
  bool compressor_by_name = false;
  int verbose = 0;
  bool absolute_names = false, numeric_owner = false, ignore_zeros = false, full_time = false, utc = false, totals = false, show_transformed = false;
  bool misplaced = false;      ///< options after the last name, that could have no effect
  bool block_numbers = false;
  bool interactive = false;    ///< -w
  bool show_omitted = false;
  std::string quote_chars;     ///< that are quoted, too
  bool incremental = false;            ///< -G, -g
  std::optional<std::string> snapshot; ///< of -g
  std::optional<uint64_t> level;
  bool check_device = true;
  bool verify = false;         ///< -W: what was written is compared with the files
  QuoteStyle quoting = QuoteStyle::Escape;
  std::optional<std::string> starting_file, index_file;
  TarCheckpoint checkpoint;
  std::vector<std::string> silenced, asked;   ///< --warning=no-KEYWORD, --warning=KEYWORD
  uint64_t blocking = 20;
  uint64_t strip = 0, occurrence = 0;
  std::string start_dir, last_dir;
  std::vector<TarName> names;
  std::vector<ExcludePattern> excludes;
  std::vector<std::string> transforms;
  TarCreateOptions create;
  TarExtractOptions extract;
};

/// Reads a file of --owner-map or --group-map; false after messages.
bool read_tar_map(Process& p, const std::string& file, bool group, TarMap& map);
/// Reads argv. A status: the command is over.
std::optional<int> read_tar_options(Process& p, std::string_view usage, TarOptions& o);

}  // namespace nacre
