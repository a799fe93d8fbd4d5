#include "session/store/keep_from_host.h"

#include "vfs/lower_dir.h"

namespace nacre {
namespace {

class Keeper {
 public:
  Keeper(OpenState& state, int mount, HostPaths paths)
      : layers_(state.layers), number_(layers_->number(mount)), fs_(*state.fs(mount)), stored_(*state.stored.at(mount)), paths_(std::move(paths)) {}

  int keep() {
    std::vector<NodeId> directories;
    stored_.each_record([&](NodeId id, const NodeRecord& r) {
      if (r.inode.is_dir()) directories.push_back(id);
      else if (r.host && r.host_end && paths_.changing.count(r.host->path)) files_.push_back(id);
    });
    for (NodeId id : directories) keep_listed(id);
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

  /// The nodes of a directory that are the host's still and will not be there.
  void keep_listed(NodeId directory) {
    auto entries = fs_.list(directory);
    if (!entries) return;
    for (const DirEntry& e : *entries) {
      if (!paths_.going.count(only_listed(e.node))) continue;
      if (!copy_up(e.node)) continue;
      if (e.type == FileType::Directory) keep_listed(e.node);
      else if (e.type == FileType::Regular) files_.push_back(e.node);
    }
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
  const HostPaths paths_;
  std::vector<NodeId> files_;   // whose bytes are the host's
  int copied_ = 0;
};

}  // namespace

std::string listed_place(OpenState& state, int mount, NodeId node) { return Keeper(state, mount, {}).only_listed(node); }

int keep_listed(OpenState& state, int mount, const std::vector<ListedNode>& nodes) {
  Keeper keeper(state, mount, {});
  for (const ListedNode& n : nodes)
    if (keeper.copy_up(n.node) && n.bytes) keeper.with_bytes(n.node);
  return keeper.store();
}

int keep_from_host(OpenState& state, int mount, const HostPaths& paths) {
  if (!state.fs(mount) || !state.stored[mount]) return 0;   // it is the host's, whole
  return Keeper(state, mount, paths).keep();
}

}  // namespace nacre
