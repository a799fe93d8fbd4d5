// Fibers in WebAssembly. A module cannot switch stacks by itself: the engine has to
// (stack switching, JSPI) or a rewriter has to (Asyncify), and either is the host's
// business. What works without is a process that runs to its end on the stack of its
// resumer, which is all that a script without pipes between waiting processes needs.
// One that has to wait says so and ends the program, rather than go on wrongly.
#include <cstdio>
#include <cstdlib>
#include <utility>

#include "base/check.h"
#include "kernel/fiber.h"
#include "kernel/process.h"

namespace nacre {

Fiber::Fiber(Entry entry) : entry_(std::move(entry)) {}
Fiber::~Fiber() = default;

// deep_call stays a plain call (no StackExtender is set): the engine checks its own stack, and the
// limit `nesting` bounds the depth.
void Fiber::resume() {
  NACRE_CHECK(!done_);
  Entry entry = std::exchange(entry_, nullptr);
  entry();
  done_ = true;
}

void Fiber::suspend() {
  std::fputs("nacre: a process has to wait, and this WebAssembly build has no stack switching\n", stderr);
  std::abort();
}

}  // namespace nacre
