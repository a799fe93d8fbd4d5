/// canonical: absolute names without ".", ".." and symbolic links, with three
/// ideas of what must exist. Source: GNU coreutils manual, "readlink invocation", "realpath invocation".
#pragma once
#include <string>

#include "kernel/process.h"

namespace nacre {

enum class Canonical : uint8_t { Existing, AllButLast, Missing };

/// `links`: false leaves symbolic links alone (realpath -s). `logical`: ".." goes before links (-L).
Result<std::string> canonical_path(Process& p, const std::string& path, Canonical mode, bool links = true, bool logical = false);

}  // namespace nacre
