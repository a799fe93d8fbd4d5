/// MapDir: a file system in a map from paths to nodes, as an embedder would write a small one. Without inode numbers.
#pragma once
#include <map>
#include <memory>

#include "nacre/custom_dir.h"

namespace nacre {

class MapDir : public CustomDir {
 public:
  struct Node {
    HostStat::Type type = HostStat::Type::Regular;
    uint32_t mode = 0644;
    std::string bytes;   ///< or a link's target
    Timespec mtime;
  };
  MapDir() { nodes_[""] = make(HostStat::Type::Directory, 0755); }

  std::string text(const std::string& path) { return nodes_.contains(path) ? nodes_[path]->bytes : "(none)"; }
  void put(const std::string& path, const std::string& bytes) { (nodes_[path] = make(HostStat::Type::Regular, 0644))->bytes = bytes; }
  size_t open_handles() const { return handles_.size(); }
  size_t quota = SIZE_MAX;   ///< bytes in all files
  HostResult failure = 0;    ///< what every read answers, when it is set

  HostResult stat(const std::string& path, HostStat& out) override {
    auto at = nodes_.find(path);
    if (at == nodes_.end()) return under_file(path) ? -ENOTDIR : -ENOENT;
    describe(*at->second, out);
    return 0;
  }
  HostResult list(const std::string& path, std::vector<Entry>& out) override {
    if (!nodes_.contains(path)) return -ENOENT;
    if (nodes_[path]->type != HostStat::Type::Directory) return -ENOTDIR;
    for (const auto& [name, node] : nodes_)
      if (!name.empty() && parent(name) == path) out.push_back({name.substr(path.empty() ? 0 : path.size() + 1), node->type});
    return 0;
  }
  HostResult read_link(const std::string& path, std::string& out) override {
    if (!nodes_.contains(path)) return -ENOENT;
    if (nodes_[path]->type != HostStat::Type::Symlink) return -EINVAL;
    out = nodes_[path]->bytes;
    return 0;
  }
  HostResult open(const std::string& path, int, bool create, uint32_t mode) override {
    if (create) {
      if (nodes_.contains(path)) return -EEXIST;
      if (!nodes_.contains(parent(path))) return -ENOENT;
      nodes_[path] = make(HostStat::Type::Regular, mode);
    }
    auto at = nodes_.find(path);
    if (at == nodes_.end()) return -ENOENT;
    if (at->second->type != HostStat::Type::Regular) return -EISDIR;
    handles_[++last_] = at->second;
    return last_;
  }
  void close(int64_t handle) override { handles_.erase(handle); }
  HostResult read(int64_t handle, uint64_t offset, std::span<char> out) override {
    if (failure) return failure;
    const std::string& bytes = handles_[handle]->bytes;
    return offset >= bytes.size() ? 0 : static_cast<HostResult>(bytes.copy(out.data(), out.size(), offset));
  }
  HostResult write(int64_t handle, uint64_t offset, std::string_view data) override {
    size_t used = 0;
    for (const auto& [name, node] : nodes_) used += node->bytes.size();
    if (used + data.size() > quota) return -EDQUOT;
    std::string& bytes = handles_[handle]->bytes;
    if (bytes.size() < offset + data.size()) bytes.resize(offset + data.size());
    bytes.replace(offset, data.size(), data);
    handles_[handle]->mtime.sec++;
    return static_cast<HostResult>(data.size());
  }
  HostResult truncate(int64_t handle, uint64_t size) override { return handles_[handle]->bytes.resize(size), 0; }
  HostResult stat_handle(int64_t handle, HostStat& out) override { return describe(*handles_[handle], out), 0; }
  HostResult make_dir(const std::string& path, uint32_t mode) override { return add(path, make(HostStat::Type::Directory, mode)); }
  HostResult make_symlink(const std::string& path, const std::string& target) override {
    auto node = make(HostStat::Type::Symlink, 0777);
    node->bytes = target;
    return add(path, node);
  }
  HostResult remove(const std::string& path, bool directory) override {
    auto at = nodes_.find(path);
    if (at == nodes_.end()) return -ENOENT;
    const bool is_dir = at->second->type == HostStat::Type::Directory;
    if (is_dir != directory) return is_dir ? -EISDIR : -ENOTDIR;
    std::vector<Entry> inside;
    if (is_dir && list(path, inside) == 0 && !inside.empty()) return -ENOTEMPTY;
    nodes_.erase(at);
    return 0;
  }
  HostResult rename(const std::string& from, const std::string& to) override {
    if (!nodes_.contains(from)) return -ENOENT;
    if (nodes_.contains(to))
      if (HostResult r = remove(to, nodes_[to]->type == HostStat::Type::Directory); r < 0) return r;
    std::map<std::string, std::shared_ptr<Node>> moved;
    std::erase_if(nodes_, [&](auto& n) {
      if (n.first != from && !n.first.starts_with(from + "/")) return false;
      moved[to + n.first.substr(from.size())] = n.second;
      return true;
    });
    nodes_.merge(moved);
    return 0;
  }
  HostResult set_mode(const std::string& path, uint32_t mode) override { return nodes_.contains(path) ? (nodes_[path]->mode = mode, 0) : -ENOENT; }
  HostResult set_times(const std::string& path, const Timespec&, const Timespec& mtime) override {
    return nodes_.contains(path) ? (nodes_[path]->mtime = mtime, 0) : -ENOENT;
  }

 private:
  static std::shared_ptr<Node> make(HostStat::Type type, uint32_t mode) { return std::make_shared<Node>(Node{type, mode, "", {1700000000, 0}}); }
  static std::string parent(const std::string& path) { return path.find('/') == path.npos ? "" : path.substr(0, path.rfind('/')); }
  static void describe(const Node& n, HostStat& out) {
    out.type = n.type;
    out.size = n.bytes.size();
    out.mode = n.mode;
    out.mtime = n.mtime;
  }
  HostResult add(const std::string& path, std::shared_ptr<Node> node) {
    if (nodes_.contains(path)) return -EEXIST;
    if (!nodes_.contains(parent(path))) return -ENOENT;
    nodes_[path] = std::move(node);
    return 0;
  }
  bool under_file(const std::string& path) {
    for (std::string up = parent(path); !up.empty(); up = parent(up))
      if (nodes_.contains(up)) return nodes_[up]->type != HostStat::Type::Directory;
    return false;
  }

  std::map<std::string, std::shared_ptr<Node>> nodes_;
  std::map<int64_t, std::shared_ptr<Node>> handles_;
  int64_t last_ = 0;
};

}  // namespace nacre
