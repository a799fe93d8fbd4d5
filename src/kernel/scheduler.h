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
#include <map>
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
  size_t index = 0;              ///< in Scheduler::tasks_
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
  /// From outside any task: runs tasks until `done` is true. False when nothing can ever run again
  /// (virtual clock only: otherwise something outside may still happen).
  bool run_until(const bool& done);
  /// From outside: runs the next ready task, or waits until there may be one. False as above.
  bool step();
  /// Moves due timers to the ready queue (called from ticks).
  void expire_timers();
  bool has_timers() const { return !timers_.empty(); }
  /// When the earliest timer is due; null if none.
  const Timespec* next_timer() const { return timers_.empty() ? nullptr : &timers_.begin()->first.first; }
  /// Calls fn at a time (monotonic), on the scheduler.
  uint64_t add_timer(const Timespec& due, std::function<void()> fn);
  void cancel_timer(uint64_t id);

 private:
  /// Earliest first, equal times in the order they were set.
  using TimerKey = std::pair<Timespec, uint64_t>;
  struct Timer {
    Task* task;
    std::function<void()> fn;
  };   ///< one of them
  struct HostWaiter {
    int handle;
    bool write;
    Task* task;
  };

  void resume(Task* task);
  void suspend();
  bool idle();

  Kernel& kernel_;
  std::deque<Task*> ready_;
  std::map<TimerKey, Timer> timers_;
  std::vector<HostWaiter> host_waiters_;
  std::vector<Task*> tasks_;     ///< owned
  Task* current_ = nullptr;
  uint64_t timer_order_ = 0;
};

}  // namespace nacre
