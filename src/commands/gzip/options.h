/// GzipOptions: what gzip, gunzip and zcat were asked to do.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "kernel/process.h"

namespace nacre {

struct GzipOptions {
  bool to_stdout = false, decompress = false, force = false, keep = false, list = false;
  bool quiet = false, ascii = false, recursive = false, rsyncable = false, test = false, verbose = false;
  std::optional<bool> no_name;   ///< -n true, -N false
  std::string suffix = ".gz";
  int level = 6;
};

/// Reads argv and $GZIP. A status: the command is over.
std::optional<int> read_gzip_options(Process& p, std::string_view usage, GzipOptions& o, std::vector<std::string>& files);

}  // namespace nacre
