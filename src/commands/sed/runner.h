/// SedRunner: the cycle: read a line, run the commands, write the pattern space.
/// Source: POSIX XCU sed; GNU sed 4.9 manual, chapter 6 "How sed works".
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "commands/sed/script.h"
#include "commands/text_io.h"

namespace nacre {

struct SedSettings {
  bool quiet = false, separate = false, unbuffered = false, utf8 = true, posix = false, follow_links = false, debug = false;
  char delimiter = '\n';
  std::optional<std::string> in_place;   ///< suffix of backups; "" for none
  int64_t line_length = 70;
};

class SedRunner {
 public:
  SedRunner(Process& p, SedScript& script, const SedSettings& settings);
  int run(std::vector<std::string> files);

 private:
  /// An output that owes a newline when its last line had none in the input.
  struct Sink {
    std::shared_ptr<Output> out;   ///< `w /dev/stdout` writes where sed does, but counts newlines by itself
    bool owes_newline = false;
    std::string name;
  };
  /// EndScript: the end of the cycle, with its output; EndCycle and Discard (of D): without.
  enum class Flow { Next, EndScript, EndCycle, Discard, Restart, Quit, QuitSilently };

  // input
  bool open_next();
  void begin_anew();
  std::string followed(std::string name);
  void close_current();
  bool read_line(std::string& into);
  bool is_last();
  // running
  bool selected(SedCommand& c);
  bool in_range(SedCommand& c);
  bool address_matches(const SedAddress& a);
  bool matches(const std::shared_ptr<Regex>& re);
  Flow execute();
  Flow step(SedCommand& c, size_t& next);
  bool substitute(SedCommand& c);
  void expand(const SedReplacement& r, const std::vector<RegexSpan>& m, std::string& out);
  void transliterate(const SedCommand& c);
  void list(int64_t width);
  void next_into_space(SedCommand& c, Flow& flow);
  void end_cycle(bool print);
  void write_line(Sink& sink, std::string_view text, bool newline);
  void write_text(Sink& sink, std::string_view text);
  void write_given(std::string_view text);
  void write_first(Sink& sink);
  void append_file(const std::string& file);
  void queue_line_of(const std::string& file);
  std::shared_ptr<Input> standard_input();
  void files_before_all();
  std::string evaluate(const std::string& command);
  // --debug
  void trace(std::string_view text);
  void trace_text(const char* name, std::string_view text);
  void trace_command(const SedCommand& c);
  void trace_registers();
  void trace_input();
  void trace_after(char command);
  Sink& main_sink() { return current_out_ ? *current_out_ : stdout_; }

  Process& p_;
  SedScript& s_;
  SedSettings o_;
  std::vector<std::string> files_;
  size_t file_ = 0;
  std::shared_ptr<Input> in_, stdin_;   ///< stdin_: once for `-` and `R /dev/stdin`
  std::string in_name_ = "-";
  Sink stdout_;
  std::unique_ptr<Sink> current_out_;   ///< in place
  std::string temporary_;
  std::vector<Sink*> sinks_;            ///< of s_.files
  std::vector<std::unique_ptr<Sink>> own_sinks_;
  struct Appended {
    char kind;
    std::string text;
  };
  std::vector<Appended> appended_;
  std::vector<std::pair<std::string, std::shared_ptr<Input>>> line_files_;   ///< R
  std::string space_, hold_, scratch_;
  uint64_t work_ = 0;   ///< steps that wait to be charged
  std::vector<RegexSpan> spans_;
  std::shared_ptr<Regex> last_regex_;
  bool terminated_ = true, scratch_terminated_ = true, hold_terminated_ = true, replaced_ = false;
  uint64_t line_ = 0;
  size_t trace_level_ = 0;   ///< blocks entered and not left through their end
  int status_ = 0, exit_ = 0;
};

}  // namespace nacre
