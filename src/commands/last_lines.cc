#include "commands/last_lines.h"

#include <algorithm>
#include <cstring>

#include "base/buffer.h"

namespace nacre {

size_t last_lines(std::string_view text, uint64_t n, char delimiter) {
  if (n == 0) return text.size();
  size_t at = text.size();
  if (at > 0 && text[at - 1] == delimiter) at--;
  while (at > 0) {
    const void* hit = memrchr(text.data(), delimiter, at);
    if (!hit) return 0;
    at = static_cast<size_t>(static_cast<const char*>(hit) - text.data());
    if (--n == 0) return at + 1;
  }
  return 0;
}

std::optional<uint64_t> last_lines_of_file(Process& p, int fd, uint64_t start, uint64_t end, uint64_t n, char delimiter) {
  if (n == 0) return end;
  Buffer block = make_buffer(kBlockBytes);
  for (uint64_t at = end; at > start;) {
    const size_t size = static_cast<size_t>(std::min<uint64_t>(kBlockBytes, at - start));
    auto got = p.pread(fd, {block.get(), size}, at - size);
    if (!got || *got != size) return std::nullopt;
    size_t left = size;
    if (at == end && block[size - 1] == delimiter) left--;
    at -= size;
    while (left > 0) {
      const void* hit = memrchr(block.get(), delimiter, left);
      if (!hit) break;
      left = static_cast<size_t>(static_cast<const char*>(hit) - block.get());
      if (--n == 0) return at + left + 1;
    }
    p.tick(64);
  }
  return start;
}

}  // namespace nacre
