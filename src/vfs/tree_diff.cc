// Differences between two states, from the inodes that they do not share.
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

#include "vfs/tree_diff.h"

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

/// One state, asked for paths. Answers are kept.
class StateView {
 public:
  explicit StateView(const TreeState& state) : state_(state) {}

  /// Directories have their entries.
  const Inode* get(NodeId id) const { return state_.find(id); }

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

  const Inode* at(std::string_view path) const { return node_at(state_, path); }

  /// Every path of files that have several. All directories are searched: to be asked once.
  void each_path(const std::set<NodeId>& files, const std::function<void(NodeId, const std::string&)>& f) {
    state_.each_directory([&](const Inode& dir) {
      dir.links().for_each([&](const Link& l) {
        if (!files.count(l.node())) return;
        if (const std::string* p = dir_path(dir.id)) f(l.node(), *p + "/" + std::string(l.name.view()));
      });
    });
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
    each_path({id}, [&](NodeId, const std::string& path) {
      if (found.empty()) found = path;
    });
    return found;
  }

  const TreeState& state_;
  std::unordered_map<NodeId, Path> paths_;
};

class StateDiff {
 public:
  StateDiff(const TreeState& before, const TreeState& after) : before_(before), after_(after) {}

  void run(const std::vector<NodeId>& changed, const std::string& prefix, ChangeSet& out) {
    compare_nodes(changed);
    add_subtrees(gone_, before_);
    add_subtrees(came_, after_);
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
  void compare_nodes(const std::vector<NodeId>& changed) {
    std::set<NodeId> several;   // hard links: each name of them shows the change
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
      } else if (!same_owner(*a, *b) || !same_content(*a, *b)) {
        if (b->nlink > 1) several.insert(id);
        std::string p = after_.path(*b);
        if (!p.empty() && !before_.path(*a).empty()) compare(*a, *b, p);
      }
    }
    if (several.empty()) return;
    after_.each_path(several, [&](NodeId id, const std::string& path) {
      const Inode *a = before_.at(path), *b = after_.get(id);
      if (a && b && a->type == b->type) compare(*a, *b, path);
    });
  }

  static bool same_owner(const Inode& a, const Inode& b) { return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid; }

  // Two nodes that stand for one path.
  void compare(const Inode& a, const Inode& b, const std::string& path) {
    if (!same_content(a, b)) modified_.insert(path);
    if (!same_owner(a, b)) mode_changed_.insert(path);
  }

  // Can one renaming tell of all that is in the directory? Not where another node
  // stands at its old path: that path was replaced, and what lies below it came and went.
  bool moved_whole(NodeId dir) {
    const std::string* from = before_.dir_path(dir);
    return from && after_.dir_path(dir) && !after_.at(*from);
  }

  // A directory that comes or goes, and is not renamed, brings its content along.
  void add_subtrees(std::vector<FoundLink>& links, StateView& here) {
    bool twice = false;  // a directory that is in both states may have given changed entries already
    for (size_t i = 0; i < links.size(); ++i) {
      const NodeId id = links[i].node;
      const Inode* d = here.get(id);
      if (!d || !d->is_dir() || moved_whole(id)) continue;
      const std::string path = links[i].path;
      if (path.size() > kLongestPath) continue;
      twice |= before_.get(id) && after_.get(id);
      d->links().for_each([&](const Link& l) { links.push_back({path + "/" + std::string(l.name.view()), l.node()}); });
    }
    if (!twice) return;
    std::sort(links.begin(), links.end(), [](const FoundLink& a, const FoundLink& b) { return a.path < b.path; });
    links.erase(std::unique(links.begin(), links.end(), [](const FoundLink& a, const FoundLink& b) { return a.path == b.path; }), links.end());
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

  StateView before_, after_;
  std::vector<FoundLink> gone_, came_;
  std::unordered_map<NodeId, std::string> replaced_;
  std::set<std::string> modified_, mode_changed_;
  std::vector<Rename> renamed_;
};

}  // namespace

bool same_content(const Inode& a, const Inode& b) {
  if (a.type != b.type) return false;
  if (a.file()) return FileData::same_content(*a.file(), *b.file());
  return a.type != FileType::Symlink || a.target() == b.target();
}

const Inode* node_at(const TreeState& state, std::string_view path) {
  const Inode* n = state.find(state.root);
  while (!path.empty()) {
    path.remove_prefix(1);
    const size_t end = std::min(path.find('/'), path.size());
    if (!n || !n->is_dir()) return nullptr;
    const Link* l = n->links().find(path.substr(0, end));
    if (!l) return nullptr;
    n = state.find(l->node());
    path.remove_prefix(end);
  }
  return n;
}

void diff_trees(const TreeState& before, const TreeState& after, const std::vector<NodeId>& changed, const std::string& prefix, ChangeSet& out) {
  StateDiff(before, after).run(changed, prefix, out);
}

}  // namespace nacre
