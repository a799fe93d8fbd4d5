/// test_expr: the evaluator of test and [, for bash's builtin and the command;
/// its primaries serve [[ ]] too. Meaning follows the number of arguments as
/// POSIX demands; longer expressions by precedence ( ! -a -o ).
///
/// Files and variables come from a TestHost, so nothing here knows a system.
/// Source: POSIX XCU test; bash manual 6.4 "Bash Conditional Expressions".
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

/// What a file test may ask about; times in nanoseconds, type as in ls -l ('-', 'd', 'l', 'p', 's', 'c', 'b').
struct FileFacts {
  char type = '-';
  uint32_t mode = 0, uid = 0, gid = 0;
  uint64_t size = 0, dev = 0, ino = 0;
  int64_t mtime_sec = 0, atime_sec = 0;
  int32_t mtime_nsec = 0, atime_nsec = 0;
};

class TestHost {
 public:
  virtual ~TestHost() = default;
  /// False if there is no such file. `follow`: through symbolic links.
  virtual bool stat(std::string_view path, bool follow, FileFacts& out) = 0;
  /// bits: 4 read, 2 write, 1 execute.
  virtual bool access(std::string_view path, uint32_t bits) = 0;
  virtual bool is_terminal(int fd) = 0;
  virtual uint32_t uid() = 0;
  virtual uint32_t gid() = 0;
  /// -v NAME, -R NAME, -o OPTION: the shell's.
  virtual bool variable_set(std::string_view) { return false; }
  virtual bool is_nameref(std::string_view) { return false; }
  virtual bool option_set(std::string_view) { return false; }
  /// Order of strings for < and >; the locale's.
  virtual int compare(std::string_view a, std::string_view b) { return a.compare(b) < 0 ? -1 : a != b; }
};

/// A unary primary: -e FILE, -z STRING, -v NAME ... `op` is its letter.
bool test_unary(TestHost& host, char op, std::string_view arg);
/// True for letters that name a unary primary.
bool is_test_unary(std::string_view word, bool bash);
/// True for = == != < > -eq -ne -lt -le -gt -ge -nt -ot -ef.
bool is_test_binary(std::string_view word, bool bash);
/// -nt, -ot, -ef.
bool test_files(TestHost& host, std::string_view op, std::string_view a, std::string_view b);

struct TestOutcome {
  int status = 0;         ///< 0 true, 1 false, 2 error
  std::string message;    ///< of an error, without the command's name
};
/// args: without the command's name and without "]". `bash` selects bash's wording, -v -R -o < >;
/// otherwise GNU coreutils' (with -l STRING).
TestOutcome evaluate_test(TestHost& host, const std::vector<std::string_view>& args, bool bash, bool utf8 = true);

}  // namespace nacre
