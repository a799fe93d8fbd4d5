/// RunMemory: the watch over a run's memory, from its begin to its end. Holds what
/// run_watch (base/run_watch.h) was before, since a run may happen within another
/// one: a command of the embedder's that uses a second sandbox. One thread.
#pragma once
#include <cstdint>

#include "base/run_watch.h"
#include "kernel/kernel.h"

namespace nacre {

class RunMemory {
 public:
  /// `retained`: bytes that the sandbox holds from earlier runs.
  RunMemory(Kernel& kernel, uint64_t retained);
  ~RunMemory();
  RunMemory(const RunMemory&) = delete;

  /// Bytes the sandbox holds now.
  uint64_t held() const;

 private:
  void refuse(size_t bytes);
  bool must_stop();

  Kernel& kernel_;
  RunWatch outer_;
  int64_t base_ = 0;
  bool has_deadline_ = false;
  Timespec deadline_{};
};

}  // namespace nacre
