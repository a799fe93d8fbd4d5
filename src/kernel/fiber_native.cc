#include <boost/context/detail/fcontext.hpp>
#include <cstdint>
#include <exception>
#include <sys/mman.h>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/deep_call.h"
#include "base/run_watch.h"
#include "kernel/fiber.h"
#include "kernel/process.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NACRE_ASAN 1
#endif
#elif defined(__SANITIZE_ADDRESS__)
#define NACRE_ASAN 1
#endif
#ifdef NACRE_ASAN
#include <sanitizer/common_interface_defs.h>
#endif

// The runtime's per-thread exception state: what is being handled, and how many
// are in flight. It follows the thread, not the stack, so each switch swaps it.
// Source: Itanium C++ ABI, exception handling, 2.2.2.
namespace __cxxabiv1 {
struct __cxa_eh_globals {
  void* caught;
  unsigned int uncaught;
};
extern "C" __cxa_eh_globals* __cxa_get_globals() noexcept;
}  // namespace __cxxabiv1

namespace nacre {
namespace {

namespace ctx = boost::context::detail;
using __cxxabiv1::__cxa_eh_globals;    // NOLINT(bugprone-reserved-identifier)
using __cxxabiv1::__cxa_get_globals;   // NOLINT(bugprone-reserved-identifier)

#ifdef NACRE_ASAN
constexpr size_t kBytes = Fiber::kStackBytes * 8;   // instrumented frames are several times larger
constexpr size_t kReserve = kBytes / 4;
#else
constexpr size_t kBytes = Fiber::kStackBytes;
constexpr size_t kReserve = 64 * 1024;              // what leaf code and libraries may use without asking
#endif
constexpr size_t kGuard = 4096;

struct Stack {
  char* base = nullptr;   ///< lowest usable byte; the guard page is below
  size_t bytes = kBytes;
  char* top() const { return base + bytes; }

  static Stack map(size_t bytes) {
    void* p = mmap(nullptr, bytes + kGuard, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK | MAP_NORESERVE, -1, 0);
    NACRE_CHECK(p != MAP_FAILED);
    NACRE_CHECK(mprotect(p, kGuard, PROT_NONE) == 0);
    return {static_cast<char*>(p) + kGuard, bytes};
  }
  void unmap() { munmap(base - kGuard, bytes + kGuard); }
};

/// Stacks of this thread that nobody uses. Bounded, so that a burst of
/// processes does not hold its memory for ever.
class StackPool {
 public:
  ~StackPool() {
    for (Stack s : free_) s.unmap();
  }
  Stack take() {
    if (!free_.empty()) {
      Stack s = free_.back();
      free_.pop_back();
      return s;
    }
    return Stack::map(kBytes);
  }
  void give(Stack s) {
    if (s.bytes == kBytes && free_.size() < 16) return free_.push_back(s);
    s.unmap();
  }

 private:
  std::vector<Stack> free_;
};
thread_local StackPool pool;

struct Bounds {
  const void* bottom = nullptr;
  size_t size = 0;
};

}  // namespace

/// The machine side of a Fiber: its stacks (the first, and those deep_call
/// added), and where the resumer stands.
struct FiberSwitch {
  Fiber* fiber;
  std::vector<Stack> stacks;
  StackExtender outer{};            ///< the resumer's
  FiberSwitch* outer_running = nullptr;
  __cxa_eh_globals outer_eh{}, own_eh{};
  Bounds outer_bounds{};
  void* fake_stack = nullptr;       ///< ASan: saved while suspended
  static thread_local FiberSwitch* running;

  StackExtender extender() const { return {reinterpret_cast<uintptr_t>(stacks.back().base) + kReserve, &FiberSwitch::extend, &FiberSwitch::extend_on}; }

  static void begin_switch([[maybe_unused]] void** save, [[maybe_unused]] const void* bottom, [[maybe_unused]] size_t size) {
#ifdef NACRE_ASAN
    __sanitizer_start_switch_fiber(save, bottom, size);
#endif
  }
  static void end_switch([[maybe_unused]] void* saved, [[maybe_unused]] Bounds* from) {
#ifdef NACRE_ASAN
    const void* b = nullptr;
    size_t n = 0;
    __sanitizer_finish_switch_fiber(saved, &b, &n);
    if (from) *from = {b, n};
#endif
  }

  static void trampoline(ctx::transfer_t t) {
    auto* self = static_cast<FiberSwitch*>(t.data);
    end_switch(nullptr, &self->outer_bounds);
    self->fiber->caller_ = t.fctx;
    self->fiber->entry_();
    self->fiber->entry_ = nullptr;
    self->fiber->done_ = true;
    begin_switch(nullptr, self->outer_bounds.bottom, self->outer_bounds.size);
    ctx::jump_fcontext(self->fiber->caller_, nullptr);
    NACRE_CHECK(false);
  }

  void resume() {
    void* my_fake = nullptr;
    __cxa_eh_globals* eh = __cxa_get_globals();
    outer_eh = *eh;
    *eh = own_eh;
    outer = stack_extender;
    outer_running = running;
    running = this;
    stack_extender = extender();
    begin_switch(&my_fake, stacks.back().base, stacks.back().bytes);
    ctx::transfer_t t = ctx::jump_fcontext(fiber->context_, this);
    end_switch(my_fake, nullptr);
    fiber->context_ = t.fctx;
    running = outer_running;
    stack_extender = outer;
    own_eh = *eh;
    *eh = outer_eh;
  }

  void suspend() {
    begin_switch(&fake_stack, outer_bounds.bottom, outer_bounds.size);
    ctx::transfer_t t = ctx::jump_fcontext(fiber->caller_, nullptr);
    end_switch(fake_stack, &outer_bounds);
    fiber->caller_ = t.fctx;
  }

  // ---- deep_call: fn(arg) on one more stack of the running fiber
  struct Extension {
    void (*fn)(void*);
    void* arg;
    bool died = false;
    Bounds below{};
  };

  static void extension_entry(ctx::transfer_t t) {
    auto* e = static_cast<Extension*>(t.data);
    end_switch(nullptr, &e->below);
    ctx::fcontext_t below = t.fctx;
    try {
      e->fn(e->arg);
    } catch (const ProcessDeath&) {
      e->died = true;
    }
    begin_switch(nullptr, e->below.bottom, e->below.size);
    ctx::jump_fcontext(below, nullptr);
    NACRE_CHECK(false);
  }

  static void extend(void (*fn)(void*), void* arg) {
    // Depth follows the input, so what it costs counts as memory.
    constexpr auto bytes = static_cast<int64_t>(kBytes);
    if (run_watch.refuse && run_watch.live > run_watch.ceiling - bytes) run_watch.refuse(run_watch.run, kBytes);
    run_watch.live += bytes;
    bool died = run_on(pool.take(), fn, arg);
    run_watch.live -= bytes;
    if (died) throw ProcessDeath{};
  }

  static void extend_on(size_t bytes, void (*fn)(void*), void* arg) {
#ifdef NACRE_ASAN
    bytes *= 8;
#endif
    if (run_on(Stack::map(bytes), fn, arg)) throw ProcessDeath{};
  }

  /// True if the process died in fn.
  static bool run_on(Stack stack, void (*fn)(void*), void* arg) {
    FiberSwitch* self = running;
    self->stacks.push_back(stack);
    stack_extender = self->extender();
    Extension e{fn, arg};
    ctx::fcontext_t c = ctx::make_fcontext(stack.top(), stack.bytes, &extension_entry);
    void* my_fake = nullptr;
    begin_switch(&my_fake, stack.base, stack.bytes);
    ctx::jump_fcontext(c, &e);
    end_switch(my_fake, nullptr);
    self->stacks.pop_back();
    pool.give(stack);
    stack_extender = self->extender();
    return e.died;
  }
};
thread_local FiberSwitch* FiberSwitch::running = nullptr;

Fiber::Fiber(Entry entry) : entry_(std::move(entry)) {
  auto* s = new FiberSwitch{this, {}};
  s->stacks.push_back(pool.take());
  context_ = ctx::make_fcontext(s->stacks.back().top(), kBytes, &FiberSwitch::trampoline);
  impl_ = s;
}

Fiber::~Fiber() {
  auto* s = static_cast<FiberSwitch*>(impl_);
  for (Stack stack : s->stacks) pool.give(stack);
  delete s;
}

void Fiber::resume() { static_cast<FiberSwitch*>(impl_)->resume(); }
void Fiber::suspend() { FiberSwitch::running->suspend(); }

}  // namespace nacre
