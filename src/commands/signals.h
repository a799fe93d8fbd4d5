/// signals: operands that name signals, as the coreutils (env, timeout) read and print them.
/// Source: GNU coreutils 9 manual, "Signal specifications".
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace nacre {

/// Number of "15", "143" (an exit status of a death by one), "TERM", "sigterm", "RTMIN+20". Empty: there is none.
std::optional<int> operand_signal(std::string_view text);
/// "TERM"; signal 29 is POLL to these programs. "" where there is no name.
std::string operand_signal_name(int sig);

}  // namespace nacre
