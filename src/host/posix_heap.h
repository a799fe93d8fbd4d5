/// HeapAhead: how far the first pages of the heap are there already. What grows past that has the next
/// ones made together, before it touches them. Only after set_up_heap() (nacre/host.h).
///
/// Threads: any; two at once ask for the same pages, which does no harm.
#pragma once
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace nacre {

struct HeapAhead {
  std::atomic<uintptr_t> next{0};    ///< blocks that begin from here on are past what is there
  std::atomic<uintptr_t> limit{0};   ///< up to here; huge pages follow

  /// operator new has made a block.
  void made(const void* block, size_t size) {
    const uintptr_t at = reinterpret_cast<uintptr_t>(block);
    if (__builtin_expect(at < limit.load(std::memory_order_relaxed) && at + size >= next.load(std::memory_order_relaxed), 0)) reached(at + size);
  }

 private:
  void reached(uintptr_t end);
};
extern constinit HeapAhead heap_ahead;

}  // namespace nacre
