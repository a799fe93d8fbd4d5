#include "host/database_salvage.h"

#include <unistd.h>

#include <cstdio>
#include <memory>

#include "host/database.h"
#include "store_sqlite.h"

namespace nacre {
namespace {

struct Close {
  void operator()(sqlite3* db) const { sqlite3_close_v2(db); }
  void operator()(sqlite3_stmt* s) const { sqlite3_finalize(s); }
};
using Handle = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

Handle open_file(const std::string& path) {
  sqlite3* db = nullptr;
  sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  return Handle(db);
}
Statement prepare(sqlite3* db, const std::string& sql) {
  sqlite3_stmt* s = nullptr;
  sqlite3_prepare_v2(db, sql.c_str(), -1, &s, nullptr);
  return Statement(s);
}

/// A table's columns, and in what order its rows can be gone through.
struct Table {
  const char* name;
  int columns;
  const char* key;         ///< "rowid", or the primary key of a table without
};
constexpr Table kTables[] = {
    {"layer", 2, "rowid"},        {"session", 10, "rowid"}, {"snapshot", 7, "rowid"}, {"chunk", 3, "rowid"}, {"part", 6, "layer, fs, kind, key, part"},
    {"run", 6, "session, number"}};

class Salvage {
 public:
  Salvage(sqlite3* from, sqlite3* to) : from_(from), to_(to) {}

  bool run() {
    bool good = sqlite3_exec(to_, "BEGIN", nullptr, nullptr, nullptr) == SQLITE_OK;
    for (const Table& t : kTables) {
      std::string marks = "?";
      for (int i = 1; i < t.columns; i++) marks += ",?";
      put_ = prepare(to_, std::string("INSERT OR IGNORE INTO ") + t.name + " VALUES(" + marks + ")");
      if (!put_) return false;
      if (std::string_view(t.key) == "rowid") by_number(t);
      else by_key(t);
    }
    put_.reset();
    return good && !full_ && sqlite3_exec(to_, "COMMIT", nullptr, nullptr, nullptr) == SQLITE_OK;
  }
  uint64_t rows = 0;

 private:
  /// Copies rows until one cannot be read. False: that was so. `number`: the last rowid.
  bool copy(Statement s, const Table& t, int64_t* number) {
    if (!s) return true;
    int code;
    while ((code = sqlite3_step(s.get())) == SQLITE_ROW) {
      if (number) *number = sqlite3_column_int64(s.get(), t.columns);
      for (int i = 0; i < t.columns; i++) sqlite3_bind_value(put_.get(), i + 1, sqlite3_column_value(s.get(), i));
      const int put = sqlite3_step(put_.get());
      full_ = full_ || put == SQLITE_FULL || put == SQLITE_IOERR;
      rows += put == SQLITE_DONE && sqlite3_changes(to_) > 0;
      sqlite3_reset(put_.get());
    }
    return code == SQLITE_DONE;
  }

  /// Where a row cannot be read, it goes on behind it.
  void by_number(const Table& t) {
    int64_t most = 0, at = INT64_MIN + 1;
    if (Statement s = prepare(from_, std::string("SELECT max(rowid) FROM ") + t.name); s && sqlite3_step(s.get()) == SQLITE_ROW)
      most = sqlite3_column_int64(s.get(), 0);
    const std::string sql = std::string("SELECT *, rowid FROM ") + t.name + " WHERE rowid>=? ORDER BY rowid";
    for (int64_t step = 1; !full_;) {
      Statement s = prepare(from_, sql);
      if (!s) return;
      sqlite3_bind_int64(s.get(), 1, at);
      int64_t last = INT64_MIN;
      if (copy(std::move(s), t, &last)) return;
      if (last != INT64_MIN) step = 1;
      at = (last != INT64_MIN ? last : std::max<int64_t>(at, 0)) + step;
      if (step < 64) step++;
      else if (step < (int64_t{1} << 40)) step *= 2;   // not one by one where most of them are gone
      if (at > most) break;
    }
    copy(prepare(from_, std::string("SELECT * FROM ") + t.name + " ORDER BY rowid DESC"), t, nullptr);
  }

  /// From both ends, and for each layer from both ends of it.
  void by_key(const Table& t) {
    const std::string all = std::string("SELECT * FROM ") + t.name, order = std::string(" ORDER BY ") + t.key;
    std::string down = " ORDER BY ";
    for (const char* c = t.key; *c; c++) down += *c == ',' ? std::string(" DESC,") : std::string(1, *c);
    down += " DESC";
    if (copy(prepare(from_, all + order), t, nullptr)) return;
    copy(prepare(from_, all + down), t, nullptr);
    if (std::string_view(t.name) != "part") return;
    Statement layers = prepare(to_, "SELECT id FROM layer");
    while (layers && sqlite3_step(layers.get()) == SQLITE_ROW) {
      const std::string one = all + " WHERE layer=" + std::to_string(sqlite3_column_int64(layers.get(), 0));
      if (!copy(prepare(from_, one + order), t, nullptr)) copy(prepare(from_, one + down), t, nullptr);
    }
  }

  sqlite3 *from_, *to_;
  Statement put_;
  bool full_ = false;
};

std::string free_name(const std::string& path, const char* kind) {
  for (int n = 1;; n++) {
    std::string name = path + kind + std::to_string(n);
    if (access(name.c_str(), F_OK) != 0) return name;
  }
}

void remove_database(const std::string& path) {
  for (const char* part : {"", "-wal", "-shm"}) std::remove((path + part).c_str());
}

}  // namespace

Expected<Salvaged> salvage_database(const std::string& path) {
  const std::string fresh = path + ".new";
  remove_database(fresh);
  Salvaged out;
  out.kept = free_name(path, ".damaged-");
  {
    auto made = Database::open(fresh);
    if (!made) return made.error();
  }
  {
    Handle from = open_file(path), to = open_file(fresh);
    sqlite3_exec(from.get(), "PRAGMA cell_size_check=OFF", nullptr, nullptr, nullptr);
    Salvage s(from.get(), to.get());
    if (!s.run()) {
      const std::string why = sqlite3_errmsg(to.get());
      to.reset();
      remove_database(fresh);
      return Error{"store", "store " + fresh + ": " + why, "the repair needs as much room as the store has"};
    }
    out.rows = s.rows;
    sqlite3_wal_checkpoint_v2(to.get(), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  }
  for (const char* part : {"", "-wal", "-shm"}) std::rename((path + part).c_str(), (out.kept + part).c_str());
  for (const char* part : {"-wal", "-shm", ""}) std::rename((fresh + part).c_str(), (path + part).c_str());
  return out;
}

Expected<std::string> back_up_database(const std::string& path) {
  std::string name = free_name(path, ".before-");
  Handle db = open_file(path);
  Statement s = prepare(db.get(), "VACUUM INTO ?");
  if (s) sqlite3_bind_text(s.get(), 1, name.c_str(), -1, SQLITE_TRANSIENT);
  if (!s || sqlite3_step(s.get()) != SQLITE_DONE)
    return Error{"store", "store " + name + ": " + sqlite3_errmsg(db.get()), "the repair needs as much room as the store has"};
  return name;
}

bool database_exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

std::string check_database(const std::string& path) {
  Handle db = open_file(path);
  Statement s = prepare(db.get(), "PRAGMA integrity_check(10)");
  if (!s) return sqlite3_errmsg(db.get());
  std::string out;
  int code;
  while ((code = sqlite3_step(s.get())) == SQLITE_ROW) {
    const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(s.get(), 0));
    if (text && std::string_view(text) != "ok") out += (out.empty() ? "" : "; ") + std::string(text);
  }
  if (code != SQLITE_DONE && out.empty()) out = sqlite3_errmsg(db.get());
  return out;
}

}  // namespace nacre
