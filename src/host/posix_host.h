/// The POSIX (Linux) host: the pieces behind make_posix_host(), for those who
/// wire a sandbox to descriptors of their own, and for tests.
#pragma once
#include <memory>
#include <string>

#include "nacre/host.h"

namespace nacre {

/// Host::open_dir. `use_openat2` false: resolve by the component-wise walk, as on kernels
/// without the call.
std::shared_ptr<HostDir> open_posix_dir(const std::string& path, bool writable, int* error, bool use_openat2 = true);

}  // namespace nacre
