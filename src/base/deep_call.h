/// deep_call: recursion that cannot overflow a fiber's stack.
///
/// Process bodies run on 256 KiB stacks. Code whose recursion follows its input
/// (parser, lowering, execution, globbing) wraps the recursive step:
///
///     return deep_call([&] { return parse_list(depth + 1); });
///
/// With room left it is a plain call and one comparison. Otherwise the step
/// continues on a fresh pooled stack and comes back with its value. Depth itself
/// is bounded by the caller's own nesting limit. Outside a fiber it is a plain
/// call. ProcessDeath passes through in both cases.
#pragma once
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <utility>

namespace nacre {

/// Set by kernel/fiber_* for the running fiber.
struct StackExtender {
  /// Calls below this address continue elsewhere. 0: never.
  uintptr_t low_water = 0;
  /// Runs fn(arg) on a fresh stack. Null outside a fiber.
  void (*run)(void (*fn)(void*), void* arg) = nullptr;
  /// The same on a stack of so many bytes.
  void (*run_on)(size_t bytes, void (*fn)(void*), void* arg) = nullptr;
};
extern constinit thread_local StackExtender stack_extender;

template <class F>
auto deep_call(F&& f) -> std::invoke_result_t<F&> {
  using R = std::invoke_result_t<F&>;
  uintptr_t here = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
  if (__builtin_expect(here >= stack_extender.low_water, 1)) return f();
  if constexpr (std::is_void_v<R>) {
    stack_extender.run([](void* a) { (*static_cast<std::remove_reference_t<F>*>(a))(); }, &f);
  } else {
    struct Frame {
      std::remove_reference_t<F>* f;
      std::optional<R> out;
    } frame{&f, {}};
    stack_extender.run(
        [](void* a) {
          auto* fr = static_cast<Frame*>(a);
          fr->out.emplace((*fr->f)());
        },
        &frame);
    return std::move(*frame.out);
  }
}

/// Runs f on a stack of `bytes`, for a library that recurses without asking (its own limits bound
/// the depth). Only the pages it touches cost anything. A plain call outside a fiber.
template <class F>
void on_large_stack(size_t bytes, F&& f) {
  if (!stack_extender.run_on) return f();
  stack_extender.run_on(bytes, [](void* a) { (*static_cast<std::remove_reference_t<F>*>(a))(); }, &f);
}

}  // namespace nacre
