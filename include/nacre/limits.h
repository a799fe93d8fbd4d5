/// Limits: what one run may use. Budgets on resources, not on counts of
/// constructs, so that honest work is never refused. A field of 0 means "no
/// limit". When one is exhausted the run ends at once, its partial output is
/// kept, the session stays usable, and Result.end names the limit, what was
/// used and what was allowed.
#pragma once
#include <cstdint>

namespace nacre {

struct Limits {
  uint64_t wall_ms = 0;                     ///< milliseconds of host time
  uint64_t steps = 0;                       ///< interpreter and command steps
  uint64_t memory_bytes = 1ull << 30;       ///< variables, buffers, arenas (bytes)
  uint64_t script_bytes = 64ull << 20;      ///< one parsed text (bytes)
  uint32_t nesting = 10000;                 ///< syntax, calls and expansion (levels)
  uint32_t processes = 1024;                ///< alive at once
  uint32_t fds = 1024;                      ///< open descriptors per process; beyond, open() fails with EMFILE as on Linux
  uint32_t pipe_bytes = 65536;              ///< capacity of a pipe (bytes)
  uint64_t file_bytes = 2ull << 30;         ///< data held by the virtual file system (bytes)
  uint64_t inodes = 2'000'000;              ///< files, directories, links
  uint64_t output_bytes = 64ull << 20;      ///< stdout + stderr of a run (bytes)
  /// Of stdout, and of stderr, in a result (bytes): of a longer one it has the beginning and the end, and the whole is in a
  /// file in the sandbox. No run ends by it. 0: all.
  uint64_t shown_bytes = 1ull << 20;
};

}  // namespace nacre
