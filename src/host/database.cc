#include "host/database.h"

#include <sys/stat.h>

#include <utility>

#include "store_sqlite.h"

namespace nacre {
namespace {

sqlite3* handle(void* db) { return static_cast<sqlite3*>(db); }
sqlite3_stmt* statement(void* s) { return static_cast<sqlite3_stmt*>(s); }

constexpr int kBusyMs = 30'000;   // another process commits; its transaction is short
constexpr int kLogPages = 256;    // read in about a millisecond; a short run writes some ten

// Names of columns: docs/internals/store.md.
constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS session(id TEXT PRIMARY KEY, name TEXT UNIQUE, created INT, used INT, ttl INT, layer INT, cwd TEXT, config BLOB, shell BLOB, "
    "base INT);"
    "CREATE TABLE IF NOT EXISTS layer(id INTEGER PRIMARY KEY, parent INT);"
    "CREATE TABLE IF NOT EXISTS snapshot(id INTEGER PRIMARY KEY, session TEXT, name TEXT, created INT, layer INT, cwd TEXT, shell BLOB, UNIQUE(session, name));"
    "CREATE TABLE IF NOT EXISTS part(layer INT, fs INT, kind INT, key INT, part INT, data BLOB, PRIMARY KEY(layer, fs, kind, key, part)) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS chunk(id INTEGER PRIMARY KEY, hash BLOB UNIQUE, data BLOB);"
    "CREATE TABLE IF NOT EXISTS run(session TEXT, number INT, time INT, command BLOB, status INT, us INT, PRIMARY KEY(session, number)) WITHOUT ROWID;";
constexpr int kFormat = 2;
constexpr char kFrom1[] = "ALTER TABLE session ADD COLUMN base INT;";

constexpr int kLogHeader = 32;
decltype(sqlite3_vfs::xOpen) open_file;

// SQLite syncs the directory at the first commit of every process, since it asks for the log to be made if it is not
// there. Who made it has synced both before it wrote more than the header: so a log with more is opened as it is.
int open_in_store(sqlite3_vfs* vfs, sqlite3_filename name, sqlite3_file* file, int flags, int* got) {
  struct stat st;
  if ((flags & SQLITE_OPEN_WAL) && (flags & SQLITE_OPEN_CREATE) && stat(name, &st) == 0 && st.st_size > kLogHeader) {
    if (open_file(vfs, name, file, flags & ~SQLITE_OPEN_CREATE, got) == SQLITE_OK) return SQLITE_OK;
  }
  return open_file(vfs, name, file, flags, got);
}

const char* store_vfs() {
  static sqlite3_vfs vfs = [] {
    sqlite3_initialize();
    sqlite3_vfs v = *sqlite3_vfs_find(nullptr);
    v.zName = "store";
    open_file = std::exchange(v.xOpen, open_in_store);
    return v;
  }();
  static const int registered = sqlite3_vfs_register(&vfs, 0);
  (void)registered;
  return vfs.zName;
}

}  // namespace

Expected<std::unique_ptr<Database>> Database::open(const std::string& path) {
  std::unique_ptr<Database> out(new Database);
  out->path_ = path;
  sqlite3* db = nullptr;
  int code = sqlite3_open_v2(path.c_str(), &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, store_vfs());
  out->db_ = db;
  if (code != SQLITE_OK) {
    out->note(code);
    return out->error();
  }
  sqlite3_busy_timeout(db, kBusyMs);
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);   // trim_log() does it, when it is worth it
  sqlite3_wal_hook(  // in place of the automatic checkpoint, which does not make the log shorter
      db,
      [](void* pages, sqlite3*, const char*, int n) {
        *static_cast<int*>(pages) = n;
        return SQLITE_OK;
      },
      &out->log_pages_);
  int64_t format = 0;
  {
    Query q = out->query("PRAGMA user_version");
    if (q.step()) format = q.integer(0);
  }
  if (!out->good()) return out->error();
  if (format > kFormat)
    return Error{"store.format", path + ": made by a newer nacre (format " + std::to_string(format) + ")", "use that version, or another NACRE_HOME"};
  if (format == kFormat) {
    out->run(out->query("PRAGMA synchronous=FULL"));
    return out;
  }
  if (format == 0) sqlite3_exec(db, "PRAGMA journal_mode=WAL", nullptr, nullptr, nullptr);
  out->run(out->query("PRAGMA synchronous=FULL"));
  Transaction all(*out);
  {
    Query q = out->query("PRAGMA user_version");   // another process may have been first
    if (q.step()) format = q.integer(0);
  }
  if (format == kFormat) return out;
  if (int made = sqlite3_exec(db, format == 1 ? kFrom1 : kSchema, nullptr, nullptr, nullptr); made != SQLITE_OK) out->note(made);
  out->run(out->query("PRAGMA user_version=2"));
  if (!all.commit()) return out->error();
  return out;
}

Database::~Database() {
  for (auto& [sql, s] : statements_) sqlite3_finalize(statement(s));
  if (db_) sqlite3_close(handle(db_));
}

void Database::note(int code) {
  if (!error_.empty()) return;
  code_ = code & 0xff;
  error_ = db_ ? sqlite3_errmsg(handle(db_)) : sqlite3_errstr(code);
}

Error Database::error() const {
  const char* hint = "";
  switch (code_) {
    case SQLITE_FULL: hint = "the disk is full: nothing of this was stored, what was there is whole"; break;
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM: hint = "the directory must be writable; NACRE_HOME names another"; break;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: hint = "the file is damaged, or no store; nacre doctor --repair saves what can be saved"; break;
    case SQLITE_BUSY: hint = "another process is writing; try again"; break;
    default: break;
  }
  return {"store", "store " + path_ + ": " + error_, hint};
}

Database::Query Database::query(const char* sql) {
  void*& kept = statements_[sql];
  if (!kept && good()) {
    sqlite3_stmt* s = nullptr;
    if (int code = sqlite3_prepare_v3(handle(db_), sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr); code != SQLITE_OK) note(code);
    kept = s;
  }
  return {*this, good() ? kept : nullptr};
}

bool Database::run(Query& q) {
  while (q.step()) {
  }
  return good();
}

int64_t Database::last_id() const { return sqlite3_last_insert_rowid(handle(db_)); }
int64_t Database::changes() const { return sqlite3_changes64(handle(db_)); }

Database::Query::~Query() {
  if (!statement_) return;
  sqlite3_reset(statement(statement_));
  sqlite3_clear_bindings(statement(statement_));
}
Database::Query& Database::Query::operator<<(int64_t n) {
  if (statement_) sqlite3_bind_int64(statement(statement_), ++bound_, n);
  return *this;
}
Database::Query& Database::Query::operator<<(std::string_view blob) {
  if (statement_) sqlite3_bind_blob64(statement(statement_), ++bound_, blob.data() ? blob.data() : "", blob.size(), SQLITE_STATIC);
  return *this;
}
Database::Query& Database::Query::text(std::string_view s) {
  if (statement_) sqlite3_bind_text64(statement(statement_), ++bound_, s.data() ? s.data() : "", s.size(), SQLITE_STATIC, SQLITE_UTF8);
  return *this;
}
Database::Query& Database::Query::null() {
  ++bound_;
  return *this;
}
bool Database::Query::step() {
  if (!statement_) return false;
  int code = sqlite3_step(statement(statement_));
  if (code != SQLITE_ROW && code != SQLITE_DONE) db_->note(code);
  return code == SQLITE_ROW;
}
int64_t Database::Query::integer(int column) const { return sqlite3_column_int64(statement(statement_), column); }
bool Database::Query::is_null(int column) const { return sqlite3_column_type(statement(statement_), column) == SQLITE_NULL; }
std::string_view Database::Query::blob(int column) const {
  const void* p = sqlite3_column_blob(statement(statement_), column);
  return {static_cast<const char*>(p), p ? static_cast<size_t>(sqlite3_column_bytes(statement(statement_), column)) : 0};
}

void Database::trim_log() {
  if (log_pages_ < kLogPages) return;
  sqlite3_busy_timeout(handle(db_), 0);   // while somebody reads, the next one does it
  if (sqlite3_wal_checkpoint_v2(handle(db_), nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr) == SQLITE_OK) log_pages_ = 0;
  sqlite3_busy_timeout(handle(db_), kBusyMs);
}

Database::Transaction::Transaction(Database& db) : db_(db) { open_ = db_.run(db_.query("BEGIN IMMEDIATE")); }
Database::Transaction::~Transaction() {
  if (open_) sqlite3_exec(handle(db_.db_), "ROLLBACK", nullptr, nullptr, nullptr);
}
bool Database::Transaction::commit() {
  if (!open_ || !db_.good() || !db_.run(db_.query("COMMIT"))) return false;
  open_ = false;
  db_.trim_log();
  return true;
}

}  // namespace nacre
