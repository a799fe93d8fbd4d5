/// How the host is after a part of a mount's changes was applied, noted as what the session sees there.
#pragma once
#include <map>
#include <string>

#include "session/store/session_trees.h"

namespace nacre {

/// Paths below the mount ("/a/b") that the host now has as the session wants them; null: they are gone.
using AppliedPaths = std::map<std::string, const Inode*>;

/// `was`: the host as it was noted so far. Call it inside a transaction; false: an error of the store.
bool note_host(OpenState& state, int mount, HostDir& host, const TreeState& was, const TreeState& wanted, const AppliedPaths& applied);

}  // namespace nacre
