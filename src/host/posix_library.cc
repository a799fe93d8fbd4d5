// Shared libraries by dlopen, their data by mmap, memory as a descriptor, for base/library.h.
#include "host/posix_library.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "base/library.h"

namespace nacre {

namespace {

// Read-only in effect: what is written to a private mapping reaches no file.
std::string_view map_file(const char* path) {
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (fd < 0) return {};
  struct stat st;
  std::string_view out;
  if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
    void* at = mmap(nullptr, static_cast<size_t>(st.st_size), PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    if (at != MAP_FAILED) out = {static_cast<const char*>(at), static_cast<size_t>(st.st_size)};
  }
  close(fd);
  return out;
}

// The only names that are known; a script has no say in the paths.
std::string_view find_data(std::string_view name) {
  if (name != "magic.mgc") return {};
  static const std::string_view magic = [] {
    for (const char* path : {"/usr/lib/file/magic.mgc", "/usr/share/misc/magic.mgc", "/usr/share/file/magic.mgc"})
      if (auto found = map_file(path); !found.empty()) return found;
    return std::string_view();
  }();
  return magic;
}

bool with_memory_file(std::string_view bytes, unsigned mode, void (*fn)(int, void*), void* arg) {
  int fd = memfd_create("nacre", MFD_CLOEXEC);
  if (fd < 0) return false;
  bool good = fchmod(fd, mode & 0777) == 0;
  while (good && !bytes.empty()) {
    ssize_t n = write(fd, bytes.data(), bytes.size());
    if (n > 0) bytes.remove_prefix(static_cast<size_t>(n));
    else good = n < 0 && errno == EINTR;
  }
  if (good && lseek(fd, 0, SEEK_SET) == 0) fn(fd, arg);
  close(fd);
  return good;
}

}  // namespace

void install_library_loader() {
  library_data = find_data;
  memory_file = with_memory_file;
  library_symbol = [](const char* library, const char* symbol) -> void* {
    void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);   // counted: the second time is a look-up
    return handle ? dlsym(handle, symbol) : nullptr;
  };
}

}  // namespace nacre
