#include "base/buffer.h"

#include <vector>

namespace nacre {
namespace {

// Under AddressSanitizer each buffer is new, so that a use after its end is seen.
#if defined(__SANITIZE_ADDRESS__)
constexpr size_t kKept = 0;
#else
constexpr size_t kKept = 16;   // 1 MiB a thread
#endif

struct Pool {
  std::vector<char*> free;
  ~Pool() {
    for (char* p : free) delete[] p;
    gone = true;
  }
  static thread_local bool gone;   // buffers of other thread-local objects may end later
};
thread_local bool Pool::gone = false;
thread_local Pool pool;

}  // namespace

Buffer make_buffer(size_t n) {
  if (n != kBlockBytes) return Buffer(new char[n]);
  char* block = nullptr;
  if (!Pool::gone && !pool.free.empty()) {
    block = pool.free.back();
    pool.free.pop_back();
  } else {
    block = new char[kBlockBytes];
  }
  return Buffer(block, {true});
}

void BufferDeleter::operator()(char* p) const {
  if (pooled && !Pool::gone && pool.free.size() < kKept) pool.free.push_back(p);
  else delete[] p;
}

}  // namespace nacre
