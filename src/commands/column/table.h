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
  bool truncate = false, wrap = false;   ///< when the table is too wide
  bool no_extremes = false;              ///< few long cells do not make it wide
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
  size_t output_width = 80;

  /// Rows become children of the row whose `id` cell their `parent` cell names.
  void make_tree(size_t id, size_t parent);
  /// Text as it is printed: bytes that are no characters in hexadecimal.
  std::string shown(std::string_view text) const;
  void print();
  void print_json(const std::string& name);

 private:
  std::string_view cell(const TableRow& row, size_t column) const { return column < row.cells.size() ? std::string_view(row.cells[column]) : ""; }
  void each(const std::function<void(size_t, const std::string&)>& use) const;
  void each_below(size_t row, const std::string& prefix, bool last, const std::function<void(size_t, const std::string&)>& use) const;
  /// The width of a column, and what is known of it. Source: libsmartcols 2.38, calculate.c as observed.
  struct Fit {
    size_t width = 0, least = 0, widest = 0, average = 0, art = 0;
    bool extreme = false;
  };
  std::string text(size_t row, size_t column, const std::string& prefix) const;
  void measure(size_t column, Fit& fit) const;
  std::vector<Fit> fit() const;
  void narrow(std::vector<Fit>& fits, size_t& width) const;
  void line(const std::function<std::string(size_t)>& text, const std::vector<Fit>& fits);
  void empty_cell(size_t place, const std::vector<Fit>& fits);
  std::string_view cut(std::string_view text, size_t width) const;
  void json_row(size_t row, const std::string& indent, bool last);
  void json_text(std::string_view text, bool lower_case);

  Process& p_;
  Output& out_;
  bool utf8_;
};

}  // namespace nacre
