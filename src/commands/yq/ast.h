/// ast: an expression of yq as a tree.
/// Source: mikefarah yq v4 documentation, "Operators".
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "commands/yq/node.h"

namespace nacre::yq {

enum class Op : uint8_t {
  Self,
  Recurse,
  RecurseKeys,
  Literal,
  Text,
  Variable,
  Field,        ///< args[0] | .text
  Index,        ///< args[0] [args[1]]; without args[1]: all
  Slice,        ///< args[0] [args[1] : args[2]], either may be null
  Pipe,
  Union,
  Bind,
  Reduce,
  Assign,
  Update,
  AddAssign,
  SubtractAssign,
  MultiplyAssign,
  DivideAssign,
  ModuloAssign,
  AlternativeAssign,
  SetAttribute, ///< args[0] text = args[1]; updating: |=
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Alternative,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Collect,
  Object,
  Negate,
  Call          ///< function
};

struct Expr;
using ExprPtr = std::unique_ptr<Expr>;
struct Function;

/// Flags of `*`.
struct Merge {
  bool append = false, deep = false, existing = false, only_new = false, clobber = false;
};

struct Expr {
  Op op = Op::Self;
  std::string text;
  std::vector<ExprPtr> args;
  bool optional = false;      ///< `?`: no error
  bool updating = false, reference = false;
  Merge merge;
  std::string tag;            ///< of a literal
  const Function* function = nullptr;
};

class Interp;
struct Context;

/// A function of the language: what it makes of all inputs at once.
struct Function {
  std::string_view name;
  int least, most;            ///< arguments
  List (*run)(Interp&, const Expr&, const Context&);
};
const Function* find_function(std::string_view name);

/// Null and *error: "1:5: ...".
ExprPtr parse_expression(std::string_view text, std::string* error);

}  // namespace nacre::yq
