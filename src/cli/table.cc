#include "cli/table.h"

#include <algorithm>

#include "cli/host_io.h"

namespace nacre::cli {

int print_table(const Table& rows) {
  std::vector<size_t> width;
  for (const auto& row : rows)
    for (size_t i = 0; i < row.size(); i++) {
      if (width.size() <= i) width.push_back(0);
      width[i] = std::max(width[i], row[i].size());
    }
  std::string out;
  for (const auto& row : rows) {
    for (size_t i = 0; i < row.size(); i++) {
      out += row[i];
      if (i + 1 < row.size()) out.append(width[i] - row[i].size() + 2, ' ');
    }
    out += '\n';
  }
  return write_all(1, out) ? 0 : 1;
}

}  // namespace nacre::cli
