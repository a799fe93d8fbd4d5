// .testcase, .check, .selftest, .sha3sum: whether output and content are what they were.
#include "algo/sha3.h"
#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

constexpr char kTestOutput[] = "testcase-out.txt";

// GLOB, but for: a blank is any run of white space, # any number; white space at the end does not count.
bool matches(std::string_view pattern, std::string_view text, int depth = 0) {
  while (!pattern.empty()) {
    const char c = pattern[0];
    pattern.remove_prefix(1);
    auto digit = [](char d) { return d >= '0' && d <= '9'; };
    if (space(c)) {
      if (text.empty() || !space(text[0])) return false;
      while (!pattern.empty() && space(pattern[0])) pattern.remove_prefix(1);
      while (!text.empty() && space(text[0])) text.remove_prefix(1);
    } else if (c == '*') {
      while (!pattern.empty() && (pattern[0] == '*' || pattern[0] == '?')) {
        if (pattern[0] == '?') {
          if (text.empty()) return false;
          text.remove_prefix(1);
        }
        pattern.remove_prefix(1);
      }
      if (pattern.empty()) return true;
      if (depth > 100) return false;
      for (size_t i = 0; i <= text.size(); i++)
        if (matches(pattern, text.substr(i), depth + 1)) return true;
      return false;
    } else if (c == '?') {
      if (text.empty()) return false;
      text.remove_prefix(1);
    } else if (c == '[') {
      if (text.empty()) return false;
      const char t = text[0];
      text.remove_prefix(1);
      bool inverted = false, seen = false, first = true;
      if (pattern.starts_with('^')) inverted = true, pattern.remove_prefix(1);
      for (;; first = false) {
        if (pattern.empty()) return false;
        const char low = pattern[0];
        pattern.remove_prefix(1);
        if (low == ']' && !first) break;
        if (pattern.size() > 1 && pattern[0] == '-' && pattern[1] != ']') {
          seen = seen || (t >= low && t <= pattern[1]);
          pattern.remove_prefix(2);
        } else {
          seen = seen || t == low;
        }
      }
      if (seen == inverted) return false;
    } else if (c == '#') {
      if (text.size() > 1 && (text[0] == '-' || text[0] == '+') && digit(text[1])) text.remove_prefix(1);
      if (text.empty() || !digit(text[0])) return false;
      while (!text.empty() && digit(text[0])) text.remove_prefix(1);
    } else {
      if (text.empty() || text[0] != c) return false;
      text.remove_prefix(1);
    }
  }
  while (!text.empty() && space(text[0])) text.remove_prefix(1);
  return text.empty();
}

bool is_size(int bits) { return bits == 224 || bits == 256 || bits == 384 || bits == 512; }

std::string_view text_of(sqlite3_value* v) {
  const auto* bytes = static_cast<const char*>(sqlite3_value_type(v) == SQLITE_BLOB ? sqlite3_value_blob(v) : static_cast<const void*>(sqlite3_value_text(v)));
  return bytes ? std::string_view(bytes, static_cast<size_t>(sqlite3_value_bytes(v))) : std::string_view();
}

void digest_of(sqlite3_context* c, Sha3& sum) {
  const std::string bytes = sum.finish();
  sqlite3_result_blob(c, bytes.data(), static_cast<int>(bytes.size()), SQLITE_TRANSIENT);
}

// sha3(X), sha3(X,SIZE)
void sha3(sqlite3_context* c, int n, sqlite3_value** args) {
  const int bits = n == 1 ? 256 : sqlite3_value_int(args[1]);
  if (!is_size(bits)) return sqlite3_result_error(c, "SHA3 size should be one of: 224 256 384 512", -1);
  if (sqlite3_value_type(args[0]) == SQLITE_NULL) return;
  Sha3 sum(static_cast<size_t>(bits));
  sum.update(text_of(args[0]));
  digest_of(c, sum);
}

// One value of a row: a letter for its type, and its bytes.
void add_value(Sha3& sum, sqlite3_stmt* s, int column) {
  auto big_endian = [&](char kind, uint64_t v) {
    std::string bytes(1, kind);
    for (int i = 7; i >= 0; i--) bytes += static_cast<char>(v >> 8 * i);
    sum.update(bytes);
  };
  const int type = sqlite3_column_type(s, column);
  if (type == SQLITE_NULL) return sum.update("N");
  if (type == SQLITE_INTEGER) return big_endian('I', static_cast<uint64_t>(sqlite3_column_int64(s, column)));
  if (type == SQLITE_FLOAT) {
    const double r = sqlite3_column_double(s, column);
    uint64_t v;
    __builtin_memcpy(&v, &r, 8);
    return big_endian('F', v);
  }
  const auto* bytes = static_cast<const char*>(type == SQLITE_BLOB ? sqlite3_column_blob(s, column) : static_cast<const void*>(sqlite3_column_text(s, column)));
  const int n = sqlite3_column_bytes(s, column);
  sum.update((type == SQLITE_BLOB ? "B" : "T") + std::to_string(n) + ":");
  if (n > 0) sum.update({bytes, static_cast<size_t>(n)});
}

// sha3_query(SQL), sha3_query(SQL,SIZE): of the results of statements that only read.
void sha3_query(sqlite3_context* c, int n, sqlite3_value** args) {
  sqlite3* db = sqlite3_context_db_handle(c);
  const int bits = n == 1 ? 256 : sqlite3_value_int(args[1]);
  if (!is_size(bits)) return sqlite3_result_error(c, "SHA3 size should be one of: 224 256 384 512", -1);
  const auto* sql = reinterpret_cast<const char*>(sqlite3_value_text(args[0]));
  if (!sql) return;
  Sha3 sum(static_cast<size_t>(bits));
  while (*sql) {
    sqlite3_stmt* raw = nullptr;
    const int rc = sqlite3_prepare_v2(db, sql, -1, &raw, &sql);
    const Statement s(raw);
    if (rc) {
      const std::string why = "error SQL statement [" + std::string(raw ? sqlite3_sql(raw) : "") + "]: " + sqlite3_errmsg(db);
      return sqlite3_result_error(c, why.c_str(), -1);
    }
    if (!raw) continue;
    if (!sqlite3_stmt_readonly(raw)) {
      const std::string why = "non-query: [" + std::string(sqlite3_sql(raw)) + "]";
      return sqlite3_result_error(c, why.c_str(), -1);
    }
    const std::string_view text = sqlite3_sql(raw);
    sum.update("S" + std::to_string(text.size()) + ":");
    sum.update(text);
    const int columns = sqlite3_column_count(raw);
    while (sqlite3_step(raw) == SQLITE_ROW) {
      sum.update("R");
      for (int i = 0; i < columns; i++) add_value(sum, raw, i);
    }
  }
  digest_of(c, sum);
}

}  // namespace

void add_check_functions(sqlite3* db) {
  for (int n : {1, 2}) {
    sqlite3_create_function(db, "sha3", n, SQLITE_UTF8 | SQLITE_INNOCUOUS | SQLITE_DETERMINISTIC, nullptr, sha3, nullptr, nullptr);
    sqlite3_create_function(db, "sha3_query", n, SQLITE_UTF8 | SQLITE_DIRECTONLY, nullptr, sha3_query, nullptr, nullptr);
  }
}

int dot_testcase(Shell& sh, const Words& w) {
  if (!sh.redirect(kTestOutput)) sh.error("Error: cannot open '%s'\n", kTestOutput);
  sh.test_name = w.size() >= 2 ? w[1].substr(0, 29) : "?";
  return 0;
}

int dot_check(Shell& sh, const Words& w) {
  sh.redirect("");
  if (w.size() != 2) {
    sh.error("Usage: .check GLOB-PATTERN\n");
    return 2;
  }
  auto text = read_file(sh.process(), kTestOutput);
  if (!text) {
    sh.error("Error: cannot read '%s'\n", kTestOutput);
    return 2;
  }
  if (matches(w[1], *text)) {
    sh.printf("testcase-%s ok\n", sh.test_name.c_str());
    return 0;
  }
  sh.out().flush();
  sh.error("testcase-%s FAILED\n Expected: [%s]\n      Got: [%s]\n", sh.test_name.c_str(), w[1].c_str(), text->c_str());
  return 1;
}

namespace {

// Tests that would find the content changed, as a table.
int make_selftest(Shell& sh) {
  const std::string sql =
      "SAVEPOINT selftest_init;\n"
      "CREATE TABLE IF NOT EXISTS selftest(\n  tno INTEGER PRIMARY KEY,\n  op TEXT,\n  cmd TEXT,\n  ans TEXT\n);"
      "CREATE TEMP TABLE [_shell$self](op,cmd,ans);\n"
      "INSERT INTO [_shell$self](rowid,op,cmd)\n"
      "  VALUES(coalesce((SELECT (max(tno)+100)/10 FROM selftest),10),\n         'memo','Tests generated by --init');\n"
      "INSERT INTO [_shell$self]\n"
      "  SELECT 'run',\n    'SELECT hex(sha3_query(''SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY 2'',224))',\n"
      "    hex(sha3_query('SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY 2',224));\n"
      "INSERT INTO [_shell$self]\n"
      "  SELECT 'run',    'SELECT hex(sha3_query(''SELECT * FROM \"' ||        printf('%w',name) || '\" NOT INDEXED'',224))',\n"
      "    hex(sha3_query(printf('SELECT * FROM \"%w\" NOT INDEXED',name),224))\n"
      "  FROM (SELECT name FROM sqlite_schema\n   WHERE type='table'\n     AND name<>'selftest'\n     AND coalesce(rootpage,0)>0)\n ORDER BY name;\n"
      "INSERT INTO [_shell$self]\n  VALUES('run','PRAGMA integrity_check','ok');\n"
      "INSERT INTO selftest(tno,op,cmd,ans)  SELECT rowid*10,op,cmd,ans FROM [_shell$self];\n"
      "DROP TABLE [_shell$self];";
  const int rc = sh.quiet(sql);
  if (rc) {
    sh.error("SELFTEST initialization failure: %s\n", sqlite3_errmsg(sh.db()));
    sh.quiet("ROLLBACK TO selftest_init");
  }
  sh.quiet("RELEASE selftest_init");
  return rc;
}

// The values of all rows, one behind the other with a blank between.
int joined(Shell& sh, const std::string& sql, std::string& out, std::string& why) {
  for (const char* rest = sql.c_str(); *rest;) {
    sqlite3_stmt* raw = nullptr;
    int rc = sqlite3_prepare_v2(sh.db(), rest, -1, &raw, &rest);
    Statement s(raw);
    sh.alive();
    while (rc == SQLITE_OK && raw && (rc = sh.step(raw)) == SQLITE_ROW) {
      for (int i = 0; i < sqlite3_column_count(raw); i++) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(raw, i));
        if (!out.empty()) out += ' ';
        out += text ? text : "";
      }
      rc = SQLITE_OK;
    }
    if (rc != SQLITE_OK && rc != SQLITE_DONE) {
      why = sqlite3_errmsg(sh.db());
      return rc;
    }
  }
  return 0;
}

}  // namespace

int dot_selftest(Shell& sh, const Words& w) {
  bool init = false, verbose = false;
  for (size_t i = 1; i < w.size(); i++) {
    std::string z = w[i];
    if (z.starts_with("--")) z.erase(0, 1);
    if (z == "-init") init = true;
    else if (z == "-v") verbose = true;
    else {
      sh.error("Unknown option \"%s\" on \"%s\"\nShould be one of: --init -v\n", w[i].c_str(), w[0].c_str());
      return 1;
    }
  }
  bool missing = sqlite3_table_column_metadata(sh.db(), "main", "selftest", nullptr, nullptr, nullptr, nullptr, nullptr, nullptr) != SQLITE_OK;
  if (missing && init && make_selftest(sh) == 0) missing = false;
  else if (init && !missing) make_selftest(sh);
  int tests = 0, errors = 0, status = 0;
  struct Test {
    int number;
    std::string op, sql, answer;
  };
  std::vector<Test> list;
  if (missing) {
    sh.print("Missing SELFTEST table - default checks only\n");
    list.push_back({0, "run", "PRAGMA integrity_check", "ok"});
  } else {
    Statement s = sh.prepare("SELECT tno,op,cmd,ans FROM selftest ORDER BY tno");
    auto text = [&](int i) {
      const auto* z = reinterpret_cast<const char*>(sqlite3_column_text(s.get(), i));
      return std::string(z ? z : "");
    };
    while (s && sh.step(s.get()) == SQLITE_ROW) {
      bool whole = true;
      for (int i = 1; i < 4; i++) whole = whole && sqlite3_column_type(s.get(), i) != SQLITE_NULL;
      if (whole) list.push_back({sqlite3_column_int(s.get(), 0), text(1), text(2), text(3)});
    }
  }
  for (const auto& t : list) {
    sh.process().tick(16);
    if (verbose) sh.printf("%d: %s %s\n", t.number, t.op.c_str(), t.sql.c_str());
    if (t.op == "memo") {
      sh.print(t.sql + "\n");
    } else if (t.op == "run") {
      std::string result, why;
      const int rc = joined(sh, t.sql, result, why);
      tests++;
      if (verbose) sh.print("Result: " + result + "\n");
      if (rc) {
        errors++;
        sh.printf("%d: error-code-%d: %s\n", t.number, rc, why.c_str());
      } else if (result != t.answer) {
        errors++;
        sh.printf("%d: Expected: [%s]\n", t.number, t.answer.c_str());
        sh.printf("%d:      Got: [%s]\n", t.number, result.c_str());
      }
    } else {
      sh.error("Unknown operation \"%s\" on selftest line %d\n", t.op.c_str(), t.number);
      status = 1;
      break;
    }
  }
  sh.printf("%d errors out of %d tests\n", errors, tests);
  return status;
}

int dot_sha3sum(Shell& sh, const Words& w) {
  bool schema = false, debug = false, separate = false;
  int bits = 224;
  std::string like;
  for (size_t i = 1; i < w.size(); i++) {
    const std::string& word = w[i];
    if (!word.starts_with('-')) {
      if (!like.empty()) {
        sh.error("Usage: .sha3sum ?OPTIONS? ?LIKE-PATTERN?\n");
        return 1;
      }
      like = word;
      separate = true;
      if (sqlite3_strlike("sqlite\\_%", like.c_str(), '\\') == 0) schema = true;
      continue;
    }
    const std::string z = word.substr(word.starts_with("--") ? 2 : 1);
    if (z == "schema") schema = true;
    else if (z == "sha3-224" || z == "sha3-256" || z == "sha3-384" || z == "sha3-512") bits = atoi(z.c_str() + 5);
    else if (z == "debug") debug = true;
    else {
      sh.error("Unknown option \"%s\" on \"%s\"\n", word.c_str(), w[0].c_str());
      print_help(sh, w[0], true, true);
      return 1;
    }
  }
  Statement tables = sh.prepare(schema ? "SELECT lower(name) as tname FROM sqlite_schema\n WHERE type='table' AND coalesce(rootpage,0)>1\n UNION ALL SELECT "
                                         "'sqlite_schema'\n ORDER BY 1 collate nocase"
                                       : "SELECT lower(name) as tname FROM sqlite_schema\n WHERE type='table' AND coalesce(rootpage,0)>1\n   AND name NOT LIKE "
                                         "'sqlite_%'\n ORDER BY 1 collate nocase");
  std::string values, query;
  auto add = [&] { values += (values.empty() ? "VALUES(" : "\n,("); };
  while (tables && sh.step(tables.get()) == SQLITE_ROW) {
    const std::string table = reinterpret_cast<const char*>(sqlite3_column_text(tables.get(), 0));
    if (!like.empty() && sqlite3_strlike(like.c_str(), table.c_str(), 0) != 0) continue;
    if (table.starts_with("sqlite_")) {
      if (table == "sqlite_schema") query = "SELECT type,name,tbl_name,sql FROM sqlite_schema ORDER BY name;";
      else if (table == "sqlite_sequence") query = "SELECT name,seq FROM sqlite_sequence ORDER BY name;";
      else if (table == "sqlite_stat1") query = "SELECT tbl,idx,stat FROM sqlite_stat1 ORDER BY tbl,idx;";
      else if (table == "sqlite_stat4") query = "SELECT * FROM " + table + " ORDER BY tbl, idx, rowid;\n";
      else continue;
    } else {
      std::string quoted;
      for (char c : table) (quoted += c) += c == '"' ? "\"" : "";
      query = "SELECT * FROM \"" + quoted + "\" NOT INDEXED;";
    }
    add();
    values += sql_quote(query) + "," + sql_quote(table) + ")";
  }
  if (values.empty()) return 0;
  const std::string size = std::to_string(bits);
  std::string sql = "WITH [sha3sum$query](a,b) AS(" + values + ") ";
  if (separate) sql += "SELECT lower(hex(sha3_query(a," + size + "))) AS hash, b AS label   FROM [sha3sum$query]";
  else sql += "SELECT lower(hex(sha3_query(group_concat(a,'')," + size + "))) AS hash   FROM [sha3sum$query]";
  if (debug) {
    sh.print(sql + "\n");
    return 0;
  }
  return sh.exec(sql.c_str(), nullptr) != SQLITE_OK;
}

}  // namespace nacre::sqlite
