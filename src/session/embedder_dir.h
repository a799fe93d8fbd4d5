/// The embedder's file system (nacre/custom_dir.h) between the sandbox and the embedder's code.
#pragma once
#include <memory>

#include "nacre/host.h"

namespace nacre {

/// The same directory, called on a stack of its own and not ended in the middle by the run's memory limit. What it
/// answers is checked: names that are none are left out, more bytes than were asked for are -EIO, and where
/// stat_handle() is left out stat() of the path answers.
std::shared_ptr<HostDir> make_embedder_dir(std::shared_ptr<HostDir> dir);

}  // namespace nacre
