/// MemFs behind its interface; shared by mem_fs.cc (nodes and names),
/// mem_fs_data.cc (content), mem_fs_state.cc (snapshots and what differs between them).
#pragma once
#include <unordered_map>
#include <vector>

#include "vfs/inode.h"
#include "vfs/lower_dir.h"
#include "vfs/mem_fs.h"

namespace nacre {

/// One state of a MemFs: plain values and shared structure, so that copying it is O(1).
class MemFs::State {
 public:
  InodeMap inodes;
  NodeId root = 0;
  NodeId next = 0;              ///< id of the next new node
  uint64_t bytes = 0;           ///< data held, for the quota
  uint64_t links = 0;           ///< directory entries made here, for the quota of inodes
  std::vector<NodeId> orphans;  ///< removed, but held open when the state was taken
};

class MemFsImpl final : public MemFs {
 public:
  explicit MemFsImpl(const Options& options);
  MemFsImpl(const MemFsImpl& from, TimeSource* clock, Budget* budget);

  NodeId root() const override { return state_.root; }
  Result<NodeId> lookup(NodeId dir, std::string_view name) override;
  Result<Step> step(NodeId dir, std::string_view name, const Credentials& who) override;
  Result<NodeId> parent(NodeId dir) override;
  Result<std::string> name_of(NodeId dir) override;
  Result<Stat> stat(NodeId node) override;
  Result<void> set_attr(NodeId node, const SetAttr& change) override;
  Result<std::string> read_link(NodeId node) override;
  Result<std::vector<DirEntry>> list(NodeId dir) override;
  Result<NodeId> create(NodeId dir, std::string_view name, const NewNode& what) override;
  Result<NodeId> symlink(NodeId dir, std::string_view name, std::string_view target, uint32_t uid, uint32_t gid) override;
  Result<void> link(NodeId node, NodeId dir, std::string_view name) override;
  Result<void> unlink(NodeId dir, std::string_view name) override;
  Result<void> rmdir(NodeId dir, std::string_view name) override;
  Result<void> rename(NodeId from_dir, std::string_view from, NodeId to_dir, std::string_view to) override;

  Result<size_t> read(NodeId node, uint64_t offset, std::span<char> out) override;
  Result<size_t> write(NodeId node, uint64_t offset, std::string_view data) override;
  Result<size_t> write_from(NodeId node, uint64_t offset, const std::function<Result<size_t>(std::span<char>)>& fill) override;
  Result<void> truncate(NodeId node, uint64_t size) override;
  std::string_view view(NodeId node, uint64_t offset) override;
  void about_to_read(NodeId node) override;
  void hold(NodeId node) override;
  void release(NodeId node) override;
  FsUsage usage() override;

  std::shared_ptr<const State> snapshot() override;
  void restore(const std::shared_ptr<const State>& state) override;
  std::unique_ptr<MemFs> fork(TimeSource* clock, Budget* budget) override;
  void diff(const State& before, const State& after, const std::string& prefix, ChangeSet& out) override;
  Result<NodeId> seed(std::string_view path, const Seed& what) override;
  void refresh() override;
  StateHeader header(const State& s) const override { return {s.root, s.next, s.bytes, s.links}; }
  void each_change(const State* before, const State& after, const std::function<void(NodeId, const Inode*, const Inode*)>& f) override;
  HostPlace host_place(NodeId id) override { return lower_->place(id); }
  const Inode* host_node(NodeId id) override;
  Ref<Source> host_bytes(const HostBytes& bytes) override { return lower_ ? lower_->host_bytes(bytes) : nullptr; }
  TreeState tree(const State& state) override;
  TimeSource* clock() const override { return options_.clock; }
  Budget* budget() const override { return options_.budget; }

 private:
  /// The node of this id in the current state; null: gone. Valid until the next change.
  const Inode* get(NodeId id);
  const Inode* find(const State& state, NodeId id) const;
  /// What the store, or the host, has of a node that is not in the table.
  const Inode* below(NodeId id) const;
  Result<const Inode*> directory_below(NodeId id) const;
  bool stored(NodeId id) const { return stored_ && stored_->inode(id); }
  bool hosts(NodeId id) const { return lower_ && LowerDir::owns(id); }
  Errno missing(NodeId id) const { return hosts(id) ? Errno::NOENT : Errno::STALE; }
  /// The same, to be changed. It exists.
  Inode& edit(NodeId id);
  /// A directory with its entries read. ESTALE, ENOTDIR.
  Result<const Inode*> directory(NodeId id);
  Result<const Inode*> regular(NodeId id);

  Result<NodeId> add(NodeId dir, std::string_view name, Ref<Inode> node);
  Result<void> check_add(NodeId dir, std::string_view name, uint64_t bytes);
  Result<void> check_rename(NodeId from_dir, const Link& from, NodeId to_dir, const Link* target);
  void make_root();
  NodeId new_id();
  bool is_below(NodeId dir, NodeId ancestor);
  void drop_link(NodeId id);
  void forget(NodeId id);
  void touch(NodeId dir);
  uint64_t room() const;
  Errno full(uint64_t bytes);

  // Inodes of the table and of the host used last, by id: most calls come back to the same few. Directories of the
  // host have their entries read. `owned`: nothing shares the node or its way through the table, so it may be written.
  struct Recent {
    NodeId id = 0;
    Inode* node = nullptr;
    bool owned = false;
  };
  Recent& recent(NodeId id) { return recent_[(id ^ id >> 4) / 2 % kRecent]; }
  void forget_recent() {
    for (Recent& r : recent_) r = {};
  }
  void share_recent() {
    for (Recent& r : recent_) r.owned = false;
  }
  static constexpr size_t kRecent = 16;

  Options options_;
  State state_;
  Recent recent_[kRecent];
  std::shared_ptr<LowerDir> lower_;
  std::shared_ptr<StoredNodes> stored_;
  std::unordered_map<NodeId, uint32_t> held_;
};

}  // namespace nacre
