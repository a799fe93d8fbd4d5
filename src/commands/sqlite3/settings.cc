// .mode, .show, .limit, .parameter: settings with a shape of their own.
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

/// "-x" or "--x".
bool is_option(const std::string& word, std::string_view name) {
  std::string_view z = word;
  if (!z.starts_with('-')) return false;
  z.remove_prefix(z.starts_with("--") ? 2 : 1);
  return z == name;
}

std::string mode_text(const Format& f) {
  std::string text = mode_name(f.mode);
  if (f.mode != Show::Column && f.mode != Show::Markdown && f.mode != Show::Table && f.mode != Show::Box) return text;
  return text + " --wrap " + std::to_string(f.wrap) + " --wordwrap " + (f.word_wrap ? "on" : "off") + " --" + (f.quote ? "" : "no") + "quote";
}

struct ModeName {
  const char* name;
  Show mode;
  const char *column, *row;
};
// Shortened names mean the first that fits. A null separator stays as it is.
constexpr ModeName kModes[] = {
    {"lines", Show::Line, nullptr, "\n"},
    {"columns", Show::Column, nullptr, "\n"},
    {"list", Show::List, "|", "\n"},
    {"html", Show::Html, nullptr, nullptr},
    {"tcl", Show::Tcl, " ", "\n"},
    {"csv", Show::Csv, ",", "\r\n"},
    {"tabs", Show::List, "\t", nullptr},
    {"insert", Show::Insert, nullptr, nullptr},
    {"quote", Show::Quote, ",", "\n"},
    {"ascii", Show::Ascii, "\x1f", "\x1e"},
    {"markdown", Show::Markdown, nullptr, nullptr},
    {"table", Show::Table, nullptr, nullptr},
    {"box", Show::Box, nullptr, nullptr},
    {"json", Show::Json, nullptr, nullptr},
};

}  // namespace

const char* mode_name(Show m) {
  static constexpr const char* kNames[] = {"line",    "column", "list",        "semi", "html", "insert",   "quote", "tcl", "csv",
                                           "explain", "ascii",  "prettyprint", "eqp",  "json", "markdown", "table", "box"};
  return kNames[static_cast<int>(m)];
}

int dot_mode(Shell& sh, const Words& w) {
  Format& f = sh.format;
  int wrap = 60;
  bool words = false, quote = false;
  std::string mode, table;
  for (size_t i = 1; i < w.size(); i++) {
    if (is_option(w[i], "wrap") && i + 1 < w.size()) {
      wrap = atoi(w[++i].c_str());
    } else if (is_option(w[i], "ww")) {
      words = true;
    } else if (is_option(w[i], "wordwrap") && i + 1 < w.size()) {
      words = boolean(sh, w[++i]);
    } else if (is_option(w[i], "quote") || is_option(w[i], "noquote")) {
      quote = is_option(w[i], "quote");
    } else if (mode.empty()) {
      mode = w[i];
      if (mode == "qbox") {
        mode = "box";
        wrap = 60;
        words = false;
        quote = true;
      }
    } else if (table.empty()) {
      table = w[i];
    } else if (w[i].starts_with('-')) {
      sh.error("unknown option: %s\noptions:\n  --noquote\n  --quote\n  --wordwrap on/off\n  --wrap N\n  --ww\n", w[i].c_str());
      return 1;
    } else {
      sh.error("extra argument: \"%s\"\n", w[i].c_str());
      return 1;
    }
  }
  if (mode.empty()) {
    sh.printf("current output mode: %s\n", mode_text(f).c_str());
    mode = mode_name(f.mode);   // and set again, as the original does
  }
  for (const ModeName& m : kModes) {
    if (!std::string_view(m.name).starts_with(mode)) continue;
    f.mode = m.mode;
    if (m.column) f.column_separator = m.column;
    if (m.row) f.row_separator = m.row;
    if (m.mode == Show::Column && !f.header_set) f.header = true;
    if (m.mode == Show::Column || m.mode == Show::Markdown || m.mode == Show::Table || m.mode == Show::Box) {
      f.wrap = wrap;
      f.word_wrap = words;
      f.quote = quote;
    }
    if (m.mode == Show::Insert) f.table = quote_name(table.empty() ? "table" : table.c_str());
    return 0;
  }
  sh.error("Error: mode should be one of: ascii box column csv html insert json line list markdown qbox quote table tabs tcl\n");
  return 1;
}

int dot_show(Shell& sh, const Words& w) {
  if (w.size() != 1) {
    sh.error("Usage: .show\n");
    return 1;
  }
  const Format& f = sh.format;
  static constexpr const char* kEqp[] = {"off", "on", "trigger", "full"};
  auto show = [&](const char* name, const std::string& value) { sh.printf("%12.12s: %s\n", name, value.c_str()); };
  auto on = [](bool b) { return b ? "on" : "off"; };
  show("echo", on(sh.echo));
  show("eqp", kEqp[sh.eqp]);
  show("explain", sh.auto_explain ? "auto" : on(f.mode == Show::Explain));
  show("headers", on(f.header));
  show("mode", mode_text(f));
  show("nullvalue", c_quote_text(f.null_value.c_str()));
  show("output", sh.output_name);
  show("colseparator", c_quote_text(f.column_separator.c_str()));
  show("rowseparator", c_quote_text(f.row_separator.c_str()));
  show("stats", on(sh.stats));
  std::string widths;
  for (int n : f.widths) widths += std::to_string(n) + " ";
  show("width", widths);
  show("filename", sh.file);
  return 0;
}

int dot_limit(Shell& sh, const Words& w) {
  struct Limit {
    const char* name;
    int code;
  };
  static constexpr Limit kLimits[] = {
      {"length", SQLITE_LIMIT_LENGTH},
      {"sql_length", SQLITE_LIMIT_SQL_LENGTH},
      {"column", SQLITE_LIMIT_COLUMN},
      {"expr_depth", SQLITE_LIMIT_EXPR_DEPTH},
      {"compound_select", SQLITE_LIMIT_COMPOUND_SELECT},
      {"vdbe_op", SQLITE_LIMIT_VDBE_OP},
      {"function_arg", SQLITE_LIMIT_FUNCTION_ARG},
      {"attached", SQLITE_LIMIT_ATTACHED},
      {"like_pattern_length", SQLITE_LIMIT_LIKE_PATTERN_LENGTH},
      {"variable_number", SQLITE_LIMIT_VARIABLE_NUMBER},
      {"trigger_depth", SQLITE_LIMIT_TRIGGER_DEPTH},
      {"worker_threads", SQLITE_LIMIT_WORKER_THREADS},
  };
  auto show = [&](const Limit& l) { sh.printf("%20s %d\n", l.name, sqlite3_limit(sh.db(), l.code, -1)); };
  if (w.size() == 1) {
    for (const Limit& l : kLimits) show(l);
    return 0;
  }
  if (w.size() > 3) {
    sh.error("Usage: .limit NAME ?NEW-VALUE?\n");
    return 1;
  }
  const Limit* found = nullptr;
  for (const Limit& l : kLimits) {
    if (sqlite3_strnicmp(l.name, w[1].c_str(), static_cast<int>(w[1].size())) != 0) continue;
    if (found) {
      sh.error("ambiguous limit: \"%s\"\n", w[1].c_str());
      return 1;
    }
    found = &l;
  }
  if (!found) {
    sh.error("unknown limit: \"%s\"\nenter \".limits\" with no arguments for a list.\n", w[1].c_str());
    return 1;
  }
  // Threads of the library would be none of the sandbox's.
  if (w.size() == 3 && found->code != SQLITE_LIMIT_WORKER_THREADS) sqlite3_limit(sh.db(), found->code, atoi(w[2].c_str()));
  show(*found);
  return 0;
}

int dot_parameter(Shell& sh, const Words& w) {
  sqlite3* db = sh.db();
  // The name begins with sqlite_, which only a writable schema lets through.
  auto make_table = [&] {
    int was = 0;
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, -1, &was);
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, 1, nullptr);
    sh.quiet("CREATE TABLE IF NOT EXISTS temp.sqlite_parameters(\n  key TEXT PRIMARY KEY,\n  value\n) WITHOUT ROWID;");
    sqlite3_db_config(db, SQLITE_DBCONFIG_WRITABLE_SCHEMA, was, nullptr);
  };
  if (w.size() == 2 && w[1] == "clear") {
    sh.quiet("DROP TABLE IF EXISTS temp.sqlite_parameters;");
  } else if (w.size() == 2 && w[1] == "list") {
    std::vector<std::string> width = sh.column("SELECT max(length(key)) FROM temp.sqlite_parameters;");
    int n = width.empty() ? 0 : std::min(atoi(width[0].c_str()), 40);
    Statement s = n ? sh.prepare("SELECT key, quote(value) FROM temp.sqlite_parameters;") : nullptr;
    while (s && sh.step(s.get()) == SQLITE_ROW) sh.printf("%-*s %s\n", n, sqlite3_column_text(s.get(), 0), sqlite3_column_text(s.get(), 1));
  } else if (w.size() == 2 && w[1] == "init") {
    make_table();
  } else if (w.size() == 4 && w[1] == "set") {
    make_table();
    auto sql = [&](const std::string& value) { return "REPLACE INTO temp.sqlite_parameters(key,value)VALUES(" + sql_quote(w[2]) + "," + value + ");"; };
    Statement s = sh.prepare(sql(w[3]));
    if (!s) s = sh.prepare(sql(sql_quote(w[3])));
    if (!s) {
      sh.printf("Error: %s\n", sqlite3_errmsg(db));
      return 1;
    }
    sh.step(s.get());
  } else if (w.size() == 3 && w[1] == "unset") {
    sh.quiet("DELETE FROM temp.sqlite_parameters WHERE key=" + sql_quote(w[2]));
  } else {
    print_help(sh, "parameter", true, true);
  }
  return 0;
}

}  // namespace nacre::sqlite
