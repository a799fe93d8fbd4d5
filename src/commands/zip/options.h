/// ZipOptions: what zip was asked to do.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct ZipOptions {
  enum Action : uint8_t { Add, Update, Freshen, Delete, Copy } action = Add;
  bool recurse = false, recurse_patterns = false, junk_paths = false, symlinks = false, no_directories = false, no_extra = false, quiet = false;
  bool move = false, test = false, comment = false, names_from_stdin = false, verbose = false, sync = false, show_files = false, latest_time = false,
       grow = false;
  bool no_wild = false, wild_stop = false, must_match = false, show_command = false, entry_comments = false, difference = false, adjust = false,
       junk_prefix = false, dos_names = false, show_bytes = false, show_counts = false, show_size = false, show_volume = false;
  uint16_t method = 8;           ///< of the archive: 0 stored, 8 deflated, 12 bzip2
  int level = 6;
  int line_ends = 0;             ///< 1: LF to CR LF (-l), 2: CR LF to LF (-ll)
  std::optional<int64_t> from_day, before_day;   ///< -t, -tt: seconds
  std::vector<std::string> stored_suffixes = {".Z", ".zip", ".zoo", ".arc", ".lzh", ".arj"};
  std::string archive, output, password, test_command;
  std::vector<std::string> files, excluded, included;
};

std::optional<int> read_zip_options(Process& p, std::string_view usage, ZipOptions& o);
/// "\nzip error: TEXT\n" on stderr; returns status.
int zip_error(Process& p, const std::string& text, int status);

}  // namespace nacre
