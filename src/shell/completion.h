/// Completion specifications, as `complete` declares them.
/// Source: bash manual 8.6 "Programmable Completion".
#pragma once
#include <cstdint>
#include <optional>
#include <string>

namespace nacre {

struct CompletionSpec {
  uint32_t options = 0;        ///< bit per -o name, in the order of completion_options()
  uint32_t actions = 0;        ///< bit per -A name, in the order of completion_actions()
  uint32_t group = 0;          ///< names given to one `complete` share their options: compopt changes them together
  std::optional<std::string> glob, words, function, command, filter, prefix, suffix;
};

}  // namespace nacre
