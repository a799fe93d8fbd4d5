/// option_reader: getopt_long for programs that are not of the coreutils: with
/// their own name in messages, their own last line after an error, and operands
/// told in their order among the options (tar's -C, cpio, gzip, xz).
/// Source: glibc manual 26.2.4; argp's messages.
#pragma once
#include "commands/args.h"

namespace nacre {

struct OptionReader {
  Process& p;
  std::string program;                 ///< the name in messages
  std::string try_text;                ///< printed after an error, with its newline
  int error_status = 1;
  std::span<const OptionSpec> specs;
  bool in_order = false;               ///< the first operand ends the options

  using OnOperand = std::function<std::optional<int>(std::string_view)>;
  /// Reads argv from its second word on. A status from a callback, or after an error, ends it.
  std::optional<int> read(const std::vector<std::string>& argv, const OnOption& on_option, const OnOperand& on_operand);
  /// "PROGRAM: text" on stderr, then try_text; returns error_status.
  int fail(const std::string& text) const;

 private:
  std::optional<int> read_short(std::string_view letters, const std::vector<std::string>& argv, size_t& at, const OnOption& on_option);
  std::optional<int> read_long(std::string_view arg, const std::vector<std::string>& argv, size_t& at, const OnOption& on_option);
  /// Index of the option whose name begins so; a message and nullopt if there is none or are several.
  std::optional<size_t> find_long(std::string_view name, std::string_view arg) const;
};

}  // namespace nacre
