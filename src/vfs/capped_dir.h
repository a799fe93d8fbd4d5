/// A host directory whose large files cannot be read: Mount::max_file_bytes.
#pragma once
#include <memory>

#include "nacre/host.h"

namespace nacre {

/// The same directory; reading a file of more than `max_bytes` gives -EFBIG, also when it grows while it is open.
/// Names, sizes, writing and removing are as before.
std::shared_ptr<HostDir> make_capped_dir(std::shared_ptr<HostDir> dir, uint64_t max_bytes);

}  // namespace nacre
