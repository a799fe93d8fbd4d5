/// Tables of `set -o` and `shopt` options, in the order bash lists them.
#pragma once
#include <optional>
#include <span>
#include <string_view>

#include "expand/options.h"

namespace nacre {

struct OptionInfo {
  Option option;
  std::string_view name;
  char letter;
  bool initial;
};
std::span<const OptionInfo> set_options();     ///< sorted by name
std::span<const OptionInfo> shopt_options();   ///< sorted by name
std::optional<Option> find_set_option(std::string_view name);
std::optional<Option> find_shopt_option(std::string_view name);
std::optional<Option> option_by_letter(char letter);

}  // namespace nacre
