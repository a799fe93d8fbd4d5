/// args: command lines as GNU getopt_long reads them: options anywhere before
/// `--`, bundled short ones, `-n5`, `-n 5`, `--lines=5`, unambiguous beginnings
/// of long names; --help and --version everywhere; GNU's wording of errors.
///
///     constexpr Flag<Options> kFlags[] = {{'q', "quiet", &Options::quiet}, ...};
///     std::vector<std::string> files;
///     if (auto status = parse(p, kUsage, kFlags, opt, files)) return *status;
///
/// Source: glibc manual 26.2.4 "Parsing Long Options with getopt_long".
#pragma once
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "commands/numbers.h"
#include "kernel/process.h"

namespace nacre {

enum class ArgKind : uint8_t { None, Required, Optional };

/// One option of a command. `short_name` 0 or `long_name` "" where it has only the other.
template <class O>
struct Flag {
  using Set = void (*)(O&);
  using SetText = void (*)(O&, std::string_view);
  using SetOptional = void (*)(O&, std::optional<std::string_view>);
  /// For values that can be wrong: says so on stderr and returns the exit status.
  using Check = std::optional<int> (*)(Process&, O&, std::string_view);
  using CheckOptional = std::optional<int> (*)(Process&, O&, std::optional<std::string_view>);

  int short_name;
  std::string_view long_name;
  std::variant<bool O::*, std::string O::*, std::optional<std::string> O::*, std::vector<std::string> O::*, Set, SetText, SetOptional, Check, CheckOptional> to;

  ArgKind kind() const {
    if (std::holds_alternative<bool O::*>(to) || std::holds_alternative<Set>(to)) return ArgKind::None;
    return std::holds_alternative<SetOptional>(to) || std::holds_alternative<CheckOptional>(to) ? ArgKind::Optional : ArgKind::Required;
  }
};

struct ParseStyle {
  int error_status = 1;       ///< exit status of a wrong option
  bool in_order = false;      ///< the first operand ends the options (env, timeout, xargs)
  bool help_version = true;   ///< --help and --version are known
  bool short_help = false;    ///< usage text instead of "Try ..." after an error
  bool named_try = false;     ///< "NAME: Try ..." (diffutils)
  bool letters = false;       ///< -h and -V too (util-linux)
  void (*hint)(Process&) = nullptr;   ///< says more about a wrong option, before "Try ..."
  std::string_view try_text = {};   ///< in place of "Try ..."; the usage is then of one name, however the program was called
};

/// What parse() is made of; for commands with rules of their own.
struct OptionSpec {
  int short_name;
  std::string_view long_name;
  ArgKind kind;
};
/// Called per option with its index in specs; returning a status ends the command.
using OnOption = std::function<std::optional<int>(size_t index, std::optional<std::string_view> value)>;
std::optional<int> parse_options(Process& p, std::string_view usage, std::span<const OptionSpec> specs, const std::vector<std::string>& argv, ParseStyle style,
                                 std::vector<std::string>& operands, const OnOption& on_option);

template <class O>
std::optional<int> apply(Process& p, const Flag<O>& flag, O& opt, std::optional<std::string_view> value) {
  using F = Flag<O>;
  if (auto* b = std::get_if<bool O::*>(&flag.to)) opt.*(*b) = true;
  else if (auto* s = std::get_if<std::string O::*>(&flag.to)) opt.*(*s) = std::string(*value);
  else if (auto* o = std::get_if<std::optional<std::string> O::*>(&flag.to)) opt.*(*o) = std::string(*value);
  else if (auto* v = std::get_if<std::vector<std::string> O::*>(&flag.to)) (opt.*(*v)).emplace_back(*value);
  else if (auto* set = std::get_if<typename F::Set>(&flag.to)) (*set)(opt);
  else if (auto* text = std::get_if<typename F::SetText>(&flag.to)) (*text)(opt, *value);
  else if (auto* maybe = std::get_if<typename F::SetOptional>(&flag.to)) (*maybe)(opt, value);
  else if (auto* check = std::get_if<typename F::CheckOptional>(&flag.to)) return (*check)(p, opt, value);
  else return std::get<typename F::Check>(flag.to)(p, opt, *value);
  return std::nullopt;
}

/// Reads argv (without its name) into opt and operands. A status: the command is over
/// (--help, --version, an error already reported).
template <class O, size_t N>
std::optional<int> parse_argv(Process& p, std::string_view usage, const Flag<O> (&flags)[N], O& opt, const std::vector<std::string>& argv,
                              std::vector<std::string>& operands, ParseStyle style = {}) {
  OptionSpec specs[N];
  for (size_t i = 0; i < N; i++) specs[i] = {flags[i].short_name, flags[i].long_name, flags[i].kind()};
  return parse_options(p, usage, specs, argv, style, operands, [&](size_t i, std::optional<std::string_view> value) { return apply(p, flags[i], opt, value); });
}

template <class O, size_t N>
std::optional<int> parse(Process& p, std::string_view usage, const Flag<O> (&flags)[N], O& opt, std::vector<std::string>& operands, ParseStyle style = {}) {
  return parse_argv(p, usage, flags, opt, p.argv(), operands, style);
}

/// For commands without options of their own.
std::optional<int> parse_plain(Process& p, std::string_view usage, std::vector<std::string>& operands, ParseStyle style = {});

/// The text of --help with the name as the program was called after "Usage: " and "  or:  ".
std::string called_usage(Process& p, std::string_view usage);
/// "Try 'NAME --help' for more information." on stderr; returns status.
int try_help(Process& p, int status = 1);
/// What --version prints, for a command with a letter for it.
int print_version(Process& p, int fd = 1);
/// "missing operand" and "missing operand after 'x'", then try_help.
int missing_operand(Process& p, int status = 1);
int missing_operand_after(Process& p, std::string_view last, int status = 1);
int extra_operand(Process& p, std::string_view operand, int status = 1);

/// A choice among words that may be shortened (--color=auto). npos after a message in GNU's
/// wording. `words` with equal `values` are one choice in that message.
struct Choice {
  std::string_view word;
  int value;
};
std::optional<int> choose(Process& p, std::string_view option, std::string_view word, std::span<const Choice> choices);

}  // namespace nacre
