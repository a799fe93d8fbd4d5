#include "session/store/session_trees.h"

#include <algorithm>

#include "vfs/vfs.h"

namespace nacre {

MemFs* OpenState::fs(int mount) const {
  for (auto [number, fs] : sandbox->impl().kept)
    if (number == mount) return fs;
  return nullptr;
}

bool OpenState::covered(int mount, std::string_view path) const {
  const MemFs* own = fs(mount);
  const std::string here = prefix(mount);
  for (const MountInfo& m : sandbox->impl().vfs->mounts()) {
    const bool inside = m.path != "/" && path.starts_with(m.path) && (path.size() == m.path.size() || path[m.path.size()] == '/');
    if (inside && m.fs != own && m.path.size() > here.size()) return true;
  }
  return false;
}

TreeState OpenState::tree(int mount) {
  states.push_back(fs(mount)->snapshot());
  return fs(mount)->tree(*states.back());
}

Expected<std::unique_ptr<OpenState>> open_state(SessionStore::Impl& s, const SessionRow& row) {
  auto out = std::make_unique<OpenState>();
  out->layers = std::make_shared<Layers>(*s.db, row.layer);
  auto sandbox = s.load_files(row, out->layers, &out->stored);
  if (!sandbox) return sandbox.error();
  out->sandbox = std::move(*sandbox);
  out->mounts = out->sandbox->impl().config.mounts;
  return out;
}

// ---------------------------------------------------------------- the earlier state

EarlierTree::EarlierTree(OpenState& now, int mount, const std::shared_ptr<Layers>& earlier)
    : now_(now), fs_(*now.fs(mount)), number_(now.layers->number(mount)) {
  // After an apply the mount began anew: before it was the host's.
  if (!earlier || earlier->number(mount) != number_) return;
  earlier_ = earlier;
  stored_ = StoredFs::open(earlier, number_);
  if (stored_) stored_->set_host_bytes([this](const HostBytes& b) { return fs_.host_bytes(b); });
}

const Inode* EarlierTree::seen(NodeId id) {
  auto [at, fresh] = seen_.try_emplace(id);
  std::string bytes;
  if (fresh && now_.layers->read(number_, PartKind::Seen, id, 0, &bytes)) {
    NodeRecord r;
    if (!r.decode(id, bytes)) return nullptr;
    at->second = make_ref<Inode>(r.inode);
    if (r.inode.type == FileType::Regular) {
      Ref<Source> host = r.host ? fs_.host_bytes(*r.host) : nullptr;
      at->second->data = FileData(Ref<Source>(new StoredSource(now_.layers, number_, seen_content(id), r, std::move(host))));
    }
  }
  return at->second.get();
}

const Inode* EarlierTree::find(NodeId id) {
  if (stored_) {
    if (const Inode* n = stored_->inode(id)) {
      if (!n->is_dir()) return n;
      auto listed = stored_->directory(id);
      return listed ? *listed : nullptr;
    }
  }
  if (const Inode* n = seen(id)) return n;
  return fs_.host_node(id);
}

TreeState EarlierTree::tree() {
  const NodeId root = stored_ ? stored_->header().root : fs_.root();
  auto each = [this](const std::function<void(const Inode&)>& f) {
    if (!stored_) return;
    stored_->each_directory([&](NodeId id) {
      if (const Inode* n = find(id); n && n->is_dir()) f(*n);
    });
  };
  return {root, [this](NodeId id) { return find(id); }, each};
}

std::vector<NodeId> EarlierTree::changed() {
  std::set<NodeId> ids;
  std::set<int64_t> common;
  if (earlier_) common.insert(earlier_->chain().begin(), earlier_->chain().end());
  Database& db = now_.layers->db();
  for (int64_t layer : now_.layers->chain()) {
    if (common.count(layer)) break;   // and so are those above it
    std::vector<uint64_t> pages;
    {
      auto q = db.query("SELECT kind, key, data FROM part WHERE layer=? AND fs=? AND kind IN (1, 5)");
      q << layer << number_;
      while (q.step()) {
        if (q.integer(0) == static_cast<int>(PartKind::Seen)) {
          ids.insert(static_cast<NodeId>(q.integer(1)));
          continue;
        }
        pages.push_back(static_cast<uint64_t>(q.integer(1)));
        RecordPage page;
        if (decode_page(q.blob(2), page))
          for (const auto& [id, bytes] : page) ids.insert(id);
      }
    }
    std::string bytes;
    for (uint64_t number : pages) {
      RecordPage page;
      if (earlier_ && earlier_->read(number_, PartKind::Inodes, number, 0, &bytes) && decode_page(bytes, page))
        for (const auto& [id, record] : page) ids.insert(id);
    }
  }
  return {ids.begin(), ids.end()};
}

// ---------------------------------------------------------------- paths

std::string path_of(const TreeState& state, NodeId id) {
  std::string path;
  const Inode* n = state.find(id);
  for (; n && n->id != state.root && path.size() <= Vfs::kPathMax; n = state.find(n->parent)) path = "/" + std::string(n->name.view()) + path;
  const Inode* there = n ? node_at(state, path) : nullptr;
  return there && there->id == id ? path : std::string();
}

std::vector<std::string> paths_below(const TreeState& state, const std::string& top) {
  std::vector<std::string> out, more{top};
  while (!more.empty()) {
    std::string path = std::move(more.back());
    more.pop_back();
    const Inode* n = path.size() <= Vfs::kPathMax ? node_at(state, path) : nullptr;
    if (n && n->is_dir()) n->links().for_each([&](const Link& l) { more.push_back(path + "/" + std::string(l.name.view())); });
    if (n) out.push_back(std::move(path));
  }
  return out;
}

void add_paths(const ChangeSet& changes, const TreeState& before, const TreeState& after, std::set<std::string>* out) {
  for (const auto* list : {&changes.created, &changes.modified, &changes.deleted, &changes.mode_changed}) out->insert(list->begin(), list->end());
  for (const Rename& r : changes.renamed) {
    for (const std::string& top : {r.from, r.to}) {
      for (const TreeState* state : {&before, &after})
        for (std::string& p : paths_below(*state, top)) out->insert(std::move(p));
    }
  }
}

std::set<std::string> changed_paths(EarlierTree& earlier, const TreeState& before, const TreeState& after) {
  ChangeSet changes;
  diff_trees(before, after, earlier.changed(), "", changes);
  std::set<std::string> out;
  add_paths(changes, before, after, &out);
  out.erase("");
  out.erase("/");
  return out;
}

bool selected(const std::vector<std::string>& paths, const std::string& path) {
  auto covers = [&](const std::string& p) { return p == "/" || path == p || (path.starts_with(p) && path[p.size()] == '/'); };
  return paths.empty() || std::any_of(paths.begin(), paths.end(), covers);
}

std::vector<std::string> absolute_paths(const std::vector<std::string>& paths, const std::string& cwd) {
  std::vector<std::string> out;
  for (const std::string& given : paths) {
    const std::string full = given.starts_with('/') ? given : cwd + "/" + given;
    std::vector<std::string> parts;
    for (size_t at = 0; at < full.size();) {
      const size_t end = std::min(full.find('/', at), full.size());
      std::string part = full.substr(at, end - at);
      if (part == ".." && !parts.empty()) parts.pop_back();
      else if (!part.empty() && part != "." && part != "..") parts.push_back(std::move(part));
      at = end + 1;
    }
    std::string path;
    for (const std::string& p : parts) path += "/" + p;
    out.push_back(path.empty() ? "/" : path);
  }
  return out;
}

}  // namespace nacre
