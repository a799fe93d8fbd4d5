// .schema, .fullschema, .tables, .indexes, .databases: what is in a database.
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

const char* text(sqlite3_stmt* s, int column) {
  auto* t = reinterpret_cast<const char*>(sqlite3_column_text(s, column));
  return t ? t : "";
}

/// Shows the first column of a query as schema text.
int show_schema(Shell& sh, const std::string& sql, bool pretty) {
  Statement s = sh.prepare(sql);
  if (!s) {
    sh.error("Error: %s\n", sqlite3_errmsg(sh.db()));
    return 1;
  }
  int rc;
  while ((rc = sh.step(s.get())) == SQLITE_ROW)
    if (sqlite3_column_text(s.get(), 0)) sh.print(pretty ? pretty_schema(text(s.get(), 0)) : schema_line(text(s.get(), 0), ";\n"));
  if (rc == SQLITE_DONE) return 0;
  sh.error("Error: %s\n", sqlite3_errmsg(sh.db()));
  return 1;
}

/// Names of the databases of the connection; empty after an error was told.
std::vector<std::string> databases(Shell& sh) {
  Statement s = sh.prepare("SELECT name FROM pragma_database_list");
  std::vector<std::string> out;
  while (s && sh.step(s.get()) == SQLITE_ROW) out.emplace_back(text(s.get(), 0));
  if (!s) sh.error("Error: %s\n", sqlite3_errmsg(sh.db()));
  return out;
}

bool option(const std::string& word, std::string_view name) { return word == "-" + std::string(name) || word == "--" + std::string(name); }

}  // namespace

int dot_schema(Shell& sh, const Words& w) {
  bool pretty = false, debug = false, no_system = false;
  std::string name;
  sh.db();
  for (size_t i = 1; i < w.size(); i++) {
    if (option(w[i], "indent")) {
      pretty = true;
    } else if (option(w[i], "debug")) {
      debug = true;
    } else if (option(w[i], "nosys")) {
      no_system = true;
    } else if (w[i].starts_with('-')) {
      sh.error("Unknown option: \"%s\"\n", w[i].c_str());
      return 1;
    } else if (name.empty()) {
      name = w[i];
    } else {
      sh.error("Usage: .schema ?--indent? ?--nosys? ?LIKE-PATTERN?\n");
      return 1;
    }
  }
  for (const char* own : {"sqlite_master", "sqlite_schema", "sqlite_temp_master", "sqlite_temp_schema"}) {
    if (name.empty() || sqlite3_strlike(name.c_str(), own, '\\') != 0) continue;
    std::string sql = "CREATE TABLE " + name + " (\n  type text,\n  name text,\n  tbl_name text,\n  rootpage integer,\n  sql text\n)";
    sh.print(pretty ? pretty_schema(sql.c_str()) : schema_line(sql, ";\n"));
    break;
  }
  std::string sql, joint = "(";
  int number = 0;
  const std::vector<std::string> all = databases(sh);
  if (all.empty()) return 1;
  for (const std::string& db : all) {
    sql += joint + "SELECT shell_add_schema(sql," + (sqlite3_stricmp(db.c_str(), "main") ? sql_quote(db) : "NULL") +
           ",name) AS sql, type, tbl_name, name, rowid," + std::to_string(++number) + " AS snum, " + sql_quote(db) + " AS sname FROM " +
           quote_name(db.c_str()) + ".sqlite_schema";
    joint = " UNION ALL ";
  }
  sql = "SELECT sql FROM" + sql;
  if (!name.empty()) sql += " UNION ALL SELECT shell_module_schema(name), 'table', name, name, name, 9e+99, 'main' FROM pragma_module_list";
  sql += ") WHERE ";
  if (!name.empty()) {
    bool glob = name.find_first_of("*?[") != name.npos;
    sql += name.find('.') != name.npos ? "lower(printf('%s.%s',sname,tbl_name))" : "lower(tbl_name)";
    sql += (glob ? " GLOB " : " LIKE ") + sql_quote(name) + (glob ? "" : " ESCAPE '\\' ") + " AND ";
  }
  if (no_system) sql += "name NOT LIKE 'sqlite_%' AND ";
  sql += "sql IS NOT NULL ORDER BY snum, rowid";
  if (debug) {
    sh.printf("SQL: %s;\n", sql.c_str());
    return 0;
  }
  return show_schema(sh, sql, pretty);
}

int dot_fullschema(Shell& sh, const Words& w) {
  bool pretty = w.size() == 2 && option(w[1], "indent");
  if (w.size() > 1 && !pretty) {
    sh.error("Usage: .fullschema ?--indent?\n");
    return 1;
  }
  int rc = show_schema(sh,
                       "SELECT sql FROM  (SELECT sql sql, type type, tbl_name tbl_name, name name, rowid x     FROM sqlite_schema UNION ALL   SELECT sql, "
                       "type, tbl_name, name, rowid FROM sqlite_temp_schema) "
                       "WHERE type!='meta' AND sql NOTNULL AND name NOT LIKE 'sqlite_%' ORDER BY x",
                       pretty);
  Statement found = sh.prepare("SELECT rowid FROM sqlite_schema WHERE name GLOB 'sqlite_stat[134]'");
  if (!found || sh.step(found.get()) != SQLITE_ROW) {
    sh.print("/* No STAT tables available */\n");
    return rc;
  }
  found.reset();
  sh.print("ANALYZE sqlite_schema;\n");
  Format saved = sh.format;
  sh.format.mode = Show::Insert;
  sh.format.header = false;
  for (const char* table : {"sqlite_stat1", "sqlite_stat4"}) {
    sh.format.table = table;
    sh.exec(("SELECT * FROM " + std::string(table)).c_str(), nullptr);
  }
  sh.format = saved;
  sh.print("ANALYZE sqlite_schema;\n");
  return rc;
}

int dot_tables(Shell& sh, const Words& w) {
  const bool indexes = w[0][0] == 'i';
  sqlite3* db = sh.db();
  if (indexes && w.size() > 2) {
    sh.error("Usage: .indexes ?LIKE-PATTERN?\n");
    return 1;
  }
  std::string sql;
  const std::vector<std::string> all = databases(sh);
  if (all.empty()) return 1;
  for (const std::string& name : all) {
    if (!sql.empty()) sql += " UNION ALL ";
    sql += sqlite3_stricmp(name.c_str(), "main") == 0 ? "SELECT name FROM " : "SELECT " + sql_quote(name) + "||'.'||name FROM ";
    sql += take(sqlite3_mprintf("\"%w\".sqlite_schema ", name.c_str()));
    sql += indexes ? " WHERE type='index'   AND tbl_name LIKE ?1" : " WHERE type IN ('table','view')   AND name NOT LIKE 'sqlite_%'   AND name LIKE ?1";
  }
  Statement s = sh.prepare(sql + " ORDER BY 1");
  if (!s) {
    sh.error("Error: %s\n", sqlite3_errmsg(db));
    return 1;
  }
  sqlite3_bind_text(s.get(), 1, w.size() > 1 ? w[1].c_str() : "%", -1, SQLITE_TRANSIENT);
  std::vector<std::string> names;
  size_t widest = 0;
  while (sh.step(s.get()) == SQLITE_ROW) {
    names.emplace_back(text(s.get(), 0));
    widest = std::max(widest, names.back().size());
  }
  size_t columns = std::max<size_t>(1, 80 / (widest + 2)), rows = (names.size() + columns - 1) / columns;
  for (size_t i = 0; i < rows; i++) {
    for (size_t j = i; j < names.size(); j += rows) {
      if (j >= rows) sh.print("  ");
      sh.print(names[j] + std::string(widest - names[j].size(), ' '));
    }
    sh.print("\n");
  }
  return 0;
}

int dot_databases(Shell& sh, const Words&) {
  sqlite3* db = sh.db();
  Statement s = sh.prepare("PRAGMA database_list");
  if (!s) {
    sh.error("Error: %s\n", sqlite3_errmsg(db));
    return 1;
  }
  std::vector<std::pair<std::string, std::string>> all;
  while (sh.step(s.get()) == SQLITE_ROW) all.emplace_back(text(s.get(), 1), text(s.get(), 2));
  for (const auto& [name, file] : all) {
    int state = sqlite3_txn_state(db, name.c_str());
    sh.printf("%s: %s %s%s\n", name.c_str(), file.empty() ? "\"\"" : file.c_str(), sqlite3_db_readonly(db, name.c_str()) ? "r/o" : "r/w",
              state == SQLITE_TXN_NONE   ? ""
              : state == SQLITE_TXN_READ ? " read-txn"
                                         : " write-txn");
  }
  return 0;
}

}  // namespace nacre::sqlite
