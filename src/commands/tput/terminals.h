/// terminals: what the usual terminals can do, for tput, clear and reset.
/// Source: terminfo(5).
#pragma once
#include <array>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace nacre {

/// `capabilities` in terminfo's notation: "am", "cols#80", "bel=^G".
struct Terminal {
  std::string_view name, description;
  std::span<const std::string_view> capabilities;
};

/// Null: not known.
const Terminal* find_terminal(std::string_view name);

struct Capability {
  enum class Kind : uint8_t { Flag, Number, Text } kind = Kind::Flag;
  int64_t number = 0;
  std::string text;      ///< bytes, parameters not yet filled in
};
std::optional<Capability> find_capability(const Terminal& terminal, std::string_view name);
/// 'f', 'n' or 's' of a name of terminfo, whether a terminal has it or not; 0: there is no such name.
char capability_kind(std::string_view name);
/// How many parameters a capability of that name takes, on whatever terminal has it.
size_t parameter_count(std::string_view name);
/// Fills in parameters. Unset ones are 0.
std::string fill_parameters(std::string_view text, const std::array<int64_t, 9>& parameters);

}  // namespace nacre
