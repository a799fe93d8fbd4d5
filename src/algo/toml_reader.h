/// toml_reader: a TOML document as a tree in the order of its text, by toml++, which limits how
/// deep values nest.
/// Source: TOML 1.0.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace nacre {

struct TomlValue {
  enum class Type : uint8_t { Table, Array, String, Integer, Float, Boolean, Time } type = Type::Table;
  bool inline_table = false;
  std::string text;                  ///< of all that are not tables or arrays; numbers as written
  std::vector<std::string> names;    ///< of a table's items
  std::vector<uint32_t> name_lines;  ///< where these stand, from 1
  std::vector<TomlValue> items;      ///< of arrays and tables
  uint32_t line = 0;                 ///< where it begins, from 1; of a table that only headers made, 0
};

struct TomlError {
  uint32_t line = 0, column = 0;     ///< from 1, in characters
  std::string message;               ///< one line
};

bool read_toml(std::string_view text, TomlValue& out, TomlError* error);

/// False and *error: "line 3: ...".
bool read_toml(std::string_view text, TomlValue& out, std::string* error);

}  // namespace nacre
