/// RunWatch: what code without a Process can ask of the run it is part of, and
/// what the allocator tells the run. One per thread, set while a run lasts
/// (session/run_memory.h); nothing is watched outside.
///
/// Memory: `operator new` (host/posix_memory.cc) counts what is live. The kernel
/// compares it with `ceiling` at each slow tick. A single allocation of
/// kBigAllocation or more that would not fit goes to `refuse` first, which ends the
/// run by ProcessDeath when a process is running. So a run overshoots its limit by
/// what small allocations add between two looks.
///
/// Loops in libraries and pure functions that may run for long ask should_stop()
/// every few thousand rounds and return early when it is true; their caller's
/// next tick then ends the process.
#pragma once
#include <cstddef>
#include <cstdint>

namespace nacre {

constexpr size_t kBigAllocation = 64 << 10;

struct RunWatch {
  int64_t live = 0;                 ///< bytes on this thread; may be negative, only differences count
  int64_t ceiling = INT64_MAX;      ///< value of `live` at which the limit is reached
  void* run = nullptr;              ///< argument of the functions
  void (*refuse)(void* run, size_t bytes) = nullptr;
  bool (*stop)(void* run) = nullptr;
};
extern constinit thread_local RunWatch run_watch;

/// True when the process that is running has to end: cancelled, over time, killed.
inline bool should_stop() { return run_watch.stop && run_watch.stop(run_watch.run); }

}  // namespace nacre
