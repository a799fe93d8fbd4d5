/// SessionStore: sandboxes that last. A session's files and the state of its shell are kept in a directory of
/// the host, in one SQLite database; a run that has returned is on disk, whole, and one that did not return
/// left nothing. Only what is touched is read, and only what changed is written.
///
///     auto store = nacre::SessionStore::open(nacre::SessionStore::default_dir());
///     (*store)->run("work", "echo hello > note");   // made where there is none
///
/// A session is named by its name or its id. Processes may share a store: runs of one session come one after
/// the other. Processes left in the background end with the run.
/// Threads: one. Source: design.md, section 8; docs/sessions.md.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "nacre/sandbox.h"

namespace nacre {

/// HOST:GUEST:MODE[,max-file=BYTES], as --mount takes it.
std::string mount_text(const Mount& m);

struct SessionInfo {
  std::string id, name;              ///< name: "" when it has none
  int64_t created_ms = 0, used_ms = 0;   ///< since 1970
  int64_t ttl_ms = 0;                ///< it goes when idle for so long; 0: never
  std::string cwd;
  std::vector<Mount> mounts;
  Limits limits;                     ///< of its runs
  std::string preset;                ///< Config::preset
  uint64_t bytes = 0;                ///< held in files
  uint64_t runs = 0;
  std::string to_json() const;       ///< one line
};

struct SnapshotInfo {
  std::string name, session;         ///< session: id
  std::string parent;                ///< the snapshot it was made after; "": none
  int64_t created_ms = 0;
  uint64_t bytes = 0;                ///< held in files
  std::string to_json() const;
};

struct RunRecord {
  uint64_t number = 0;               ///< 1 ...
  int64_t time_ms = 0;               ///< of its begin, since 1970
  std::string command;
  int exit_code = 0;
  double duration_ms = 0;
  std::string to_json() const;
};

struct SessionRun {
  ExecOptions exec;
  std::string workdir;               ///< "": where the last run left
  bool isolated = false;             ///< a fresh shell, whose state is not kept; files are
  bool wait = true;                  ///< for another process's run of the session; false: code "session.busy"
  /// Sees the sandbox before the script runs, and null after it: for interrupt() and cancel().
  std::function<void(Sandbox*)> on_start;
};

struct SessionDiffOptions {
  std::string from, to;              ///< snapshots; "": the session's creation, its present state
  std::vector<std::string> paths;    ///< only these and what is below them; relative ones from the session's cwd
  bool content = false;              ///< the patch too
};

/// What differs between two states of a session. What was written through a rw mount is the host's, and not here.
struct SessionDiff {
  Diff changes;
  std::string patch;                 ///< as git diff prints it; paths are those of the sandbox without the first /
  std::string to_json() const;       ///< one line
};

struct SessionApplyOptions {
  std::vector<std::string> paths;    ///< as in SessionDiffOptions
  bool force = false;                ///< also over what changed on the host meanwhile
  bool dry_run = false;              ///< only tells
};

/// What apply() did, or would do. With conflicts and without `force` it did nothing.
struct Applied {
  struct Change {
    enum class Kind : uint8_t { Create, Modify, Delete, Mode } kind;
    std::string path, host;          ///< in the sandbox, on the host
  };
  struct Conflict {
    std::string path, host;
    std::string reason;              ///< "changed on the host meanwhile"
  };
  std::vector<Change> changes;
  std::vector<Conflict> conflicts;
  std::string to_json() const;       ///< one line
};

struct SessionImportOptions {
  std::string name;                  ///< "": the one in the archive
  /// What the session may ask of the host: network, limits, and where its mounts are (by their guest paths).
  Config config;
  bool trust = false;                ///< all of that as the archive says
  bool force = false;                ///< also where a mount's host is not as the session saw it
};

/// What check_store() found, and did.
struct StoreCheck {
  struct Problem {
    std::string session;             ///< name or id; "": the store itself
    std::string what;
  };
  std::vector<Problem> problems;     ///< none: the store is whole
  std::vector<Problem> lost;         ///< by the repair: what could not be saved, a path or a snapshot
  std::string kept;                  ///< the store as it was before the repair; "": there was none
  uint64_t sessions = 0, chunks = 0, bytes = 0;   ///< looked at
  std::string to_json() const;       ///< one line
};
/// Reads all of a store: SQLite's own check, every record, every chunk against its digest. `repair`: what can be read of
/// damaged parts is kept, the rest is named, and the damaged store is put aside. Sessions that are in use are not
/// repaired. No other process may open the store meanwhile.
Expected<StoreCheck> check_store(const std::string& dir, bool repair);

class SessionStore {
 public:
  /// $NACRE_HOME, else $XDG_DATA_HOME/nacre, else ~/.local/share/nacre. Source: XDG Base Directory Specification.
  static std::string default_dir();
  /// Makes the directory (mode 0700) and the database where they are missing.
  static Expected<std::unique_ptr<SessionStore>> open(const std::string& dir);
  ~SessionStore();
  SessionStore(const SessionStore&) = delete;

  /// Mounts are kept by their absolute paths. Config::files with callbacks are read now; commands, host, seed and
  /// header injections with a value cannot be kept and are refused ("session.config"). Config::setup runs before the
  /// session is there for others; when it fails there is none ("setup").
  Expected<SessionInfo> create(const std::string& name, const Config& config, int64_t ttl_ms = 0);
  /// Code "session.none": there is no such session.
  Expected<SessionInfo> show(const std::string& session);
  std::vector<SessionInfo> list();
  /// The result is returned when all of it is stored; an error instead of it means that nothing was.
  Expected<ExecResult> run(const std::string& session, std::string_view script, const SessionRun& options = {});
  Expected<bool> terminate(const std::string& session);
  /// Runs, oldest first.
  Expected<std::vector<RunRecord>> history(const std::string& session);
  Expected<bool> clear_history(const std::string& session);

  /// Keeps the present state under a name ("": one is made); gives the name. An existing one is an error
  /// ("snapshot.exists").
  Expected<std::string> snapshot(const std::string& session, const std::string& name = "");
  Expected<std::vector<SnapshotInfo>> snapshots(const std::string& session);
  Expected<bool> drop_snapshot(const std::string& session, const std::string& name);
  /// Files and shell as they were.
  Expected<bool> rollback(const std::string& session, const std::string& name);
  /// A new session from the present state, or from a snapshot (name not "").
  Expected<SessionInfo> fork(const std::string& session, const std::string& snapshot, const std::string& new_name);

  /// O(changes).
  Expected<SessionDiff> diff(const std::string& session, const SessionDiffOptions& options = {});
  /// Writes the changes of the session's cow mounts to the host, each file atomically. Afterwards the session sees
  /// the host's files there. Interrupted at any instant, it can be run again. Code "apply.none": there is nothing
  /// to apply to; "apply": the host refused, with what was done so far.
  Expected<Applied> apply(const std::string& session, const SessionApplyOptions& options = {});

  /// The session with its snapshots and history as one archive, a tar compressed with zstd: an ordinary member for
  /// each file. `write` takes it piece by piece, false to end it (code "export"). What a mount's host has is not in it,
  /// what the session changed below a cow mount is.
  Expected<bool> export_session(const std::string& session, const std::function<bool(std::string_view)>& write);
  /// A new session from such an archive, which nobody need trust: damaged, hostile or too large, it is refused whole
  /// (code "archive"). Code "import.mount": a mount of it is not among config's; "import.host": below a cow mount the
  /// host is not as the session saw it (`detail`: the paths). `read` gives bytes; 0: the end; negative: an error.
  Expected<SessionInfo> import_session(const std::function<int64_t(std::span<char>)>& read, const SessionImportOptions& options = {});

  struct Collected {
    uint64_t sessions = 0, chunks = 0, bytes = 0;
  };
  /// Ends expired sessions that nobody runs, and frees what no session and no snapshot needs.
  Expected<Collected> gc();

  struct Impl;   ///< nacre's own

 private:
  SessionStore();
  std::unique_ptr<Impl> impl_;
};

}  // namespace nacre
