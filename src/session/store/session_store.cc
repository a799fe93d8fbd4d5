// SessionStore: sessions as rows, their files as layers of parts.
#include "nacre/session.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <map>
#include <set>

#include "host/process_lock.h"
#include "session/sandbox_impl.h"
#include "session/store/session_config.h"
#include "session/store/stored_fs.h"
#include "shell/saved_state.h"

namespace nacre {
namespace {

int64_t milliseconds(const Timespec& t) { return t.sec * 1000 + t.nsec / 1'000'000; }

Error none(const std::string& session) { return {"session.none", "no session " + session, "nacre list shows them, nacre create -n NAME makes one"}; }
Error damaged(const std::string& what) { return {"store.damaged", "the stored " + what + " cannot be read", "nothing was changed"}; }

struct Row {
  std::string id, name, cwd, config, shell;
  int64_t created = 0, used = 0, ttl = 0, layer = 0;
};

bool is_label(std::string_view s) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
  return !s.empty() && s.size() <= 64 && s[0] != '-' && s[0] != '.' && std::all_of(s.begin(), s.end(), fits);
}

}  // namespace

struct SessionStore::Impl {
  std::string dir;
  std::unique_ptr<Database> db;
  std::shared_ptr<Host> host = make_posix_host();

  int64_t now() { return milliseconds(host->realtime()); }

  std::string lock_path(const std::string& id) const { return dir + "/locks/" + id; }

  Expected<Row> find(const std::string& session) {
    auto q = db->query("SELECT id, name, created, used, ttl, layer, cwd, config, shell FROM session WHERE name=?1 OR id=?1 ORDER BY name=?1 DESC");
    q.text(session);
    if (!q.step()) return db->good() ? none(session) : db->error();
    Row r{q.text_at(0), q.text_at(1), q.text_at(6), q.text_at(7), q.text_at(8), q.integer(2), q.integer(3), q.integer(4), q.integer(5)};
    return r;
  }

  Expected<std::unique_ptr<ProcessLock>> lock(const Row& row, bool wait) {
    std::string holder;
    int error = 0;
    auto taken = ProcessLock::take(lock_path(row.id), wait, &holder, &error);
    if (taken) {
      taken->note("process " + std::to_string(process_number()));
      return taken;
    }
    const std::string name = row.name.empty() ? row.id : row.name;
    if (error)
      return Error{"store", "lock of session " + name + ": " + std::strerror(error), "the store's directory must be writable; NACRE_HOME names another"};
    return Error{"session.busy", "session " + name + " is in use by " + (holder.empty() ? "another process" : holder), "without --no-wait it is waited for"};
  }

  int64_t new_layer(int64_t parent) {
    auto q = db->query("INSERT INTO layer(parent) VALUES(?)");
    if (parent) q << parent;
    else q.null();
    return db->run(q) ? db->last_id() : 0;
  }

  std::string new_id() {
    unsigned char bytes[6];
    host->entropy({reinterpret_cast<char*>(bytes), sizeof bytes});
    std::string id;
    for (unsigned char b : bytes) {
      id += "0123456789abcdef"[b >> 4];
      id += "0123456789abcdef"[b & 15];
    }
    return id;
  }

  Expected<SessionInfo> info(const Row& row) {
    SessionInfo i{row.id, row.name, row.created, row.used, row.ttl, row.cwd};
    Config c;
    if (!decode_config(row.config, &c)) return damaged("configuration of " + row.id);
    i.mounts = c.mounts;
    i.limits = c.limits;
    i.preset = c.preset;
    auto layers = std::make_shared<Layers>(*db, row.layer);
    for (size_t fs = 0; fs <= c.mounts.size(); fs++)
      if (auto stored = StoredFs::open(layers, static_cast<int>(fs))) i.bytes += stored->header().bytes;
    auto q = db->query("SELECT count(*) FROM run WHERE session=?");
    q.text(row.id);
    if (q.step()) i.runs = static_cast<uint64_t>(q.integer(0));
    if (!db->good()) return db->error();
    return i;
  }

  /// The session's sandbox as the last run left it; `fresh`: with a shell that has just begun.
  Expected<std::unique_ptr<Sandbox>> load(const Row& row, bool fresh, const std::shared_ptr<Layers>& layers, std::map<int, std::shared_ptr<StoredFs>>* stored) {
    Config config;
    if (!decode_config(row.config, &config)) return damaged("configuration of " + row.id);
    auto sandbox = create_sandbox(config, [&](int fs) -> std::shared_ptr<StoredNodes> { return (*stored)[fs] = StoredFs::open(layers, fs); });
    if (!sandbox) return sandbox.error();
    if (!(*stored)[0]) return damaged("files of " + row.id);
    Sandbox::Impl& s = (*sandbox)->impl();
    if (!s.process->chdir(row.cwd)) (void)s.process->chdir("/home/agent");
    if (fresh) return sandbox;
    bool good = true;
    s.budget.begin_run();
    s.kernel->begin_run();
    s.kernel->run(*s.process, [&](Process&) {
      good = restore_shell(*s.shell, row.shell);
      return 0;
    });
    if (!good) return damaged("state of the shell of " + row.id);
    return sandbox;
  }

  /// Everything that changed in the file systems, into the layer.
  bool store_files(Sandbox::Impl& s, const std::shared_ptr<Layers>& layers, std::map<int, std::shared_ptr<StoredFs>>& stored) {
    for (auto [number, fs] : s.kept) {
      if (!store_changes(layers, number, *fs, nullptr, *fs->snapshot(), stored[number].get())) return false;
    }
    return true;
  }

  bool insert(const Row& r) {
    auto q = db->query("INSERT INTO session(id, name, created, used, ttl, layer, cwd, config, shell) VALUES(?,?,?,?,?,?,?,?,?)");
    q.text(r.id);
    if (r.name.empty()) q.null();
    else q.text(r.name);
    q << r.created << r.used << r.ttl << r.layer;
    q.text(r.cwd) << std::string_view(r.config) << std::string_view(r.shell);
    return db->run(q);
  }

  Expected<bool> free_name(const std::string& name) {
    if (name.empty()) return true;
    if (!is_label(name)) return Error{"session.name", "session name " + name + ": letters, digits, _ - and . only, at most 64", ""};
    if (find(name))
      return Error{"session.exists", "session " + name + " exists already", "nacre run " + name + " uses it, nacre terminate " + name + " ends it"};
    return db->good() ? Expected<bool>(true) : db->error();
  }

  bool remove(const std::string& id) {
    for (const char* sql : {"DELETE FROM session WHERE id=?", "DELETE FROM snapshot WHERE session=?", "DELETE FROM run WHERE session=?"}) {
      auto q = db->query(sql);
      q.text(id);
      if (!db->run(q)) return false;
    }
    return drop_unused_layers();
  }

  /// Layers that neither a session nor a snapshot stands on.
  bool drop_unused_layers() {
    constexpr char kUnused[] =
        "WITH RECURSIVE used(id) AS (SELECT layer FROM session UNION SELECT layer FROM snapshot UNION SELECT parent FROM layer JOIN used ON layer.id=used.id "
        "WHERE parent "
        "NOT NULL) SELECT id FROM layer WHERE id NOT IN (SELECT id FROM used)";
    std::vector<int64_t> unused;
    {
      auto q = db->query(kUnused);
      while (q.step()) unused.push_back(q.integer(0));
    }
    for (int64_t id : unused) {
      for (const char* sql : {"DELETE FROM part WHERE layer=?", "DELETE FROM layer WHERE id=?"}) {
        auto q = db->query(sql);
        q << id;
        db->run(q);
      }
    }
    return db->good();
  }

  /// Ends sessions that were idle for longer than they may be. One that is in use stays.
  uint64_t expire() {
    std::vector<Row> old;
    {
      auto q = db->query("SELECT id FROM session WHERE ttl>0 AND used+ttl<?");
      q << now();
      while (q.step()) old.push_back({.id = q.text_at(0)});
    }
    uint64_t ended = 0;
    for (const Row& row : old) {
      auto held = lock(row, false);
      if (!held) continue;
      Database::Transaction all(*db);
      auto q = db->query("SELECT 1 FROM session WHERE id=? AND used+ttl<?");   // nobody used it meanwhile
      q.text(row.id) << now();
      if (!q.step()) continue;
      if (remove(row.id) && all.commit()) ended++;
    }
    return ended;
  }

  /// Rows of `chunk` that some inode refers to.
  bool used_chunks(std::set<int64_t>* out) {
    auto q = db->query("SELECT kind, data FROM part WHERE kind IN (1, 4)");
    while (q.step()) {
      if (q.integer(0) == static_cast<int>(PartKind::Chunks)) {
        ByteReader r(q.blob(1));
        while (!r.at_end()) out->insert(static_cast<int64_t>(decode_ref(r).row));
        if (!r.good()) return false;
        continue;
      }
      RecordPage page;
      if (!decode_page(q.blob(1), page)) return false;
      for (const auto& [id, bytes] : page) {
        NodeRecord n;
        if (!n.decode(id, bytes)) return false;
        for (const ChunkRef& r : n.refs) out->insert(static_cast<int64_t>(r.row));
      }
    }
    return db->good();
  }
};

SessionStore::SessionStore() : impl_(std::make_unique<Impl>()) {}
SessionStore::~SessionStore() = default;

std::string SessionStore::default_dir() {
  if (const char* home = std::getenv("NACRE_HOME"); home && *home) return home;
  if (const char* data = std::getenv("XDG_DATA_HOME"); data && *data == '/') return std::string(data) + "/nacre";
  const char* home = std::getenv("HOME");
  return std::string(home ? home : "") + "/.local/share/nacre";
}

Expected<std::unique_ptr<SessionStore>> SessionStore::open(const std::string& dir) {
  if (int error = make_private_dirs(dir + "/locks")) return Error{"store", "store " + dir + ": " + std::strerror(error), "NACRE_HOME names another directory"};
  std::unique_ptr<SessionStore> out(new SessionStore);
  out->impl_->dir = dir;
  auto db = Database::open(dir + "/sessions.db");
  if (!db) return db.error();
  out->impl_->db = std::move(*db);
  (void)out->impl_->expire();
  return out;
}

Expected<SessionInfo> SessionStore::create(const std::string& name, const Config& given, int64_t ttl_ms) {
  Impl& s = *impl_;
  Config config = given;
  for (Mount& m : config.mounts) m.host = absolute_path(m.host);   // the next run may start elsewhere
  if (config.network) {
    for (HeaderInjection& h : config.network->headers)
      if (h.from.starts_with("file:")) h.from = "file:" + absolute_path(h.from.substr(5));
  }
  if (auto ok = s.free_name(name); !ok) return ok.error();
  if (std::string what = not_kept(config); !what.empty()) return Error{"session.config", what + ": cannot be kept in a session", ""};
  auto sandbox = Sandbox::create(config);
  if (!sandbox) return sandbox.error();
  Sandbox::Impl& box = (*sandbox)->impl();
  Row row{.id = s.new_id(), .name = name, .config = encode_config(config), .created = s.now(), .ttl = ttl_ms};
  box.kernel->kill_all(box.process);   // what setup commands left in the background
  row.used = row.created;
  if (auto cwd = box.process->getcwd()) row.cwd = *cwd;
  row.shell = save_shell(*box.shell);
  Database::Transaction all(*s.db);
  row.layer = s.new_layer(0);
  std::map<int, std::shared_ptr<StoredFs>> none_stored;
  const bool stored = s.store_files(box, std::make_shared<Layers>(*s.db, row.layer), none_stored) && s.insert(row) && all.commit();
  if (!stored) {
    // Another process may have taken the name since.
    if (auto taken = s.free_name(name); !taken) return taken.error();
    return s.db->error();
  }
  return s.info(row);
}

Expected<SessionInfo> SessionStore::show(const std::string& session) {
  auto row = impl_->find(session);
  if (!row) return row.error();
  return impl_->info(*row);
}

std::vector<SessionInfo> SessionStore::list() {
  std::vector<std::string> ids;
  {
    auto q = impl_->db->query("SELECT id FROM session ORDER BY created, id");
    while (q.step()) ids.push_back(q.text_at(0));
  }
  std::vector<SessionInfo> out;
  for (const std::string& id : ids)
    if (auto i = show(id)) out.push_back(std::move(*i));
  return out;
}

Expected<ExecResult> SessionStore::run(const std::string& session, std::string_view script, const SessionRun& o) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) {
    if (row.error().code != "session.none") return row.error();
    if (auto made = create(session, {}); !made && made.error().code != "session.exists") return made.error();
    row = s.find(session);
    if (!row) return row.error();
  }
  auto held = s.lock(*row, o.wait);
  if (!held) return held.error();
  row = s.find(row->id);   // the one before us may have changed or ended it
  if (!row) return row.error();
  auto layers = std::make_shared<Layers>(*s.db, row->layer);
  std::map<int, std::shared_ptr<StoredFs>> stored;
  auto sandbox = s.load(*row, o.isolated, layers, &stored);
  if (!sandbox) return sandbox.error();
  Sandbox::Impl& box = (*sandbox)->impl();
  if (!o.workdir.empty()) {
    if (auto r = box.process->chdir(o.workdir); !r) return file_error("workdir", o.workdir, r.error());
  }
  const int64_t begin = s.now();
  if (o.on_start) o.on_start(sandbox->get());
  ExecResult result = (*sandbox)->exec(script, o.exec);
  if (o.on_start) o.on_start(nullptr);
  result.session = row->id;
  box.kernel->kill_all(box.process);
  Database::Transaction all(*s.db);
  bool good = s.store_files(box, layers, stored);
  const std::string shell = o.isolated ? std::move(row->shell) : save_shell(*box.shell);
  const std::string cwd = o.isolated ? row->cwd : result.cwd;
  auto q = s.db->query("UPDATE session SET used=?, cwd=?, shell=? WHERE id=?");
  q << s.now();
  q.text(cwd) << std::string_view(shell);
  q.text(row->id);
  good = s.db->run(q) && good;
  auto h = s.db->query("INSERT INTO run SELECT ?1, coalesce(max(number), 0)+1, ?2, ?3, ?4, ?5 FROM run WHERE session=?1");
  h.text(row->id) << begin << script << result.exit_code;
  h << static_cast<int64_t>(result.duration_ms * 1000);
  good = s.db->run(h) && good;
  if (!good || !all.commit()) return s.db->good() ? damaged("files of " + row->id) : s.db->error();
  return result;
}

Expected<bool> SessionStore::terminate(const std::string& session) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) return row.error();
  auto held = s.lock(*row, false);
  if (!held) return Error{held.error().code, held.error().message, "end that run first"};
  Database::Transaction all(*s.db);
  if (!s.remove(row->id) || !all.commit()) return s.db->error();
  return true;
}

Expected<std::vector<RunRecord>> SessionStore::history(const std::string& session) {
  auto row = impl_->find(session);
  if (!row) return row.error();
  std::vector<RunRecord> out;
  auto q = impl_->db->query("SELECT number, time, command, status, us FROM run WHERE session=? ORDER BY number");
  q.text(row->id);
  while (q.step())
    out.push_back({static_cast<uint64_t>(q.integer(0)), q.integer(1), q.text_at(2), static_cast<int>(q.integer(3)), static_cast<double>(q.integer(4)) / 1000});
  if (!impl_->db->good()) return impl_->db->error();
  return out;
}

Expected<bool> SessionStore::clear_history(const std::string& session) {
  auto row = impl_->find(session);
  if (!row) return row.error();
  auto q = impl_->db->query("DELETE FROM run WHERE session=?");
  q.text(row->id);
  if (!impl_->db->run(q)) return impl_->db->error();
  return true;
}

Expected<bool> SessionStore::snapshot(const std::string& session, const std::string& name) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) return row.error();
  if (!is_label(name)) return Error{"snapshot.name", "snapshot name " + name + ": letters, digits, _ - and . only, at most 64", ""};
  auto held = s.lock(*row, true);
  if (!held) return held.error();
  row = s.find(row->id);
  if (!row) return row.error();
  Database::Transaction all(*s.db);
  {
    auto q = s.db->query("SELECT 1 FROM snapshot WHERE session=? AND name=?");
    q.text(row->id).text(name);
    if (q.step()) return Error{"snapshot.exists", "snapshot " + name + " exists already", "nacre snapshot --drop frees the name"};
  }
  auto q = s.db->query("INSERT INTO snapshot(session, name, created, layer, cwd, shell) VALUES(?,?,?,?,?,?)");
  q.text(row->id).text(name) << s.now() << row->layer;
  q.text(row->cwd) << std::string_view(row->shell);
  auto u = s.db->query("UPDATE session SET layer=? WHERE id=?");
  if (!s.db->run(q)) return s.db->error();
  u << s.new_layer(row->layer);
  u.text(row->id);
  if (!s.db->run(u) || !all.commit()) return s.db->error();
  return true;
}

Expected<std::vector<SnapshotInfo>> SessionStore::snapshots(const std::string& session) {
  auto row = impl_->find(session);
  if (!row) return row.error();
  std::vector<SnapshotInfo> out;
  auto q = impl_->db->query("SELECT name, created FROM snapshot WHERE session=? ORDER BY id");
  q.text(row->id);
  while (q.step()) out.push_back({q.text_at(0), row->id, q.integer(1)});
  if (!impl_->db->good()) return impl_->db->error();
  return out;
}

namespace {

Expected<bool> find_snapshot(Database& db, const Row& row, const std::string& name, int64_t* layer, std::string* cwd, std::string* shell) {
  auto q = db.query("SELECT layer, cwd, shell FROM snapshot WHERE session=? AND name=?");
  q.text(row.id).text(name);
  if (!q.step()) return db.good() ? Error{"snapshot.none", "no snapshot " + name, "nacre snapshots SESSION shows them"} : db.error();
  *layer = q.integer(0);
  *cwd = q.text_at(1);
  *shell = q.text_at(2);
  return true;
}

}  // namespace

Expected<bool> SessionStore::drop_snapshot(const std::string& session, const std::string& name) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) return row.error();
  Database::Transaction all(*s.db);
  auto q = s.db->query("DELETE FROM snapshot WHERE session=? AND name=?");
  q.text(row->id).text(name);
  if (!s.db->run(q)) return s.db->error();
  if (s.db->changes() == 0) return Error{"snapshot.none", "no snapshot " + name, "nacre snapshots SESSION shows them"};
  if (!s.drop_unused_layers() || !all.commit()) return s.db->error();
  return true;
}

Expected<bool> SessionStore::rollback(const std::string& session, const std::string& name) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) return row.error();
  auto held = s.lock(*row, true);
  if (!held) return held.error();
  Database::Transaction all(*s.db);
  int64_t layer = 0;
  std::string cwd, shell;
  if (auto found = find_snapshot(*s.db, *row, name, &layer, &cwd, &shell); !found) return found.error();
  auto q = s.db->query("UPDATE session SET layer=?, cwd=?, shell=?, used=? WHERE id=?");
  q << s.new_layer(layer);
  q.text(cwd) << std::string_view(shell) << s.now();
  q.text(row->id);
  if (!s.db->run(q) || !s.drop_unused_layers() || !all.commit()) return s.db->error();
  return true;
}

Expected<SessionInfo> SessionStore::fork(const std::string& session, const std::string& snapshot, const std::string& new_name) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) return row.error();
  if (auto ok = s.free_name(new_name); !ok) return ok.error();
  auto held = s.lock(*row, true);
  if (!held) return held.error();
  row = s.find(row->id);
  if (!row) return row.error();
  Database::Transaction all(*s.db);
  Row copy = *row;
  if (!snapshot.empty()) {
    if (auto found = find_snapshot(*s.db, *row, snapshot, &copy.layer, &copy.cwd, &copy.shell); !found) return found.error();
  }
  const int64_t base = copy.layer;
  copy.id = s.new_id();
  copy.name = new_name;
  copy.created = copy.used = s.now();
  copy.layer = s.new_layer(base);
  bool good = s.insert(copy);
  if (snapshot.empty()) {
    // What both now stand on is no longer written to.
    auto u = s.db->query("UPDATE session SET layer=? WHERE id=?");
    u << s.new_layer(base);
    u.text(row->id);
    good = good && s.db->run(u);
  }
  if (!good || !all.commit()) return s.db->error();
  return s.info(copy);
}

Expected<SessionStore::Collected> SessionStore::gc() {
  Impl& s = *impl_;
  Collected out;
  out.sessions = s.expire();
  Database::Transaction all(*s.db);
  std::set<int64_t> used;
  if (!s.drop_unused_layers()) return s.db->error();
  if (!s.used_chunks(&used)) return s.db->good() ? damaged("files") : s.db->error();
  std::vector<int64_t> unused;
  {
    auto q = s.db->query("SELECT id, length(data) FROM chunk");
    while (q.step()) {
      if (used.count(q.integer(0))) continue;
      unused.push_back(q.integer(0));
      out.bytes += static_cast<uint64_t>(q.integer(1));
    }
  }
  for (int64_t id : unused) {
    auto q = s.db->query("DELETE FROM chunk WHERE id=?");
    q << id;
    s.db->run(q);
  }
  out.chunks = unused.size();
  if (!all.commit()) return s.db->error();
  return out;
}

}  // namespace nacre
