/// posix_library: sets the loader of base/library.h. Source: POSIX dlopen().
#pragma once

namespace nacre {

void install_library_loader();

}  // namespace nacre
