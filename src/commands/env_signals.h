/// env_signals: what env is told about signals, and does to its own process before the command runs.
/// Source: GNU coreutils 9 manual, "env invocation".
#pragma once
#include <array>
#include <optional>
#include <string_view>

#include "kernel/process.h"

namespace nacre {

class EnvSignals {
 public:
  /// Each reads a list of signals (none: all of them). A status: a name is wrong, and that was said.
  std::optional<int> block(Process& p, std::optional<std::string_view> list);
  std::optional<int> reset(Process& p, std::optional<std::string_view> list);
  std::optional<int> ignore(Process& p, std::optional<std::string_view> list);

  /// Does it. A status: a signal that was named cannot be handled so.
  std::optional<int> apply(Process& p, bool debug) const;

 private:
  enum class Action : uint8_t { None, Default, Ignore };
  enum class Mask : uint8_t { None, Block, Unblock };
  struct Plan {
    Action action = Action::None;
    Mask mask = Mask::None;
    bool named = false;   ///< not only as one of all
  };
  template <class Set>
  std::optional<int> each(Process& p, std::optional<std::string_view> list, Set set);

  std::array<Plan, kSigCount> plans_ = {};
  bool masks_ = false;
};

/// "NAME (NN): BLOCK,IGNORE" on stderr for each signal that is not handled by default.
void list_signal_handling(Process& p);

}  // namespace nacre
