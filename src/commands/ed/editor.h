/// Editor: runs the commands of ed. Commands come from standard input, or as the
/// list of g and v. Source: POSIX XCU ed; GNU ed manual 1.19.
#pragma once
#include <functional>

#include "algo/regex.h"
#include "commands/ed/buffer.h"
#include "commands/text_io.h"

namespace nacre {

struct EdOptions {
  bool extended = false, loose = false, quiet = false, restricted = false, script = false, verbose = false, strip_cr = false;
  bool traditional = false;   ///< no $ at the ends of what `l` prints; m and t need a destination
  std::optional<std::string> prompt;
};

class Editor {
 public:
  Editor(Process& p, const EdOptions& o);
  /// Reads a file into the empty buffer at the start. False: it cannot be used at all.
  bool open(const std::string& file);
  int run();

 private:
  enum class Next : uint8_t { Go, Quit };
  using Error = const char*;   ///< null: all is well

  // -- input
  bool next_line(std::string& line);
  bool escaped_lines(std::string& line);

  // -- parsing
  Error addresses();
  Error address(std::optional<int64_t>& to);
  Error search(char delimiter, std::optional<int64_t>& to);
  Error pattern(char delimiter, std::shared_ptr<Regex>& to);
  Error destination(size_t& to);
  Error suffix(bool allow_print = true);
  Error range(size_t first, size_t last);
  void blanks() {
    while (at_ < line_.size() && (line_[at_] == ' ' || line_[at_] == '\t')) at_++;
  }
  char look() const { return at_ < line_.size() ? line_[at_] : '\0'; }
  int64_t number();

  // -- commands
  Error command(Next& next);
  Error edit_command(char c);
  Error file_command(char c, Next& next);
  Error other_command(char c);
  Error append(size_t after);
  Error join();
  Error move();
  Error transfer();
  Error put();
  Error global(bool matching, bool interactive);
  Error substitute();
  Error substitute_lines(bool& any);
  bool substitute_line(size_t n, std::string& out, bool& infinite);
  Error replacement(char delimiter);
  Error undo();
  Error scroll();
  Error quit(Next& next);
  Error shell();
  Error shell_line(std::string& line);
  Error print(size_t first, size_t last);
  void list(const std::string& text);

  // -- files
  Error file_name(std::string& name);
  Error read_file(const std::string& name, size_t after, int64_t& size);
  Error write_file(const std::string& name, size_t first, size_t last, bool append, int64_t& size);
  Error edit_file(bool force);
  void report(int64_t bytes);

  void fail(Error e);
  void change() {
    if (!in_global_) buffer_.begin_change(current_);
  }

  Process& p_;
  const EdOptions& o_;
  Input in_;
  Output out_;
  EdBuffer buffer_;
  std::string line_;               ///< the command being read
  size_t at_ = 0;
  size_t current_ = 0, first_ = 0, second_ = 0;
  int addresses_ = 0;
  bool print_p_ = false, print_l_ = false, print_n_ = false;
  std::string file_, shell_command_;
  std::shared_ptr<Regex> last_regex_, sub_regex_;
  std::string replacement_;        ///< of the last s
  bool have_sub_ = false, sub_global_ = false;
  int64_t sub_count_ = 1;
  std::string sub_print_;
  bool in_global_ = false, prompt_on_ = false, explain_ = false, warned_ = false, failed_ = false, binary_ = false, newline_added_ = false;
  std::vector<std::string> list_;  ///< lines of a command list, the next one last
  std::string last_list_;
  size_t window_ = 22;
  std::string message_;
};

}  // namespace nacre
