/// printf_format: the engine of printf(1), shared by bash's builtin and the
/// command. The format is used again until the arguments are used up.
///
/// The two differ in wording, in what a wrong argument does to the rest, and in
/// %q, %Q, %n and %(...)T; `bash` selects. Numbers are read as C's strtoimax
/// and strtold do, with 'c for the code of a character.
/// Source: POSIX XCU printf; bash manual 4.2; GNU coreutils manual 15.2.
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

struct PrintfOptions {
  bool bash = true;
  bool utf8 = true;
  /// Receives each message, without "printf: " and newline.
  std::function<void(const std::string&)> warn;
  /// %(fmt)T: text of a time; -1 now, -2 start of the shell. Unset: not known.
  std::function<std::string(std::string_view format, int64_t seconds)> time;
  /// %n of bash: the number of bytes so far for a variable. False: it cannot be set, and the output ends. May be unset.
  std::function<bool(std::string_view name, size_t bytes)> store;
  /// Receives the output so far when it has grown large and empties it; may be unset.
  std::function<void(std::string& out)> drain;
};

/// Appends the output to out. Exit status 0 or 1.
int format_printf(std::string& out, std::string_view format, const std::vector<std::string_view>& args, const PrintfOptions& options);

enum class EscapeStyle : uint8_t { Format, Argument, BashEcho };
/// Appends the meaning of the escape that begins at s[at] == '\\' and moves at behind it.
/// Format: \nnn; Argument (%b, echo -e): \0nnn too, and \c. False: \c, the output ends here.
/// `complain` gets the message for \x and \u without digits; may be empty.
bool append_escape(std::string& out, std::string_view s, size_t& at, EscapeStyle style, bool utf8,
                   const std::function<void(const std::string&)>& complain = {});

}  // namespace nacre
