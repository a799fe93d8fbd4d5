// SessionStore::Impl: rows, locks, and a row's sandbox.
#include <algorithm>
#include <cstring>

#include "session/store/session_config.h"
#include "session/store/session_store_impl.h"
#include "shell/saved_state.h"

namespace nacre {

Error no_session(const std::string& session) { return {"session.none", "no session " + session, "nacre list shows them, nacre create -n NAME makes one"}; }
Error damaged(const std::string& what) {
  return {"store.damaged", "the stored " + what + " cannot be read", "nothing was changed; nacre doctor --repair saves what can be saved"};
}

bool is_label(std::string_view s) {
  auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.'; };
  return !s.empty() && s.size() <= 64 && s[0] != '-' && s[0] != '.' && std::all_of(s.begin(), s.end(), fits);
}

int64_t SessionStore::Impl::now() {
  const Timespec t = host->realtime();
  return t.sec * 1000 + t.nsec / 1'000'000;
}

Expected<SessionRow> SessionStore::Impl::find(const std::string& session) {
  auto q = db->query("SELECT id, name, created, used, ttl, layer, cwd, config, shell, base FROM session WHERE name=?1 OR id=?1 ORDER BY name=?1 DESC");
  q.text(session);
  if (!q.step()) return db->good() ? no_session(session) : db->error();
  return SessionRow{q.text_at(0), q.text_at(1), q.text_at(6), q.text_at(7), q.text_at(8), q.integer(2), q.integer(3), q.integer(4), q.integer(5), q.integer(9)};
}

Expected<std::unique_ptr<ProcessLock>> SessionStore::Impl::find_locked(const std::string& session, SessionRow* row, bool wait) {
  auto first = find(session);
  if (!first) return first.error();
  auto held = lock(*first, wait);
  if (!held) return held.error();
  auto now = find(first->id);   // the one before us may have changed or ended it
  if (!now) return now.error();
  *row = std::move(*now);
  return held;
}

Expected<std::unique_ptr<ProcessLock>> SessionStore::Impl::lock(const SessionRow& row, bool wait) {
  std::string holder;
  int error = 0;
  auto taken = ProcessLock::take(lock_path(row.id), wait, &holder, &error);
  if (taken) {
    taken->note("process " + std::to_string(process_number()));
    return taken;
  }
  const std::string name = row.name.empty() ? row.id : row.name;
  if (error) return Error{"store", "lock of session " + name + ": " + std::strerror(error), "the store's directory must be writable; NACRE_HOME names another"};
  return Error{"session.busy", "session " + name + " is in use by " + (holder.empty() ? "another process" : holder), "without --no-wait it is waited for"};
}

int64_t SessionStore::Impl::new_layer(int64_t parent) {
  auto q = db->query("INSERT INTO layer(parent) VALUES(?)");
  if (parent) q << parent;
  else q.null();
  return db->run(q) ? db->last_id() : 0;
}

std::string SessionStore::Impl::new_id() {
  unsigned char bytes[6];
  host->entropy({reinterpret_cast<char*>(bytes), sizeof bytes});
  std::string id;
  for (unsigned char b : bytes) {
    id += "0123456789abcdef"[b >> 4];
    id += "0123456789abcdef"[b & 15];
  }
  return id;
}

std::vector<RunRecord> SessionStore::Impl::runs(const std::string& id) {
  std::vector<RunRecord> out;
  auto q = db->query("SELECT number, time, command, status, us FROM run WHERE session=? ORDER BY number");
  q.text(id);
  while (q.step())
    out.push_back({static_cast<uint64_t>(q.integer(0)), q.integer(1), q.text_at(2), static_cast<int>(q.integer(3)), static_cast<double>(q.integer(4)) / 1000});
  return out;
}

Expected<SessionInfo> SessionStore::Impl::info(const SessionRow& row) {
  SessionInfo i{row.id, row.name, row.created, row.used, row.ttl, row.cwd};
  Config c;
  if (!decode_config(row.config, &c)) return damaged("configuration of " + row.id);
  i.mounts = c.mounts;
  i.limits = c.limits;
  i.preset = c.preset;
  i.bytes = bytes_in(row.layer, c.mounts.size());
  auto q = db->query("SELECT count(*) FROM run WHERE session=?");
  q.text(row.id);
  if (q.step()) i.runs = static_cast<uint64_t>(q.integer(0));
  if (!db->good()) return db->error();
  return i;
}

uint64_t SessionStore::Impl::bytes_in(int64_t layer, size_t mounts) {
  auto layers = std::make_shared<Layers>(*db, layer);
  uint64_t bytes = 0;
  for (int mount = 0; mount <= static_cast<int>(mounts); mount++)
    if (auto stored = StoredFs::open(layers, layers->number(mount))) bytes += stored->header().bytes;
  return bytes;
}

Expected<std::unique_ptr<Sandbox>> SessionStore::Impl::load_files(const SessionRow& row, const std::shared_ptr<Layers>& layers, StoredFsByMount* stored) {
  Config config;
  if (!decode_config(row.config, &config)) return damaged("configuration of " + row.id);
  auto sandbox =
      create_sandbox(config, [&](int mount) -> std::shared_ptr<StoredNodes> { return (*stored)[mount] = StoredFs::open(layers, layers->number(mount)); });
  if (!sandbox) return sandbox.error();
  if (!(*stored)[0]) return damaged("files of " + row.id);
  Process& process = *(*sandbox)->impl().process;
  if (!process.chdir(row.cwd)) (void)process.chdir("/home/agent");
  return sandbox;
}

Expected<std::unique_ptr<Sandbox>> SessionStore::Impl::load(const SessionRow& row, bool fresh, const std::shared_ptr<Layers>& layers, StoredFsByMount* stored) {
  auto sandbox = load_files(row, layers, stored);
  if (!sandbox || fresh) return sandbox;
  Sandbox::Impl& s = (*sandbox)->impl();
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

bool SessionStore::Impl::store_files(Sandbox::Impl& s, const std::shared_ptr<Layers>& layers, StoredFsByMount& stored) {
  for (auto [mount, fs] : s.kept) {
    if (!store_changes(layers, layers->number(mount), *fs, nullptr, *fs->snapshot(), stored[mount].get())) return false;
  }
  return true;
}

bool SessionStore::Impl::insert(const SessionRow& r) {
  auto q = db->query("INSERT INTO session(id, name, created, used, ttl, layer, base, cwd, config, shell) VALUES(?,?,?,?,?,?,?,?,?,?)");
  q.text(r.id);
  if (r.name.empty()) q.null();
  else q.text(r.name);
  q << r.created << r.used << r.ttl << r.layer << r.base;
  q.text(r.cwd) << std::string_view(r.config) << std::string_view(r.shell);
  return db->run(q);
}

Expected<bool> SessionStore::Impl::free_name(const std::string& name) {
  if (name.empty()) return true;
  if (!is_label(name)) return Error{"session.name", "session name " + name + ": letters, digits, _ - and . only, at most 64", ""};
  if (find(name)) return Error{"session.exists", "session " + name + " exists already", "nacre run " + name + " uses it, nacre terminate " + name + " ends it"};
  return db->good() ? Expected<bool>(true) : db->error();
}

bool SessionStore::Impl::remove(const std::string& id) {
  for (const char* sql : {"DELETE FROM session WHERE id=?", "DELETE FROM snapshot WHERE session=?", "DELETE FROM run WHERE session=?"}) {
    auto q = db->query(sql);
    q.text(id);
    if (!db->run(q)) return false;
  }
  return drop_unused_layers();
}

bool SessionStore::Impl::drop_unused_layers() {
  constexpr char kUnused[] =
      "WITH RECURSIVE used(id) AS (SELECT layer FROM session UNION SELECT base FROM session WHERE base>0 UNION SELECT layer FROM snapshot UNION SELECT parent "
      "FROM layer JOIN used ON layer.id=used.id "
      "WHERE parent NOT NULL) SELECT id FROM layer WHERE id NOT IN (SELECT id FROM used)";
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

uint64_t SessionStore::Impl::expire() {
  std::vector<SessionRow> old;
  {
    auto q = db->query("SELECT id FROM session WHERE ttl>0 AND used+ttl<?");
    q << now();
    while (q.step()) old.push_back({.id = q.text_at(0)});
  }
  uint64_t ended = 0;
  for (const SessionRow& row : old) {
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

bool SessionStore::Impl::used_chunks(std::set<int64_t>* out) {
  auto q = db->query("SELECT kind, key, data FROM part WHERE kind IN (1, 4, 5)");
  auto add = [out](NodeId id, std::string_view record) {
    NodeRecord n;
    if (!n.decode(id, record)) return false;
    for (const ChunkRef& r : n.refs) out->insert(static_cast<int64_t>(r.row));
    return true;
  };
  while (q.step()) {
    const auto kind = static_cast<PartKind>(q.integer(0));
    if (kind == PartKind::Chunks) {
      ByteReader r(q.blob(2));
      while (!r.at_end()) out->insert(static_cast<int64_t>(decode_ref(r).row));
      if (!r.good()) return false;
      continue;
    }
    if (kind == PartKind::Seen) {
      if (!add(static_cast<NodeId>(q.integer(1)), q.blob(2))) return false;
      continue;
    }
    RecordPage page;
    if (!decode_page(q.blob(2), page)) return false;
    for (const auto& [id, bytes] : page)
      if (!add(id, bytes)) return false;
  }
  return db->good();
}

}  // namespace nacre
