/// toml_reader: a TOML document as a tree in the order of its text, by toml++, which limits how
/// deep values nest.
/// Source: TOML 1.0.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

struct TomlValue {
  enum class Type : uint8_t { Table, Array, String, Integer, Float, Boolean, Time } type = Type::Table;
  bool inline_table = false;
  std::string text;                  ///< of all that are not tables or arrays; numbers as written
  std::vector<std::string> names;    ///< of a table's items
  std::vector<TomlValue> items;      ///< of arrays and tables
};

/// False and *error: "line 3: ...".
bool read_toml(std::string_view text, TomlValue& out, std::string* error);

}  // namespace nacre
