/// nacre config and nacre presets.
#pragma once
#include <string>
#include <vector>

namespace nacre::cli {

bool is_config_command(const std::string& name);
/// `args`: the command and what follows it. Returns the exit status.
int config_command(const std::vector<std::string>& args);

}  // namespace nacre::cli
