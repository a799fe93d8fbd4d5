/// compile: gives names their meaning: variables and parameters become places in
/// frames, calls become functions, natives or special forms, and each node learns
/// how many outputs it can have (ast.h, Card). Builtins that are written in jq
/// are parsed when a program first uses them; modules are read and linked.
///
/// Source: jq 1.8 manual, "Advanced features", "Modules".
#pragma once
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "commands/jq/ast.h"

namespace nacre::jq {

class Interp;

/// A builtin of evaluated arguments. Invalid: an error was set with Interp::fail.
using Native = Value (*)(Interp& interp, Value& input, Value* arguments);
struct NativeInfo {
  const char* name;
  int arity;
  Native fn;
};
/// Null: no such builtin.
const NativeInfo* find_native(std::string_view name, size_t arity);

/// Builtins that the evaluator runs itself, since their arguments are not just values.
enum class Special : uint8_t {
  Empty,
  Error,
  Path,
  GetPath,
  Range2,
  Range3,
  Limit,
  Skip,
  First,
  Last,
  Input,
  Inputs,
  SortBy,
  GroupBy,
  UniqueBy,
  MinBy,
  MaxBy,
  ToStream,
  Substitute,
  Halt,
};

/// Definitions in jq: name/arity to text; "" when there is none.
std::string_view find_definition(std::string_view name, size_t arity);
/// All of "name/arity", for `builtins`.
Value builtin_names();

/// How modules reach files.
struct ModuleFiles {
  std::vector<std::string> search;                            ///< -L, or the defaults
  std::function<bool(const std::string& path)> exists;
  std::function<bool(const std::string& path, std::string& text)> read;
  std::string origin, home;                                   ///< $ORIGIN and ~
};

class Compiler {
 public:
  Compiler(Program& program, const ModuleFiles& files) : program_(program), files_(files) {}

  /// Compiles text as the program proper; false with messages in errors. The result is the
  /// body of `main`, a function at level 0.
  bool compile(const std::string& text, const std::map<std::string, Value>& globals);
  FunctionDef* main() const { return main_; }
  const std::string& errors() const { return errors_; }
  int error_count() const { return error_count_; }
  std::vector<Value>& globals() { return globals_; }
  const std::vector<std::string>& search_list() const { return files_.search; }
  /// What `modulemeta` gives; Invalid and *error.
  Value module_meta(const std::string& name, std::string* error);

 private:
  struct Name {
    enum Kind : uint8_t { Function, Parameter, Variable, Label, Global } kind;
    std::string name;
    size_t arity = 0;
    int level = 0, slot = 0;
    FunctionDef* function = nullptr;
  };
  struct Module {
    Source* source = nullptr;
    bool busy = false, good = false;
    std::vector<Name> names;
  };

  void report(const Problem& p, const Source& s);
  bool load_imports(Source& source, const std::string& directory, std::vector<Name>& names);
  Module* load_module(const std::string& path);
  std::string resolve(const Import& im, const std::string& directory, std::string& error, bool data);
  void bind_module(Source& source, std::vector<Name>& names);
  bool load_data(const Import& im, const std::string& path, std::vector<Name>& names);

  Card visit(Node* n);
  Card visit_node(Node* n);
  Card visit_call(Node* n);
  Card visit_builtin(Node* n);
  Card macro(Node* n, bool& done);
  Card visit_bind(Node* n);
  Card visit_fold(Node* n);
  Card visit_object(Node* n);
  void visit_function(FunctionDef* f);
  void visit_argument(Node*& n);
  Card visit_pattern(Pattern& p, std::map<std::string, int>* shared);
  int declare(const std::string& name, std::map<std::string, int>* shared);
  FunctionDef* library_function(std::string_view name, size_t arity);
  Card function_card(Node* n, const FunctionDef* f);
  void undefined(Node* n, const std::string& what);

  Program& program_;
  const ModuleFiles& files_;
  FunctionDef* main_ = nullptr;
  std::vector<Value> globals_;
  std::vector<Name> names_;
  std::map<std::pair<std::string, size_t>, FunctionDef*> library_;
  std::map<std::string, Module> modules_;
  Source* source_ = nullptr;
  int level_ = 0;
  int* slots_ = nullptr;
  std::string errors_;
  int error_count_ = 0;
};

}  // namespace nacre::jq
