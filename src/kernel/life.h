/// Process::Life: what the kernel knows of a process beyond what it shows:
/// how far its life has come, who waits for it, where its frames are.
#pragma once
#include "kernel/process.h"
#include "kernel/scheduler.h"

namespace nacre {

/// A step stands for 10 ns of virtual CPU: the order of what one costs.
constexpr uint64_t kStepsPerSecond = 100'000'000;

struct Process::Life {
  enum class State : uint8_t { Embryo, Running, Zombie } state = State::Embryo;
  WaitStatus status;
  bool dying = false;          ///< status is set; throws ProcessDeath at the next call
  bool entered = false;        ///< its body has frames on some stack
  bool stopped = false;        ///< SIGSTOP and the like
  bool report_stop = false;    ///< a stop or continue the parent has not yet seen
  bool persistent = false;     ///< the session's shell: outlives the runs it dies in
  Task* task = nullptr;        ///< fiber that runs it
  Process* direct_child = nullptr;  ///< runs on top of it on the same fiber
  std::vector<int> children;
  WaitQueue child_event;       ///< a child ended, stopped or continued
  WaitQueue resumed;           ///< SIGCONT
  uint64_t alarm_timer = 0;
  uint64_t steps = 0;
  Timespec started{};          ///< monotonic
};

}  // namespace nacre
