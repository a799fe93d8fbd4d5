#include "host/posix_heap.h"

#include <malloc.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "nacre/host.h"

namespace nacre {

constinit HeapAhead heap_ahead;

namespace {

// The kernel makes the pages of a range in a sixteenth of the time of as many faults on a virtual machine.
constexpr uintptr_t kPage = 4096, kStep = 128 << 10, kMargin = 32 << 10;

#if !defined(MADV_POPULATE_WRITE)
constexpr int MADV_POPULATE_WRITE = 23;
#endif

}  // namespace

// Where the kernel cannot (before 5.14), pages come one by one as ever.
void HeapAhead::reached(uintptr_t end) {
  const uintptr_t from = next.load(std::memory_order_relaxed) + kMargin;
  const uintptr_t to = std::min(limit.load(std::memory_order_relaxed), (std::max(from, end) + kStep) & ~(kPage - 1));
  next.store(to - kMargin, std::memory_order_relaxed);
  if (from < to) (void)madvise(reinterpret_cast<void*>(from), to - from, MADV_POPULATE_WRITE);
  else limit.store(0, std::memory_order_relaxed);
}

void set_up_heap() {
  constexpr int kReserved = 512 << 20;
  constexpr uintptr_t kSmall = 256 << 10, kHugePage = 2 << 20;
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
  mallopt(M_TOP_PAD, kReserved);
  const uintptr_t begin = reinterpret_cast<uintptr_t>(sbrk(0));
  // Wherever the heap lies, its first huge page begins kSmall above `begin`: what is left out is
  // taken as one block that nobody touches.
  const uintptr_t from = (begin + kSmall + kHugePage - 1) & ~(kHugePage - 1);
  [[maybe_unused]] void* volatile left_out = std::malloc(std::max<uintptr_t>(from - kSmall - begin, 256 << 10));
  const uintptr_t end = reinterpret_cast<uintptr_t>(sbrk(0)) & ~(kHugePage - 1);
  if (from >= end) return;   // another allocator
  (void)madvise(reinterpret_cast<void*>(from), end - from, MADV_HUGEPAGE);
  void* const lowest = std::malloc(64);   // what lies below is in use
  std::free(lowest);
  heap_ahead.next = (reinterpret_cast<uintptr_t>(lowest) & ~(kPage - 1)) - kMargin;
  heap_ahead.limit = from;
}

}  // namespace nacre
