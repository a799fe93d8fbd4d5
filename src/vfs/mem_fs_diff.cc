// Differences between two states, from the inodes that the tables do not share.
//
// A link is (directory, name, node). The links that only one state has come from
// directories that both have but do not share, and from whole directories that
// came or went. Seen as paths: one that both states have was replaced (modified,
// if the content differs); of the rest, the same node gone here and come there
// was renamed; what remains was created or deleted.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "vfs/mem_fs_impl.h"

namespace nacre {
namespace {

// What lies deeper cannot be named by a path, and naming it all the same would take
// memory by the square of the depth.
constexpr size_t kLongestPath = 4096;

struct FoundLink {
  std::string path;
  NodeId node;
  bool used = false;
};

}  // namespace

/// One state, asked for paths. Answers are kept.
class StateView {
 public:
  using Find = std::function<const Inode*(NodeId)>;
  StateView(const MemFs::State& state, Find find) : state_(state), find_(std::move(find)) {}

  /// Directories have their entries.
  const Inode* get(NodeId id) const { return find_(id); }

  /// Path of a directory below the root, "" for the root; null: not in the tree.
  const std::string* dir_path(NodeId id) {
    std::vector<NodeId> way;  // deep trees: no recursion
    while (id != state_.root && !paths_.count(id)) {
      const Inode* d = get(id);
      if (!d || !d->is_dir() || !linked(*d)) {
        paths_[id] = {false, {}};
        break;
      }
      way.push_back(id);
      id = d->parent;
    }
    Path above = id == state_.root ? Path{true, {}} : paths_[id];
    if (id == state_.root) paths_[id] = above;
    for (size_t i = way.size(); i-- > 0;) {
      if (above.known) above.text.append("/").append(get(way[i])->name.view());
      if (above.text.size() > kLongestPath) above = {};
      paths_[way[i]] = above;
    }
    Path& found = way.empty() ? paths_[id] : paths_[way[0]];
    return found.known ? &found.text : nullptr;
  }

  /// Path of any node; "" when not in the tree (or the root).
  std::string path(const Inode& node) {
    if (node.is_dir()) {
      const std::string* p = dir_path(node.id);
      return p ? *p : std::string();
    }
    if (node.parent && linked(node)) {
      const std::string* p = dir_path(node.parent);
      return p ? *p + "/" + std::string(node.name.view()) : std::string();
    }
    return node.nlink ? search(node.id) : std::string();
  }

  const Inode* at(std::string_view path) const {
    const Inode* n = get(state_.root);
    while (!path.empty()) {
      path.remove_prefix(1);
      const size_t end = std::min(path.find('/'), path.size());
      if (!n || !n->is_dir()) return nullptr;
      const Link* l = n->links().find(path.substr(0, end));
      if (!l) return nullptr;
      n = get(l->node());
      path.remove_prefix(end);
    }
    return n;
  }

 private:
  struct Path {
    bool known = false;
    std::string text;
  };
  // Is its entry where it says?
  bool linked(const Inode& n) const {
    const Inode* up = get(n.parent);
    if (!up || !up->is_dir()) return false;
    const Link* l = up->links().find(n.name.view());
    return l && l->node() == n.id;
  }
  // A file whose noted link went while others stayed: rare, so all directories are searched.
  std::string search(NodeId id) {
    std::string found;
    state_.inodes.for_each([&](const Ref<Inode>& dir) {
      if (!dir->is_dir() || !found.empty()) return;
      dir->links().for_each([&](const Link& l) {
        if (l.node() != id || !found.empty()) return;
        if (const std::string* p = dir_path(dir->id)) found = *p + "/" + std::string(l.name.view());
      });
    });
    return found;
  }

  const MemFs::State& state_;
  Find find_;
  std::unordered_map<NodeId, Path> paths_;
};

class StateDiff {
 public:
  StateDiff(MemFsImpl& fs, const MemFs::State& before, const MemFs::State& after)
      : before_state_(before),
        after_state_(after),
        before_(before, [&](NodeId id) { return with_links(fs, before, id); }),
        after_(after, [&](NodeId id) { return with_links(fs, after, id); }) {}

  void run(const std::string& prefix, ChangeSet& out) {
    compare_nodes();
    add_subtrees(gone_, before_, after_);
    add_subtrees(came_, after_, before_);
    split_replaced();
    pair_renames();
    auto full = [&](const std::string& p) { return prefix.empty() && p.empty() ? "/" : prefix + p; };
    for (const FoundLink& l : came_)
      if (!l.used) {
        out.created.push_back(full(l.path));
        modified_.erase(l.path);
        mode_changed_.erase(l.path);
      }
    for (const FoundLink& l : gone_)
      if (!l.used) out.deleted.push_back(full(l.path));
    for (const Rename& r : renamed_) out.renamed.push_back({full(r.from), full(r.to)});
    for (const std::string& p : modified_) out.modified.push_back(full(p));
    for (const std::string& p : mode_changed_) out.mode_changed.push_back(full(p));
  }

 private:
  static const Inode* with_links(MemFsImpl& fs, const MemFs::State& state, NodeId id) {
    const Inode* n = fs.find(state, id);
    if (!n || !n->is_dir() || state.inodes.find(id)) return n;
    auto listed = fs.directory_below(id);
    return listed ? *listed : nullptr;
  }

  void compare_nodes() {
    std::vector<NodeId> changed;
    InodeMap::diff(before_state_.inodes, after_state_.inodes, [&](const Ref<Inode>* a, const Ref<Inode>* b) { changed.push_back(a ? (*a)->id : (*b)->id); });
    for (NodeId id : changed) {
      const Inode *a = before_.get(id), *b = after_.get(id);
      if (!a || !b || a->type != b->type) continue;
      if (a->is_dir()) {
        const std::string *pa = before_.dir_path(id), *pb = after_.dir_path(id);
        if (!pa || !pb) continue;
        LinkMap::diff(a->links(), b->links(), [&](const Link* x, const Link* y) {
          if (x) gone_.push_back({*pa + "/" + std::string(x->name.view()), x->node()});
          if (y) came_.push_back({*pb + "/" + std::string(y->name.view()), y->node()});
        });
        compare(*a, *b, *pb);
      } else if (differs(*a, *b)) {
        std::string p = after_.path(*b);
        if (!p.empty() && !before_.path(*a).empty()) compare(*a, *b, p);
      }
    }
  }

  static bool differs(const Inode& a, const Inode& b) {
    if (a.mode != b.mode || a.uid != b.uid || a.gid != b.gid || a.type != b.type) return true;
    if (a.file()) return !FileData::same_content(*a.file(), *b.file());
    return a.type == FileType::Symlink && a.target() != b.target();
  }

  // Two nodes that stand for one path.
  void compare(const Inode& a, const Inode& b, const std::string& path) {
    bool content = a.type != b.type;
    if (!content && a.file()) content = !FileData::same_content(*a.file(), *b.file());
    if (!content && a.type == FileType::Symlink) content = a.target() != b.target();
    if (content) modified_.insert(path);
    if (a.mode != b.mode || a.uid != b.uid || a.gid != b.gid) mode_changed_.insert(path);
  }

  // A directory that is only in this state brings its content along.
  static void add_subtrees(std::vector<FoundLink>& links, StateView& here, StateView& there) {
    for (size_t i = 0; i < links.size(); ++i) {
      const NodeId id = links[i].node;
      const Inode* d = here.get(id);
      if (!d || !d->is_dir()) continue;
      const Inode* other = there.get(id);
      if (other && other->is_dir() && there.dir_path(id)) continue;
      const std::string path = links[i].path;
      if (path.size() > kLongestPath) continue;
      d->links().for_each([&](const Link& l) { links.push_back({path + "/" + std::string(l.name.view()), l.node()}); });
    }
  }

  void split_replaced() {
    for (FoundLink& l : gone_) {
      const Inode* now = after_.at(l.path);
      const Inode* old = now ? before_.get(l.node) : nullptr;
      if (!old) continue;
      l.used = true;
      compare(*old, *now, l.path);
    }
    for (FoundLink& l : came_) {
      const Inode* old = before_.at(l.path);
      const Inode* now = old ? after_.get(l.node) : nullptr;
      if (!now) continue;
      replaced_[l.node] = l.path;
      l.used = true;
      compare(*old, *now, l.path);
    }
  }

  void pair_renames() {
    std::multimap<NodeId, FoundLink*> targets;
    for (FoundLink& l : came_)
      if (!l.used) targets.emplace(l.node, &l);
    for (FoundLink& l : gone_) {
      if (l.used) continue;
      if (auto at = targets.find(l.node); at != targets.end()) {
        renamed_.push_back({l.path, at->second->path});
        at->second->used = l.used = true;
        targets.erase(at);
      } else if (auto over = replaced_.find(l.node); over != replaced_.end()) {
        renamed_.push_back({l.path, over->second});  // over an existing file
        l.used = true;
        replaced_.erase(over);
      }
    }
  }

  const MemFs::State& before_state_;
  const MemFs::State& after_state_;
  StateView before_, after_;
  std::vector<FoundLink> gone_, came_;
  std::unordered_map<NodeId, std::string> replaced_;
  std::set<std::string> modified_, mode_changed_;
  std::vector<Rename> renamed_;
};

void MemFsImpl::each_change(const State* before, const State& after, const std::function<void(NodeId, const Inode*, const Inode*)>& f) {
  auto in_memory = [](const Ref<Inode>* n) { return n && !(*n)->gone ? n->get() : nullptr; };
  const InodeMap none;
  InodeMap::diff(before ? before->inodes : none, after.inodes,
                 [&](const Ref<Inode>* a, const Ref<Inode>* b) { f(a ? (*a)->id : (*b)->id, in_memory(a), in_memory(b)); });
}

void MemFsImpl::diff(const State& before, const State& after, const std::string& prefix, ChangeSet& out) { StateDiff(*this, before, after).run(prefix, out); }

}  // namespace nacre
