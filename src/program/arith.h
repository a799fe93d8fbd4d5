/// Arithmetic expressions, compiled: bash's 64-bit integer language as a tree
/// whose variables are Symbols.
///
/// Source: bash manual, "Shell Arithmetic"; messages observed from bash 5.2.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "base/arena.h"
#include "program/symbol.h"

namespace nacre {

enum class ArithOp : uint8_t {
  Number,
  Variable,
  Element,
  Operand,   // leaves; Operand: value of an expansion, by position
  Negate,
  Plus,
  Not,
  Complement,
  PreInc,
  PreDec,
  PostInc,
  PostDec,
  Power,
  Mul,
  Div,
  Mod,
  Add,
  Sub,
  ShiftLeft,
  ShiftRight,
  Less,
  LessEq,
  Greater,
  GreaterEq,
  Equal,
  NotEqual,
  BitAnd,
  BitXor,
  BitOr,
  And,
  Or,
  Conditional,
  Assign,
  Comma,
  Error,   // where the text stops being an expression; evaluating it reports that
};

struct Arith {
  ArithOp op;
  ArithOp assign_op = ArithOp::Assign;   ///< Assign: the operator of += etc., or Assign for =
  Symbol symbol = 0;                     ///< Variable, Element
  int64_t number = 0;                    ///< Number; Operand: its position; Error: where the text quoted ends, 0 = at its end
  const Arith* a = nullptr;              ///< operands; Assign: a is the target
  const Arith* b = nullptr;
  const Arith* c = nullptr;
  std::string_view text;                 ///< Element: the subscript as written; Div, Mod...: from the right operand on (for "error token")
  std::string_view message;              ///< Error: what bash says; `text` is the token it points at
  bool broken = false;                   ///< an Error is here or below
  const Arith* index = nullptr;          ///< Element: compiled subscript; null when it is no valid expression (an associative key)
};

/// Marks the position of an expansion inside arithmetic text: this byte, then
/// the position plus one.
constexpr char kArithOperand = '\x01';

/// Compiles text. Empty text is 0. bash evaluates while it reads, so that what stands
/// before an error takes place: a text that is no expression gives a `broken` tree,
/// with an Error node at the point where bash would give up.
/// Text of the result's views is copied into the arena.
/// `operands`: how many expansions are marked in the text; where there are none, the mark is a byte like others.
const Arith* compile_arith(Arena& arena, Symbols& symbols, std::string_view text, size_t operands = 0);

/// Parses a bash integer constant: decimal, 0octal, 0xhex, base#digits. False
/// and *error ("value too great for base", "invalid arithmetic base", ...) otherwise.
bool parse_arith_number(std::string_view text, int64_t* value, const char** error);

}  // namespace nacre
