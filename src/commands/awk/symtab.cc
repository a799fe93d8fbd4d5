// SYMTAB and FUNCTAB: the variables and functions of the program by name.
// Source: gawk manual 7.5.2 "Built-in Variables That Convey Information".
#include "commands/awk/interp.h"

namespace nacre {

void AwkInterp::make_tables() {
  for (size_t i = 0; i < prog_.globals.size(); i++) {
    const std::string& name = prog_.globals[i];
    if (name != "SYMTAB" && name != "FUNCTAB") continue;
    AwkArray& table = *(globals_[i].array = std::make_shared<AwkArray>());
    if (name == "SYMTAB") {
      symtab_ = static_cast<int>(i);
      for (const auto& g : prog_.globals)
        if (g != "SYMTAB" && g != "FUNCTAB") table.at(g) = AwkValue();
    } else {
      functab_ = static_cast<int>(i);
      for (const auto& f : awk_builtin_names()) table.at(f) = AwkValue::string(std::string(f));
      for (const auto& f : prog_.functions) table.at(f.name) = AwkValue::string(f.name);
    }
  }
}

// The variable that SYMTAB[name] is; null if n is no element of SYMTAB.
AwkCell* AwkInterp::symtab_cell(const AwkNode* n, bool assigned) {
  if (n->a->op != AwkOp::Global || (n->a->slot != symtab_ && n->a->slot != functab_)) return nullptr;
  if (n->a->slot == functab_) {
    if (assigned) fatal("cannot assign to elements of FUNCTAB");
    return nullptr;
  }
  std::string keep;
  std::string_view key = subscript(n, keep);
  for (size_t i = 0; i < prog_.globals.size(); i++)
    if (prog_.globals[i] == key && static_cast<int>(i) != symtab_ && static_cast<int>(i) != functab_) return &globals_[i];
  if (assigned) fatal("cannot assign to arbitrary elements of SYMTAB");
  fatal("reference to uninitialized element `SYMTAB[\"" + std::string(key) + "\"] is not allowed'");
}

}  // namespace nacre
