/// Where the configuration comes from, and a sandbox's Config from all of it together.
#pragma once
#include "cli/options.h"
#include "config/config_file.h"

namespace nacre::cli {

/// The file that counts: `given` (--config), else $NACRE_CONFIG, else $XDG_CONFIG_HOME/nacre/config.toml, else
/// ~/.config/nacre/config.toml; "" when there is no home. *required: it was named, so it must be there.
std::string config_path(const std::string& given, bool* required);
/// Reads it; `shown` of the result is "" when there is none. Error: code "config".
Expected<config::ConfigFile> load_config(const std::string& given);
/// Built-in values, file, environment, preset and flags, in this order.
Expected<config::Settings> settings_in_force(const config::ConfigFile& file, const Options& options);
/// The same as a Config, with the seed and the preset's name.
Expected<config::SandboxSettings> sandbox_settings(const Options& options);

}  // namespace nacre::cli
