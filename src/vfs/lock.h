/// Mutex: std::mutex, or nothing where a target has no threads (wasm32-wasi).
#pragma once
#include <mutex>

namespace nacre {

#if defined(__wasm__)
struct Mutex {
  void lock() {}
  void unlock() {}
};
class Lock {
 public:
  explicit Lock(Mutex&) {}
};
#else
using Mutex = std::mutex;
using Lock = std::lock_guard<std::mutex>;
#endif

}  // namespace nacre
