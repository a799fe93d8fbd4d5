/// Generation of completions: the work of compgen.
#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "shell/completion.h"
#include "shell/shell.h"

namespace nacre {

struct CompletionAction {
  const char* name;
  char letter;
};   ///< letter 0: by -A only
std::span<const CompletionAction> completion_actions();
std::span<const char* const> completion_options();

/// The words that spec offers for `word`, of a command `command`, after `previous`.
std::vector<std::string> generate(Shell& sh, const CompletionSpec& spec, const std::string& command, const std::string& word, const std::string& previous);

}  // namespace nacre
