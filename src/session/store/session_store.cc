// SessionStore: sessions and their runs.
#include <cstdlib>
#include <cstring>

#include "session/store/session_config.h"
#include "session/store/session_store_impl.h"
#include "shell/saved_state.h"

namespace nacre {

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
  box.kernel->kill_all(box.process);   // what setup commands left in the background
  SessionRow row{.id = s.new_id(), .name = name, .config = encode_config(config), .created = s.now(), .ttl = ttl_ms};
  row.used = row.created;
  if (auto cwd = box.process->getcwd()) row.cwd = *cwd;
  row.shell = save_shell(*box.shell);
  Database::Transaction all(*s.db);
  row.base = s.new_layer(0);
  StoredFsByMount none_stored;
  bool stored = s.store_files(box, std::make_shared<Layers>(*s.db, row.base), none_stored);
  row.layer = s.new_layer(row.base);   // the first state stays: diff tells what differs from it
  stored = stored && s.insert(row) && all.commit();
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
  if (auto there = s.find(session); !there) {
    if (there.error().code != "session.none") return there.error();
    if (auto made = create(session, {}); !made && made.error().code != "session.exists") return made.error();
  }
  SessionRow row;
  auto held = s.find_locked(session, &row, o.wait);
  if (!held) return held.error();
  auto layers = std::make_shared<Layers>(*s.db, row.layer);
  StoredFsByMount stored;
  auto sandbox = s.load(row, o.isolated, layers, &stored);
  if (!sandbox) return sandbox.error();
  Sandbox::Impl& box = (*sandbox)->impl();
  if (!o.workdir.empty()) {
    if (auto r = box.process->chdir(o.workdir); !r) return file_error("workdir", o.workdir, r.error());
  }
  const int64_t begin = s.now();
  if (o.on_start) o.on_start(sandbox->get());
  ExecResult result = (*sandbox)->exec(script, o.exec);
  if (o.on_start) o.on_start(nullptr);
  result.session = row.id;
  box.kernel->kill_all(box.process);
  Database::Transaction all(*s.db);
  bool good = s.store_files(box, layers, stored);
  const std::string shell = o.isolated ? std::move(row.shell) : save_shell(*box.shell);
  const std::string cwd = o.isolated ? row.cwd : result.cwd;
  auto q = s.db->query("UPDATE session SET used=?, cwd=?, shell=? WHERE id=?");
  q << s.now();
  q.text(cwd) << std::string_view(shell);
  q.text(row.id);
  good = s.db->run(q) && good;
  auto h = s.db->query("INSERT INTO run SELECT ?1, coalesce(max(number), 0)+1, ?2, ?3, ?4, ?5 FROM run WHERE session=?1");
  h.text(row.id) << begin << script << result.exit_code;
  h << static_cast<int64_t>(result.duration_ms * 1000);
  good = s.db->run(h) && good;
  if (!good || !all.commit()) return s.db->good() ? damaged("files of " + row.id) : s.db->error();
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
  std::vector<RunRecord> out = impl_->runs(row->id);
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
