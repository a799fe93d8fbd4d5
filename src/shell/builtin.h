/// Builtin: a command the shell runs itself. Add one = add builtins/NAME.cc with
/// a function `Builtin NAME_builtin()`; CMake derives the table from file names.
/// Source: bash manual, chapter 4.
#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "expand/expander.h"
#include "program/program.h"

namespace nacre {

class Shell;

/// Words of a command, expanded. args[0] is its name.
struct Args {
  std::vector<std::string> words;
  /// For declaration builtins: name=(...), expanded.
  struct Compound {
    const ir::Assignment* assignment = nullptr;
    CompoundValue value;
  };
  /// By position; the word there is the bare name. May be shorter than words.
  std::vector<Compound> compound;

  size_t size() const { return words.size(); }
  const std::string& operator[](size_t i) const { return words[i]; }
  std::string& operator[](size_t i) { return words[i]; }
  /// Null: a plain word.
  Compound* compound_at(size_t i) { return i < compound.size() && compound[i].assignment ? &compound[i] : nullptr; }
  /// Removes the first n words: what `builtin` and `command` do with themselves.
  void drop(size_t n) {
    words.erase(words.begin(), words.begin() + static_cast<ptrdiff_t>(n));
    compound.erase(compound.begin(), compound.begin() + static_cast<ptrdiff_t>(n < compound.size() ? n : compound.size()));
  }
};

enum BuiltinFlags : uint32_t {
  kSpecial = 1,        ///< POSIX special builtin
  kAssignment = 2,     ///< takes name=(...) arguments: declare and its kin
  kRunsCommands = 4,   ///< eval and its kin: `set -e` sleeps in them where they stand in a condition
};

struct Builtin {
  const char* name;
  int (*run)(Shell& sh, Args& args);
  uint32_t flags;
  const char* synopsis;   ///< "cd [-L|[-P [-e]] [-@]] [dir]"
  const char* help;       ///< in our own words; lines without indentation
};

/// Sorted by name.
std::span<const Builtin> all_builtins();
const Builtin* find_builtin(std::string_view name);
/// What `help NAME` prints, and NAME --help.
std::string help_text(const Builtin& b);

/// getopt for builtins: walks args, bash's internal_getopt.
class BuiltinOptions {
 public:
  /// spec as getopt's: "ab:c"; a leading '+' in `plus` allows +x options.
  BuiltinOptions(Shell& sh, const Args& args, const char* spec, bool plus = false) : sh_(sh), args_(args), spec_(spec), plus_(plus) {}
  /// Next option letter, 0 at the end, '?' after an error was reported.
  char next();
  const std::string& value() const { return value_; }
  bool plus() const { return is_plus_; }
  /// First operand.
  size_t index() const { return index_; }

 private:
  Shell& sh_;
  const Args& args_;
  const char* spec_;
  bool plus_, is_plus_ = false;
  size_t index_ = 1, at_ = 0;
  std::string value_;
};

}  // namespace nacre
