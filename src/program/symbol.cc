#include "program/symbol.h"

#include <vector>

namespace nacre {

namespace {

struct Fixed {
  std::vector<std::string> names;
  std::unordered_map<std::string_view, Symbol> ids;

  Fixed() {
    names.reserve(sym::kFixedCount_);
#define X(id, text) names.emplace_back(text);
    NACRE_SYMBOL_LIST(X)
#undef X
    ids.reserve(2 * names.size());
    for (const std::string& n : names) ids.emplace(n, static_cast<Symbol>(ids.size()));
  }
};

const Fixed& fixed() {
  static const Fixed table;
  return table;
}

}  // namespace

Symbols::Symbols(const Symbols& other) {
  ids_.reserve(other.names_.size());
  for (const std::string& n : other.names_) {
    names_.push_back(n);
    ids_.emplace(names_.back(), static_cast<Symbol>(size() - 1));
  }
}

const std::string& Symbols::fixed_name(Symbol s) { return fixed().names[s]; }

Symbol Symbols::intern(std::string_view name) {
  if (Symbol known = find(name); known || name.empty()) return known;
  auto s = static_cast<Symbol>(size());
  names_.emplace_back(name);
  ids_.emplace(names_.back(), s);
  return s;
}

Symbol Symbols::find(std::string_view name) const {
  if (auto it = ids_.find(name); it != ids_.end()) return it->second;
  const auto& known = fixed().ids;
  auto it = known.find(name);
  return it == known.end() ? static_cast<Symbol>(sym::kNone) : it->second;
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
