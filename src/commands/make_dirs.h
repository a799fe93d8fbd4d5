/// make_dirs: the directories above a path, made where they are missing, as
/// mkdir -p, install -D and cp --parents do.
/// Source: POSIX XCU mkdir -p: intermediate directories get u+wx.
#pragma once
#include <functional>
#include <string>

#include "kernel/process.h"

namespace nacre {

/// Makes every missing directory above path's last component; `created` hears each. OK, or
/// why it failed.
Errno make_parents(Process& p, const std::string& path, const std::function<void(const std::string&)>& created, std::string* failed = nullptr);

}  // namespace nacre
