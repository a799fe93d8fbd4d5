// SessionStore::export_session: a session as one archive (manifest.h tells its form).
#include <algorithm>

#include "session/store/archive_stream.h"
#include "session/store/manifest.h"
#include "session/store/session_trees.h"
#include "vfs/lower_dir.h"
#include "vfs/vfs.h"

namespace nacre {
namespace {

constexpr uint64_t kChunk = Chunk::kSize;

/// The parts of a file that are not holes.
std::vector<TarPiece> pieces_of(const FileData& f) {
  std::vector<TarPiece> out;
  const auto* stored = dynamic_cast<const StoredSource*>(f.source());
  for (uint64_t at = 0; at < f.size(); at += kChunk) {
    bool there = f.chunk(at / kChunk) != nullptr;
    if (!there && f.source() && at < f.source_end()) there = !stored || stored->ref(at / kChunk).row || at < stored->host_end();
    if (!there) continue;
    const uint64_t size = std::min(kChunk, f.size() - at);
    if (!out.empty() && out.back().offset + out.back().size == at) out.back().size += size;
    else out.push_back({at, size});
  }
  return out;
}

/// Reads the pieces in order; false when one cannot be read, or `take` gives false.
bool each_part(const FileData& f, const std::vector<TarPiece>& pieces, const std::function<bool(std::string_view)>& take) {
  std::string bytes(kChunk, '\0');
  for (const TarPiece& p : pieces) {
    for (uint64_t done = 0; done < p.size;) {
      auto got = f.read(p.offset + done, std::span(bytes).first(static_cast<size_t>(std::min(kChunk, p.size - done))));
      if (!got || *got == 0 || !take(std::string_view(bytes).substr(0, *got))) return false;
      done += *got;
    }
  }
  return true;
}

std::optional<Error> unreadable(const std::string& path) {
  return Error{"session.content", path + ": its content cannot be read any more", "it was the host's, which has another file there now"};
}

/// "" when there is none, or it has another name by now.
std::string path_of(const TreeState& state, const Inode& node) {
  std::string path;
  for (const Inode* n = &node; n && n->id != state.root && path.size() < Vfs::kPathMax; n = state.find(n->parent))
    path = "/" + std::string(n->name.view()) + path;
  return node_at(state, path) == &node ? path : "";
}

/// Is a node on the mount's host as the session first saw it?
bool has_still(MemFs& fs, const Inode& seen) {
  const Inode* n = LowerDir::owns(seen.id) ? fs.host_node(seen.id) : &seen;
  if (!n || n->type != seen.type) return false;
  if (const FileData* f = n->file()) return f->size() == seen.file()->size() && n->mtime == seen.mtime;
  return n->type != FileType::Symlink || n->target() == seen.target();
}

/// One state on its way into the archive.
class StateExport {
 public:
  /// `left_out`: members that cannot be read, found by describe() where there is `lost` to note them.
  StateExport(OpenState& open, ManifestState* m, std::set<std::string>* left_out, std::vector<std::string>* lost)
      : open_(open), m_(*m), left_out_(*left_out), lost_(lost) {}

  /// What the manifest says of its file systems. `parent`: null where there is none.
  void describe(const ManifestState* parent) {
    for (int mount = 0; mount <= static_cast<int>(open_.mounts.size()); mount++) {
      if (!open_.fs(mount)) continue;
      ManifestMount out{mount, open_.layers->number(mount), {}};
      EarlierTree earlier(open_, mount, nullptr);
      const TreeState was = earlier.tree(), now = open_.tree(mount);
      std::set<std::string> paths = changed_paths(earlier, was, now);
      for (NodeId id : earlier.changed()) {   // where only the time is another, or the host has it no longer
        const Inode* n = now.find(id);
        const std::string p = n ? path_of(now, *n) : "";
        const Inode* before = p.empty() ? nullptr : node_at(was, p);
        if (before && (!(before->mtime == n->mtime) || (mount && !has_still(*open_.fs(mount), *before)))) paths.insert(p);
      }
      for (const std::string& p : paths) {
        if (open_.covered(mount, open_.prefix(mount) + p)) continue;
        const Inode* seen = mount ? node_at(was, p) : nullptr;
        out.paths[p] = seen ? std::optional<SeenNode>(seen_node(*seen)) : std::nullopt;
      }
      const Inode *was_root = node_at(was, ""), *root = node_at(now, "");
      if (mount && was_root && root && (was_root->mode != root->mode || was_root->uid != root->uid || was_root->gid != root->gid))
        out.paths["/"] = seen_node(*was_root);
      if (parent) {
        for (const ManifestMount& theirs : parent->mounts)
          if (theirs.mount == mount && theirs.number == out.number) out.paths.insert(theirs.paths.begin(), theirs.paths.end());
      }
      if (lost_) find_lost(out, now);
      m_.members += members(out, now).size();
      m_.mounts.push_back(std::move(out));
    }
  }

  /// `written`: the members that hold the content of a version of a file.
  using Versions = std::map<std::tuple<int, int, NodeId, int64_t, int32_t, uint64_t>, std::string>;
  std::optional<Error> write(ArchiveWriter& out, Versions* written) {
    for (const ManifestMount& m : m_.mounts) {
      const TreeState now = open_.tree(m.mount);
      std::map<NodeId, std::string> linked;
      for (const auto& [path, node] : members(m, now)) {
        TarEntry e = entry(*node, open_.prefix(m.mount) + path);
        const std::string name = e.name;
        const auto version = std::tuple(m.mount, m.number, node->id, node->ctime.sec, node->ctime.nsec, e.size);
        const std::string* link = nullptr;
        if (auto at = linked.find(node->id); at != linked.end()) link = &at->second;
        else if (auto known = written->find(version); node->file() && known != written->end()) link = &known->second;
        if (link) {
          e.type = '1';
          e.link = *link;
          e.size = e.stored = 0;
          e.sparse = false;
        }
        out.entry(e);
        if (node->nlink > 1 && !node->is_dir()) linked.try_emplace(node->id, name);
        if (!node->file() || link) continue;
        written->try_emplace(version, name);
        if (!copy(*node->file(), e, out)) return out.good() ? unreadable(open_.prefix(m.mount) + path) : std::nullopt;
      }
    }
    return std::nullopt;
  }

 private:
  /// What of the mount has a member, by path: what differs, with the directories on the way.
  std::map<std::string, const Inode*> members(const ManifestMount& m, const TreeState& now) const {
    std::map<std::string, const Inode*> out;
    if (m.mount && !m.paths.empty()) out[""] = node_at(now, "");
    for (const auto& [path, seen] : m.paths) {
      const Inode* n = path == "/" ? nullptr : node_at(now, path);
      if (!n || n->type == FileType::Socket) continue;   // a tar has no sockets
      if (left_out_.count(m_.tree + open_.prefix(m.mount) + path)) continue;
      out[path] = n;
      for (size_t slash = path.rfind('/'); slash > 0; slash = path.rfind('/', slash - 1)) {
        const std::string up = path.substr(0, slash);
        if (!out.try_emplace(up, node_at(now, up)).second) break;
      }
    }
    return out;
  }

  /// Names without a node, and files whose content is not all there.
  void find_lost(const ManifestMount& m, const TreeState& now) {
    for (const auto& [path, seen] : m.paths) {
      const Inode* n = path == "/" ? nullptr : node_at(now, path);
      const Inode* up = n || path == "/" ? nullptr : node_at(now, path.substr(0, path.rfind('/')));
      if (n ? !n->file() || readable(*n->file()) : !up || !up->is_dir() || !up->links().find(path.substr(path.rfind('/') + 1))) continue;
      lost_->push_back(open_.prefix(m.mount) + path + (m_.tree == "files" ? "" : " (" + m_.tree + ")"));
      if (n) left_out_.insert(m_.tree + open_.prefix(m.mount) + path);
    }
  }

  static bool readable(const FileData& f) {
    return each_part(f, pieces_of(f), [](std::string_view) { return true; });
  }

  TarEntry entry(const Inode& n, const std::string& path) const {
    constexpr char kKinds[] = {'0', '5', '2', '6', '3', '4'};
    TarEntry e;
    e.name = m_.tree + path + (n.is_dir() ? "/" : "");
    e.type = kKinds[static_cast<size_t>(n.type)];
    e.mode = n.mode;
    e.uid = n.uid;
    e.gid = n.gid;
    e.uname = n.uid == 0 ? "root" : n.uid == 1000 ? "agent" : "";
    e.gname = n.gid == 0 ? "root" : n.gid == 1000 ? "agent" : "";
    e.mtime = n.mtime;
    e.atime = n.atime;
    if (n.type == FileType::Symlink) e.link = n.target();
    if (const auto* d = std::get_if<Device>(&n.data)) {
      e.major = d->major;
      e.minor = d->minor;
    }
    if (const FileData* f = n.file()) {
      e.size = f->size();
      e.pieces = pieces_of(*f);
      for (const TarPiece& p : e.pieces) e.stored += p.size;
      e.sparse = e.stored < e.size;
      if (e.sparse && (e.pieces.empty() || e.pieces.back().offset + e.pieces.back().size < e.size)) e.pieces.push_back({e.size, 0});
    }
    return e;
  }

  static bool copy(const FileData& f, const TarEntry& e, ArchiveWriter& out) {
    return each_part(f, e.pieces, [&](std::string_view bytes) {
      out.data(bytes);
      return out.good();
    });
  }

  OpenState& open_;
  ManifestState& m_;
  std::set<std::string>& left_out_;
  std::vector<std::string>* lost_;
};

}  // namespace

Expected<bool> SessionStore::Impl::write_archive(const SessionRow& row, const std::function<bool(std::string_view)>& write, std::vector<std::string>* lost) {
  Manifest m{row.name, row.created, row.used, row.ttl, row.config, {}, {}};
  std::vector<SessionRow> rows;
  std::map<int64_t, std::string> trees;   // by layer
  std::set<std::string> left_out;
  auto add = [&](const std::string& tree, const SessionRow& state, int64_t created) -> std::optional<Error> {
    ManifestState out{tree, "", created, state.cwd, state.shell, 0, {}};
    const std::vector<int64_t> chain = Layers(*db, state.layer).chain();
    for (int64_t layer : chain)
      if (auto at = trees.find(layer); at != trees.end() && out.parent.empty()) out.parent = at->second;
    auto open = open_state(*this, state);
    if (!open) return open.error();
    const auto parent = std::find_if(m.states.begin(), m.states.end(), [&](const ManifestState& other) { return other.tree == out.parent; });
    StateExport(**open, &out, &left_out, lost).describe(parent == m.states.end() ? nullptr : &*parent);
    m.states.push_back(std::move(out));
    rows.push_back(state);
    trees[state.layer] = tree;
    return std::nullopt;
  };
  if (row.base) {
    SessionRow base = row;
    base.layer = row.base;
    base.cwd = base.shell = "";   // nobody goes back to it
    if (auto wrong = add("base", base, row.created); wrong && !lost) return *wrong;
  }
  std::vector<std::pair<std::string, int64_t>> kept;
  {
    auto q = db->query("SELECT name, created FROM snapshot WHERE session=? ORDER BY id");
    q.text(row.id);
    while (q.step()) kept.emplace_back(q.text_at(0), q.integer(1));
  }
  for (const auto& [name, created] : kept) {
    SessionRow state = row;
    if (auto found = find_snapshot(name, &state); !found) return found.error();
    auto wrong = add("snapshots/" + name, state, created);
    if (wrong && !lost) return *wrong;
    if (wrong) lost->push_back("snapshot " + name);
  }
  if (auto wrong = add("files", row, row.used)) {
    if (!lost || rows.empty()) return *wrong;
    lost->push_back("its present state: it is at " + m.states.back().tree + " now");
    if (auto again = add("files", SessionRow(rows.back()), row.used)) return *again;
  }
  m.history = runs(row.id);
  if (!db->good()) return db->error();

  ArchiveWriter out(write);
  const std::string manifest = write_manifest(m);
  TarEntry e;
  e.name = kManifestName;
  e.mtime = host->realtime();
  e.size = e.stored = manifest.size();
  out.entry(e);
  out.data(manifest);
  StateExport::Versions written;
  for (size_t i = 0; i < rows.size() && out.good(); i++) {
    auto open = open_state(*this, rows[i]);
    if (!open) return open.error();
    if (auto wrong = StateExport(**open, &m.states[i], &left_out, nullptr).write(out, &written)) return *wrong;
  }
  if (!db->good()) return db->error();
  if (!out.finish()) return Error{"export", "the archive cannot be written", "nothing was changed in the store"};
  return true;
}

Expected<bool> SessionStore::export_session(const std::string& session, const std::function<bool(std::string_view)>& write) {
  SessionRow row;
  auto held = impl_->find_locked(session, &row);
  if (!held) return held.error();
  return impl_->write_archive(row, write, nullptr);
}

}  // namespace nacre
