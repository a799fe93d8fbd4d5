/// DcMachine: the reverse-polish calculator: a stack of numbers and strings,
/// registers that are stacks with an array each, and macros.
///
/// Macros run on a stack of their own, and one called as the last thing of another
/// takes its place, so that loops need no memory. Source: GNU dc manual 1.4.
#pragma once
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "algo/decimal.h"
#include "commands/folded_output.h"

namespace nacre {

struct DcValue {
  Decimal number;
  std::shared_ptr<const std::string> text;   ///< null: a number
};

class DcMachine {
 public:
  explicit DcMachine(Process& p);
  ~DcMachine() { p_.release_memory(charged_); }
  /// Runs what the source holds; false when dc is over. The source gives bytes, -1 at the end.
  bool run(const std::function<int()>& source, bool file);
  /// A file ended where a name was to come.
  bool failed() const { return failed_; }
  FoldedOutput& out() { return out_; }
  /// A line of standard input, for ?.
  std::function<std::string()> read_line;

 private:
  using Array = std::map<uint32_t, DcValue>;
  struct Entry {
    DcValue value;
    std::shared_ptr<Array> array;
  };
  using Register = std::vector<Entry>;
  /// `levels`: itself and the macros whose place it took.
  struct Frame {
    std::shared_ptr<const std::string> text;
    size_t at = 0;
    uint64_t levels = 1;
  };

  int get();
  bool at_end(const Frame& f) const { return f.at >= f.text->size(); }
  bool command(int c);
  bool more_commands(int c);
  void number(int c);
  void string();
  void stack_command(int c);
  void arithmetic(int c);
  void divide_both(const Decimal& a, const Decimal& b);
  void root();
  void power_modulus();
  void compare_and_run(int c, bool negated);
  void exclamation();
  void print(const DcValue& v, bool newline);
  void print_bytes();
  void parameter(int c);
  void register_command(int c);
  void array_command(bool store, Register& r);
  void count(bool digits);
  void character();
  void rotate();
  void execute(DcValue v);
  bool leave(uint64_t levels);
  bool quit();
  void quit_levels();

  void unknown(int c);
  void say(const std::string& text);
  void ended();
  bool need(size_t n);
  bool pop(DcValue& v);
  void push(Decimal d) { push(DcValue{std::move(d), nullptr}); }
  void push(DcValue v);
  /// For parameters: a number that fits an int; nullopt after a message or if it is none.
  std::optional<int64_t> small(const DcValue& v);
  void work(const Decimal& a, const Decimal& b);
  void charge(uint64_t bytes);

  Process& p_;
  FoldedOutput out_;
  Tick tick_;
  const std::function<int()>* source_ = nullptr;
  int pushed_ = -2;            ///< a byte of the source to be read again
  std::vector<Frame> frames_;
  std::vector<DcValue> stack_;
  Register registers_[256];
  int64_t ibase_ = 10, obase_ = 10;
  size_t scale_ = 0;
  uint64_t charged_ = 0, room_ = 0;
  bool over_ = false, in_file_ = false, failed_ = false;
};

}  // namespace nacre
