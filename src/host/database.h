/// Database: the store's SQLite file. Write-ahead log, synced at each commit; statements are prepared
/// once. Errors are kept: after the first one nothing is done any more and error() tells it.
///
/// Threads: one. Other processes may have the same file open.
/// Source: https://www.sqlite.org/wal.html.
#pragma once
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "nacre/error.h"

namespace nacre {

class Database {
 public:
  /// Makes the file and its tables where they are missing; the directory exists.
  static Expected<std::unique_ptr<Database>> open(const std::string& path);
  ~Database();
  Database(const Database&) = delete;

  /// A run of one statement. Its parameters are bound in order with operator<<; step() gives the rows.
  class Query {
   public:
    ~Query();
    Query(Query&& o) noexcept : db_(o.db_), statement_(std::exchange(o.statement_, nullptr)), bound_(o.bound_) {}
    Query& operator<<(int64_t n);
    Query& operator<<(uint64_t n) { return *this << static_cast<int64_t>(n); }
    Query& operator<<(int n) { return *this << static_cast<int64_t>(n); }
    Query& operator<<(std::string_view blob);   ///< stays valid until the query ends
    Query& text(std::string_view s);
    Query& null();
    /// True: there is a row. False: no more, or an error.
    bool step();
    int64_t integer(int column) const;
    bool is_null(int column) const;
    std::string_view blob(int column) const;    ///< valid until the next step
    std::string text_at(int column) const { return std::string(blob(column)); }

   private:
    friend class Database;
    Query(Database& db, void* statement) : db_(&db), statement_(statement) {}
    Database* db_;
    void* statement_;
    int bound_ = 0;
  };
  /// `sql` is a literal: statements are kept by its address.
  Query query(const char* sql);
  /// For a statement without rows.
  bool run(Query& q);
  bool run(Query&& q) { return run(q); }
  int64_t last_id() const;
  int64_t changes() const;

  /// Writes that come together: all at commit(), or none.
  class Transaction {
   public:
    explicit Transaction(Database& db);
    ~Transaction();
    bool commit();

   private:
    Database& db_;
    bool open_ = false;
  };

  bool good() const { return error_.empty(); }
  /// One line with a hint.
  Error error() const;

 private:
  Database() = default;
  void note(int code);
  /// Empties the write-ahead log when it has grown: the next process to open the file has to read all of it.
  void trim_log();
  void* db_ = nullptr;
  std::string path_, error_;
  int code_ = 0;
  int log_pages_ = 0;   // after the last commit
  std::map<const char*, void*> statements_;
};

}  // namespace nacre
