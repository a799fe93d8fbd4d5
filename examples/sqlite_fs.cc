// A file system in an SQLite database, mounted in a sandbox: every command works on it, and what scripts write is a row.
//
//     example_sqlite_fs [FILE.db]      without FILE: in memory
//
// One table holds the tree, one the bytes of files in chunks. Errors of the database are EIO, and a full one ENOSPC.
#include <sqlite3.h>

#include <algorithm>
#include <cstdio>
#include <cstring>
#include <map>
#include <memory>
#include <string>

#include "nacre/custom_dir.h"
#include "nacre/sandbox.h"

namespace {

using nacre::HostResult;
using nacre::HostStat;

constexpr char kSchema[] =
    "CREATE TABLE IF NOT EXISTS node(id INTEGER PRIMARY KEY, parent INT, name BLOB, type INT, mode INT, size INT, mtime INT, target BLOB,"
    " UNIQUE(parent, name));"
    "CREATE TABLE IF NOT EXISTS chunk(node INT, number INT, bytes BLOB, PRIMARY KEY(node, number)) WITHOUT ROWID;"
    "INSERT OR IGNORE INTO node VALUES(1, 0, x'', 1, 493, 0, unixepoch(), NULL);";
constexpr uint64_t kChunk = 16384;
constexpr int64_t kTop = 1;

/// A statement with its values; steps over its rows.
class Query {
 public:
  Query(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &statement_, nullptr); }
  ~Query() { sqlite3_finalize(statement_); }
  Query(const Query&) = delete;
  Query& number(int64_t n) { return sqlite3_bind_int64(statement_, ++bound_, n), *this; }
  Query& bytes(std::string_view s) { return sqlite3_bind_blob(statement_, ++bound_, s.data(), static_cast<int>(s.size()), SQLITE_TRANSIENT), *this; }
  /// Is there another row? After the last one result() tells how it went.
  bool row() { return (last_ = sqlite3_step(statement_)) == SQLITE_ROW; }
  HostResult run() {
    while (row()) {
    }
    return result();
  }
  HostResult result() const {
    return last_ == SQLITE_DONE || last_ == SQLITE_ROW ? 0 : last_ == SQLITE_FULL ? -ENOSPC : last_ == SQLITE_CONSTRAINT ? -EEXIST : -EIO;
  }
  int64_t number_at(int column) const { return sqlite3_column_int64(statement_, column); }
  std::string_view bytes_at(int column) const {
    const auto* p = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    return {p ? p : "", static_cast<size_t>(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0, last_ = SQLITE_ERROR;
};

class SqliteFs : public nacre::CustomDir {
 public:
  explicit SqliteFs(const char* file) { ok_ = sqlite3_open(file, &db_) == SQLITE_OK && sqlite3_exec(db_, kSchema, nullptr, nullptr, nullptr) == SQLITE_OK; }
  ~SqliteFs() override { sqlite3_close(db_); }
  bool ok() const { return ok_; }
  sqlite3* database() { return db_; }

  HostResult stat(const std::string& path, HostStat& out) override {
    const int64_t id = find(path);
    return id < 0 ? id : stat_handle(id, out);
  }
  HostResult list(const std::string& path, std::vector<Entry>& out) override {
    const int64_t id = directory(path);
    if (id < 0) return id;
    Query q(db_, "SELECT name, type FROM node WHERE parent = ?");
    for (q.number(id); q.row();) out.push_back({std::string(q.bytes_at(0)), static_cast<HostStat::Type>(q.number_at(1))});
    return q.result();
  }
  HostResult read_link(const std::string& path, std::string& out) override {
    const int64_t id = find(path);
    if (id < 0) return id;
    Query q(db_, "SELECT target, type FROM node WHERE id = ?");
    if (!q.number(id).row()) return -EIO;
    out = q.bytes_at(0);
    return static_cast<HostStat::Type>(q.number_at(1)) == HostStat::Type::Symlink ? 0 : -EINVAL;
  }

  // A file's handle is its number. One that is removed while it is open loses its place in the tree, and goes when it is closed.
  HostResult open(const std::string& path, int, bool create, uint32_t mode) override {
    if (create) return hold(add(path, HostStat::Type::Regular, mode, ""));
    const int64_t id = find(path);
    HostStat st;
    if (id < 0 || stat_handle(id, st) < 0) return id < 0 ? id : -EIO;
    return st.type == HostStat::Type::Regular ? hold(id) : -EISDIR;
  }
  void close(int64_t id) override {
    if (--open_[id] > 0) return;
    open_.erase(id);
    Query q(db_, "DELETE FROM node WHERE id = ? AND parent IS NULL");
    (void)q.number(id).run();
    if (sqlite3_changes(db_)) (void)truncate(id, 0);
  }
  HostResult stat_handle(int64_t id, HostStat& out) override {
    Query q(db_, "SELECT type, mode, size, mtime FROM node WHERE id = ?");
    if (!q.number(id).row()) return -ESTALE;
    out.type = static_cast<HostStat::Type>(q.number_at(0));
    out.mode = static_cast<uint32_t>(q.number_at(1));
    out.size = static_cast<uint64_t>(q.number_at(2));
    out.ino = static_cast<uint64_t>(id);
    out.mtime = out.atime = out.ctime = {q.number_at(3), 0};
    return 0;
  }

  HostResult read(int64_t id, uint64_t offset, std::span<char> out) override {
    HostStat st;
    if (HostResult r = stat_handle(id, st); r < 0) return r;
    if (offset >= st.size) return 0;
    // One chunk a call: fewer bytes than were asked for are no mistake. What was never written is zeros.
    const uint64_t at = offset % kChunk;
    const auto n = static_cast<size_t>(std::min({out.size() + 0ul, kChunk - at, st.size - offset}));
    std::memset(out.data(), 0, n);
    Query q(db_, "SELECT bytes FROM chunk WHERE node = ? AND number = ?");
    if (q.number(id).number(static_cast<int64_t>(offset / kChunk)).row() && q.bytes_at(0).size() > at) q.bytes_at(0).copy(out.data(), n, at);
    return q.result() < 0 ? q.result() : static_cast<HostResult>(n);
  }
  HostResult write(int64_t id, uint64_t offset, std::string_view data) override {
    const uint64_t at = offset % kChunk;
    data = data.substr(0, kChunk - at);
    if (HostResult r = put(id, offset / kChunk, at, data); r < 0) return r;
    Query q(db_, "UPDATE node SET size = max(size, ?), mtime = unixepoch() WHERE id = ?");
    const HostResult r = q.number(static_cast<int64_t>(offset + data.size())).number(id).run();
    return r < 0 ? r : static_cast<HostResult>(data.size());
  }
  HostResult truncate(int64_t id, uint64_t size) override {
    Query rest(db_, "DELETE FROM chunk WHERE node = ? AND number >= ?");
    if (HostResult r = rest.number(id).number(static_cast<int64_t>((size + kChunk - 1) / kChunk)).run(); r < 0) return r;
    Query cut(db_, "UPDATE chunk SET bytes = substr(bytes, 1, ?) WHERE node = ? AND number = ?");
    if (HostResult r = cut.number(static_cast<int64_t>(size % kChunk)).number(id).number(static_cast<int64_t>(size / kChunk)).run(); r < 0) return r;
    Query q(db_, "UPDATE node SET size = ?, mtime = unixepoch() WHERE id = ?");
    return q.number(static_cast<int64_t>(size)).number(id).run();
  }

  HostResult make_dir(const std::string& path, uint32_t mode) override { return std::min<HostResult>(add(path, HostStat::Type::Directory, mode, ""), 0); }
  HostResult make_symlink(const std::string& path, const std::string& target) override {
    return std::min<HostResult>(add(path, HostStat::Type::Symlink, 0777, target), 0);
  }
  HostResult remove(const std::string& path, bool directory) override {
    const int64_t id = find(path);
    if (id < 0) return id;
    HostStat st;
    if (HostResult r = stat_handle(id, st); r < 0) return r;
    if (directory != (st.type == HostStat::Type::Directory)) return directory ? -ENOTDIR : -EISDIR;
    Query inside(db_, "SELECT 1 FROM node WHERE parent = ?");
    if (inside.number(id).row()) return -ENOTEMPTY;
    Query q(db_, open_.count(id) ? "UPDATE node SET parent = NULL WHERE id = ?" : "DELETE FROM node WHERE id = ?");
    const HostResult r = q.number(id).run();
    return r < 0 || open_.count(id) ? r : forget(id);
  }
  HostResult rename(const std::string& from, const std::string& to) override {
    const int64_t id = find(from), target = find(to), dir = directory(parent_of(to));
    if (id < 0 || dir < 0) return id < 0 ? id : dir;
    if (target == id) return 0;
    if (target >= 0) {
      HostStat moved, old;
      if (stat_handle(id, moved) < 0 || stat_handle(target, old) < 0) return -EIO;
      const bool directory = moved.type == HostStat::Type::Directory;
      if (directory != (old.type == HostStat::Type::Directory)) return directory ? -ENOTDIR : -EISDIR;
      if (HostResult r = remove(to, directory); r < 0) return r;
    }
    Query q(db_, "UPDATE node SET parent = ?, name = ? WHERE id = ?");
    return q.number(dir).bytes(name_of(to)).number(id).run();
  }
  HostResult set_mode(const std::string& path, uint32_t mode) override { return set(path, "UPDATE node SET mode = ? WHERE id = ?", mode); }
  HostResult set_times(const std::string& path, const nacre::Timespec&, const nacre::Timespec& mtime) override {
    return set(path, "UPDATE node SET mtime = ? WHERE id = ?", mtime.sec);
  }

 private:
  static std::string parent_of(const std::string& path) { return path.substr(0, path.find('/') == path.npos ? 0 : path.rfind('/')); }
  static std::string name_of(const std::string& path) { return path.substr(path.find('/') == path.npos ? 0 : path.rfind('/') + 1); }

  /// The number of what is at a path, or an error.
  int64_t find(const std::string& path) {
    int64_t id = kTop;
    for (size_t at = 0; at < path.size();) {
      const size_t end = std::min(path.find('/', at), path.size());
      Query q(db_, "SELECT id FROM node WHERE parent = ? AND name = ?");
      if (!q.number(id).bytes(path.substr(at, end - at)).row()) return q.result() < 0 ? q.result() : is_directory(id) ? -ENOENT : -ENOTDIR;
      id = q.number_at(0);
      at = end + 1;
    }
    return id;
  }
  bool is_directory(int64_t id) {
    HostStat st;
    return stat_handle(id, st) == 0 && st.type == HostStat::Type::Directory;
  }
  int64_t directory(const std::string& path) {
    const int64_t id = find(path);
    return id < 0 || is_directory(id) ? id : -ENOTDIR;
  }
  int64_t add(const std::string& path, HostStat::Type type, uint32_t mode, const std::string& target) {
    const int64_t dir = directory(parent_of(path));
    if (dir < 0) return dir;
    Query q(db_, "INSERT INTO node(parent, name, type, mode, size, mtime, target) VALUES(?, ?, ?, ?, ?, unixepoch(), ?)");
    q.number(dir).bytes(name_of(path)).number(static_cast<int64_t>(type)).number(mode).number(static_cast<int64_t>(target.size())).bytes(target);
    const HostResult r = q.run();
    return r < 0 ? r : sqlite3_last_insert_rowid(db_);
  }
  HostResult hold(int64_t id) {
    if (id >= 0) open_[id]++;
    return id;
  }
  HostResult forget(int64_t id) {
    Query q(db_, "DELETE FROM chunk WHERE node = ?");
    return q.number(id).run();
  }
  HostResult put(int64_t id, uint64_t number, uint64_t at, std::string_view data) {
    std::string bytes;
    Query old(db_, "SELECT bytes FROM chunk WHERE node = ? AND number = ?");
    if (old.number(id).number(static_cast<int64_t>(number)).row()) bytes = old.bytes_at(0);
    if (bytes.size() < at + data.size()) bytes.resize(at + data.size());
    bytes.replace(at, data.size(), data);
    Query q(db_, "INSERT OR REPLACE INTO chunk VALUES(?, ?, ?)");
    return q.number(id).number(static_cast<int64_t>(number)).bytes(bytes).run();
  }
  HostResult set(const std::string& path, const char* sql, int64_t value) {
    const int64_t id = find(path);
    if (id < 0) return id;
    Query q(db_, sql);
    return q.number(value).number(id).run();
  }

  sqlite3* db_ = nullptr;
  bool ok_ = false;
  std::map<int64_t, int> open_;
};

constexpr char kScript[] = R"(
cd /db
mkdir -p notes/old && echo 'buy milk' > notes/todo && echo 'call Ann' >> notes/todo
sed -i 's/milk/oat milk/' notes/todo
mv notes/todo notes/old/ && ln -s old/todo notes/latest && chmod 600 notes/old/todo
grep -rn milk .
find . -type f -size -2k | sort
seq 20000 > numbers && tar czf all.tar.gz notes numbers && rm -r numbers && tar xzf all.tar.gz && tail -1 numbers
cat notes/latest
ls -l notes/old | cut -c1-10
)";

}  // namespace

int main(int argc, char** argv) {
  auto files = std::make_shared<SqliteFs>(argc > 1 ? argv[1] : ":memory:");
  if (!files->ok()) return 1;
  nacre::Config config;
  config.mounts.push_back({.guest = "/db", .mode = nacre::Mount::Mode::ReadWrite, .dir = files});
  auto sandbox = nacre::Sandbox::create(config);
  if (!sandbox) return 1;
  const nacre::ExecResult r = (*sandbox)->exec(kScript);
  std::printf("%s%s", r.out.c_str(), r.err.c_str());
  Query q(files->database(), "SELECT count(*), sum(size) FROM node WHERE type = 0");
  if (!q.row()) return 1;
  std::printf("in the database: %lld files\n", static_cast<long long>(q.number_at(0)));
  const bool right =
      r.exit_code == 0 && r.err.empty() && r.out.find("./notes/old/todo:1:buy oat milk\n") != r.out.npos && r.out.find("\n20000\n") != r.out.npos;
  return right && q.number_at(0) == 3 ? 0 : 1;
}
