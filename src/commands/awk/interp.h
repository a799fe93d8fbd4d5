/// AwkInterp: runs a parsed program. Expressions are evaluated in the form that
/// is wanted (number, text appended to a buffer, truth), so that fields and
/// constants are seldom turned into values; fields are split when first used.
/// Source: POSIX XCU awk; gawk manual 5.1.
#pragma once
#include <deque>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "algo/date.h"
#include "commands/awk/lexer.h"
#include "commands/capture.h"
#include "commands/text_io.h"

namespace nacre {

/// A variable: a scalar, an array, or not known yet. An unknown one passed to a function
/// becomes an array where the caller's does (origin).
struct AwkCell {
  AwkValue value;
  std::shared_ptr<AwkArray> array;
  AwkCell* origin = nullptr;
};

class AwkInterp {
 public:
  AwkInterp(Process& p, AwkProgram& program, const AwkDialect& dialect);
  ~AwkInterp();
  /// gawk's -n, -S and -i inplace.
  struct Modes {
    bool non_decimal = false, sandbox = false, inplace = false;
  };
  void set_modes(const Modes& modes) {
    modes_ = modes;
    reads_numbers_ = modes.non_decimal || dialect_.posix;
  }
  /// -v and operands NAME=VALUE: escapes are read.
  bool assign_operand(const std::string& text);
  void set_global(const std::string& name, const AwkValue& v);
  /// NAME: VALUE for each, as --dump-variables has them.
  std::string dump_variables();
  int run(const std::string& name, const std::vector<std::string>& operands);

 private:
  enum class Flow : uint8_t { Normal, Break, Continue, Next, NextFile, Exit, Return };
  struct FieldSlot {
    size_t offset = 0, length = 0;
    bool set = false;
    AwkValue value;
  };
  struct Stream {
    std::unique_ptr<Output> out;
    std::unique_ptr<Input> in;
    ShellPipe pipe;
    int fd = -1, write_fd = -1;
  };
  struct Width {
    size_t skip, count;
  };

  // expressions
  AwkValue eval(const AwkNode* n);
  double number(const AwkNode* n);
  /// Text from input. What counts as a number in it is found out when asked for, but with -n and -P, which have rules of their own.
  AwkValue input_value(std::string_view s);
  bool truth(const AwkNode* n);
  void append(const AwkNode* n, std::string& out);
  std::string text(const AwkNode* n) {
    std::string s;
    append(n, s);
    return s;
  }
  /// View of a text without copying where there is one; `keep` holds it otherwise.
  std::string_view view(const AwkNode* n, std::string& keep);
  void append_value(const AwkValue& v, std::string& out) { append_as(v, out, convfmt_); }
  void append_as(const AwkValue& v, std::string& out, const std::string& format);
  bool compare(const AwkNode* n);
  int compare_values(const AwkValue& a, const AwkValue& b);
  AwkValue assign(const AwkNode* target, AwkValue v);
  /// assign() where nobody asks what it gives.
  void store(const AwkNode* target, AwkValue v);
  /// n: an Assign whose value nobody asks for.
  void run_assignment(const AwkNode* n);
  AwkValue assign_op(const AwkNode* n);
  /// Where a number stands that can be read without evaluating anything; null if n is none such.
  const double* plain_number(const AwkNode* n) {
    if (n->op == AwkOp::Number) return &n->value.number;
    if (n->op != AwkOp::Local && (n->op != AwkOp::Global || n->slot == kNF)) return nullptr;
    const AwkCell& c = cell(n);
    return c.value.kind == AwkValue::Number ? &c.value.number : nullptr;
  }
  /// A variable of the program's own that holds a number; null if n is none such.
  double* own_number(const AwkNode* n) {
    if (n->op != AwkOp::Local && (n->op != AwkOp::Global || n->slot < kSpecialCount)) return nullptr;
    AwkCell& c = cell(n);
    return c.value.kind == AwkValue::Number ? &c.value.number : nullptr;
  }
  /// The value that a variable or a constant holds; null if n is something else.
  const AwkValue* stored(const AwkNode* n) {
    if (n->op == AwkOp::String || n->op == AwkOp::Number) return &n->value;
    if (n->op != AwkOp::Local && (n->op != AwkOp::Global || n->slot == kNF)) return nullptr;
    const AwkCell& c = cell(n);
    return c.array || c.value.kind == AwkValue::Unset ? nullptr : &c.value;
  }
  double step(const AwkNode* n, double by, bool post);
  double arithmetic(AwkOp op, double a, double b);
  AwkCell& cell(const AwkNode* n) { return n->op == AwkOp::Local ? stack_[frame_ + static_cast<size_t>(n->slot)] : globals_[static_cast<size_t>(n->slot)]; }
  AwkArray& array(const AwkNode* n);
  AwkArray& array_argument(const AwkNode* n, size_t i, const char* function);
  std::shared_ptr<AwkArray> array_ref(const AwkNode* n);
  /// The array that n names, if it is one already.
  std::shared_ptr<AwkArray> existing_array(const AwkNode* n);
  AwkValue element(const AwkNode* n);
  // SYMTAB, FUNCTAB
  void make_tables();
  AwkCell* symtab_cell(const AwkNode* n, bool assigned);
  bool table_element(const AwkNode* n) const {
    return symtab_ + functab_ != -2 && n->a->op == AwkOp::Global && (n->a->slot == symtab_ || n->a->slot == functab_);
  }
  std::string_view subscript(const AwkNode* n, std::string& keep);
  bool matches(const AwkNode* pattern, std::string_view s);
  const Regex& regex(const AwkNode* n);
  const Regex& dynamic_regex(const std::string& pattern);
  AwkValue call(const AwkNode* n);
  AwkValue call_indirect(const AwkNode* n);
  AwkValue call_function(int slot, std::vector<AwkCell> arguments, const AwkNode* n = nullptr);
  // builtins
  AwkValue builtin(const AwkNode* n);
  AwkValue string_builtin(AwkBuiltin which, const AwkNode* n);
  AwkValue time_builtin(AwkBuiltin which, const AwkNode* n);
  AwkValue bits_builtin(AwkBuiltin which, const AwkNode* n);
  double substitute(const AwkNode* n, bool global);
  AwkValue gensub(const AwkNode* n);
  double match_builtin(const AwkNode* n);
  double split_builtin(const AwkNode* n);
  double patsplit(const AwkNode* n);
  double sort_array(const AwkNode* n, bool by_index);
  /// Keys in an order: "@ind_num_asc" and so on, or by a function. Unknown words are fatal.
  std::vector<std::string> sorted_keys(AwkArray& a, const std::string& how);
  int compare_elements(AwkArray& a, const std::string& how, const std::string& x, const std::string& y);
  int compare_by_function(AwkArray& a, int slot, const std::string& x, const std::string& y);
  double strtonum(const std::string& s);
  AwkValue type_of(const AwkNode* n);
  /// What substr gives: a view of the text, as view().
  std::string_view substring(const AwkNode* n, std::string& keep);
  double length_of(std::string_view s) const;
  /// What an empty match at `at` passes over, as in gawk: a byte, but a character where case does not count. 0 at the end.
  size_t character(std::string_view s, size_t at) const;
  void format(const std::vector<AwkNode*>& args, std::string& out);
  // statements
  Flow exec_compound(const AwkNode* n);
  Flow exec(const AwkNode* n);
  Flow exec_block(const AwkNode* n);
  Flow exec_for_in(const AwkNode* n);
  Flow exec_switch(const AwkNode* n);
  void print(const AwkNode* n);
  Flow run_rules();
  // records and fields
  bool next_record();
  bool open_next_file();
  void finish_file();
  bool read_record(Input& in, std::string& out);
  bool read_main_record();
  /// Takes the record out of the buffer of the input, which may go.
  void hold_record();
  void close_input();
  bool read_paragraph(Input& in, std::string& out);
  bool read_by_regex(Input& in, std::string& out);
  void set_record(std::string_view s);
  void split_fields();
  /// In paragraphs cut at blanks, a separator at the end of a text that split cuts by an expression has no field behind it.
  bool ends_unseen() const { return rs_.empty() && fs_ == " "; }
  void split_text(std::string_view s, const std::string& fs, bool is_default_variable, std::vector<std::pair<size_t, size_t>>& out);
  void split_widths(std::string_view s, std::vector<std::pair<size_t, size_t>>& out);
  void split_by_pattern(std::string_view s, const Regex& re, std::vector<std::pair<size_t, size_t>>& out);
  void read_widths(const std::string& text);
  void store_fields(AwkArray& a, AwkArray* seps, std::string_view s, const std::vector<std::pair<size_t, size_t>>& parts);
  void add_field(size_t offset, size_t length) {
    if (nf_ == fields_.size()) fields_.emplace_back();
    FieldSlot& f = fields_[nf_++];
    f.offset = offset;
    f.length = length;
    if (f.set) {
      f.set = false;
      f.value = {};
    }
  }
  std::string_view field_view(int64_t i);
  /// $0, without a look at whether there is one.
  std::string_view record() {
    if (record_stale_) rebuild_record();
    return record_;
  }
  AwkValue field(int64_t i);
  void set_field(int64_t i, AwkValue v);
  void set_nf(int64_t n);
  void rebuild_record();
  void special_assigned(int slot);
  int64_t field_index(const AwkNode* n) {
    if (dialect_.lint) lint_field_use();
    return n->slot >= 0 ? n->slot : computed_index(n);
  }
  int64_t computed_index(const AwkNode* n);
  // streams
  double getline(const AwkNode* n);
  Output* output_for(const AwkNode* n);
  Stream& coprocess(const std::string& command);
  double close_stream(const std::string& name, const std::string& how = "");
  double flush_stream(const std::string& name);
  void unreadable_file(const std::string& name, Errno e);
  void begin_inplace(const std::string& name);
  void end_inplace();
  void flush_all();
  /// "SOURCE:LINE: (FILENAME=... FNR=...) " of what runs now.
  std::string place() const;
  [[noreturn]] void fatal(const std::string& message);
  void warning(const std::string& message);
  // --lint
  void lint(const std::string& message);
  void lint_extension(const std::string& what);
  void unset_used(const AwkNode* n, AwkCell& c);
  void lint_element(const AwkNode* array, AwkArray& a, std::string_view key);
  void lint_field_use();
  void lint_number(const AwkNode* a, const std::string& function, const char* which = "");
  void lint_text(const AwkNode* a, const std::string& function, const char* which = "");
  void lint_substr(double start, double count, bool counted, double length);
  std::shared_ptr<const EnvList> environment();
  std::string name_of(const AwkNode* n) const;

  Process& p_;
  AwkProgram& prog_;
  const AwkDialect dialect_;
  const bool utf8_;
  uint32_t regex_flags() const {
    return kRegexExtended | kRegexAwk | (utf8_ ? kRegexUtf8 : 0) | (fold_ ? kRegexFoldCase : 0) | (dialect_.traditional ? kRegexNoGnu : 0);
  }
  Output out_;
  std::vector<AwkCell> globals_;
  std::deque<AwkCell> stack_;
  size_t frame_ = 0;
  int depth_ = 0;
  AwkValue return_value_;
  Flow pending_ = Flow::Normal;
  int exit_status_ = 0;

  std::string_view record_;         ///< in the buffer of the input, or record_text_
  std::string record_text_;
  bool record_made_ = false;        ///< $0 was put together, or is a text that was assigned: a text, even if it looks like a number
  bool record_stale_ = false, split_ = false;
  std::vector<FieldSlot> fields_;   ///< 1-based: fields_[0] is $1
  size_t nf_ = 0;
  std::string ofs_ = " ", ors_ = "\n", subsep_ = "\034", convfmt_ = "%.6g", ofmt_ = "%.6g", fs_ = " ", rs_ = "\n";
  enum class Split : uint8_t { Blanks, Char, Regex, Pattern, Widths } mode_ = Split::Blanks;
  bool fold_ = false;
  std::shared_ptr<Regex> fs_regex_, rs_regex_;
  std::vector<Width> widths_;

  std::unique_ptr<Input> input_;
  size_t next_arg_ = 1;
  bool used_operand_ = false, input_done_ = false;
  std::map<std::string, Stream> streams_;
  std::unordered_map<std::string, std::unique_ptr<Regex>> regexes_;
  std::string print_buffer_, key_buffer_;
  std::vector<std::pair<size_t, size_t>> parts_;   ///< memory for split
  double seed_ = 1;
  Modes modes_;
  int symtab_ = -1, functab_ = -1;   ///< slots; -1: the program has none such
  bool reads_numbers_ = false;   ///< input_value() looks for numbers by itself
  const AwkFunction* running_ = nullptr;
  struct Frame {
    const AwkNode* call;            ///< null: called by asort
    const AwkFunction* caller;
  };
  std::vector<Frame> frames_;       ///< innermost last
  std::string origin_of(const AwkNode* n) const;
  const AwkNode* now_ = nullptr;    ///< the statement that runs
  std::string inplace_name_, inplace_temp_;
  int inplace_stdout_ = -1;
  std::set<std::string> extensions_;   ///< warned of
  bool in_end_ = false, end_field_warned_ = false, no_record_ = true;
  bool leaving_ = false;            ///< BEGINFILE or ENDFILE said exit

  uint64_t random_state_ = 1;
  uint32_t ticks_ = 0;
};

}  // namespace nacre
