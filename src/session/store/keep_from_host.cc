#include "session/store/keep_from_host.h"

#include "vfs/lower_dir.h"

namespace nacre {
namespace {

class Keeper {
 public:
  Keeper(OpenState& state, int mount, const HostPaths& paths)
      : layers_(state.layers),
        number_(layers_->number(mount)),
        fs_(*state.fs(mount)),
        stored_(*state.stored.at(mount)),
        paths_(paths),
        tree_(state.tree(mount)) {}

  int keep() {
    std::vector<NodeId> directories;
    stored_.each_record([&](NodeId id, const NodeRecord& r) {
      if (r.inode.is_dir()) directories.push_back(id);
      else if (r.host && r.host_end && paths_.changing.count(r.host->path)) files_.push_back(id);
    });
    for (NodeId id : directories) keep_listed(id, path_of(tree_, id));
    int kept = store();
    if (kept < 0) return -1;
    for (NodeId id : seen()) {
      kept += store_seen_bytes(layers_, number_, fs_, id);   // false: the session saw another one
      if (!layers_->db().good()) return -1;
    }
    return kept;
  }

  /// Where a node of the host's, which the state only lists, is there; "": it is stored, or made here.
  std::string only_listed(NodeId id) const { return LowerDir::owns(id) && !stored_.inode(id) ? host_path(id) : std::string(); }

  bool copy_up(NodeId id) {
    auto st = fs_.stat(id);
    if (!st) return false;
    const Mode mode = st->mode & 07777;
    SetAttr same;
    same.mode = &mode;
    if (!fs_.set_attr(id, same)) return false;
    copied_++;
    return true;
  }

  void with_bytes(NodeId file) { files_.push_back(file); }

  /// What was copied up. How many nodes it was; -1: an error of the store.
  int store() {
    if (copied_ && !store_changes(layers_, number_, fs_, nullptr, *fs_.snapshot(), &stored_)) return -1;
    int kept = copied_;
    for (NodeId id : files_) {
      kept += store_host_bytes(layers_, number_, fs_, id);
      if (!layers_->db().good()) return -1;
    }
    return kept;
  }

 private:
  /// What of `changing` the session has noted as it first saw it.
  std::set<NodeId> seen() const {
    std::set<NodeId> out;
    for (int64_t layer : layers_->chain()) {
      auto q = layers_->db().query("SELECT key, data FROM part WHERE layer=? AND fs=? AND kind=?");
      q << layer << number_ << static_cast<int>(PartKind::Seen);
      while (q.step()) {
        const auto id = static_cast<NodeId>(q.integer(0));
        NodeRecord r;
        if (r.decode(id, q.blob(1)) && r.host && paths_.changing.count(r.host->path)) out.insert(id);
      }
    }
    return out;
  }

  /// The nodes of a directory that are the host's still and will not be there, or, where the directory was moved, will be others.
  void keep_listed(NodeId directory, const std::string& path) {
    auto entries = fs_.list(directory);
    if (!entries) return;
    for (const DirEntry& e : *entries) {
      const std::string place = only_listed(e.node);
      if (place.empty()) continue;
      const std::string here = path + "/" + e.name;
      const bool moved = here.compare(1, here.npos, place) != 0;
      if (!paths_.going.count(place) && !(moved && (paths_.changing.count(place) || changes_below(place)))) continue;
      if (!copy_up(e.node)) continue;
      if (e.type == FileType::Directory) keep_listed(e.node, here);
      else if (e.type == FileType::Regular) files_.push_back(e.node);
    }
  }

  bool changes_below(const std::string& place) const {
    auto next = paths_.changing.lower_bound(place + "/");
    return next != paths_.changing.end() && next->starts_with(place + "/");
  }

  std::string host_path(NodeId id) const {
    std::string path;
    while (id != LowerDir::kRoot) {
      const HostPlace p = fs_.host_place(id);
      path = std::string(p.name.view()) + (path.empty() ? "" : "/") + path;
      id = p.parent;
    }
    return path;
  }

  std::shared_ptr<Layers> layers_;
  int number_;
  MemFs& fs_;
  StoredFs& stored_;
  const HostPaths& paths_;
  const TreeState tree_;   // before anything is copied up
  std::vector<NodeId> files_;   // whose bytes are the host's
  int copied_ = 0;
};

}  // namespace

bool separate_new_ids(Database& db, const std::set<int64_t>& layers, int mount) {
  std::set<int> systems;   // a mount that began anew is another one
  std::set<int64_t> all;
  for (int64_t layer : layers) {
    systems.insert(Layers(db, layer).number(mount));
    auto q = db.query("WITH RECURSIVE above(id) AS (VALUES(?) UNION SELECT layer.id FROM layer JOIN above ON layer.parent=above.id) SELECT id FROM above");
    q << layer;
    while (q.step()) all.insert(q.integer(0));
  }
  for (int fs : systems) {
    std::map<int64_t, std::string> headers;
    for (int64_t layer : all) {
      std::string header;
      if (layers.count(layer)) {
        if (Layers(db, layer).read(fs, PartKind::Header, 0, 0, &header)) headers[layer] = std::move(header);
        continue;
      }
      auto q = db.query("SELECT data FROM part WHERE layer=? AND fs=? AND kind=?");
      q << layer << fs << static_cast<int>(PartKind::Header);
      if (q.step()) headers[layer] = q.text_at(0);
    }
    NodeId end = 1;
    for (const auto& [layer, header] : headers) end = std::max(end, StoredFs::ids_end_in(header));
    end = (end + kPlacesPerPage - 1) / kPlacesPerPage * kPlacesPerPage + 1;
    static_assert(kPlacesPerPage % kIdsPerPage == 0);
    for (const auto& [layer, header] : headers) {
      if (StoredFs::host_end_in(header) <= LowerDir::kRoot) continue;   // it has none, and its root is the host's
      if (!Layers(db, layer).write(fs, PartKind::Header, 0, 0, StoredFs::with_host_end(header, end))) return false;
    }
  }
  return db.good();
}

std::vector<std::string> listed_places(OpenState& state, int mount, const std::vector<NodeId>& nodes) {
  const HostPaths none;
  const Keeper keeper(state, mount, none);
  std::vector<std::string> out;
  for (NodeId id : nodes) out.push_back(keeper.only_listed(id));
  return out;
}

int keep_listed(OpenState& state, int mount, const std::vector<ListedNode>& nodes) {
  const HostPaths none;
  Keeper keeper(state, mount, none);
  for (const ListedNode& n : nodes)
    if (keeper.copy_up(n.node) && n.bytes) keeper.with_bytes(n.node);
  return keeper.store();
}

int keep_from_host(OpenState& state, int mount, const HostPaths& paths) {
  if (!state.fs(mount) || !state.stored[mount]) return 0;   // it is the host's, whole
  return Keeper(state, mount, paths).keep();
}

}  // namespace nacre
