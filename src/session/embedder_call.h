/// Calls into the embedder's code from inside a run.
#pragma once
#include <utility>

#include "base/deep_call.h"
#include "base/run_watch.h"

namespace nacre {

/// What f() returns. It has a stack of its own, and the run's memory limit does not end it in the middle: its frames are
/// not nacre's to unwind. What it leaves allocated counts at the next look.
template <class F>
auto embedder_call(F&& f) {
  auto refuse = std::exchange(run_watch.refuse, nullptr);
  decltype(f()) out{};
  auto call = [&] { out = f(); };
  if (stack_extender.run) stack_extender.run([](void* c) { (*static_cast<decltype(call)*>(c))(); }, &call);
  else call();
  run_watch.refuse = refuse;
  return out;
}

}  // namespace nacre
