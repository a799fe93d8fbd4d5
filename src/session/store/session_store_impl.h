/// SessionStore behind its interface: sessions as rows, their files as layers of parts. session_store.cc has sessions
/// and runs, snapshots.cc snapshots and forks, changes.cc what differs and its way to the host, session_rows.cc this.
#pragma once
#include <map>
#include <memory>
#include <set>
#include <string>

#include "host/process_lock.h"
#include "nacre/session.h"
#include "session/sandbox_impl.h"
#include "session/store/stored_fs.h"

namespace nacre {

/// A row of `session`.
struct SessionRow {
  std::string id, name, cwd, config, shell;
  int64_t created = 0, used = 0, ttl = 0;
  int64_t layer = 0;   ///< its own
  int64_t base = 0;    ///< the layer of its creation; 0: not kept (format 1)
};

/// Letters, digits, _ - and ., at most 64.
bool is_label(std::string_view s);
Error no_session(const std::string& session);
Error damaged(const std::string& what);

using StoredFsByMount = std::map<int, std::shared_ptr<StoredFs>>;

struct SessionStore::Impl {
  std::string dir;
  std::unique_ptr<Database> db;
  std::shared_ptr<Host> host = make_posix_host();

  int64_t now();   ///< ms since 1970
  std::string new_id();
  std::string lock_path(const std::string& id) const { return dir + "/locks/" + id; }

  Expected<SessionRow> find(const std::string& session);
  Expected<std::unique_ptr<ProcessLock>> lock(const SessionRow& row, bool wait);
  /// Found, locked, and found again: what another process did before is seen.
  Expected<std::unique_ptr<ProcessLock>> find_locked(const std::string& session, SessionRow* row, bool wait = true);
  /// Puts a snapshot's state into the row.
  Expected<bool> find_snapshot(const std::string& name, SessionRow* row);
  bool insert(const SessionRow& r);
  /// False, with an error: the name is taken, or none.
  Expected<bool> free_name(const std::string& name);
  bool remove(const std::string& id);
  /// Ends sessions that were idle for longer than they may be. One that is in use stays.
  uint64_t expire();

  /// Oldest first.
  std::vector<RunRecord> runs(const std::string& id);
  Expected<SessionInfo> info(const SessionRow& row);
  /// Bytes in files, of all file systems.
  uint64_t bytes_in(int64_t layer, size_t mounts);
  /// A state's sandbox, with a shell that has just begun. `stored`: where its files come from.
  Expected<std::unique_ptr<Sandbox>> load_files(const SessionRow& row, const std::shared_ptr<Layers>& layers, StoredFsByMount* stored);
  /// The same as the last run left it; `fresh`: but for the shell.
  Expected<std::unique_ptr<Sandbox>> load(const SessionRow& row, bool fresh, const std::shared_ptr<Layers>& layers, StoredFsByMount* stored);
  /// Everything that changed in the file systems, into the layer.
  bool store_files(Sandbox::Impl& s, const std::shared_ptr<Layers>& layers, StoredFsByMount& stored);

  /// What SessionStore::export_session and import_session do. `lost`: what cannot be read is left out, and noted there;
  /// null: it is an error.
  Expected<bool> write_archive(const SessionRow& row, const std::function<bool(std::string_view)>& write, std::vector<std::string>* lost);
  Expected<SessionRow> read_archive(const std::function<int64_t(std::span<char>)>& read, const SessionImportOptions& o, std::vector<std::string>* lost);

  /// 0: an error.
  int64_t new_layer(int64_t parent);
  /// Layers that neither a session nor a snapshot stands on.
  bool drop_unused_layers();
  /// Rows of `chunk` that some inode refers to.
  bool used_chunks(std::set<int64_t>* out);
};

}  // namespace nacre
