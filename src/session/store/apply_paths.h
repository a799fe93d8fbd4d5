/// Which changes an apply of some paths makes.
#pragma once
#include <functional>
#include <set>
#include <string>

#include "vfs/tree_diff.h"

namespace nacre {

/// Of the changed paths `all`, those that are `asked` for and those that go with them: the other end of what was moved,
/// since the host has one file of a node; directories that are to hold them; and what is in a directory that goes.
std::set<std::string> paths_to_apply(const std::set<std::string>& all, const TreeState& was, const TreeState& wanted,
                                     const std::function<bool(const std::string&)>& asked);

}  // namespace nacre
