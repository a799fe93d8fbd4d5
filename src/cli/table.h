/// Rows of words in columns.
#pragma once
#include <string>
#include <vector>

namespace nacre::cli {

using Table = std::vector<std::vector<std::string>>;
/// On stdout, each column as wide as its widest word. Returns the exit status.
int print_table(const Table& rows);

}  // namespace nacre::cli
