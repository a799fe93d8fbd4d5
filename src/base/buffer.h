/// Buffer: bytes on the heap, not initialised. Buffers of kBlockBytes, which
/// pipes and the readers and writers of commands use by the thousand, come from
/// a pool of the thread: taking one costs no system call and no fresh pages.
///
/// Threads: a buffer may end on another thread than it began.
#pragma once
#include <cstddef>
#include <memory>

namespace nacre {

constexpr size_t kBlockBytes = 64 * 1024;

struct BufferDeleter {
  bool pooled = false;
  void operator()(char* p) const;
};
using Buffer = std::unique_ptr<char[], BufferDeleter>;

/// At least n bytes; pooled when n is kBlockBytes.
Buffer make_buffer(size_t n);

}  // namespace nacre
