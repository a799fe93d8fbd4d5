// Shared libraries by dlopen, for base/library.h.
#include "host/posix_library.h"

#include <dlfcn.h>

#include "base/library.h"

namespace nacre {

void install_library_loader() {
  library_symbol = [](const char* library, const char* symbol) -> void* {
    void* handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);   // counted: the second time is a look-up
    return handle ? dlsym(handle, symbol) : nullptr;
  };
}

}  // namespace nacre
