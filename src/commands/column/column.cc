/// column - columnate lists.
/// Source: column(1) of util-linux 2.38, checked against the tool.
/// Differs: usage text is in our own words.
#include <algorithm>

#include "algo/unicode.h"
#include "commands/args.h"
#include "commands/column/table.h"
#include "commands/command.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: column [OPTION]... [FILE]...\n"
    "Format the lines of FILEs (standard input) into columns.\n\n"
    "  -t, --table                     make a table of the words of lines\n"
    "  -s, --separator=CHARACTERS      what parts the words of a table\n"
    "  -o, --output-separator=TEXT     what stands between columns (two blanks)\n"
    "  -N, --table-columns=NAMES       names of columns, parted by commas\n"
    "  -l, --table-columns-limit=NUM   at most NUM columns; the last has the rest\n"
    "  -d, --table-noheadings          do not print the names\n"
    "  -e, --table-header-repeat       names on each page (of a terminal)\n"
    "  -H, --table-hide=COLUMNS        do not print these columns ('-': those without a name)\n"
    "  -R, --table-right=COLUMNS       right-align these columns\n"
    "  -T, --table-truncate=COLUMNS    cut these columns when the table is too wide\n"
    "  -W, --table-wrap=COLUMNS        go on with their text below, then\n"
    "  -E, --table-noextreme=COLUMNS   few long cells do not make these columns wide\n"
    "  -O, --table-order=COLUMNS       print these columns first\n"
    "  -L, --keep-empty-lines          empty lines count\n"
    "  -J, --json                      print the table as JSON\n"
    "  -n, --table-name=NAME           name of the table in JSON\n"
    "  -r, --tree=COLUMN               draw a tree in COLUMN\n"
    "  -i, --tree-id=COLUMN            what identifies a line\n"
    "  -p, --tree-parent=COLUMN        what names the line above\n"
    "  -c, --output-width=NUM          width of the output\n"
    "  -x, --fillrows                  fill rows before columns\n"
    "  -h, --help                      display this help and exit\n"
    "  -V, --version                   output version information and exit\n\n"
    "COLUMNS are names or numbers from 1, parted by commas.\n";

struct Options {
  bool table = false, table_given = false, rows_first = false, json = false, no_heading = false, repeat = false, keep_empty = false;
  std::optional<std::string> separators, output_separator, names, hide, right, order, truncate, wrap, no_extremes, name, tree, tree_id, tree_parent;
  size_t limit = 0;
  std::optional<size_t> width;
};

std::optional<int> set_number(Process& p, std::string_view v, const char* what, size_t& to) {
  auto n = parse_int(v);
  if (!n || *n < 0 || *n > UINT32_MAX) {
    p.warn("%s: '%s'", what, std::string(v).c_str());
    return 1;
  }
  to = static_cast<size_t>(*n);
  return std::nullopt;
}

constexpr Flag<Options> kFlags[] = {
    {'t', "table", +[](Options& o) { o.table = o.table_given = true; }},
    {'s', "separator", &Options::separators},
    {'o', "output-separator", &Options::output_separator},
    {'N', "table-columns", &Options::names},
    {'l', "table-columns-limit",
     +[](Process& p, Options& o, std::string_view v) {
       auto bad = set_number(p, v, "invalid columns limit argument", o.limit);
       if (bad || o.limit > 0) return bad;
       p.warn("columns limit must be greater than zero");
       return std::optional<int>(1);
     }},
    {'H', "table-hide", &Options::hide},
    {'n', "table-name", &Options::name},
    {'d', "table-noheadings", &Options::no_heading},
    {'O', "table-order", &Options::order},
    {'R', "table-right", &Options::right},
    {'T', "table-truncate", &Options::truncate},
    {'W', "table-wrap", &Options::wrap},
    {'E', "table-noextreme", &Options::no_extremes},
    {'L', "keep-empty-lines", &Options::keep_empty},
    {'J', "json", +[](Options& o) { o.json = o.table = true; }},
    {'e', "table-header-repeat", &Options::repeat},
    {'r', "tree",
     +[](Options& o, std::string_view v) {
       o.tree = std::string(v);
       o.table = true;
     }},
    {'i', "tree-id",
     +[](Options& o, std::string_view v) {
       o.tree_id = std::string(v);
       o.table = true;
     }},
    {'p', "tree-parent",
     +[](Options& o, std::string_view v) {
       o.tree_parent = std::string(v);
       o.table = true;
     }},
    {'c', "output-width",
     +[](Process& p, Options& o, std::string_view v) {
       o.width = 0;
       return set_number(p, v, "invalid columns argument", *o.width);
     }},
    {'x', "fillrows", &Options::rows_first},
};

std::vector<std::string> split(std::string_view text, char by) {
  std::vector<std::string> out;
  for (size_t at = 0; at <= text.size();) {
    size_t end = std::min(text.find(by, at), text.size());
    out.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return out;
}

class Columnate {
 public:
  Columnate(Process& p, const Options& o) : p_(p), o_(o), out_(p), table_(p, out_) {
    if (o.names)
      for (const auto& name : split(*o.names, ','))
        if (!name.empty()) table_.columns.push_back({name});
  }
  ~Columnate() { p_.release_memory(charged_); }

  // A line of input. False after a message.
  bool add(std::string_view line) {
    line = line.substr(0, line.find('\0'));
    size_t start = 0;
    while (start < line.size() && ascii_space(line[start])) start++;
    bool empty = start == line.size();
    if (empty && !o_.keep_empty) return true;
    charge(line.size() + 64);
    if (!o_.table) {
      entries_.push_back(table_.shown(line));
      return true;
    }
    TableRow row;
    if (!empty) o_.separators ? cut_exact(line, row) : cut_words(line, row);
    charge(row.cells.size() * sizeof(std::string));
    if (o_.json && row.cells.size() > table_.columns.size()) {
      p_.warn("line %zu: for JSON the name of the column %zu is required", table_.rows.size() + 2, table_.columns.size() + 1);
      return false;
    }
    while (table_.columns.size() < row.cells.size()) table_.columns.push_back({});
    table_.rows.push_back(std::move(row));
    return true;
  }

  int finish(int status) {
    if (!o_.table) {
      fill();
      return out_.finish(status);
    }
    if (!settle()) return 1;
    if (o_.output_separator) table_.separator = *o_.output_separator;
    table_.output_width = output_width();
    table_.heading = o_.names && !o_.no_heading;
    if (o_.json) table_.print_json(o_.name.value_or("table"));
    else if (!table_.rows.empty()) table_.print();
    return out_.finish(status);
  }

 private:
  void charge(uint64_t n) {
    p_.charge_memory(n);
    charged_ += n;
  }
  bool last_column(const TableRow& row) const { return o_.limit && row.cells.size() + 1 == o_.limit; }

  // Blanks and tabs in any number.
  void cut_words(std::string_view line, TableRow& row) {
    for (size_t at = 0;;) {
      if (at == 0 && last_column(row)) {
        row.cells.emplace_back(line);
        return;
      }
      at = std::min(line.find_first_not_of(" \t", at), line.size());
      if (at == line.size()) return;
      size_t end = last_column(row) ? line.size() : std::min(line.find_first_of(" \t", at), line.size());
      row.cells.emplace_back(line.substr(at, end - at));
      at = end;
    }
  }
  // Each separator ends a cell.
  void cut_exact(std::string_view line, TableRow& row) {
    for (size_t at = 0; at <= line.size();) {
      size_t end = last_column(row) ? line.size() : std::min(line.find_first_of(*o_.separators, at), line.size());
      row.cells.emplace_back(line.substr(at, end - at));
      at = end + 1;
    }
  }

  // A column by name or number; SIZE_MAX if there is none of that number, nullopt after a message.
  std::optional<size_t> find(const std::string& text) {
    for (size_t c = 0; c < table_.columns.size(); c++)
      if (table_.columns[c].name == text && !text.empty()) return c;
    if (auto n = parse_int(text)) return *n >= 1 && static_cast<size_t>(*n) <= table_.columns.size() ? static_cast<size_t>(*n - 1) : SIZE_MAX;
    p_.warn("undefined column name '%s'", text.c_str());
    return std::nullopt;
  }
  bool each(const std::optional<std::string>& list, const std::function<void(size_t)>& use) {
    if (!list || list->empty()) return true;
    if (*list == "0") {
      for (size_t c = 0; c < table_.columns.size(); c++) use(c);
      return true;
    }
    for (const auto& text : split(*list, ',')) {
      auto c = find(text);
      if (!c) return false;
      if (*c != SIZE_MAX) use(*c);
    }
    return true;
  }

  bool settle() {
    auto& columns = table_.columns;
    std::vector<size_t> first;
    // Among those to hide, - is all without a name.
    std::string hide;
    bool unnamed = false;
    for (const auto& one : split(o_.hide.value_or(""), ',')) {
      if (one == "-") unnamed = true;
      else hide += (hide.empty() ? "" : ",") + one;
    }
    for (auto& c : columns) c.hidden = unnamed && !c.name;
    bool fine = each(hide, [&](size_t c) { columns[c].hidden = true; }) && each(o_.right, [&](size_t c) { columns[c].right = true; }) &&
                each(o_.truncate, [&](size_t c) { columns[c].truncate = true; }) && each(o_.no_extremes, [&](size_t c) { columns[c].no_extremes = true; }) &&
                each(o_.wrap, [&](size_t c) { columns[c].wrap = true; }) && each(o_.order, [&](size_t c) {
                  if (std::find(first.begin(), first.end(), c) == first.end()) first.push_back(c);
                });
    if (!fine) return false;
    for (size_t c = 0; c < columns.size(); c++)
      if (std::find(first.begin(), first.end(), c) == first.end()) first.push_back(c);
    for (size_t c : first)
      if (!columns[c].hidden) table_.order.push_back(c);
    // Without -E it is the last one, wherever it is moved to.
    for (size_t c = columns.size(); !o_.no_extremes && c-- > 0;) {
      if (columns[c].hidden) continue;
      columns[c].no_extremes = true;
      break;
    }
    if (!o_.tree) return true;
    auto shown = find(*o_.tree), id = find(*o_.tree_id), parent = find(*o_.tree_parent);
    if (!shown || !id || !parent) return false;
    if (*shown == SIZE_MAX || *id == SIZE_MAX || *parent == SIZE_MAX) return true;
    columns[*shown].tree = true;
    table_.make_tree(*id, *parent);
    return true;
  }

  size_t output_width() {
    if (o_.width) return *o_.width;
    if (const char* columns = p_.getenv("COLUMNS"))
      if (auto n = parse_int(columns); n && *n > 0) return static_cast<size_t>(*n);
    return 80;
  }

  // A list, in as many columns as fit, at tab stops.
  void fill() {
    size_t widest = 0;
    std::vector<size_t> widths;
    for (const auto& e : entries_) {
      widths.push_back(text_width(e, p_.utf8()));
      widest = std::max(widest, widths.back());
    }
    const size_t width = output_width();
    size_t stride = (widest + 8) & ~size_t{7}, across = stride < width ? std::max<size_t>(1, width / stride) : 1, n = entries_.size();
    if (widest >= width) across = 1;
    size_t down = (n + across - 1) / std::max<size_t>(across, 1);
    for (size_t row = 0; row < down; row++) {
      size_t at = 0, stop = stride;
      for (size_t c = 0; c < across; c++) {
        size_t k = o_.rows_first ? row * across + c : c * down + row, next = o_.rows_first ? k + 1 : k + down;
        if (k >= n) break;
        out_.write(entries_[k]);
        at += widths[k];
        if (next >= n || c + 1 == across) break;
        for (size_t tab = (at + 8) & ~size_t{7}; tab <= stop; tab = (at + 8) & ~size_t{7}) {
          out_.put('\t');
          at = tab;
        }
        stop += stride;
      }
      out_.put('\n');
      p_.tick(static_cast<uint32_t>(across));
    }
  }

  Process& p_;
  const Options& o_;
  Output out_;
  ColumnTable table_;
  std::vector<std::string> entries_;
  uint64_t charged_ = 0;
};

int column_main(Process& p) {
  Options o;
  std::vector<std::string> files, argv = p.argv();
  for (auto& a : argv)
    if (a == "-h" || a == "-V") a = a == "-h" ? "--help" : "--version";
  if (auto status = parse_argv(p, kUsage, kFlags, o, argv, files)) return *status;
  auto fail = [&](const char* text) {
    p.warn("%s", text);
    return 1;
  };
  if (o.rows_first && o.table_given) return fail("mutually exclusive arguments: --table --fillrows");
  if (o.rows_first && o.json) return fail("mutually exclusive arguments: --json --fillrows");
  if (o.tree && (!o.tree_id || !o.tree_parent)) return fail("options --tree-id and --tree-parent are required for tree formatting");
  if (!o.table && (o.names || o.hide || o.right || o.order || o.truncate || o.wrap || o.no_extremes || o.name))
    return fail("option --table required for all --table-*");
  if (o.json && !o.names) return fail("option --table-columns required for --json");
  Columnate columnate(p, o);
  bool wrong = false;
  int status = 0;
  auto read = [&](Input& in) {
    std::string_view line;
    while (!wrong && in.next_line(line)) wrong = !columnate.add(line);
    if (in.error() == Errno::OK) return;
    p.warn("read failed: %s", std::string(message(in.error())).c_str());
    wrong = true;
  };
  if (files.empty()) {
    Input in(p, 0, "-", false);
    read(in);
  }
  for (const auto& file : files) {
    auto fd = p.open(file, kOpenRead);
    if (!fd) {
      p.warn(fd.error(), "%s", file.c_str());
      status = o.table ? 0 : 1;   // a table that was made is enough
      continue;
    }
    Input in(p, *fd, file);
    read(in);
    if (wrong) break;
  }
  return wrong ? 1 : columnate.finish(status);
}

}  // namespace

Command column_command() { return {{"column"}, kUsage, column_main, MessageName::Short}; }

}  // namespace nacre
