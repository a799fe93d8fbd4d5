// .backup, .save, .restore, .clone: whole databases into others.
#include <cstring>

#include "commands/sqlite3/shell.h"

namespace nacre::sqlite {
namespace {

/// A second connection, closed at the end.
struct Other {
  explicit Other(Shell& sh) : sh(sh) {}
  ~Other() { sqlite3_close(db); }
  bool open(const std::string& file, int flags) {
    int rc = sqlite3_open_v2(file.c_str(), &db, flags | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, sh.vfs().name());
    sh.alive();
    return rc == SQLITE_OK;
  }
  Shell& sh;
  sqlite3* db = nullptr;
};

/// SQLITE_DONE when all of it was copied.
int copy(Shell& sh, sqlite3_backup* backup, int tries) {
  int rc, waits = 0;
  do {
    rc = sqlite3_backup_step(backup, 100);
    sh.alive();
    sh.process().tick(100);
    if (rc == SQLITE_BUSY) {
      if (waits++ >= tries) break;
      sh.process().sleep({0, 100'000'000});
      sh.alive();
    }
  } while (rc == SQLITE_OK || rc == SQLITE_BUSY);
  return rc;
}

constexpr int kWrite = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;

}  // namespace

int dot_backup(Shell& sh, const Words& w) {
  std::string db, file;
  bool async = false;
  for (size_t i = 1; i < w.size(); i++) {
    if (w[i].starts_with('-')) {
      std::string_view z = std::string_view(w[i]).substr(w[i].starts_with("--") ? 2 : 1);
      if (z == "async") {
        async = true;
      } else {
        sh.error("unknown option: %s\n", w[i].c_str());
        return 1;
      }
    } else if (file.empty()) {
      file = w[i];
    } else if (db.empty()) {
      db = file;
      file = w[i];
    } else {
      sh.error("Usage: .backup ?DB? ?OPTIONS? FILENAME\n");
      return 1;
    }
  }
  if (file.empty()) {
    sh.error("missing FILENAME argument on .backup\n");
    return 1;
  }
  (void)async;   // nothing is ever synced here
  Other to(sh);
  if (!to.open(file, kWrite)) {
    sh.error("Error: cannot open \"%s\"\n", file.c_str());
    return 1;
  }
  sqlite3_backup* backup = sqlite3_backup_init(to.db, "main", sh.db(), db.empty() ? "main" : db.c_str());
  int rc = backup ? copy(sh, backup, 0) : SQLITE_ERROR;
  if (backup) sqlite3_backup_finish(backup);
  sh.alive();
  if (rc == SQLITE_DONE) return 0;
  sh.error("Error: %s\n", sqlite3_errmsg(to.db));
  return 1;
}

int dot_restore(Shell& sh, const Words& w) {
  if (w.size() != 2 && w.size() != 3) {
    sh.error("Usage: .restore ?DB? FILE\n");
    return 1;
  }
  const std::string db = w.size() == 3 ? w[1] : "main";
  const std::string& file = w.back();
  Other from(sh);
  if (!from.open(file, kWrite)) {
    sh.error("Error: cannot open \"%s\"\n", file.c_str());
    return 1;
  }
  sqlite3_backup* backup = sqlite3_backup_init(sh.db(), db.c_str(), from.db, "main");
  if (!backup) {
    sh.error("Error: %s\n", sqlite3_errmsg(sh.db()));
    return 1;
  }
  int rc = copy(sh, backup, 3);
  sqlite3_backup_finish(backup);
  sh.alive();
  if (rc == SQLITE_DONE) return 0;
  if (rc == SQLITE_BUSY || rc == SQLITE_LOCKED) sh.error("Error: source database is busy\n");
  else sh.error("Error: %s\n", sqlite3_errmsg(sh.db()));
  return 1;
}

namespace {

/// Tables (with their rows) or everything else of a schema into another database.
void clone_part(Shell& sh, sqlite3* to, const char* which, bool rows) {
  Statement s = sh.prepare(std::string("SELECT name, sql FROM sqlite_schema WHERE ") + which);
  std::vector<std::pair<std::string, std::string>> all;
  while (s && sh.step(s.get()) == SQLITE_ROW) {
    auto part = [&](int i) {
      auto* t = reinterpret_cast<const char*>(sqlite3_column_text(s.get(), i));
      return std::string(t ? t : "");
    };
    if (!part(0).empty() && !part(1).empty()) all.emplace_back(part(0), part(1));
  }
  s.reset();
  for (const auto& [name, sql] : all) {
    if (name.starts_with("sqlite_")) continue;
    sh.printf("%s... ", name.c_str());
    sh.out().flush();
    char* trouble = nullptr;
    sqlite3_exec(to, sql.c_str(), nullptr, nullptr, &trouble);
    if (std::string text = take(trouble); !text.empty()) sh.error("Error: %s\nSQL: [%s]\n", text.c_str(), sql.c_str());
    sh.alive();
    if (rows) {
      Statement from = sh.prepare(take(sqlite3_mprintf("SELECT * FROM \"%w\"", name.c_str())));
      const int n = from ? sqlite3_column_count(from.get()) : 0;
      std::string insert = take(sqlite3_mprintf("INSERT OR IGNORE INTO \"%w\" VALUES(?", name.c_str()));
      for (int i = 1; i < n; i++) insert += ",?";
      sqlite3_stmt* raw = nullptr;
      sqlite3_prepare_v2(to, (insert + ");").c_str(), -1, &raw, nullptr);
      Statement into(raw);
      while (from && into && sh.step(from.get()) == SQLITE_ROW) {
        for (int i = 0; i < n; i++) sqlite3_bind_value(raw, i + 1, sqlite3_column_value(from.get(), i));
        int rc = sh.step(raw);
        if (rc != SQLITE_OK && rc != SQLITE_DONE) sh.error("Error %d: %s\n", sqlite3_extended_errcode(to), sqlite3_errmsg(to));
        sqlite3_reset(raw);
      }
    }
    sh.print("done\n");
  }
}

}  // namespace

int dot_clone(Shell& sh, const Words& w) {
  if (w.size() != 2) {
    sh.error("Usage: .clone FILENAME\n");
    return 1;
  }
  if (sh.process().access(w[1], 0)) {
    sh.error("File \"%s\" already exists.\n", w[1].c_str());
    return 0;
  }
  sh.db();
  Other to(sh);
  if (!to.open(w[1], kWrite)) {
    sh.error("Cannot create output database: %s\n", sqlite3_errmsg(to.db));
    return 0;
  }
  sh.quiet("PRAGMA writable_schema=ON;");
  sqlite3_exec(to.db, "BEGIN EXCLUSIVE;", nullptr, nullptr, nullptr);
  clone_part(sh, to.db, "type='table'", true);
  clone_part(sh, to.db, "type!='table'", false);
  sqlite3_exec(to.db, "COMMIT;", nullptr, nullptr, nullptr);
  sh.quiet("PRAGMA writable_schema=OFF;");
  sh.alive();
  return 0;
}

}  // namespace nacre::sqlite
