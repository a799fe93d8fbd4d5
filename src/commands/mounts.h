/// Mounts as df, stat, mount, findmnt and mountpoint show them.
#pragma once
#include <string>
#include <string_view>

#include "kernel/process.h"
#include "vfs/vfs.h"

namespace nacre {

/// The mount that a canonical path lies in: of those with the longest name the last one.
const MountInfo& mount_of(Process& p, std::string_view path);
/// Is it in a list as -t takes it: "proc,cow", or "noproc,cow" for all others?
bool in_type_list(std::string_view list, std::string_view type);
/// "rw" or "ro".
const char* mount_options(const MountInfo& m);

}  // namespace nacre
