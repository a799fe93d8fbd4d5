/// Scheduler: cooperative switching between the fibers of one sandbox.
///
/// A fiber runs until it waits (WaitQueue), sleeps or yields. When nothing can
/// run, the scheduler sleeps in Host::wait until a timer or a host stream is
/// ready; with a virtual clock it moves the clock to the next timer instead.
/// FIFO order throughout, so that equal inputs give equal schedules.
#pragma once
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <queue>
#include <span>
#include <vector>

#include "kernel/fiber.h"
#include "nacre/host.h"

namespace nacre {

class Kernel;
class Process;
class Scheduler;

/// A process context that can be suspended: fiber plus the process on top of it.
struct Task {
  explicit Task(Fiber::Entry entry) : fiber(std::move(entry)) {}
  Fiber fiber;
  Process* process = nullptr;    ///< saved while suspended
  bool queued = false;           ///< in the ready queue
  bool woken = false;            ///< a waker reached it
  uint64_t wait_serial = 0;      ///< tells stale timers from the current wait
};

/// Tasks waiting for something to change. Wakers call notify; waiters check
/// their condition again after waking.
class WaitQueue {
 public:
  ~WaitQueue();
  void notify_all();
  bool empty() const { return waiters_.empty(); }

 private:
  friend class Scheduler;
  std::vector<Task*> waiters_;
  Scheduler* scheduler_ = nullptr;
};

class Scheduler {
 public:
  explicit Scheduler(Kernel& kernel) : kernel_(kernel) {}
  ~Scheduler();

  /// Makes a task that can run.
  Task* spawn(Fiber::Entry entry);
  void make_ready(Task* task);
  Task* current() const { return current_; }
  bool others_ready() const { return !ready_.empty(); }

  /// Suspends the current task until a queue notifies, `deadline` (monotonic) passes, or wake() is
  /// called on it. False when the deadline passed first.
  bool wait(std::span<WaitQueue* const> queues, const Timespec* deadline);
  bool wait(WaitQueue& queue, const Timespec* deadline = nullptr) {
    WaitQueue* q = &queue;
    return wait({&q, 1}, deadline);
  }
  /// Suspends until the host handle is ready too.
  bool wait_host(int handle, bool write, const Timespec* deadline);
  /// Ends another task's wait (signal, death).
  void wake(Task* task);
  /// Lets every ready task run once.
  void yield();
  /// From outside any task: runs tasks until `done` says so. False when nothing can ever run again.
  bool run_until(const std::function<bool()>& done);
  /// Moves due timers to the ready queue (called from ticks).
  void expire_timers();
  bool has_timers() const { return !timers_.empty(); }
  /// When the earliest timer is due; null if none.
  const Timespec* next_timer() const { return timers_.empty() ? nullptr : &timers_.top().due; }
  /// Calls fn at a time (monotonic), on the scheduler.
  uint64_t add_timer(const Timespec& due, std::function<void()> fn);
  void cancel_timer(uint64_t id);

 private:
  struct Timer {
    Timespec due;
    uint64_t order;
    Task* task;            ///< or null with fn
    uint64_t serial;
    std::shared_ptr<std::function<void()>> fn;
    bool operator>(const Timer& o) const { return due != o.due ? due > o.due : order > o.order; }
  };
  struct HostWaiter { int handle; bool write; Task* task; uint64_t serial; };

  void resume(Task* task);
  void suspend();
  bool idle();

  Kernel& kernel_;
  std::deque<Task*> ready_;
  std::priority_queue<Timer, std::vector<Timer>, std::greater<>> timers_;
  std::vector<HostWaiter> host_waiters_;
  std::vector<std::unique_ptr<Task>> tasks_;
  std::vector<uint64_t> cancelled_timers_;
  Task* current_ = nullptr;
  uint64_t timer_order_ = 0;
};

}  // namespace nacre
