/// The commands of nacre that work on stored sessions: create run list show terminate gc history snapshot
/// snapshots rollback fork diff apply export import.
#pragma once
#include <string>
#include <vector>

namespace nacre::cli {

bool is_session_command(const std::string& name);
/// `args`: the command and what follows it. Returns the exit status.
int session_command(const std::vector<std::string>& args);

}  // namespace nacre::cli
