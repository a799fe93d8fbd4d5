// The host's tree is noted as nodes, by which a later diff knows what was moved. So a path that was applied has there the
// node that the session has at it; every other the one it had, unless that is at an applied path now: then the one that
// the session has in its place.
#include "session/store/note_host.h"

#include <set>

namespace nacre {
namespace {

class HostNotes {
 public:
  HostNotes(OpenState& state, int mount, HostDir& host, const TreeState& was, const TreeState& wanted, const AppliedPaths& applied)
      : layers_(*state.layers), number_(state.layers->number(mount)), host_(host), was_(was), wanted_(wanted), applied_(applied) {
    for (const auto& [path, want] : applied_) {
      entries_[parent_of(path)].push_back(path);
      if (!want) continue;
      const Inode* before = node_at(was_, path);
      if (before && before->id == want->id) continue;
      taken_.insert(want->id);
      const std::string place = path_of(was_, want->id);
      if (!place.empty() && !applied_.count(place)) directories_.insert(parent_of(place));
    }
  }

  bool write() {
    for (const auto& [path, want] : applied_) {
      if (want && !want->is_dir() && !note_file(path, *want, want->id)) return false;
      if (want && want->is_dir()) directories_.insert(path);
    }
    for (const auto& [path, children] : entries_)
      if (node(path)) directories_.insert(path);
    while (!directories_.empty()) {
      const std::string path = *directories_.begin();
      directories_.erase(directories_.begin());
      if (done_.insert(path).second && !note_directory(path)) return false;
    }
    return true;
  }

 private:
  static std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }
  static std::string_view name_of(const std::string& path) { return std::string_view(path).substr(path.rfind('/') + 1); }

  struct Noted {
    const Inode* inode = nullptr;   ///< what is known of it
    NodeId id = 0;
    explicit operator bool() const { return inode; }
  };

  Noted node(const std::string& path) const {
    if (auto at = applied_.find(path); at != applied_.end()) return at->second ? Noted{at->second, at->second->id} : Noted();
    const Inode* before = node_at(was_, path);
    if (!before) return {};
    const Inode* now = node_at(wanted_, path);
    if (!taken_.count(before->id) || (now && now->id == before->id)) return {before, before->id};
    return now && now->type == before->type ? Noted{before, now->id} : Noted();
  }

  bool note_directory(const std::string& path) {
    const Noted here = node(path);
    if (!here || !here.inode->is_dir()) return true;
    const Inode* before = node_at(was_, path);
    if (before && !before->is_dir()) before = nullptr;
    const bool other = !before || before->id != here.id;
    bool changed = other || applied_.count(path);
    LinkMap links;
    auto put = [&](const std::string& child, const Noted& n) { links.put(Link(name_of(child), n.id, n.inode->type)); };
    if (before) {
      std::vector<std::pair<std::string, NodeId>> names;
      before->links().for_each([&](const Link& l) { names.emplace_back(path + "/" + std::string(l.name.view()), l.node()); });
      for (const auto& [child, id] : names) {
        const Noted n = node(child);
        changed |= n.id != id;
        if (!n) continue;
        put(child, n);
        if (applied_.count(child) || (n.id == id && !other)) continue;
        if (n.inode->is_dir()) directories_.insert(child);
        else if (!note_file(child, *n.inode, n.id)) return false;
      }
    }
    if (auto at = entries_.find(path); at != entries_.end()) {
      for (const std::string& child : at->second) {
        const Noted n = node(child);
        if (!n || links.find(name_of(child))) continue;
        put(child, n);
        changed = true;
      }
    }
    if (!changed) return true;
    NodeRecord r = record(path, *here.inode, here.id);
    r.name_count = links.size();
    r.inode.data = std::move(links);
    return note(r);
  }

  bool note_file(const std::string& path, const Inode& inode, NodeId id) {
    NodeRecord r = record(path, inode, id);
    if (inode.file()) {
      HostStat st;
      if (host_.stat(path.substr(1), st) < 0) return true;
      r.inode.mtime = st.mtime;
      r.size = r.host_end = st.size;
      r.host = HostBytes{path.substr(1), st.size, st.mtime, false};
    }
    return note(r);
  }

  NodeRecord record(const std::string& path, const Inode& inode, NodeId id) const {
    NodeRecord r;
    r.inode = inode;
    r.inode.id = id;
    if (path.empty()) return r;
    const Noted up = node(parent_of(path));
    r.inode.parent = up.id;
    r.inode.name = Name(name_of(path));
    return r;
  }

  bool note(const NodeRecord& r) { return layers_.write(number_, PartKind::Seen, r.inode.id, 0, r.encode()); }

  Layers& layers_;
  int number_;
  HostDir& host_;
  const TreeState &was_, &wanted_;
  const AppliedPaths& applied_;
  std::map<std::string, std::vector<std::string>> entries_;   // of each directory, what was applied
  std::set<NodeId> taken_;                                    // by a path that had another node, or none
  std::set<std::string> directories_, done_;
};

}  // namespace

bool note_host(OpenState& state, int mount, HostDir& host, const TreeState& was, const TreeState& wanted, const AppliedPaths& applied) {
  return HostNotes(state, mount, host, was, wanted, applied).write();
}

}  // namespace nacre
