/// words: names and sizes as zip shows them.
/// Source: Info-ZIP Zip 3.0 manual page, -k, -db, -du.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

namespace nacre {

/// A name as MS-DOS has it: each part in capitals, eight characters and three more behind a dot.
inline std::string zip_dos_name(std::string_view name) {
  std::string out;
  size_t length = 0, room = 8;
  for (char c : name) {
    if (c == '/') {
      out += c;
      length = 0;
      room = 8;
    } else if (c == '.' && room == 8) {
      out += c;
      length = 0;
      room = 3;
    } else if (c != ' ' && c != '.' && length < room) {
      out += static_cast<char>(c >= 'a' && c <= 'z' ? c - 32 : c);
      length++;
    }
  }
  return out;
}

/// A size in at most three characters and a unit.
inline std::string zip_short_size(uint64_t n) {
  static constexpr char kUnits[] = "\0KMGT";
  size_t unit = 0;
  double v = static_cast<double>(n);
  for (; v >= 1024 && unit < 4; unit++) v /= 1024;
  if (unit == 0) return std::to_string(n);
  const std::string whole = std::to_string(static_cast<uint64_t>(v));
  return (v < 10 ? whole + "." + std::to_string(static_cast<uint64_t>(v * 10) % 10) : whole) + kUnits[unit];
}
}  // namespace nacre
