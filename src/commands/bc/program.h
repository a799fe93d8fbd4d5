/// The code of a bc program. Instructions remember the address that GNU bc's byte
/// code has behind them, because its runtime messages name it.
/// Source: POSIX XCU bc; GNU bc manual 1.07.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "algo/decimal.h"

namespace nacre {

enum class BcOp : uint8_t {
  Number,                                    ///< operand: index of a text (digits and a point)
  Load,
  Store,
  Increment,
  Decrement,         ///< of a variable
  LoadArray,
  StoreArray,
  IncrementArray,
  DecrementArray,   ///< subscript below the value
  ArrayName,                                 ///< an array as an argument
  Duplicate,
  Swap,
  Pop,
  Add,
  Subtract,
  Multiply,
  Divide,
  Modulo,
  Power,
  Negate,
  Not,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  Jump,
  JumpIfZero,
  JumpIfTrue,              ///< operand: label; the conditional ones pop
  Call,                                      ///< operand: function; text: "0" and "1" per argument
  Return,
  Length,
  SquareRoot,
  Scale,
  Read,
  Random,
  PrintLine,
  Print,
  String,
  PrintString,
  Halt,
};

struct BcInstruction {
  BcOp op;
  uint32_t operand = 0;
  uint32_t text = 0;
  uint32_t end = 0;       ///< GNU's address of the next instruction
};

/// A string, or a number's digits with what they meant in the base they were last read in.
struct BcText {
  std::string text;
  uint64_t base = 0;
  Decimal value;
};

struct BcCode {
  std::vector<BcInstruction> instructions;
  std::vector<BcText> texts;
  std::vector<uint32_t> labels;              ///< index of an instruction
  uint32_t address = 0;

  void clear() { *this = BcCode(); }
};

/// Names of one kind, numbered in order.
class BcNames {
 public:
  uint32_t number(std::string_view name) {
    auto [at, fresh] = numbers_.try_emplace(std::string(name), static_cast<uint32_t>(names_.size()));
    if (fresh) names_.emplace_back(name);
    return at->second;
  }
  const std::string& name(uint32_t n) const { return names_[n]; }
  size_t size() const { return names_.size(); }

 private:
  std::unordered_map<std::string, uint32_t> numbers_;
  std::vector<std::string> names_;
};

/// Numbers of the variables that mean something.
enum BcSpecial : uint32_t { kBcIbase, kBcObase, kBcScale, kBcLast, kBcHistory, kBcSpecials };

struct BcParameter {
  enum Kind : uint8_t { Scalar, Array, ArrayReference } kind;
  uint32_t name;
};

struct BcFunction {
  bool defined = false, is_void = false;
  int native = 0;                            ///< letter of a function of the math library
  std::vector<BcParameter> parameters, autos;
  BcCode code;
};

}  // namespace nacre
