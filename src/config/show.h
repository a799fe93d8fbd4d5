/// Settings in writing. The values of injected headers are never shown.
#pragma once
#include <string>

#include "config/config_file.h"

namespace nacre::config {

/// A file that read_config takes and that means the same, with the origin of each value as a comment.
std::string to_toml(const Settings& settings);
/// "sandbox": {...}, "limits": {...}, "network": {...}: items of an object, each value with its origin.
std::string to_json_items(const Settings& settings);

}  // namespace nacre::config
