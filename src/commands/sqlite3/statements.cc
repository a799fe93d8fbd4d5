// Running SQL: statements one after another, their parameters, plans and errors.
#include <cstdarg>
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

bool one_of(const char* word, std::initializer_list<std::string_view> words) {
  for (std::string_view w : words)
    if (w == word) return true;
  return false;
}

/// Where in the text an error is, as lines to show below its message.
std::string error_context(const char* sql, sqlite3* db) {
  int at = sql ? sqlite3_error_offset(db) : -1;
  if (at < 0) return "";
  while (at > 50) {
    at--;
    sql++;
    while ((*sql & 0xc0) == 0x80) sql++, at--;
  }
  size_t n = strlen(sql);
  if (n > 78) {
    n = 78;
    while (n > 0 && (sql[n] & 0xc0) == 0x80) n--;
  }
  std::string code(sql, n);
  for (char& c : code)
    if (space(c)) c = ' ';
  std::string blank(static_cast<size_t>(at < 25 ? at : at - 14), ' ');
  return "\n  " + code + "\n  " + blank + (at < 25 ? "^--- error here" : "error here ---^");
}

}  // namespace

std::string Shell::error_text(const char* when, int rc, const char* sql) {
  std::string text = std::string(when) + ", " + sqlite3_errmsg(db_);
  if (rc > 1) text += " (" + std::to_string(rc) + ")";
  return text + error_context(sql, db_);
}

Statement Shell::prepare(const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  active_process = &p_;
  sqlite3_prepare_v2(db(), sql.c_str(), -1, &s, nullptr);
  Statement owned(s);
  alive();
  return owned;
}

int Shell::quiet(const std::string& sql) {
  active_process = &p_;
  int rc = sqlite3_exec(db(), sql.c_str(), nullptr, nullptr, nullptr);
  alive();
  return rc;
}

std::vector<std::string> Shell::column(const std::string& sql) {
  std::vector<std::string> out;
  Statement s = prepare(sql);
  while (s && step(s.get()) == SQLITE_ROW) {
    auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s.get(), 0));
    out.emplace_back(text ? text : "");
  }
  return out;
}

int Shell::exec(const char* sql, std::string* message) {
  int rc = SQLITE_OK;
  while (*sql && rc == SQLITE_OK) {
    sqlite3_stmt* raw = nullptr;
    const char* rest = nullptr;
    active_process = &p_;
    rc = sqlite3_prepare_v2(db(), sql, -1, &raw, &rest);
    Statement s(raw);
    alive();
    if (rc != SQLITE_OK) {
      if (message) *message = error_text("in prepare", rc, sql);
      break;
    }
    if (s) {
      const char* text = sqlite3_sql(raw);
      while (text && space(*text)) text++;
      show_plan(text ? text : "", s);
      run_statement(s.get(), text);
      rc = sqlite3_finalize(s.release());
      alive();
      if (rc != SQLITE_OK && message) *message = error_text("stepping", rc, nullptr);
    }
    sql = rest;
    while (space(*sql)) sql++;
  }
  return rc;
}

int Shell::run_statement(sqlite3_stmt* s, const char*) {
  rows_ = 0;
  shown_ = format.mode;
  if (auto_explain && sqlite3_stmt_isexplain(s) == 1) shown_ = Show::Explain;
  if (auto_explain && sqlite3_stmt_isexplain(s) == 2) shown_ = Show::Eqp;
  if (shown_ == Show::Explain) prepare_explain(s);
  bind_parameters(s);
  show_rows(s);
  indents_.clear();
  show_plan_tree();
  if (stats) show_stats(s);
  return 0;
}

void Shell::show_rows(sqlite3_stmt* s) {
  if (shown_ == Show::Column || shown_ == Show::Table || shown_ == Show::Box || shown_ == Show::Markdown) return show_columns(s);
  if (step(s) != SQLITE_ROW) return;
  const int n = sqlite3_column_count(s);
  std::vector<const char*> values(static_cast<size_t>(n)), names;
  std::vector<int> types(static_cast<size_t>(n));
  for (int i = 0; i < n; i++) names.push_back(sqlite3_column_name(s, i));
  do {
    p_.tick();
    for (int i = 0; i < n; i++) {
      // Asked for as text, a blob would become one.
      types[static_cast<size_t>(i)] = sqlite3_column_type(s, i);
      bool blob = types[static_cast<size_t>(i)] == SQLITE_BLOB && (shown_ == Show::Insert || shown_ == Show::Quote);
      values[static_cast<size_t>(i)] = blob ? "" : reinterpret_cast<const char*>(sqlite3_column_text(s, i));
    }
    show_row(n, values.data(), names.data(), types.data(), s);
  } while (step(s) == SQLITE_ROW);
  if (shown_ == Show::Json) print("]\n");
}

void Shell::bind_parameters(sqlite3_stmt* s) {
  const int n = sqlite3_bind_parameter_count(s);
  if (n == 0) return;
  Statement q;
  if (sqlite3_table_column_metadata(db_, "TEMP", "sqlite_parameters", "key", nullptr, nullptr, nullptr, nullptr, nullptr) == SQLITE_OK)
    q = prepare("SELECT value FROM temp.sqlite_parameters WHERE key=?1");
  for (int i = 1; i <= n; i++) {
    const char* name = sqlite3_bind_parameter_name(s, i);
    std::string numbered = "?" + std::to_string(i);
    if (!name) name = numbered.c_str();
    if (q) sqlite3_bind_text(q.get(), 1, name, -1, SQLITE_TRANSIENT);
    if (q && step(q.get()) == SQLITE_ROW) sqlite3_bind_value(s, i, sqlite3_column_value(q.get(), 0));
    else sqlite3_bind_null(s, i);
    if (q) sqlite3_reset(q.get());
  }
}

// ---- plans

/// How far each line of EXPLAIN is indented: what lies between the two ends of a loop.
void Shell::prepare_explain(sqlite3_stmt* s) {
  indents_.clear();
  next_indent_ = 0;
  if (sqlite3_column_count(s) != 8) return;
  std::vector<bool> yields;
  for (int row = 0; step(s) == SQLITE_ROW; row++) {
    const int address = sqlite3_column_int(s, 0);
    auto* op = reinterpret_cast<const char*>(sqlite3_column_text(s, 1));
    if (!op) op = "";
    // Programs of triggers are numbered anew.
    const int target = sqlite3_column_int(s, 3) + (row - address);
    yields.push_back(one_of(op, {"Yield", "SeekLT", "SeekGT", "RowSetRead", "Rewind"}));
    indents_.push_back(0);
    bool loop = one_of(op, {"Next", "Prev", "VPrev", "VNext", "SorterNext", "Return"}) && target > 0;
    if (!loop && !strcmp(op, "Goto") && target >= 0 && target < row + 1) loop = yields[static_cast<size_t>(target)] || sqlite3_column_int(s, 2);
    for (int i = std::max(target, 0); loop && i < row; i++) indents_[static_cast<size_t>(i)] += 2;
  }
  sqlite3_reset(s);
}

void Shell::add_plan_row(int id, int parent, const char* text) { plan_.push_back({id, parent, text}); }

void Shell::plan_level(int parent, const std::string& prefix) {
  size_t last = plan_.size();
  for (size_t i = 0; i < plan_.size(); i++)
    if (plan_[i].parent == parent) last = i;
  for (size_t i = 0; i < plan_.size(); i++) {
    if (plan_[i].parent != parent) continue;
    print(prefix + (i != last ? "|--" : "`--") + plan_[i].text + "\n");
    // Deeper than that the original stops too; and an id that is its own parent would never end.
    if (prefix.size() < 90 && plan_[i].id != parent) plan_level(plan_[i].id, prefix + (i != last ? "|  " : "   "));
  }
}

void Shell::show_plan_tree() {
  if (plan_.empty()) return;
  if (plan_[0].text.starts_with("-")) {
    if (plan_.size() > 1) {
      print(plan_[0].text.substr(std::min<size_t>(3, plan_[0].text.size())) + "\n");
      plan_.erase(plan_.begin());
      plan_level(0, "");
    }
  } else {
    print("QUERY PLAN\n");
    plan_level(0, "");
  }
  plan_.clear();
}

/// What .eqp asks to be shown before a statement runs.
void Shell::show_plan(const char* sql, Statement& s) {
  if (!eqp || sqlite3_stmt_isexplain(s.get())) return;
  int triggers = 0;
  sqlite3_db_config(db_, SQLITE_DBCONFIG_TRIGGER_EQP, -1, &triggers);
  if (eqp >= 2) sqlite3_db_config(db_, SQLITE_DBCONFIG_TRIGGER_EQP, 1, nullptr);
  if (Statement plan = prepare(std::string("EXPLAIN QUERY PLAN ") + sql)) {
    while (step(plan.get()) == SQLITE_ROW) {
      auto* text = reinterpret_cast<const char*>(sqlite3_column_text(plan.get(), 3));
      if (!text) text = "";
      if (*text == '-') show_plan_tree();
      add_plan_row(sqlite3_column_int(plan.get(), 0), sqlite3_column_int(plan.get(), 1), text);
    }
    show_plan_tree();
  }
  if (eqp >= 3) {
    if (Statement program = prepare(std::string("EXPLAIN ") + sql)) {
      shown_ = Show::Explain;
      rows_ = 0;
      prepare_explain(program.get());
      show_rows(program.get());
      indents_.clear();
    }
  }
  if (eqp >= 2 && !triggers) {
    sqlite3_db_config(db_, SQLITE_DBCONFIG_TRIGGER_EQP, 0, nullptr);
    s = prepare(sql);
  }
}

// What of .stats is about this connection and statement. The library's own totals are left out: it serves
// other sandboxes of the process too.
void Shell::show_stats(sqlite3_stmt* s) {
  struct Item {
    const char* text;
    int op;
    bool highest;
  };
  static constexpr Item kConnection[] = {
      {"Pager Heap Usage:                    %d bytes\n", SQLITE_DBSTATUS_CACHE_USED, false},
      {"Page cache hits:                     %d\n", SQLITE_DBSTATUS_CACHE_HIT, false},
      {"Page cache misses:                   %d\n", SQLITE_DBSTATUS_CACHE_MISS, false},
      {"Page cache writes:                   %d\n", SQLITE_DBSTATUS_CACHE_WRITE, false},
      {"Page cache spills:                   %d\n", SQLITE_DBSTATUS_CACHE_SPILL, false},
      {"Schema Heap Usage:                   %d bytes\n", SQLITE_DBSTATUS_SCHEMA_USED, false},
      {"Statement Heap/Lookaside Usage:      %d bytes\n", SQLITE_DBSTATUS_STMT_USED, false},
  };
  static constexpr Item kStatement[] = {
      {"Fullscan Steps:                      %d\n", SQLITE_STMTSTATUS_FULLSCAN_STEP, false},
      {"Sort Operations:                     %d\n", SQLITE_STMTSTATUS_SORT, false},
      {"Autoindex Inserts:                   %d\n", SQLITE_STMTSTATUS_AUTOINDEX, false},
      {"Virtual Machine Steps:               %d\n", SQLITE_STMTSTATUS_VM_STEP, false},
      {"Reprepare operations:                %d\n", SQLITE_STMTSTATUS_REPREPARE, false},
      {"Number of times run:                 %d\n", SQLITE_STMTSTATUS_RUN, false},
      {"Memory used by prepared stmt:        %d\n", SQLITE_STMTSTATUS_MEMUSED, false},
  };
  auto show = [&](const char* text, int value) {
    char buffer[96];
    snprintf(buffer, sizeof buffer, text, value);
    print(buffer);
  };
  open();
  for (const Item& i : kConnection) {
    int now = 0, high = 0;
    sqlite3_db_status(db_, i.op, &now, &high, 0);
    show(i.text, now);
  }
  for (const Item& i : kStatement)
    if (s) show(i.text, sqlite3_stmt_status(s, i.op, 0));
}

}  // namespace nacre::sqlite
