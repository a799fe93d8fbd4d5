/// HostFs: a host directory as it is: `ro` mounts, and `rw` mounts whose writes go
/// to the host at once. What other programs do there shows at the next call.
///
/// Nodes stand for paths; a rename made here moves the node along, so that open
/// files and working directories keep their ids. A path that names another host
/// file than before is another node; a HostDir without inode numbers is asked by place alone. A held file that is removed here stays
/// readable and writable through its handle.
///
/// Ownership on the host is the host user's and is not changed: every node shows
/// the uid and gid of Options; chown to others is EPERM. Permission bits go
/// through as they are, without set-uid and set-gid. A FIFO is a name on the host
/// and a pipe in the sandbox: it is never opened there. Other special files show
/// as sockets and cannot be opened; devices cannot be made (EPERM).
///
/// Threads: one. Symbolic links are data here; Vfs follows them in the sandbox.
#pragma once
#include <memory>
#include <unordered_map>

#include "nacre/host.h"
#include "vfs/change_log.h"
#include "vfs/file_system.h"

namespace nacre {

class HostFs final : public FileSystem {
 public:
  struct Options {
    std::shared_ptr<HostDir> dir;  ///< required
    bool read_only = true;
    uint32_t uid = 1000, gid = 1000;  ///< shown as owner
    TimeSource* clock = nullptr;      ///< unused: the host stamps its files
  };
  static std::unique_ptr<HostFs> create(const Options& options);
  ~HostFs() override;

  /// A second view of the same directory with the same node ids, for another thread.
  std::unique_ptr<HostFs> fork() const;
  std::shared_ptr<const ChangeLog::Mark> mark() { return log_.mark(); }
  void changes(const ChangeLog::Mark& since, const std::string& prefix, ChangeSet& out) const { log_.changes(since, prefix, out); }

  NodeId root() const override { return kRoot; }
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
  Result<void> truncate(NodeId node, uint64_t size) override;
  Result<void> sync(NodeId node) override;
  void hold(NodeId node) override;
  void release(NodeId node) override;
  FsUsage usage() override;
  bool read_only() const override { return options_.read_only; }

 private:
  static constexpr NodeId kRoot = 1;
  struct Entry {
    NodeId parent = 0;
    std::string name;
    uint64_t dev = 0, ino = 0;  // 0: not stat'ed yet
    uint32_t holds = 0;
    bool removed = false;
    int64_t reader = -1, writer = -1;  // open only while held
  };
  struct Place {
    NodeId dir;
    std::string name;
    bool operator==(const Place&) const = default;
  };
  struct PlaceHash {
    size_t operator()(const Place& p) const;
  };
  /// A handle for one call: the node's own while held, else closed afterwards.
  class Handle;

  explicit HostFs(const Options& options);
  Result<std::string> path(NodeId node) const;
  Result<std::string> path(NodeId dir, std::string_view name) const;
  Result<HostStat> host_stat(NodeId node);
  NodeId node_at(NodeId dir, std::string_view name, const HostStat* st);
  Result<std::pair<NodeId, HostStat>> find(NodeId dir, std::string_view name);
  Result<int64_t> open(NodeId node, bool to_write, bool& close_after);
  void remove_entry(NodeId dir, std::string_view name);
  void keep_open(NodeId node);
  void close_handles(Entry& e);
  Result<void> writable() const;

  Options options_;
  std::unordered_map<NodeId, Entry> entries_;
  std::unordered_map<Place, NodeId, PlaceHash> places_;
  NodeId next_ = kRoot + 1;
  ChangeLog log_;
};

}  // namespace nacre
