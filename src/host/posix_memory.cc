// operator new and delete, counting what is live for the memory limit (see
// base/run_watch.h). An embedder's own replacements win over these, as the linker
// takes an archive member only for names that are still missing; the memory limit
// then covers only what is charged explicitly.
//
// Over-aligned and C allocations (malloc) are not counted: libraries bound theirs
// themselves, and file data has limits of its own.
#include <malloc.h>

#include <cstdlib>
#include <new>

#include "base/run_watch.h"
#include "host/posix_heap.h"

using nacre::run_watch;

namespace {

/// True for a big block that would pass the ceiling.
bool too_much(std::size_t size) noexcept {
  return __builtin_expect(size >= nacre::kBigAllocation, 0) && run_watch.refuse &&
         (size > static_cast<std::size_t>(INT64_MAX) || run_watch.live > run_watch.ceiling - static_cast<int64_t>(size));
}

/// What malloc makes of a size, so that a sized delete need not ask: glibc rounds a block and its
/// header of a word up to 16 bytes, 32 at least. Blocks it maps alone differ by less than a page.
int64_t block(std::size_t size) noexcept { return size <= 24 ? 24 : static_cast<int64_t>(((size + 8 + 15) & ~static_cast<std::size_t>(15)) - 8); }

void* counted(std::size_t size) noexcept {
  void* p = std::malloc(size);
  if (p) run_watch.live += block(size);
  nacre::heap_ahead.made(p, size);
  return p;
}

}  // namespace

void* operator new(std::size_t size) {
  if (too_much(size)) run_watch.refuse(run_watch.run, size);
  void* p = counted(size);
  if (__builtin_expect(!p, 0)) throw std::bad_alloc();
  return p;
}

/// Whoever asks so can do without (std::stable_sort): what is refused is refused by returning null.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return too_much(size) ? nullptr : counted(size); }

void operator delete(void* p) noexcept {
  if (!p) return;
  run_watch.live -= static_cast<int64_t>(malloc_usable_size(p));
  std::free(p);
}

void* operator new[](std::size_t size) { return operator new(size); }
void* operator new[](std::size_t size, const std::nothrow_t& t) noexcept { return operator new(size, t); }
void operator delete(void* p, const std::nothrow_t&) noexcept { operator delete(p); }
void operator delete[](void* p, const std::nothrow_t&) noexcept { operator delete(p); }
void operator delete(void* p, std::size_t size) noexcept {
  if (!p) return;
  run_watch.live -= block(size);
  std::free(p);
}
void operator delete[](void* p) noexcept { operator delete(p); }
void operator delete[](void* p, std::size_t size) noexcept { operator delete(p, size); }
