// .dump: a database as SQL text.
#include <array>
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

const char* text(sqlite3_stmt* s, int column) { return reinterpret_cast<const char*>(sqlite3_column_text(s, column)); }

class Dump {
 public:
  explicit Dump(Shell& sh) : sh_(sh) {}
  bool preserve_rowids = false, newlines = false, data_only = false, no_system = false;
  std::string like;

  int run() {
    sh_.open();
    if (!data_only) sh_.print("PRAGMA foreign_keys=OFF;\nBEGIN TRANSACTION;\n");
    Format saved = sh_.format;
    bool echo = std::exchange(sh_.echo, false);
    int eqp = std::exchange(sh_.eqp, 0);
    sh_.format.header = false;
    sh_.format.newlines = newlines;
    // A writable schema is read as far as it goes, however damaged.
    sh_.quiet("SAVEPOINT dump; PRAGMA writable_schema=ON");
    std::string where = like.empty() ? "true" : like;
    tables("SELECT name, type, sql FROM sqlite_schema AS o WHERE (" + where +
           ") AND type=='table'  AND sql NOT NULL  ORDER BY tbl_name='sqlite_sequence', rowid");
    if (!data_only) rest("SELECT sql FROM sqlite_schema AS o WHERE (" + where + ") AND sql NOT NULL  AND type IN ('index','trigger','view')");
    if (writable_) sh_.print("PRAGMA writable_schema=OFF;\n");
    sh_.quiet("PRAGMA writable_schema=OFF;");
    sh_.quiet("RELEASE dump;");
    if (!data_only) sh_.print(errors_ ? "ROLLBACK; -- due to errors\n" : "COMMIT;\n");
    sh_.format = saved;
    sh_.echo = echo;
    sh_.eqp = eqp;
    return 0;
  }

 private:
  void tables(const std::string& sql) {
    Statement s = sh_.prepare(sql);
    int rc = SQLITE_ERROR;
    // Read first: what comes between uses the connection too.
    std::vector<std::array<std::string, 3>> rows;
    while (s && (rc = sh_.step(s.get())) == SQLITE_ROW) {
      auto part = [&](int i) { return text(s.get(), i) ? text(s.get(), i) : ""; };
      rows.push_back({part(0), part(1), part(2)});
    }
    std::string trouble = (rc & 0xff) == SQLITE_CORRUPT ? sqlite3_errmsg(sh_.db()) : "";
    s.reset();
    for (const auto& [name, type, create] : rows) table(name, type, create);
    if (trouble.empty()) return;
    sh_.printf("/****** CORRUPTION ERROR *******/\n/****** %s ******/\n", trouble.c_str());
    errors_++;
  }

  void table(const std::string& name, const std::string& type, const std::string& create) {
    if (name == "sqlite_sequence" && !no_system) {
      if (!data_only) sh_.print("DELETE FROM sqlite_sequence;\n");
    } else if (sqlite3_strglob("sqlite_stat?", name.c_str()) == 0 && !no_system) {
      if (!data_only) sh_.print("ANALYZE sqlite_schema;\n");
    } else if (name.starts_with("sqlite_")) {
      return;
    } else if (data_only) {
    } else if (create.starts_with("CREATE VIRTUAL TABLE")) {
      if (!writable_) sh_.print("PRAGMA writable_schema=ON;\n");
      writable_ = true;
      std::string q = sql_quote(name);
      sh_.print("INSERT INTO sqlite_schema(type,name,tbl_name,rootpage,sql)VALUES('table'," + q + "," + q + ",0," + sql_quote(create) + ");\n");
      return;
    } else {
      sh_.print(schema_line(create, ";\n"));
    }
    if (type == "table") content(name);
  }

  void content(const std::string& name) {
    std::vector<std::string> columns;
    std::string rowid = read_columns(name, columns);
    if (columns.empty()) {
      errors_++;
      return;
    }
    std::string list;
    for (const std::string& c : columns) list += (list.empty() ? "" : ",") + quote_name(c.c_str());
    std::string target = quote_name(name.c_str());
    std::string select = "SELECT " + (rowid.empty() ? list : rowid + "," + list) + " FROM " + target;
    Format saved = sh_.format;
    sh_.format.mode = Show::Insert;
    sh_.format.table = rowid.empty() ? target : target + "(" + rowid + "," + list + ")";
    int rc = sh_.exec(select.c_str(), nullptr);
    if ((rc & 0xff) == SQLITE_CORRUPT) {
      // From the other end, for what lies behind the damage.
      sh_.print("/****** CORRUPTION ERROR *******/\n");
      sh_.exec((select + " ORDER BY rowid DESC").c_str(), nullptr);
    }
    sh_.format = saved;
    if (rc != SQLITE_OK) errors_++;
  }

  /// The name of the rowid if it is to be kept and is no column, else "".
  std::string read_columns(const std::string& table, std::vector<std::string>& columns) {
    Statement s = sh_.prepare("PRAGMA table_info=" + sql_quote(table));
    int keys = 0;
    bool integer = false;
    while (s && sh_.step(s.get()) == SQLITE_ROW) {
      columns.emplace_back(text(s.get(), 1) ? text(s.get(), 1) : "");
      if (!sqlite3_column_int(s.get(), 5)) continue;
      keys++;
      integer = keys == 1 && text(s.get(), 2) && sqlite3_stricmp(text(s.get(), 2), "INTEGER") == 0;
    }
    s.reset();
    if (!preserve_rowids) return "";
    // An INTEGER PRIMARY KEY is the rowid, and is shown anyway.
    if (integer && sh_.column("SELECT 1 FROM pragma_index_list(" + sql_quote(table) + ") WHERE origin='pk'").empty()) return "";
    for (const char* name : {"rowid", "_rowid_", "oid"}) {
      bool taken = false;
      for (const std::string& c : columns) taken |= sqlite3_stricmp(name, c.c_str()) == 0;
      if (taken) continue;
      return sqlite3_table_column_metadata(sh_.db(), nullptr, table.c_str(), name, nullptr, nullptr, nullptr, nullptr, nullptr) == SQLITE_OK ? name : "";
    }
    return "";
  }

  void rest(const std::string& sql) {
    Statement s = sh_.prepare(sql);
    if (!s) {
      sh_.printf("/**** ERROR: (%d) %s *****/\n", sqlite3_errcode(sh_.db()), sqlite3_errmsg(sh_.db()));
      errors_++;
      return;
    }
    while (sh_.step(s.get()) == SQLITE_ROW) {
      const char* create = text(s.get(), 0);
      sh_.print(create);
      sh_.print(strstr(create, "--") ? "\n;\n" : ";\n");
    }
    int rc = sqlite3_finalize(s.release());
    if (rc == SQLITE_OK) return;
    sh_.printf("/**** ERROR: (%d) %s *****/\n", rc, sqlite3_errmsg(sh_.db()));
    errors_++;
  }

  Shell& sh_;
  bool writable_ = false;
  int errors_ = 0;
};

}  // namespace

int dot_dump(Shell& sh, const Words& w) {
  Dump dump(sh);
  for (size_t i = 1; i < w.size(); i++) {
    if (w[i][0] == '-') {
      std::string_view z = std::string_view(w[i]).substr(w[i].starts_with("--") ? 2 : 1);
      if (z == "preserve-rowids") {
        dump.preserve_rowids = true;
      } else if (z == "newlines") {
        dump.newlines = true;
      } else if (z == "data-only") {
        dump.data_only = true;
      } else if (z == "nosys") {
        dump.no_system = true;
      } else {
        sh.error("Unknown option \"%s\" on \".dump\"\n", w[i].c_str());
        return 1;
      }
      continue;
    }
    // The pattern, and the shadow tables of virtual tables it names.
    std::string q = sql_quote(w[i]);
    dump.like += (dump.like.empty() ? "" : " OR ") + ("name LIKE " + q) + " ESCAPE '\\' OR EXISTS (  SELECT 1 FROM sqlite_schema WHERE     name LIKE " + q +
                 " ESCAPE '\\' AND    sql LIKE 'CREATE VIRTUAL TABLE%' AND    substr(o.name, 1, length(name)+1) == (name||'_'))";
  }
  return dump.run();
}

}  // namespace nacre::sqlite
