#include "session/run_memory.h"

#include <algorithm>
#include <exception>

namespace nacre {

RunMemory::RunMemory(Kernel& kernel, uint64_t retained) : kernel_(kernel), outer_(run_watch) {
  const Limits& limits = kernel.budget().limits();
  base_ = run_watch.live - static_cast<int64_t>(retained);
  uint64_t most = limits.memory_bytes;
  run_watch.ceiling = most && most < INT64_MAX / 2 ? base_ + static_cast<int64_t>(most) : INT64_MAX;
  run_watch.run = this;
  run_watch.refuse = [](void* run, size_t bytes) { static_cast<RunMemory*>(run)->refuse(bytes); };
  run_watch.stop = [](void* run) { return static_cast<RunMemory*>(run)->must_stop(); };
  has_deadline_ = limits.wall_ms != 0;
  if (has_deadline_)
    deadline_ = add(kernel.now(Clock::Monotonic), {static_cast<int64_t>(limits.wall_ms / 1000), static_cast<int32_t>(limits.wall_ms % 1000 * 1'000'000)});
}

RunMemory::~RunMemory() {
  int64_t live = run_watch.live;
  run_watch = outer_;
  run_watch.live = live;
}

uint64_t RunMemory::held() const { return static_cast<uint64_t>(std::max<int64_t>(run_watch.live - base_, 0)); }

/// A big allocation that would not fit. Only a process can be ended; the kernel's own code goes on.
void RunMemory::refuse(size_t bytes) {
  if (!kernel_.scheduler().current() || !kernel_.current() || std::uncaught_exceptions() > 0) return;
  kernel_.budget().exhaust(Budget::Stop::Memory, held() + bytes, kernel_.budget().limits().memory_bytes);
  kernel_.stop_run();
  kernel_.check_alive(*kernel_.current());
}

/// For code that cannot tick: does the run have to end?
bool RunMemory::must_stop() {
  return kernel_.stopping() || kernel_.budget().stopped() || kernel_.budget().cancel_requested() ||
         (has_deadline_ && kernel_.now(Clock::Monotonic) >= deadline_);
}

}  // namespace nacre
