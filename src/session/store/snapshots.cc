// Snapshots, which name a layer, and forks, which stand on one.
#include "session/store/session_config.h"
#include "session/store/session_store_impl.h"

namespace nacre {

Expected<std::string> SessionStore::snapshot(const std::string& session, const std::string& wanted) {
  Impl& s = *impl_;
  const std::string name = wanted.empty() ? s.new_id() : wanted;
  if (!is_label(name)) return Error{"snapshot.name", "snapshot name " + name + ": letters, digits, _ - and . only, at most 64", ""};
  SessionRow row;
  auto held = s.find_locked(session, &row);
  if (!held) return held.error();
  Database::Transaction all(*s.db);
  {
    auto q = s.db->query("SELECT 1 FROM snapshot WHERE session=? AND name=?");
    q.text(row.id).text(name);
    if (q.step()) return Error{"snapshot.exists", "snapshot " + name + " exists already", "nacre snapshot --drop frees the name"};
  }
  auto q = s.db->query("INSERT INTO snapshot(session, name, created, layer, cwd, shell) VALUES(?,?,?,?,?,?)");
  q.text(row.id).text(name) << s.now() << row.layer;
  q.text(row.cwd) << std::string_view(row.shell);
  auto u = s.db->query("UPDATE session SET layer=? WHERE id=?");
  if (!s.db->run(q)) return s.db->error();
  u << s.new_layer(row.layer);
  u.text(row.id);
  if (!s.db->run(u) || !all.commit()) return s.db->error();
  return name;
}

Expected<std::vector<SnapshotInfo>> SessionStore::snapshots(const std::string& session) {
  Impl& s = *impl_;
  auto row = s.find(session);
  if (!row) return row.error();
  Config c;
  if (!decode_config(row->config, &c)) return damaged("configuration of " + row->id);
  std::vector<SnapshotInfo> out;
  std::map<int64_t, std::string> named;   // layer -> name
  std::vector<int64_t> layers;
  {
    auto q = s.db->query("SELECT name, created, layer FROM snapshot WHERE session=? ORDER BY id");
    q.text(row->id);
    while (q.step()) {
      out.push_back({q.text_at(0), row->id, "", q.integer(1)});
      layers.push_back(q.integer(2));
      named[layers.back()] = out.back().name;
    }
  }
  for (size_t i = 0; i < out.size(); i++) {
    out[i].bytes = s.bytes_in(layers[i], c.mounts.size());
    const std::vector<int64_t> chain = Layers(*s.db, layers[i]).chain();
    for (size_t up = 1; up < chain.size() && out[i].parent.empty(); up++)
      if (auto at = named.find(chain[up]); at != named.end()) out[i].parent = at->second;
  }
  if (!s.db->good()) return s.db->error();
  return out;
}

Expected<bool> SessionStore::Impl::find_snapshot(const std::string& name, SessionRow* row) {
  auto q = db->query("SELECT layer, cwd, shell FROM snapshot WHERE session=? AND name=?");
  q.text(row->id).text(name);
  if (!q.step()) return db->good() ? Error{"snapshot.none", "no snapshot " + name, "nacre snapshots SESSION shows them"} : db->error();
  row->layer = q.integer(0);
  row->cwd = q.text_at(1);
  row->shell = q.text_at(2);
  return true;
}

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
  SessionRow row;
  auto held = s.find_locked(session, &row);
  if (!held) return held.error();
  Database::Transaction all(*s.db);
  if (auto found = s.find_snapshot(name, &row); !found) return found.error();
  auto q = s.db->query("UPDATE session SET layer=?, cwd=?, shell=?, used=? WHERE id=?");
  q << s.new_layer(row.layer);
  q.text(row.cwd) << std::string_view(row.shell) << s.now();
  q.text(row.id);
  if (!s.db->run(q) || !s.drop_unused_layers() || !all.commit()) return s.db->error();
  return true;
}

Expected<SessionInfo> SessionStore::fork(const std::string& session, const std::string& snapshot, const std::string& new_name) {
  Impl& s = *impl_;
  if (auto ok = s.free_name(new_name); !ok) return ok.error();
  SessionRow row;
  auto held = s.find_locked(session, &row);
  if (!held) return held.error();
  Database::Transaction all(*s.db);
  SessionRow copy = row;
  if (!snapshot.empty()) {
    if (auto found = s.find_snapshot(snapshot, &copy); !found) return found.error();
  }
  const int64_t origin = copy.layer;
  copy.id = s.new_id();
  copy.name = new_name;
  copy.created = copy.used = s.now();
  copy.layer = s.new_layer(origin);
  bool good = s.insert(copy);
  if (snapshot.empty()) {
    // What both now stand on is no longer written to.
    auto u = s.db->query("UPDATE session SET layer=? WHERE id=?");
    u << s.new_layer(origin);
    u.text(row.id);
    good = good && s.db->run(u);
  }
  if (!good || !all.commit()) return s.db->error();
  return s.info(copy);
}

}  // namespace nacre
