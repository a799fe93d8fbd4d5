/// Expander: words to fields, in bash's order: brace, tilde, parameter, command
/// and arithmetic expansion, word splitting, pathname expansion, quote removal.
/// Also assignment, since assigning expands, and evaluates for integers.
///
/// What it needs of the running shell it asks through ExpandHost. A function
/// that returns false has reported its error; failure() says how far it reaches.
/// Source: bash manual, "Shell Expansions".
#pragma once
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "algo/glob.h"
#include "expand/options.h"
#include "expand/variables.h"
#include "program/program.h"

namespace nacre {

struct DirItem {
  std::string name;
  bool maybe_dir;
};

class ExpandHost {
 public:
  virtual ~ExpandHost() = default;
  virtual const std::vector<std::string>& positional() = 0;
  /// $0
  virtual const std::string& arg0() = 0;
  /// $? $$ $! $- as text.
  virtual std::string special(char c) = 0;
  /// Value of a dynamic variable (RANDOM, LINENO ...).
  virtual const Variable& dynamic(Symbol s, const Variable& v) = 0;
  /// Called before and after a watched variable changes (IFS, PATH, RANDOM ...).
  virtual void assigned(Symbol s, Variable& v) = 0;
  virtual bool command_substitution(const ir::Part& part, std::string* out) = 0;
  virtual bool process_substitution(const ir::Part& part, std::string* path) = 0;
  /// "bash: line N: " + text + newline on stderr.
  virtual void error(const std::string& text) = 0;
  /// error() of what ends a shell with `set -e` there and then, even in a condition. True: it ends this one.
  virtual bool report(const std::string& text) = 0;
  /// Name that arithmetic errors are prefixed with ("((", "let"), or "".
  virtual std::string command_name() = 0;
  virtual std::string home_of(std::string_view user, bool* found) = 0;
  virtual std::string prompt_string(const std::string& text) = 0;   ///< ${x@P}
  /// Directory listing and existence for pathname expansion; false when it cannot be read.
  virtual bool list_dir(const std::string& path, std::vector<DirItem>* out) = 0;
  virtual bool path_exists(const std::string& path) = 0;
  virtual bool is_directory(const std::string& path, bool follow) = 0;
  virtual void tick(uint32_t n) = 0;
  virtual void charge(size_t bytes) = 0;    ///< a big value came to be; ends the run when it does not fit
  /// Looks at once whether the variables plus `transient` bytes still fit; ends the run if not.
  virtual void check_memory(size_t transient) = 0;
};

/// The value (...) of an array with its words expanded: what is left is to evaluate subscripts and to assign.
struct CompoundValue {
  struct Item {
    const ir::Element* element;
    bool keyed = false;          ///< [key]=value
    bool expanded_key = false;   ///< key holds the expanded subscript
    std::string key, value;
    /// As a word that only looks like [key]=value.
    std::string written() const;
  };
  std::vector<Item> items;
};

class Expander {
 public:
  Expander(Variables& vars, const Options& options, ExpandHost& host) : vars_(vars), options_(options), host_(host) {}

  /// How far an error reaches: the command; the whole command of the text (file, eval, trap) it stands
  /// in; the texts around it too, up to the script itself; the shell.
  enum class Failure : uint8_t { None, Command, Discard, TopLevel, Exit };
  Failure failure() const { return failure_; }
  void clear_failure() { failure_ = Failure::None; }

  // ---- words
  /// Appends the fields of a word.
  bool fields(const ir::Word& word, std::vector<std::string>* out);
  /// One string: no splitting, no globbing. Assignments, here-strings, case subjects.
  bool string(const ir::Word& word, std::string* out);
  /// The body of a here-document, where "$*" is joined by spaces.
  bool here_document(const ir::Word& word, std::string* out);
  /// The same as a pattern: quoted characters are escaped with backslashes.
  bool pattern(const ir::Word& word, std::string* out);
  /// The same; a constant is given as it stands, others are made in *buffer. nullopt: expansion failed.
  std::optional<std::string_view> pattern_view(const ir::Word& word, std::string* buffer);
  /// The value of $name or $1 where it is stored as it is; null: not set, computed, or more to look at.
  const std::string* plain_value(const ir::Param& p) const;
  /// The value of a word that is that alone, if it is short; else null.
  const std::string* simple_value(ir::Seq<ir::Part> parts) const;
  /// The same as a regular expression: quoted characters are escaped.
  bool regex(const ir::Word& word, std::string* out);
  /// A redirection target: one field or an error ("ambiguous redirect" if more).
  bool single_field(const ir::Word& word, std::string* out);

  // ---- arithmetic
  bool arith(const ir::ArithText& text, int64_t* out);
  /// Text met at run time (let, declare -i, test -eq).
  bool arith(std::string_view text, int64_t* out);

  // ---- parameters and assignment
  enum AssignFlags : uint32_t { kAppend = 1, kNoInteger = 2, kForce = 4, kNoNameref = 8, kGlobal = 16 };
  /// name=value with all attributes. False: readonly, bad value (reported).
  bool assign(Symbol s, std::string_view value, uint32_t flags = 0);
  bool assign_number(Symbol s, int64_t value);
  bool assign_element(Symbol s, const ir::ArithText* index, const ir::Word* key, std::string_view value, uint32_t flags);
  bool assign_indexed(Symbol s, int64_t index, std::string_view value, uint32_t flags);
  bool assign_key(Symbol s, std::string_view key, std::string_view value, uint32_t flags);
  /// "name", "name[sub]" met at run time (read, printf -v, declare).
  bool assign_name(std::string_view target, std::string_view value, uint32_t flags = 0);
  /// name=(...) : replaces, or appends.
  bool assign_compound(Symbol s, ir::Seq<ir::Element> elements, bool append);
  bool assign_compound(Symbol s, CompoundValue value, bool append);
  /// Expands the words of (...). `subscripts`: those of an indexed array too, which assign_compound
  /// otherwise evaluates as it goes.
  bool expand_compound(ir::Seq<ir::Element> elements, bool assoc, bool subscripts, CompoundValue* out);
  /// Told the value of an assignment that is about to be made ("" for a list, which is expanded later).
  using BeforeAssigning = std::function<void(const std::string& value)>;
  /// A whole statement name[...]=... as in a simple command.
  bool assignment(const ir::Assignment& a, const BeforeAssigning* before = nullptr);
  /// Reports "NAME: readonly variable" when it is.
  bool check_writable(Symbol s);

  /// Value of a scalar, element 0, dynamic or nameref'd variable; null if unset.
  const std::string* value_of(Symbol s);
  /// For reading, namerefs followed; a dynamic one is computed.
  const Variable* lookup(Symbol s);
  /// Elements of ${name[@]}.
  void elements(const Variable& v, std::vector<std::string>* out);
  void keys(const Variable& v, std::vector<std::string>* out);
  /// Is name, name[sub], @ * 1... set? For -v.
  bool is_set(std::string_view name);
  bool unset_element(Symbol s, std::string_view subscript);
  bool index_of(const Variable& v, Symbol s, std::string_view subscript, int64_t* out);
  /// Expands a subscript text to an associative key.
  std::string key_of(std::string_view subscript);
  /// Expands a text met at run time as if between double quotes; itself if it does not parse.
  std::string expand_text(std::string_view text);

  Variables& vars() { return vars_; }
  const Options& options() const { return options_; }
  ExpandHost& host() { return host_; }
  bool utf8() const { return utf8_; }
  bool in_here_document() const { return in_here_document_; }
  /// Recomputes what depends on IFS and the locale.
  void refresh();
  /// refresh(), if IFS or the locale differ from what was last seen.
  void refresh_if_changed();
  void copy_settings(const Expander& o);
  const std::string& ifs() const { return ifs_; }
  std::string_view ifs_separator() const { return ifs_first_; }

  /// Splits text by IFS as `read` and word splitting do.
  void split(std::string_view text, std::vector<std::string>* out);
  /// ${x@Q} ${x@A} and friends on a plain value.
  std::string transform_value(char op, std::string_view value);
  /// "declare -ai" style attribute letters.
  static std::string attribute_letters(const Variable& v);
  /// Pathname expansion of a pattern; empty when nothing matches.
  std::vector<std::string> glob(const std::string& pattern);

  bool fail(Failure f, const std::string& message);
  /// fail() with an error that ends a shell with `set -e`. None: the message alone.
  bool report(Failure f, const std::string& message);
  bool give_up();
  /// A bad substitution or an arithmetic error in $((...)): POSIX has them end the shell.
  Failure expansion_error() const { return options_[Option::Posix] ? Failure::Exit : Failure::Discard; }
  /// The index that a subscript says. An error in it is the array's, not the command's, and ends all texts.
  bool subscript(const ir::ArithText& text, int64_t* out);
  bool subscript(std::string_view text, int64_t* out);
  /// "a b c" of a list as "$*" (star) or $@ in a context without splitting.
  std::string join(const std::vector<std::string>& list, bool star);
  uint32_t glob_flags() const;
  /// Patterns that running code uses again and again are compiled once.
  const std::shared_ptr<const Glob>& compiled(std::string_view pattern, uint32_t flags);
  /// Does a pattern made by pattern() match the whole text?
  bool matches(std::string_view pattern, std::string_view text, uint32_t extra_flags = 0);
  /// "([0]="x" [1]="y")" as declare -p writes arrays.
  std::string compound_text(const Variable& v);
  std::string quote_key(const std::string& key);

 private:
  friend class ArithEvaluator;
  struct Fields;
  struct Target;

  bool assign_expanded(Symbol t, CompoundValue value, bool append);

  // word_expand.cc
  bool expand_parts(ir::Seq<ir::Part> parts, Fields& f);
  bool expand_part(const ir::Part& p, Fields& f);
  bool expand_word_fields(ir::Seq<ir::Part> parts, std::vector<std::string>* out, bool glob_literals);
  bool expand_braces(const ir::Word& word, std::vector<std::string>* out);
  bool brace_step(ir::Seq<ir::Brace> seq, size_t i, std::vector<ir::Part>& done, const std::function<bool()>& emit);
  void finish_field(Fields& f, std::vector<std::string>* out);

  // param_expand.cc
  bool param(const ir::Part& part, Fields& f);
  bool resolve(const ir::Param& p, Target& t);
  const ir::Param* measured_ = nullptr;   ///< the ${#name[subscript]} whose value is looked for
  bool element_value(const Variable* v, Symbol s, const ir::ArithText* index, const ir::Word* key, std::string_view text, Target& t);
  void list_value(const Variable* v, bool star, Target& t);
  void positional_value(bool star, Target& t);
  void special_value(char c, int position, Target& t);
  bool named_value(std::string_view name, Target& t);
  bool indirect(const ir::Param& p, Target& t, bool* name_only);
  bool operate(const ir::Param& p, Target& t, bool quoted, Fields& f, bool* done);
  bool apply_default(const ir::Param& p, Target& t, bool quoted, Fields& f, bool* done);
  bool expand_default(const ir::Param& p, bool quoted, Fields& f);
  bool substring(const ir::Param& p, Target& t);
  bool substring_bounds(const ir::Param& p, int64_t* offset, int64_t* count);
  void prefix_names(const ir::Param& p, Target& t);
  bool unbound(const ir::Param& p);
  void emit(Target& t, bool quoted, Fields& f);

  // param_ops.cc
  bool edit(const ir::Param& p, Target& t);
  bool replace_in(const ir::Param& p, std::string& value, const Glob& glob, const std::string& replacement);
  bool transform(const ir::Param& p, Target& t);

  // assign.cc
  Symbol assignable(Symbol s, uint32_t flags, std::string* element);
  bool convert(const Variable& v, std::string_view value, std::string* out);
  bool store_element(Symbol s, const ir::Element& e, std::string_view value, int64_t* next, bool append_all);

  Variables& vars_;
  const Options& options_;
  ExpandHost& host_;
  Failure failure_ = Failure::None;
  std::string ifs_ = " \t\n";
  bool ifs_default_ = true;
  bool ifs_wide_ = false;        ///< a separator has several bytes
  std::string ifs_first_ = " ";
  bool has_ifs_first_ = true;
  bool utf8_ = false;
  bool in_here_document_ = false;
  int arith_depth_ = 0;
  int subscript_depth_ = 0;
  std::string arith_subject_;    ///< what arithmetic errors name instead of the command: the parameter of ${x:off}
  struct Compiled {
    std::string pattern;
    uint32_t flags = 0;
    std::shared_ptr<const Glob> glob;
  };
  std::unique_ptr<std::array<Compiled, 64>> compiled_;   ///< by a hash of pattern and flags; made when first used
};

}  // namespace nacre
