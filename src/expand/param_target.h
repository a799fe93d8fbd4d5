/// Expander::Target: what a parameter expansion found: one value or a list,
/// and where it came from.
#pragma once
#include <string>
#include <vector>

#include "expand/expander.h"

namespace nacre {

struct Expander::Target {
  bool is_list = false;          ///< $@ $* ${a[@]} ${a[*]}
  bool star = false;             ///< ... the * kind
  bool positional = false;       ///< ... of positional parameters
  bool names = false;            ///< ... of ${!prefix*} or ${!a[*]}: joined even unquoted when IFS is null
  bool keys = false;             ///< ... of ${!a[*]}: joined by spaces then
  bool set = false;
  std::string scalar;
  std::vector<std::string> list;
  std::string key;               ///< subscript of an element
  std::string name;              ///< for messages
  Symbol symbol = 0;             ///< 0: not a variable
  const Variable* variable = nullptr;

  void set_scalar(const std::string* value) {
    if (!value) return;
    scalar = *value;
    set = true;
  }
};

}  // namespace nacre
