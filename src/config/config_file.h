/// The configuration file: defaults of every sandbox, and presets.
/// Source: docs/configuration.md; TOML 1.0.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "config/settings.h"

namespace nacre::config {

/// What a file's text means depends on.
struct FilePlace {
  std::string shown;                  ///< the path as messages name it
  std::string dir;                    ///< absolute; relative paths of the host in the file are below it
  std::string home;                   ///< for ~; "" when there is none
  std::vector<std::string> commands;  ///< that can be allowed or denied
};

struct Preset {
  std::string name, description;
  std::vector<std::string> extends;
  Settings own;                       ///< without what it extends
  uint32_t line = 0, extends_line = 0;
};

struct ConfigFile {
  std::string shown;
  Settings settings;
  std::vector<Preset> presets;        ///< in the order of the file

  const Preset* find(std::string_view name) const;
  /// The preset on top of those it extends, in their order, each once; origins say which. Error: code "config.preset".
  Expected<Settings> preset(std::string_view name) const;
};

/// "", or "FILE:LINE: ...": a preset extends what there is not, or itself over others.
std::string check_extends(const ConfigFile& file);

/// Checks all of it, presets that nobody uses too. Error: code "config", message "FILE:LINE: ...".
Expected<ConfigFile> read_config(std::string_view text, const FilePlace& place);

}  // namespace nacre::config
