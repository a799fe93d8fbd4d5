/// StoredFs: the file system of a stored session as a MemFs sees it: pages of inodes, directories and chunks
/// are read when they are first asked for.
///
/// What a damaged store cannot give is a missing node, or EIO; the commit that follows is refused
/// (Database::good()). Threads: one.
#pragma once
#include <memory>
#include <unordered_map>

#include "session/store/layers.h"
#include "session/store/node_record.h"
#include "vfs/mem_fs.h"

namespace nacre {

class StoredFs final : public StoredNodes {
 public:
  /// Null: the session has no such file system.
  static std::shared_ptr<StoredFs> open(std::shared_ptr<Layers> layers, int fs);

  StateHeader header() const override { return header_; }
  NodeId host_end() const override { return host_end_; }
  const Inode* inode(NodeId id) override;
  Result<const Inode*> directory(NodeId id) override;
  void each_directory(const std::function<void(NodeId)>& f) override;
  /// Of a stored header: its host_end, one past all its ids, and the same with another host_end.
  static NodeId host_end_in(std::string_view header);
  static NodeId ids_end_in(std::string_view header);
  static std::string with_host_end(std::string_view header, NodeId end);

  /// Calls for every stored inode. Reads all of them.
  void each_record(const std::function<void(NodeId, const NodeRecord&)>& f);
  const HostPlace* place(NodeId id) override;
  void set_host_bytes(std::function<Ref<Source>(const HostBytes&)> open) override { host_bytes_ = std::move(open); }

 private:
  struct Node {
    NodeRecord record;
    Ref<Inode> inode, listed;
  };
  StoredFs(std::shared_ptr<Layers> layers, int fs) : layers_(std::move(layers)), fs_(fs) {}
  Node* node(NodeId id);

  std::shared_ptr<Layers> layers_;
  int fs_;
  StateHeader header_;
  NodeId host_end_ = 1;
  std::unordered_map<uint64_t, std::unordered_map<NodeId, Node>> pages_;
  std::unordered_map<uint64_t, std::unordered_map<NodeId, HostPlace>> places_;
  std::function<Ref<Source>(const HostBytes&)> host_bytes_;
};

/// The content of a stored file.
class StoredSource final : public Source {
 public:
  StoredSource(std::shared_ptr<Layers> layers, int fs, NodeId id, const NodeRecord& record, Ref<Source> host);
  uint64_t size() override { return size_; }
  Result<size_t> read(uint64_t offset, std::span<char> out) override;
  Result<Ref<Source>> pin() override { return Ref<Source>(this); }
  uint64_t counted() const override { return counted_; }
  uint64_t counted(uint64_t index) const override;

  /// The row and length of a chunk; {} where there is none.
  ChunkRef ref(uint64_t index) const;
  /// Bytes of the host for the chunks that are not stored.
  const std::optional<HostBytes>& host() const { return host_at_; }
  uint64_t host_end() const { return host_end_; }

 private:
  Result<const std::string*> load(uint64_t index, const ChunkRef& r);

  std::shared_ptr<Layers> layers_;
  int fs_;
  NodeId id_;
  uint64_t size_, counted_, ref_count_;
  std::vector<ChunkRef> refs_;
  Ref<Source> host_;
  std::optional<HostBytes> host_at_;
  uint64_t host_end_;
  mutable std::unordered_map<uint64_t, std::vector<ChunkRef>> parts_;
  std::string held_;            // the chunk read last
  uint64_t held_index_ = UINT64_MAX;
};

/// Writes what a state of `fs` has that `before` has not (null: what is in memory) to the session's own layer.
/// Call it inside a transaction.
bool store_changes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, const MemFs::State* before, const MemFs::State& after, StoredFs* stored);

/// Under which id the chunks are that a host file had when the session first saw it, where the store has them.
constexpr NodeId seen_content(NodeId id) { return id | NodeId{1} << 62; }

/// Reads what a stored file has of the host's bytes into the store, so that it no longer depends on the host.
/// Call it inside a transaction.
bool store_host_bytes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, NodeId file);
/// The same for a host file as the session first saw it. False too where the host has another file there by now.
bool store_seen_bytes(const std::shared_ptr<Layers>& layers, int number, MemFs& fs, NodeId file);

}  // namespace nacre
