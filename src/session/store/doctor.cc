// check_store: is everything in a store readable, and what can be saved where it is not.
//
// A damaged database is read row by row into a new one. A session with damaged parts is written to an archive that
// leaves out what cannot be read, and comes back from it in place of the damaged one.
#include <algorithm>

#include "algo/digest.h"
#include "host/database_salvage.h"
#include "host/scratch_file.h"
#include "session/store/session_config.h"
#include "session/store/session_store_impl.h"
#include "session/store/session_trees.h"

namespace nacre {
namespace {

class Doctor {
 public:
  Doctor(SessionStore::Impl& s, StoreCheck* out) : s_(s), out_(*out) {}

  /// Ids of sessions with something that cannot be read.
  std::vector<std::string> check() {
    check_chunks();
    check_parts();
    std::vector<std::string> ids, bad;
    {
      auto q = s_.db->query("SELECT id FROM session ORDER BY created, id");
      while (q.step()) ids.push_back(q.text_at(0));
    }
    for (const std::string& id : ids) {
      auto row = s_.find(id);
      if (!row) break;
      const size_t before = out_.problems.size();
      check_session(*row);
      if (out_.problems.size() > before) bad.push_back(id);
    }
    out_.sessions = ids.size();
    return bad;
  }

  /// False: the session stays as it is.
  bool repair(const std::string& id) {
    SessionRow row;
    auto held = s_.find_locked(id, &row, false);
    if (!held) return lose(row, id, "it is in use, and was not repaired");
    const std::string name = title(row);
    std::vector<std::string> lost;
    auto file = ScratchFile::make(s_.dir);
    if (!file) return lose(row, id, "no file can be made in " + s_.dir);
    auto written = s_.write_archive(row, [&](std::string_view bytes) { return file->append(bytes); }, &lost);
    std::string failed = written ? "" : written.error().message;
    if (written) {
      SessionImportOptions o;
      o.name = s_.new_id();
      o.trust = o.force = true;
      auto fresh = s_.read_archive([&](std::span<char> room) { return file->read(room); }, o, &lost);
      failed = !fresh ? fresh.error().message : replace(row, *fresh) ? "" : s_.db->error().message;
    }
    if (!failed.empty()) return lose(row, id, "it cannot be saved: " + failed);
    for (std::string& what : lost) out_.lost.push_back({name, std::move(what)});
    return true;
  }

  void remove_bad_chunks() {
    for (int64_t id : bad_chunks_) {
      auto q = s_.db->query("DELETE FROM chunk WHERE id=?");
      q << id;
      s_.db->run(q);
    }
  }

 private:
  static std::string title(const SessionRow& row) { return row.name.empty() ? row.id : row.name; }
  void problem(const SessionRow& row, const std::string& what) { out_.problems.push_back({title(row), what}); }
  bool lose(const SessionRow& row, const std::string& id, const std::string& what) {
    out_.lost.push_back({row.id.empty() ? id : title(row), what});
    return false;
  }

  void check_chunks() {
    auto q = s_.db->query("SELECT id, hash, data FROM chunk");
    while (q.step()) {
      auto digest = Digest::make("blake2b", 256);
      digest->update(q.blob(2));
      if (digest->finish() == q.blob(1)) lengths_[q.integer(0)] = q.blob(2).size();
      else bad_chunks_.push_back(q.integer(0));
      out_.chunks++;
      out_.bytes += q.blob(2).size();
    }
    if (!bad_chunks_.empty()) out_.problems.push_back({"", std::to_string(bad_chunks_.size()) + " chunks of files have other bytes than their digests say"});
  }

  bool good_ref(const ChunkRef& r) const {
    if (!r.row) return true;
    auto at = lengths_.find(static_cast<int64_t>(r.row));
    return at != lengths_.end() && at->second == r.length;
  }

  /// Each part by itself.
  void check_parts() {
    auto q = s_.db->query("SELECT layer, kind, data FROM part");
    while (q.step()) {
      std::string& wrong = bad_layers_[q.integer(0)];
      if (wrong.empty()) wrong = part_problem(static_cast<PartKind>(q.integer(1)), q.blob(2));
    }
  }

  std::string part_problem(PartKind kind, std::string_view data) const {
    ByteReader r(data);
    RecordPage page;
    LinkMap links;
    switch (kind) {
      case PartKind::Header:
        for (int i = 0; i < 5; i++) r.number();
        return r.good() ? "" : "the header of a file system cannot be read";
      case PartKind::FileSystem: r.number32(); return r.good() ? "" : "the number of a file system cannot be read";
      case PartKind::Names: return decode_links(r, links) ? "" : "names of a directory cannot be read";
      case PartKind::Places:
        if (!decode_page(data, page)) return "places of host files cannot be read";
        for (const auto& [id, bytes] : page)
          if (HostPlace p; !decode_place(bytes, p)) return "the place of a host file cannot be read";
        return "";
      case PartKind::Chunks:
        while (!r.at_end())
          if (!good_ref(decode_ref(r))) return "a part of a file is missing";
        return r.good() ? "" : "the parts of a file cannot be read";
      case PartKind::Inodes:
        if (!decode_page(data, page)) return "records of files cannot be read";
        for (const auto& [id, bytes] : page) {
          NodeRecord n;
          if (!n.decode(id, bytes)) return "the record of a file cannot be read";
          for (const ChunkRef& ref : n.refs)
            if (!good_ref(ref)) return "a part of a file is missing";
        }
        return "";
      case PartKind::Seen:
        if (NodeRecord n; !n.decode(0, data) || !std::all_of(n.refs.begin(), n.refs.end(), [this](const ChunkRef& ref) { return good_ref(ref); }))
          return "what the host had cannot be read";
        return "";
    }
    return "a part of an unknown kind";
  }

  void check_session(const SessionRow& row) {
    Config config;
    if (!decode_config(row.config, &config)) return problem(row, "its configuration cannot be read");
    std::vector<std::pair<std::string, int64_t>> states;
    if (row.base) states.emplace_back("its first state: ", row.base);
    {
      auto q = s_.db->query("SELECT name, layer FROM snapshot WHERE session=? ORDER BY id");
      q.text(row.id);
      while (q.step()) states.emplace_back("snapshot " + q.text_at(0) + ": ", q.integer(1));
    }
    states.emplace_back("", row.layer);
    for (const auto& [name, layer] : states) {
      auto layers = std::make_shared<Layers>(*s_.db, layer);
      std::string wrong;
      for (int64_t l : layers->chain())
        if (auto at = bad_layers_.find(l); at != bad_layers_.end() && wrong.empty()) wrong = at->second;
      for (int mount = 0; mount <= static_cast<int>(config.mounts.size()) && wrong.empty(); mount++) wrong = check_tree(layers, mount);
      if (!wrong.empty()) problem(row, name + wrong);
    }
    StoredFsByMount stored;
    auto layers = std::make_shared<Layers>(*s_.db, row.layer);
    if (auto loaded = s_.load(row, false, layers, &stored); !loaded && loaded.error().code == "store.damaged") problem(row, loaded.error().message);
  }

  /// Are the nodes there that directories name?
  static std::string check_tree(const std::shared_ptr<Layers>& layers, int mount) {
    auto fs = StoredFs::open(layers, layers->number(mount));
    if (!fs) return mount == 0 ? "its files are missing" : "";
    if (mount == 0 && !fs->inode(fs->header().root)) return "its root directory is missing";
    std::string wrong;
    fs->each_directory([&](NodeId id) {
      if (!wrong.empty()) return;
      auto d = fs->directory(id);
      if (!d) {
        wrong = "a directory cannot be read";
        return;
      }
      (*d)->links().for_each([&](const Link& l) {
        if (!(l.node() & 1) && !fs->inode(l.node())) wrong = "a file is missing: " + std::string(l.name.view());   // odd: may be the host's
      });
    });
    return wrong;
  }

  bool replace(const SessionRow& row, const SessionRow& fresh) {
    Database::Transaction all(*s_.db);
    if (!s_.remove(row.id)) return false;
    for (const char* sql :
         {"UPDATE session SET id=?1 WHERE id=?2", "UPDATE snapshot SET session=?1 WHERE session=?2", "UPDATE run SET session=?1 WHERE session=?2"}) {
      auto q = s_.db->query(sql);
      q.text(row.id).text(fresh.id);
      if (!s_.db->run(q)) return false;
    }
    auto q = s_.db->query("UPDATE session SET name=?, used=? WHERE id=?");
    if (row.name.empty()) q.null();
    else q.text(row.name);
    q << row.used;
    q.text(row.id);
    return s_.db->run(q) && all.commit();
  }

  SessionStore::Impl& s_;
  StoreCheck& out_;
  std::map<int64_t, size_t> lengths_;        // of good chunks
  std::vector<int64_t> bad_chunks_;
  std::map<int64_t, std::string> bad_layers_;   // "": good
};

}  // namespace

Expected<StoreCheck> check_store(const std::string& dir, bool repair) {
  const std::string path = dir + "/sessions.db";
  if (!database_exists(path)) return Error{"store.none", "there is no store in " + dir, "nacre create makes one; NACRE_HOME names another place"};
  StoreCheck out;
  auto db = Database::open(path);
  if (!db && db.error().code == "store.format") return db.error();
  std::string wrong = db ? check_database(path) : db.error().message;
  if (!wrong.empty()) {
    out.problems.push_back({"", wrong});
    if (!repair) return out;
    if (db) *db = nullptr;
    auto saved = salvage_database(path);
    if (!saved) return saved.error();
    out.kept = saved->kept;
    if (saved->rows == 0) out.lost.push_back({"", "nothing of it could be read"});
    db = Database::open(path);
    if (!db) return db.error();
  }
  SessionStore::Impl s;
  s.dir = dir;
  s.db = std::move(*db);
  Doctor doctor(s, &out);
  const size_t before = out.problems.size();
  const std::vector<std::string> bad = doctor.check();
  if (!s.db->good()) return s.db->error();
  if (!repair || out.problems.size() == before) return out;
  if (out.kept.empty()) {
    auto kept = back_up_database(path);
    if (!kept) return kept.error();
    out.kept = *kept;
  }
  doctor.remove_bad_chunks();
  for (const std::string& id : bad) doctor.repair(id);
  if (!s.db->good()) return s.db->error();
  return out;
}

}  // namespace nacre
