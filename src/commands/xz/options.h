/// XzCommandOptions: what xz and its other names were asked to do.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "algo/xz.h"
#include "kernel/process.h"

namespace nacre {

struct XzCommandOptions {
  enum Mode : uint8_t { Compress, Decompress, Test, List } mode = Compress;
  XzFormat format = XzFormat::Auto;
  XzOptions coding;
  bool to_stdout = false, force = false, keep = false, single_stream = false, ignore_check = false, robot = false, no_warn = false;
  bool adjust = true;            ///< a smaller dictionary where memory is limited
  int verbosity = 2;             ///< 1 errors, 2 warnings too, 3 each file
  std::string suffix;
  uint64_t limit_compress = UINT64_MAX, limit_decompress = UINT64_MAX;
  std::optional<uint64_t> limit_threads;   ///< of decompression by several threads: only told, since one does it
  std::optional<std::string> files_from;
  char files_delimiter = '\n';
  std::vector<std::string> files;
};

/// Reads argv and $XZ_DEFAULTS, $XZ_OPT. A status: the command is over.
std::optional<int> read_xz_options(Process& p, std::string_view usage, XzCommandOptions& o);

}  // namespace nacre
