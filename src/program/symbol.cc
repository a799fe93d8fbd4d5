#include "program/symbol.h"

namespace nacre {

Symbols::Symbols() {
  ids_.reserve(256);
#define X(id, text) intern(text);
  NACRE_SYMBOL_LIST(X)
#undef X
}

Symbols::Symbols(const Symbols& other) {
  ids_.reserve(other.names_.size());
  for (const std::string& n : other.names_) intern(n);
}

Symbol Symbols::intern(std::string_view name) {
  auto it = ids_.find(name);
  if (it != ids_.end()) return it->second;
  auto s = static_cast<Symbol>(names_.size());
  names_.emplace_back(name);
  ids_.emplace(names_.back(), s);
  return s;
}

Symbol Symbols::find(std::string_view name) const {
  auto it = ids_.find(name);
  return it == ids_.end() ? static_cast<Symbol>(sym::kNone) : it->second;
}

bool is_name(std::string_view s) {
  if (s.empty()) return false;
  auto alpha = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; };
  if (!alpha(s[0])) return false;
  for (char c : s.substr(1)) {
    if (!alpha(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

}  // namespace nacre
