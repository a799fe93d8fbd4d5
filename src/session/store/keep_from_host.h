/// What a stored state has from the host, made its own before the host is changed.
#pragma once
#include <set>
#include <string>

#include "session/store/session_trees.h"

namespace nacre {

/// Paths on the host, below a mount's directory and without a slash in front.
struct HostPaths {
  std::set<std::string> changing;   ///< will have other bytes, or none
  std::set<std::string> going;      ///< of those: will be gone, or of another type
  bool all = true;                  ///< every change of the mount is applied
};

/// A state that others stand on is written to, which they see. So what is new in it must have ids, and pages of ids, that
/// none of them has or will give: this sets where the new ids of all of them begin. Call it inside a transaction, before
/// such a state is opened and once it was written; false: an error of the store.
bool separate_new_ids(Database& db, const std::set<int64_t>& layers, int mount);

/// Where on the host each node is that the state does not store but sees in a directory there; "": it stores it.
std::vector<std::string> listed_places(OpenState& state, int mount, const std::vector<NodeId>& nodes);

struct ListedNode {
  NodeId node;
  bool bytes;   ///< of the file, too
};

/// Stores nodes that have one of listed_places(). Returns how many were stored; -1: an error of the store. Call it inside a transaction.
int keep_listed(OpenState& state, int mount, const std::vector<ListedNode>& nodes);

/// Stores, in the state's own layer, the bytes of its files that come from `changing`, what these were when the session
/// first saw them, and the nodes of `going` that it lists in a directory of its own. What it only sees on the host, where
/// the host has it, follows the host as ever; what cannot be read any more stays as it is. Returns how many nodes were
/// stored; -1: an error of the store. Call it inside a transaction.
int keep_from_host(OpenState& state, int mount, const HostPaths& paths);

}  // namespace nacre
