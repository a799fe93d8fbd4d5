/// Budget: what one run has used of its Limits, and whether it must stop.
///
/// One per sandbox, reset per run, charged at the waists only: parser, scheduler
/// tick, page and arena allocation, output. `cancel()` may be called from any
/// thread; everything else from the sandbox's own.
#pragma once
#include <atomic>
#include <cstdint>

#include "nacre/limits.h"

namespace nacre {

class Budget {
 public:
  enum class Stop : uint8_t { None, Cancelled, WallTime, Steps, Memory, Script, Nesting, Processes, FileBytes, Inodes, Output, Deadlock };

  explicit Budget(const Limits& limits) : limits_(limits) {}

  const Limits& limits() const { return limits_; }
  void set_limits(const Limits& l) { limits_ = l; }
  /// Begins a run: usage of steps, memory high water and output start at zero.
  void begin_run() {
    steps_ = 0;
    output_ = 0;
    stop_ = Stop::None;
    used_ = allowed_ = 0;
    cancelled_.store(false, std::memory_order_relaxed);
  }

  /// Thread-safe: asks the run to end at its next tick.
  void cancel() { cancelled_.store(true, std::memory_order_release); }
  bool cancel_requested() const { return cancelled_.load(std::memory_order_acquire); }

  /// Each charge returns false when it does not fit; the first refusal is
  /// remembered as the reason the run ends.
  bool charge_steps(uint64_t n) { return charge(steps_, n, limits_.steps, Stop::Steps); }
  bool charge_output(uint64_t n) { return charge(output_, n, limits_.output_bytes, Stop::Output); }
  bool charge_memory(uint64_t n) {
    bool ok = charge(memory_, n, limits_.memory_bytes, Stop::Memory);
    if (!ok) memory_ -= n;
    if (memory_ > peak_memory_) peak_memory_ = memory_;
    return ok;
  }
  void release_memory(uint64_t n) { memory_ = n > memory_ ? 0 : memory_ - n; }
  /// Records a reason from a waist that does its own counting.
  void exhaust(Stop why, uint64_t used, uint64_t allowed) {
    if (stop_ == Stop::None) {
      stop_ = why;
      used_ = used;
      allowed_ = allowed;
    }
  }

  Stop stop() const { return stop_; }
  bool stopped() const { return stop_ != Stop::None; }
  uint64_t stop_used() const { return used_; }
  uint64_t stop_allowed() const { return allowed_; }
  uint64_t steps() const { return steps_; }
  uint64_t output() const { return output_; }
  uint64_t memory() const { return memory_; }
  uint64_t peak_memory() const { return peak_memory_; }

 private:
  bool charge(uint64_t& used, uint64_t n, uint64_t allowed, Stop why) {
    used += n;
    if (allowed == 0 || used <= allowed) return true;
    exhaust(why, used, allowed);
    return false;
  }

  Limits limits_;
  uint64_t steps_ = 0, output_ = 0, memory_ = 0, peak_memory_ = 0;
  Stop stop_ = Stop::None;
  uint64_t used_ = 0, allowed_ = 0;
  std::atomic<bool> cancelled_{false};
};

}  // namespace nacre
