// Rows one at a time: every mode but the columnar ones.
#include <cstring>

#include "base/text_encoding.h"
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

constexpr int kExplainWidths[] = {4, 13, 4, 4, 4, 13, 2, 13};
constexpr int kExplainColumns = 8;

/// What is needed of one row.
struct Row {
  int n;
  const char* const* values;
  const char* const* names;
  const int* types;       ///< before the values were asked for as text
  sqlite3_stmt* statement;

  int type(int i) const { return types[i]; }
  bool null(int i) const { return !values[i] || type(i) == SQLITE_NULL; }
};

void separated(Shell& sh, const Row& r, const auto& text) {
  for (int i = 0; i < r.n; i++) {
    sh.print(text(i));
    sh.print(i < r.n - 1 ? sh.format.column_separator : sh.format.row_separator);
  }
}

void show_line(Shell& sh, const Row& r, bool first) {
  size_t w = 5;
  for (int i = 0; i < r.n; i++) w = std::max(w, strlen(r.names[i]));
  if (!first) sh.print(sh.format.row_separator);
  for (int i = 0; i < r.n; i++) {
    size_t n = strlen(r.names[i]);   // bytes, as the original counts here
    sh.print(std::string(n < w ? w - n : 0, ' '));
    sh.print(r.names[i]);
    sh.print(" = ");
    sh.print(r.values[i] ? r.values[i] : sh.format.null_value.c_str());
    sh.print(sh.format.row_separator);
  }
}

void html(Shell& sh, const Row& r, bool first) {
  auto cells = [&](const char* open, const char* close, const auto& text) {
    sh.print("<TR>");
    for (int i = 0; i < r.n; i++) {
      sh.print(open);
      sh.print(html_escape(text(i)));
      sh.print(close);
    }
    sh.print("</TR>\n");
  };
  if (first && sh.format.header) cells("<TH>", "</TH>\n", [&](int i) { return r.names[i]; });
  cells("<TD>", "</TD>\n", [&](int i) { return r.values[i] ? r.values[i] : sh.format.null_value.c_str(); });
}

/// A value as SQL.
std::string literal(const Row& r, int i, bool insert, bool newlines) {
  if (r.null(i)) return "NULL";
  switch (r.type(i)) {
    case SQLITE_TEXT: return insert && !newlines ? sql_quote_escaped(r.values[i]) : sql_quote(r.values[i]);
    case SQLITE_INTEGER: return r.values[i];
    case SQLITE_FLOAT:
      return insert ? real_text(sqlite3_column_double(r.statement, i), true) : take(sqlite3_mprintf("%!.20g", sqlite3_column_double(r.statement, i)));
    case SQLITE_BLOB: {
      const void* data = sqlite3_column_blob(r.statement, i);
      return hex_blob(data, sqlite3_column_bytes(r.statement, i));
    }
    default: return r.values[i];
  }
}

void insert(Shell& sh, const Row& r) {
  sh.print("INSERT INTO ");
  sh.print(sh.format.table);
  if (sh.format.header) {
    sh.print("(");
    for (int i = 0; i < r.n; i++) {
      if (i) sh.print(",");
      sh.print(quote_name(r.names[i]));
    }
    sh.print(")");
  }
  for (int i = 0; i < r.n; i++) {
    sh.print(i ? "," : " VALUES(");
    sh.print(literal(r, i, true, sh.format.newlines));
  }
  sh.print(");\n");
}

void json(Shell& sh, const Row& r, bool first) {
  sh.print(first ? "[{" : ",\n{");
  for (int i = 0; i < r.n; i++) {
    if (i) sh.print(",");
    sh.print(json_string(r.names[i]));
    sh.print(":");
    if (r.null(i)) {
      sh.print("null");
    } else if (r.type(i) == SQLITE_FLOAT) {
      sh.print(real_text(sqlite3_column_double(r.statement, i), false));
    } else if (r.type(i) == SQLITE_BLOB) {
      auto* data = static_cast<const char*>(sqlite3_column_blob(r.statement, i));
      sh.print(json_string({data ? data : "", static_cast<size_t>(sqlite3_column_bytes(r.statement, i))}));
    } else if (r.type(i) == SQLITE_TEXT) {
      sh.print(json_string(r.values[i]));
    } else {
      sh.print(r.values[i]);
    }
  }
  sh.print("}");
}

}  // namespace

void Shell::show_row(int n, const char* const* values, const char* const* names, const int* types, sqlite3_stmt* s) {
  Row r{n, values, names, types, s};
  const bool first = rows_++ == 0;
  const bool header = first && format.header;
  auto value = [&](int i) { return values[i] ? values[i] : format.null_value.c_str(); };
  auto name = [&](int i) { return names[i]; };
  switch (shown_) {
    case Show::Line: return show_line(*this, r, first);
    case Show::Html: return html(*this, r, first);
    case Show::Insert: return insert(*this, r);
    case Show::Json: return json(*this, r, first);
    case Show::Semi:
      if (values[0]) print(schema_line(values[0], ";\n"));
      return;
    case Show::Pretty:
      if (values[0]) print(pretty_schema(values[0]));
      return;
    case Show::Eqp: return add_plan_row(atoi(values[0]), atoi(values[1]), values[3] ? values[3] : "");
    case Show::Tcl:
      if (header) separated(*this, r, [&](int i) { return c_quote_text(names[i]); });
      return separated(*this, r, [&](int i) { return c_quote_text(values[i] ? values[i] : format.null_value.c_str()); });
    case Show::Csv:
      if (header) separated(*this, r, [&](int i) { return csv_field(*this, names[i]); });
      return separated(*this, r, [&](int i) { return csv_field(*this, values[i]); });
    case Show::Quote:
      if (header) separated(*this, r, [&](int i) { return sql_quote(names[i]); });
      return separated(*this, r, [&](int i) { return literal(r, i, false, false); });
    case Show::Explain: {
      const int columns = std::min(n, kExplainColumns);
      auto end = [&](int i) { return i == columns - 1 ? "\n" : "  "; };
      if (first) {
        for (int i = 0; i < columns; i++) print(padded(names[i], kExplainWidths[i]) + end(i));
        for (int i = 0; i < columns; i++) print(std::string(static_cast<size_t>(kExplainWidths[i]), '-') + end(i));
      }
      for (int i = 0; i < columns; i++) {
        int w = i == columns - 1 ? 0 : kExplainWidths[i];
        if (values[i]) w = std::max(w, static_cast<int>(characters(values[i])));
        if (i == 1 && next_indent_ < indents_.size()) print(std::string(static_cast<size_t>(indents_[next_indent_++]), ' '));
        print(padded(values[i] ? values[i] : format.null_value.c_str(), w) + end(i));
      }
      return;
    }
    default:   // list, ascii
      if (header) separated(*this, r, name);
      return separated(*this, r, value);
  }
}

}  // namespace nacre::sqlite
