/// Fiber: a stack to run a process on, and the switch between stacks.
///
/// Stacks are 256 KiB, guarded by a no-access page below, pooled per thread.
/// A switch saves and restores the C++ runtime's exception globals, so that a
/// fiber may be suspended inside a catch block, and tells AddressSanitizer.
/// deep_call continues on a further pooled stack when one runs low.
/// Two files implement this: fiber_native.cc (Boost.Context), fiber_wasm.cc.
#pragma once
#include <cstddef>
#include <functional>

namespace nacre {

class Fiber {
 public:
  using Entry = std::function<void()>;
  static constexpr size_t kStackBytes = 256 * 1024;

  explicit Fiber(Entry entry);
  ~Fiber();
  Fiber(const Fiber&) = delete;

  /// Runs the fiber until it suspends or ends. From outside it.
  void resume();
  /// From inside: back to whoever resumed.
  static void suspend();
  bool done() const { return done_; }

 private:
  friend struct FiberSwitch;
  Entry entry_;
  void* context_ = nullptr;    ///< saved machine context of the fiber
  void* caller_ = nullptr;     ///< saved machine context of the resumer
  void* impl_ = nullptr;
  bool done_ = false;
};

}  // namespace nacre
