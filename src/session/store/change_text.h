/// One change as git diff prints it.
/// Source: git-diff(1), "Generating patch text with -p".
#pragma once
#include <functional>
#include <string>

#include "vfs/inode.h"

namespace nacre {

/// Appends the patch of one path. Null: it is not there in that state. `from`, `to`: paths without the first "/",
/// different only for a rename. Directories and special files have no patch.
void append_patch(std::string& out, const std::string& from, const Inode* before, const std::string& to, const Inode* after,
                  const std::function<void(uint32_t)>& tick);

}  // namespace nacre
