// Subcommands about columns, and tables for people.
#include "algo/unicode.h"
#include "commands/xan/flags.h"

namespace nacre::xan {
namespace {

struct SelectOptions : Options {};
int copy_columns(Process& p, const Sub& self, const std::vector<std::string>& argv, bool drop) {
  static constexpr Flag<SelectOptions> kFlags[] = {NACRE_XAN_FLAGS(SelectOptions)};
  SelectOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (o.operands.empty()) return missing_operand(p);
  if (auto over = no_more_operands(p, o, 2)) return *over;
  auto t = Table::open(p, o, file_operand(o, 1));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  std::string selection = o.operands[0];
  if (drop) selection = selection.starts_with('!') ? selection.substr(1) : "!" + selection;
  auto chosen = select_columns(p, t->headers(), selection, o.no_headers);
  if (!chosen) return 1;
  csv::Writer w(sink.out());
  auto put = [&](const auto& row) {
    w.begin();
    for (size_t i : *chosen) w.field(row[i]);
    w.end();
  };
  if (!o.no_headers && t->width()) put(t->headers());
  csv::Record r;
  while (t->next(r)) put(r);
  return sink.finish(t->status());
}
int select(Process& p, const Sub& self, const std::vector<std::string>& argv) { return copy_columns(p, self, argv, false); }
int drop(Process& p, const Sub& self, const std::vector<std::string>& argv) { return copy_columns(p, self, argv, true); }

/// Everything, for what needs it at once. Memory counts as the run's.
std::vector<csv::Row> read_all(Process& p, Table& t, uint64_t most = UINT64_MAX) {
  std::vector<csv::Row> rows;
  csv::Record r;
  while (rows.size() < most && t.next(r)) rows.emplace_back(r.begin(), r.end());
  p.check_memory(0);
  return rows;
}

int transpose(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<SelectOptions> kFlags[] = {NACRE_XAN_FLAGS(SelectOptions)};
  SelectOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  std::vector<csv::Row> rows = read_all(p, *t);
  if (!o.no_headers) rows.insert(rows.begin(), t->headers());
  csv::Writer w(sink.out());
  for (size_t i = 0; i < t->width(); i++) {
    w.begin();
    for (const csv::Row& row : rows) w.field(row[i]);
    w.end();
  }
  return sink.finish(t->status());
}

// ---- flatten
struct FlattenOptions : Options {
  std::string limit, separator;
};
int flatten(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  static constexpr Flag<FlattenOptions> kFlags[] = {NACRE_XAN_FLAGS(FlattenOptions),
                                                    NACRE_XAN_SELECT(FlattenOptions),
                                                    {'l', "limit", &FlattenOptions::limit},
                                                    {0, "row-separator", &FlattenOptions::separator}};
  FlattenOptions o;
  if (auto over = read_flags(p, self, kFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  uint64_t most = UINT64_MAX;
  if (!o.limit.empty() && !row_count(p, o.limit, "--limit", most)) return 1;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  auto chosen = select_columns(p, t->headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  size_t widest = 0;
  for (size_t i : *chosen) widest = std::max(widest, text_width(t->headers()[i], true));
  csv::Record r;
  for (uint64_t n = 0; n < most && t->next(r); n++) {
    if (!o.separator.empty()) {
      if (n) sink.out().line(o.separator);
    } else {
      if (n) sink.out().put('\n');
      sink.out().line("Row n°" + std::to_string(n));
    }
    for (size_t i : *chosen) {
      const std::string& name = t->headers()[i];
      sink.out().write(name + std::string(widest - text_width(name, true) + 1, ' '));
      sink.out().line(r[i]);
    }
  }
  return sink.finish(t->status());
}

// ---- table, view

/// A field in one line.
std::string one_line(const std::string& s) {
  std::string out;
  for (char c : s) {
    if (c == '\n') out += "\\n";
    else if (c == '\r') out += "\\r";
    else if (c == '\t') out += "\\t";
    else out += c;
  }
  return out;
}

struct ViewOptions : Options {
  std::string limit;
  bool all = false;
};
constexpr Flag<ViewOptions> kViewFlags[] = {
    NACRE_XAN_FLAGS(ViewOptions), NACRE_XAN_SELECT(ViewOptions), {'l', "limit", &ViewOptions::limit}, {'A', "all", &ViewOptions::all}};

/// Cells with the headers first, and the width of each column.
struct Cells {
  std::vector<csv::Row> rows;
  std::vector<size_t> widths;
  bool more = false;      ///< there were rows beyond the limit

  void add(csv::Row row) {
    widths.resize(std::max(widths.size(), row.size()));
    for (size_t i = 0; i < row.size(); i++) {
      row[i] = one_line(row[i]);
      widths[i] = std::max(widths[i], text_width(row[i], true));
    }
    rows.push_back(std::move(row));
  }
};

std::optional<int> read_cells(Process& p, const ViewOptions& o, Table& t, bool numbered, uint64_t most, Cells& cells) {
  auto chosen = select_columns(p, t.headers(), o.have_select ? o.select : "*", o.no_headers);
  if (!chosen) return 1;
  auto add = [&](const std::string& number, const auto& row) {
    csv::Row out;
    if (numbered) out.push_back(number);
    for (size_t i : *chosen) out.emplace_back(row[i]);
    cells.add(std::move(out));
  };
  add("-", t.headers());
  csv::Record r;
  uint64_t n = 0;
  while (t.next(r)) {
    if (n == most) {
      cells.more = true;
      break;
    }
    add(std::to_string(n++), r);
  }
  p.check_memory(0);
  return std::nullopt;
}

std::string pad(const std::string& s, size_t width) { return s + std::string(width - text_width(s, true), ' '); }

int table(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  ViewOptions o;
  if (auto over = read_flags(p, self, kViewFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  uint64_t most = UINT64_MAX;
  if (!o.limit.empty() && !row_count(p, o.limit, "--limit", most)) return 1;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  Cells cells;
  if (auto over = read_cells(p, o, *t, false, most, cells)) return *over;
  for (size_t n = o.no_headers ? 1 : 0; n < cells.rows.size(); n++) {
    const csv::Row& row = cells.rows[n];
    for (size_t i = 0; i < row.size(); i++) sink.out().write(i + 1 < row.size() ? pad(row[i], cells.widths[i]) + "  " : row[i]);
    sink.out().put('\n');
  }
  return sink.finish(t->status());
}

int view(Process& p, const Sub& self, const std::vector<std::string>& argv) {
  ViewOptions o;
  o.limit = "100";
  if (auto over = read_flags(p, self, kViewFlags, o, argv)) return *over;
  if (auto over = no_more_operands(p, o, 1)) return *over;
  uint64_t most;
  if (!row_count(p, o.limit, "--limit", most)) return 1;
  if (o.all) most = UINT64_MAX;
  auto t = Table::open(p, o, file_operand(o, 0));
  Sink sink(p, o);
  if (!t || !sink.good()) return 1;
  Cells cells;
  if (auto over = read_cells(p, o, *t, true, most, cells)) return *over;
  auto plural = [](size_t n, const char* what) { return std::to_string(n) + " " + what + (n == 1 ? "" : "s"); };
  const size_t columns = cells.rows[0].size() - 1, shown = cells.rows.size() - 1;
  Output& out = sink.out();
  out.line("Displaying " + plural(columns, "col") + " from " + (cells.more ? "first " : "") + plural(shown, "row") + " of " +
           (file_operand(o, 0) == "-" ? "<stdin>" : file_operand(o, 0)));
  auto rule = [&](const char* left, const char* between, const char* right) {
    out.write(left);
    for (size_t i = 0; i < cells.widths.size(); i++) {
      if (i) out.write(between);
      for (size_t k = 0; k < cells.widths[i] + 2; k++) out.write("─");
    }
    out.line(right);
  };
  rule("┌", "┬", "┐");
  for (size_t n = 0; n < cells.rows.size(); n++) {
    for (size_t i = 0; i < cells.rows[n].size(); i++) out.write("│ " + pad(cells.rows[n][i], cells.widths[i]) + " ");
    out.line("│");
    if (n == 0) rule("├", "┼", "┤");
  }
  rule("└", "┴", "┘");
  return sink.finish(t->status());
}

}  // namespace

constexpr Sub kSelect{"select",
                      "Usage: xan select COLUMNS [FILE]\nKeep these columns, in this order.\n\nCOLUMNS: names, indices from 0 (negative: from the end), ranges "
                      "a:b, !... for all others, *\nfor all; names in \"quotes\" where they hold such characters; name[1] for the second of that name.\n",
                      select};
constexpr Sub kDrop{"drop", "Usage: xan drop COLUMNS [FILE]\nLeave these columns out.\n", drop};
constexpr Sub kTranspose{"transpose", "Usage: xan transpose [FILE]\nRows become columns.\n", transpose};
constexpr Sub kFlatten{"flatten", "Usage: xan flatten [-s COLUMNS] [-l N] [--row-separator TEXT] [FILE]\nPrint each field on a line of its own.\n", flatten};
constexpr Sub kTable{"table", "Usage: xan table [-s COLUMNS] [-l N] [FILE]\nPrint aligned columns.\n", table};
constexpr Sub kView{
    "view",
    "Usage: xan view [-s COLUMNS] [-l N] [-A] [FILE]\nPrint a table in a frame.\n\n  -l, --limit N   at most N rows (100)\n  -A, --all       all rows\n", view};

}  // namespace nacre::xan
