#include "host/scratch_file.h"

#include <stdlib.h>
#include <unistd.h>

#include <cerrno>

namespace nacre {

std::unique_ptr<ScratchFile> ScratchFile::make(const std::string& dir) {
  std::string name = dir + "/.scratch-XXXXXX";
  const int fd = mkostemp(name.data(), 02000000);   // O_CLOEXEC
  if (fd < 0) return nullptr;
  unlink(name.c_str());
  return std::unique_ptr<ScratchFile>(new ScratchFile(fd));
}

ScratchFile::~ScratchFile() { close(fd_); }

bool ScratchFile::append(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = write(fd_, bytes.data(), bytes.size());
    if (n < 0 && errno != EINTR) return false;
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
  }
  return true;
}

int64_t ScratchFile::read(std::span<char> out) {
  while (true) {
    const ssize_t n = pread(fd_, out.data(), out.size(), at_);
    if (n < 0 && errno == EINTR) continue;
    if (n > 0) at_ += n;
    return n;
  }
}

}  // namespace nacre
