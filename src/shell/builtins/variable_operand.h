/// Operands of declare, local, export and readonly: NAME, NAME=VALUE,
/// NAME+=VALUE, NAME[SUB]=VALUE, and NAME=(...).
#pragma once
#include <optional>
#include <string>

#include "shell/shell.h"

namespace nacre {

struct VariableOperand {
  std::string name;
  std::string element;                  ///< "NAME[SUB]" when a subscript was given
  bool has_value = false, append = false;
  std::string value;
  Args::Compound* compound = nullptr;

  /// Takes word i apart. False: NAME is no name.
  bool parse(Args& args, size_t i);
};

/// name=(...) given as text, as `declare -a "a=(1 2)"` does. False: reported.
bool assign_array_text(Shell& sh, Symbol s, std::string_view text, bool append);
/// Gives the variable its value: compound (which is used up), array text (where `array_text`), element or plain.
bool assign_operand(Shell& sh, Symbol s, const VariableOperand& o, bool array_text, uint32_t flags = 0);
/// What is left of a declaration whose options were wrong: name=(...) has its value all the same.
void assign_compounds(Shell& sh, Args& args);
/// Makes the variable an array of the kind attr says (kIndexed, kAssoc), keeping its value. False: reported.
bool make_array(Shell& sh, Symbol s, uint32_t attr);
/// "NAME: x: readonly variable"
void readonly_error(Shell& sh, const std::string& name);

}  // namespace nacre
