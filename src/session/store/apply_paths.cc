#include "session/store/apply_paths.h"

#include <unordered_map>

#include "session/store/session_trees.h"

namespace nacre {
namespace {

class Closure {
 public:
  Closure(const std::set<std::string>& all, const TreeState& was, const TreeState& wanted) : all_(all), was_(was), wanted_(wanted) {
    for (const std::string& p : all) {
      if (const Inode* n = node_at(was, p)) old_places_[n->id] = p;
      if (const Inode* n = node_at(wanted, p)) new_places_[n->id] = p;
    }
  }

  void add(const std::string& path) {
    if (all_.count(path) && out_.insert(path).second) coming_.push_back(path);
  }

  std::set<std::string> finish() {
    while (!coming_.empty()) {
      const std::string path = std::move(coming_.back());
      coming_.pop_back();
      const Inode *before = node_at(was_, path), *after = node_at(wanted_, path);
      if (before) add_place(new_places_, before->id);
      if (after) add_place(old_places_, after->id);
      if (after) add_directories(path);
      if (before && before->is_dir() && !(after && after->is_dir())) add_below(path);
      if (after && after->is_dir() && !(before && before->id == after->id)) add_moved_directory(path, after->id);
    }
    return std::move(out_);
  }

 private:
  using Places = std::unordered_map<NodeId, std::string>;

  void add_place(const Places& places, NodeId id) {
    if (auto at = places.find(id); at != places.end()) add(at->second);
  }

  void add_directories(const std::string& path) {
    for (size_t slash = path.rfind('/'); slash > 0 && slash != path.npos; slash = path.rfind('/', slash - 1)) {
      const std::string above = path.substr(0, slash);
      const Inode* there = node_at(was_, above);
      if (there && there->is_dir()) return;
      add(above);
    }
  }

  // All that was in it is elsewhere now; another directory in its old place is not told among `all`.
  void add_moved_directory(const std::string& path, NodeId id) {
    const std::string from = path_of(was_, id);
    if (from.empty()) return;
    add_below(from);
    add_below(path);
  }

  void add_below(const std::string& directory) {
    const std::string top = directory + "/";
    for (auto at = all_.lower_bound(top); at != all_.end() && at->starts_with(top); ++at) add(*at);
  }

  const std::set<std::string>& all_;
  const TreeState &was_, &wanted_;
  Places old_places_, new_places_;
  std::set<std::string> out_;
  std::vector<std::string> coming_;
};

}  // namespace

std::set<std::string> paths_to_apply(const std::set<std::string>& all, const TreeState& was, const TreeState& wanted,
                                     const std::function<bool(const std::string&)>& asked) {
  Closure closure(all, was, wanted);
  for (const std::string& p : all)
    if (asked(p)) closure.add(p);
  return closure.finish();
}

}  // namespace nacre
