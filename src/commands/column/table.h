/// ColumnTable: cells in rows, printed with aligned columns, as a tree or as JSON.
/// Source: column(1) of util-linux 2.38.
#pragma once
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "commands/text_io.h"

namespace nacre {

struct TableColumn {
  std::optional<std::string> name;
  bool right = false, hidden = false, tree = false;
};

struct TableRow {
  std::vector<std::string> cells;      ///< by number of column; may be fewer
  std::vector<size_t> children;
  bool has_parent = false;
};

class ColumnTable {
 public:
  ColumnTable(Process& p, Output& out) : p_(p), out_(out), utf8_(p.utf8()) {}
  std::vector<TableColumn> columns;
  std::vector<size_t> order;           ///< columns as they are printed
  std::vector<TableRow> rows;
  std::string separator = "  ";
  bool heading = false;

  /// Rows become children of the row whose `id` cell their `parent` cell names.
  void make_tree(size_t id, size_t parent);
  void print();
  void print_json(const std::string& name);

 private:
  std::string_view cell(const TableRow& row, size_t column) const { return column < row.cells.size() ? std::string_view(row.cells[column]) : ""; }
  std::string shown(std::string_view text) const;
  void each(const std::function<void(size_t, const std::string&)>& use) const;
  void each_below(size_t row, const std::string& prefix, bool last, const std::function<void(size_t, const std::string&)>& use) const;
  void line(const std::function<std::string(size_t)>& text, const std::vector<size_t>& widths);
  void json_row(size_t row, const std::string& indent, bool last);
  void json_text(std::string_view text, bool lower_case);

  Process& p_;
  Output& out_;
  bool utf8_;
};

}  // namespace nacre
